"""A full disk, for whatever is written: a clear word, the old file whole, and a way to go on.

Pictures of every format are in `tests/images/test_writer.py`.
"""

from __future__ import annotations

import json
import sys

import chains
import pytest
from fault_tools import draw, names

from maya_stylize import settings
from maya_stylize.cli import main
from maya_stylize.convert import keras_h5, provenance
from maya_stylize.engine import speed
from maya_stylize.engine.backend.types import Unit
from maya_stylize.engine.run import run
from maya_stylize.errors import StylizeError
from maya_stylize.files import checkpoint_of
from maya_stylize.ledger import FOLDER, Ledger, State

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="disks and limits are Unix's")
OLD = b"what was there before"


def told(capsys, disk, path):
    """Check what a person reads of a full disk."""
    said = capsys.readouterr().err
    assert f"maya-stylize: {path} cannot be written" in said
    assert "Check the folder's permissions and free space, or choose another folder." in said
    return said


@pytest.fixture
def written(make, tmp_path):
    """Write a job to a file for the command line."""

    def write(job):
        path = tmp_path / "job.json"
        path.write_text(json.dumps(job.to_json()))
        return str(path)

    return write


def test_a_job_s_result(disk, make, written, network, capsys):
    """It ends with 1; what was computed is not lost, once there is room."""
    output = disk.folder / "new.png"
    output.write_bytes(OLD)
    list(run(make(disk.folder.parent / "whole.png"), network))
    command = ["run", written(make(output)), "--model", str(network)]
    with disk.full():
        code = main(command)
    assert code == 1
    told(capsys, disk, output)
    assert output.read_bytes() == OLD
    assert names(disk.folder) == ["new.png"]

    assert main(command) == 0

    assert output.read_bytes() == (disk.folder.parent / "whole.png").read_bytes()
    assert names(disk.folder) == ["new.png"]


def test_a_job_s_checkpoint(disk, make, written, network, capsys):
    """The one before stays whole, and the job goes on from it to the same bytes."""
    output, whole = disk.folder / "new.png", disk.folder.parent / "whole.png"
    list(run(make(whole), network))
    stream = run(make(output), network, every=0.0)
    left = checkpoint_of(str(output))
    while not left.exists():
        next(stream)
    before = left.read_bytes()
    with disk.full():
        with pytest.raises(StylizeError) as caught:
            list(stream)
        assert names(disk.folder) == [left.name]
        assert left.read_bytes() == before
    assert caught.value.message == f"{left} cannot be written: {disk.reason}."
    assert "free space" in caught.value.hint

    assert main(["run", "--resume", str(left), "--model", str(network)]) == 0

    assert output.read_bytes() == whole.read_bytes()
    assert names(disk.folder) == ["new.png"]


@pytest.mark.parametrize("before", [None, OLD])
def test_a_converted_model(disk, before, tmp_path, capsys):
    source, output = tmp_path / "wide.h5", disk.folder / "new.h5"
    network = chains.small_chain((1,), 64)
    keras_h5.write(source, network, provenance.describe(network, "random", "0" * 64))
    if before is not None:
        output.write_bytes(before)
    with disk.full():
        assert main(["convert", str(source), str(output)]) == 1
    told(capsys, disk, output)
    assert names(disk.folder) == ([] if before is None else ["new.h5"])
    assert before is None or output.read_bytes() == before

    assert main(["convert", str(source), str(output)]) == 0
    assert len(keras_h5.read(output).convolutions) == 1


def test_the_ledger(disk, make):
    """What is not noted is made again; half a note is no note."""
    job, ledger = make(disk.folder / "new.png"), Ledger("model")
    draw(disk.folder / "new.png", 2)
    (disk.folder / FOLDER).mkdir()
    key = ledger.look(job).key
    ledger.record(job, key, {"seconds": 1.0})
    with disk.full():
        for attempt in (
            lambda: ledger.record(job, "another", {"why": "x" * 5000}),
            lambda: ledger.begin(job, key),
        ):
            with pytest.raises(StylizeError, match="cannot be written") as caught:
                attempt()
            assert disk.reason in caught.value.message
            assert "free space" in caught.value.hint
    assert names(disk.folder / FOLDER) == ["new.png.json"]
    assert ledger.look(job).state is State.DONE
    assert ledger.look(job).facts == {"seconds": 1.0}
    ledger.begin(job, key)
    assert names(disk.folder / FOLDER) == ["new.png.begun", "new.png.json"]


def test_settings_and_times(disk, monkeypatch):
    """Times are only for estimates: no job fails for their sake."""
    monkeypatch.setenv(settings.HOME_VARIABLE, str(disk.folder))
    unit = Unit("jax", "cpu:0", "a processor", 2)
    settings.remember({"engine_python": "/python"})
    before = speed.remember(unit, False, [speed.Stint((32, 32), 0, 10, 1.0)], None)
    with disk.full():
        with pytest.raises(StylizeError) as caught:
            settings.remember({"long": "x" * 5000})
        speed.remember(unit, False, [speed.Stint((256, 256), 0, 10, 1.0)], None)
    assert disk.reason in caught.value.message
    assert "free space" in caught.value.hint
    assert settings.load() == {"engine_python": "/python"}
    assert speed.known(unit, False) == before
    assert names(disk.folder) == ["settings.json", "speed.json"]


@pytest.fixture
def batch(make, network, tmp_path, monkeypatch):
    """A batch whose results are there already: nothing is left but its report."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    draw(tmp_path / "in" / "a.png", 3)
    recipe = {"recipe": 1, "job": {"kind": "stylize", "styles": [str(tmp_path / "exemplar.png")]}}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    from maya_stylize import recipes
    from maya_stylize.cli.batch.items import items
    from maya_stylize.convert import sources

    (item,) = items(recipes.load(tmp_path / "recipe.json"), ["in/a.png"], tmp_path / "out")
    (tmp_path / "out").mkdir()
    draw(tmp_path / "out" / item.name, 4)
    ledger = Ledger(sources.info().provenance.fingerprint)
    ledger.record(item.job, ledger.look(item.job).key)
    return ["batch", "in", "--recipe", "recipe.json", "-o", "out", "--report"]


def test_a_batch_s_report(disk, batch, capsys):
    page = disk.folder / "page.html"
    page.write_bytes(OLD)
    with disk.full():
        assert main([*batch, str(page)]) == 1
    told(capsys, disk, page)
    assert page.read_bytes() == OLD
    assert names(disk.folder) == ["page.html"]

    assert main([*batch, str(page)]) == 0
    assert b"done before" in page.read_bytes()


def test_a_batch_s_report_where_temporary_files_have_no_room(batch, tmp_path, monkeypatch, capsys):
    """Its small pictures are made in a folder for temporary files; it does without."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert main([*batch, "page.html"]) == 0
    assert "done before" in (tmp_path / "page.html").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_what_is_printed_into_a_full_disk(capsys, monkeypatch):
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["info", "--json"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("maya-stylize: No space left on device.")
    assert "Make room" in said
