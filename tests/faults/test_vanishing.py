"""Pictures and folders that change, go away, or cannot be written while a job runs."""

from __future__ import annotations

import json
import shutil

import pytest
from fault_tools import draw, names

from maya_stylize.cli import main
from maya_stylize.engine import checkpoint, resolution, tasks
from maya_stylize.engine.run import run
from maya_stylize.errors import ImageError, StylizeError
from maya_stylize.events import Progress
from maya_stylize.files import checkpoint_of
from maya_stylize.images import metadata
from maya_stylize.job_sources import file_hash
from maya_stylize.ledger import Ledger, State


def until_it_computes(stream):
    """Take a job to its first evaluation, when its pictures were read."""
    next(event for event in stream if isinstance(event, Progress) and event.loss)


def replaced(path):
    draw(path, 99)


def gone(path):
    path.unlink()


@pytest.mark.parametrize("happens", [replaced, gone])
def test_a_picture_that_was_read_may_change_or_go(happens, make, network, exemplar, tmp_path):
    """The result is that of what was read, and says so."""
    list(run(make(tmp_path / "whole.png"), network))
    read = file_hash(str(exemplar))
    stream = run(make(tmp_path / "new.png"), network)
    until_it_computes(stream)
    happens(exemplar)

    *_, result = stream

    assert result.path == str(tmp_path / "new.png")
    assert (tmp_path / "new.png").read_bytes() == (tmp_path / "whole.png").read_bytes()
    assert metadata.read_job(tmp_path / "new.png")["exemplar"] == read


def test_a_checkpoint_knows_what_was_read(make, network, exemplar, tmp_path):
    """Another picture put there meanwhile is not taken for it."""
    job = make(tmp_path / "new.png")
    stream = run(job, network)
    until_it_computes(stream)
    read = file_hash(str(exemplar))
    replaced(exemplar)
    next(stream)
    stream.close()

    left = checkpoint.left_by(job)

    assert left.sources == {str(exemplar): read}
    with pytest.raises(StylizeError, match=r"the content of .*exemplar\.png"):
        list(run(left.job, network, resume=left))


@pytest.mark.parametrize("happens", [replaced, gone])
def test_a_picture_that_changes_while_it_is_read(
    happens, make, network, exemplar, tmp_path, monkeypatch
):
    """It was read in part before and in part after; nobody can say what the result is of."""
    read = tasks.read

    def slowly(job):
        task = read(job)
        happens(exemplar)
        return task

    monkeypatch.setattr(tasks, "read", slowly)
    with pytest.raises(ImageError) as caught:
        list(run(make(tmp_path / "new.png"), network))
    assert str(exemplar) in caught.value.message
    assert caught.value.hint
    assert names(tmp_path) == ([] if happens is gone else ["exemplar.png"])


def test_a_picture_that_goes_between_the_plan_and_the_job(
    make, network, exemplar, tmp_path, capsys
):
    (tmp_path / "job.json").write_text(json.dumps(make(tmp_path / "new.png").to_json()))
    exemplar.unlink()
    assert main(["run", str(tmp_path / "job.json"), "--model", str(network)]) == 1
    assert str(exemplar) in capsys.readouterr().err
    assert names(tmp_path) == ["job.json"]


def test_a_source_changed_during_a_job_is_made_anew_by_the_next_batch(
    make, network, exemplar, tmp_path
):
    job, ledger = make(tmp_path / "new.png"), Ledger("model")
    key = ledger.look(job).key
    stream = run(job, network)
    until_it_computes(stream)
    replaced(exemplar)
    list(stream)
    ledger.record(job, key)
    assert Ledger("model").look(job).state is State.OUTDATED


def test_an_output_folder_that_goes_is_named_and_not_made_again(make, network, tmp_path):
    """It may have been a drive; what is made in its place would lie somewhere else."""
    folder = tmp_path / "drive"
    folder.mkdir()
    stream = run(make(folder / "new.png"), network)
    until_it_computes(stream)
    shutil.rmtree(folder)
    with pytest.raises(ImageError) as caught:
        list(stream)
    assert str(folder) in caught.value.message
    assert caught.value.hint
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_told_before_a_job_begins(
    read_only, make, network, tmp_path, capsys
):
    job = make(read_only / "there.png")
    (tmp_path / "job.json").write_text(json.dumps(job.to_json()))
    assert main(["run", str(tmp_path / "job.json"), "--model", str(network)]) == 1
    said = capsys.readouterr().err
    assert str(read_only) in said
    assert "read-only" in said.lower()
    assert names(read_only) == ["there.png"]
    assert (read_only / "there.png").read_bytes() == b"there"


def test_a_folder_that_becomes_read_only_keeps_the_checkpoint_of_before(make, network, tmp_path):
    job = make(tmp_path / "new.png")
    stream = run(job, network, every=0.0)
    left = checkpoint_of(job.output)
    while not left.exists():
        next(stream)
    (tmp_path / "new.png").mkdir()  # nothing can be put in its place
    with pytest.raises(StylizeError, match=r"new\.png"):
        list(stream)
    (tmp_path / "new.png").rmdir()

    list(run(checkpoint.left_by(job).job, network, resume=checkpoint.left_by(job)))

    assert names(tmp_path) == ["exemplar.png", "new.png"]


def test_what_is_carried_is_what_was_read(make, exemplar):
    job = make("new.png")
    assert resolution.for_metadata(job)["exemplar"] == file_hash(str(exemplar))
    assert resolution.for_metadata(job, lambda path: f"of {path}")["exemplar"] == f"of {exemplar}"
