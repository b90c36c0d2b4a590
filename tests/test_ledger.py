"""What was made is known by content, and what somebody else made is left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from maya_stylize.errors import ImageError
from maya_stylize.jobs import MaterialJob, StylizeJob
from maya_stylize.ledger import FOLDER, Ledger, State


@pytest.fixture
def job(tmp_path):
    for name in ("wall.png", "rust.png", "mask.png"):
        (tmp_path / name).write_bytes(name.encode())
    return StylizeJob(
        content=str(tmp_path / "wall.png"),
        styles=[str(tmp_path / "rust.png")],
        regions=[{"target": str(tmp_path / "mask.png")}],
        output=str(tmp_path / "out" / "wall.png"),
    )


@pytest.fixture
def made(job):
    """The job's output, recorded."""
    output = Path(job.output)
    output.parent.mkdir()
    ledger = Ledger("model")
    key = ledger.look(job).key
    output.write_bytes(b"result")
    ledger.record(job, key, {"seconds": 3.5})
    return output


def state(job, model="model"):
    return Ledger(model).look(job).state


def test_a_job_is_done_once_it_is_recorded(job, made):
    found = Ledger("model").look(job)
    assert found.state is State.DONE
    assert found.facts == {"seconds": 3.5}
    assert Ledger("model").is_done(job)
    assert [path.name for path in (made.parent / FOLDER).iterdir()] == ["wall.png.json"]


def test_nothing_is_done_before(job):
    assert state(job) is State.MISSING
    assert not Ledger("model").is_done(job)
    assert not Path(job.output).parent.exists()


@pytest.mark.parametrize("name", ["wall.png", "rust.png", "mask.png"])
def test_another_picture_of_the_same_name_makes_it_anew(job, made, tmp_path, name):
    (tmp_path / name).write_bytes(b"another picture")
    assert state(job) is State.OUTDATED


def test_the_same_picture_under_another_name_does_not(job, made, tmp_path):
    moved = (tmp_path / "rust.png").rename(tmp_path / "moved.png")
    assert state(replace(job, styles=[str(moved)])) is State.DONE


def test_another_setting_model_or_version_makes_it_anew(job, made, monkeypatch):
    assert state(replace(job, seed=1)) is State.OUTDATED
    assert state(job, "another model") is State.OUTDATED
    monkeypatch.setattr("maya_stylize.ledger.__version__", "99")
    assert state(job) is State.OUTDATED


def test_an_output_that_is_gone_is_made_again(job, made):
    made.unlink()
    assert state(job) is State.MISSING


def test_an_output_that_somebody_changed_is_not_ours(job, made):
    made.write_bytes(b"painted over")
    assert state(job) is State.FOREIGN
    assert state(replace(job, seed=1)) is State.FOREIGN


def test_a_picture_that_was_there_before_is_not_ours(job):
    Path(job.output).parent.mkdir()
    Path(job.output).write_bytes(b"an artist's")
    assert state(job) is State.FOREIGN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"ledger": 2}',
        b'{"ledger": 1, "key": "a", "outputs": [], "facts": {}}',
        b'{"ledger": 1, "key": 5, "outputs": {}, "facts": {}}',
    ],
)
def test_an_entry_that_is_none_knows_nothing(job, made, content):
    (made.parent / FOLDER / "wall.png.json").write_bytes(content)
    assert state(job) is State.FOREIGN


def test_an_entry_without_end_is_not_read_to_it(job, made):
    with (made.parent / FOLDER / "wall.png.json").open("wb") as file:
        file.truncate(1 << 40)  # a hole
    assert state(job) is State.FOREIGN


def test_what_changed_while_the_job_ran_is_not_done(job, made, tmp_path):
    """The key is the one of before the run."""
    ledger = Ledger("model")
    key = ledger.look(job).key
    (tmp_path / "wall.png").write_bytes(b"saved again meanwhile")
    ledger.record(job, key)
    assert ledger.look(job).state is State.OUTDATED


def test_a_source_that_cannot_be_read_is_named(job, tmp_path):
    (tmp_path / "rust.png").unlink()
    with pytest.raises(ImageError, match=r"rust\.png: cannot be read"):
        Ledger("model").look(job)


def test_a_folder_in_the_output_s_place_is_named(job):
    Path(job.output).mkdir(parents=True)
    with pytest.raises(ImageError, match="cannot be read"):
        Ledger("model").look(job)


def test_an_entry_that_cannot_be_written_is_named(job, made):
    folder = made.parent / FOLDER
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_bytes(b"a file in the way")
    with pytest.raises(ImageError, match="cannot be written"):
        Ledger("model").record(job, "key")


def test_all_maps_of_a_material_are_one_result(tmp_path):
    maps = {kind: str(tmp_path / f"{kind}.png") for kind in ("albedo", "height")}
    for path in maps.values():
        Path(path).write_bytes(path.encode())
    job = MaterialJob(maps=maps, output=str(tmp_path / "new_<map>.png"))
    ledger = Ledger("model")
    key = ledger.look(job).key
    for path in job.outputs:
        Path(path).write_bytes(b"made")
    ledger.record(job, key)
    assert ledger.look(job).state is State.DONE
    Path(job.outputs[1]).unlink()
    assert ledger.look(job).state is State.MISSING
    Path(job.outputs[1]).write_bytes(b"painted")
    assert ledger.look(job).state is State.FOREIGN


def test_no_name_and_no_time_is_in_an_entry(job, made, tmp_path):
    entry = json.loads((made.parent / FOLDER / "wall.png.json").read_text())
    assert set(entry) == {"ledger", "key", "outputs", "facts", "beside"}
    assert str(tmp_path) not in json.dumps(entry)


def test_what_the_same_job_made_under_another_name_is_found(job, made):
    ledger = Ledger("model")
    other = replace(job, output=str(made.with_name("other.png")))
    key = ledger.look(other).key
    assert ledger.made({key: other}) == {key: made}
    assert ledger.made({"another": other}) == {}
    assert ledger.made({key: replace(job, output=str(made.with_name("other.tif")))}) == {}
    made.write_bytes(b"painted over")
    assert Ledger("model").made({key: other}) == {}
    made.unlink()
    assert Ledger("model").made({key: other}) == {}
