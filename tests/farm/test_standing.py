"""Whose a result is that no ledger knows: a killed task's, or an artist's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from maya_stylize import events, jobs
from maya_stylize.engine.backend import activate
from maya_stylize.engine.resolution import for_metadata, resolve
from maya_stylize.errors import StylizeError
from maya_stylize.farm import bundle, finishing, standing, tasks
from maya_stylize.images import textures, writer
from maya_stylize.job_sources import FileHashes
from maya_stylize.jobs import Job, StylizeJob
from maya_stylize.ledger import FOLDER, State

MODEL = 64 * "0"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A resolved job of two pictures that are there."""
    for name in ("wall.png", "rust.png"):
        writer.write(tmp_path / name, np.full((32, 32, 3), 0.25, np.float32))
    (tmp_path / "out").mkdir()
    plain = StylizeJob(
        str(tmp_path / "out" / "wall.png"),
        content=str(tmp_path / "wall.png"),
        styles=(str(tmp_path / "rust.png"),),
    )
    return resolve(plain, activate("tensorflow", "cpu"), MODEL, [], 5, 0, {})


def write_result(job: Job, carried: Job | None) -> None:
    data = None if carried is None else for_metadata(carried)
    writer.write(Path(job.output), np.full((32, 32, 3), 0.5, np.float32), job=data)


def begin(job: Job) -> None:
    standing.begin(job, standing.entry_of(job))


def test_a_killed_tasks_result_is_replaced(job: Job) -> None:
    begin(job)
    assert isinstance(job, StylizeJob)
    # A worker resolves the job once more; tiles and versions of libraries may be other ones.
    write_result(job, replace(job, resolution={**job.resolution, "tile": 256}))
    assert standing.entry_of(job).state is State.FOREIGN
    begin(job)


@pytest.mark.parametrize("whose", ["nobody's", "another job's", "another network's"])
def test_a_picture_that_came_after_a_killed_task_stays(job: Job, whose: str) -> None:
    begin(job)
    other = {
        "nobody's": None,
        "another job's": replace(job, seed=7),
        "another network's": replace(job, resolution={**job.resolution, "model": 64 * "1"}),
    }
    write_result(job, other[whose])
    with pytest.raises(StylizeError, match="no batch or farm made it as it is"):
        begin(job)


def test_a_result_that_was_recorded_and_painted_over_stays(job: Job) -> None:
    """Also where it carries its job still, and the task was killed after it had recorded it."""
    begin(job)
    write_result(job, job)
    standing.record(job, standing.entry_of(job), {})
    painted = np.full((32, 32, 3), 0.75, np.float32)
    writer.write(Path(job.output), painted, job=for_metadata(job))
    with pytest.raises(StylizeError, match="no batch or farm made it as it is"):
        begin(job)


def test_a_result_without_a_killed_task_is_somebodys(job: Job) -> None:
    begin(job)
    standing.end(job)
    write_result(job, job)
    with pytest.raises(StylizeError, match="no batch or farm made it as it is"):
        begin(job)


def test_a_color_configs_tables_travel_with_it(job: Job, tmp_path: Path) -> None:
    (tmp_path / "luts").mkdir()
    table, config = tmp_path / "luts" / "film.spi1d", tmp_path / "show.ocio"
    table.write_text("a table")
    text = "search_path: luts\n- !<FileTransform> {src: %s}\n"
    config.write_text(text % "film.spi1d" + text % "not there.spi1d")
    job = jobs.from_json({**job.to_json(), "color_config": str(config)})
    content = {path: FileHashes()(path) for path in bundle.files_of(job)}
    texture = bundle.Texture(job.pictures[0], None, job, content)
    out = tmp_path / "out"
    bundle.write(tmp_path / "bundle", [texture], bundle.About(1, False, {}), out, 1, 2**30)
    assets = json.loads((tmp_path / "bundle" / "asset_references.json").read_text())
    sent = assets["assetReferences"]["inputs"]["filenames"]
    assert sent == sorted([*job.pictures, str(config), str(table)])


@pytest.mark.parametrize("how", ["fails", "is cancelled"])
def test_a_task_that_ends_leaves_no_mark(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The engine is stubbed; the task is cancelled as the warm process does it."""

    def run(*_: object) -> Iterator[events.Event]:
        assert list((results / FOLDER).glob("*.begun"))
        yield events.Progress("octave", 0.5, 1.0, None)
        raise StylizeError("A stub's failure.")

    monkeypatch.setattr(tasks, "_begin", lambda _: tmp_path)
    monkeypatch.setattr(tasks, "_run", run)
    content = {path: FileHashes()(path) for path in bundle.files_of(job)}
    texture = bundle.Texture(job.pictures[0], None, job, content)
    results = tmp_path / "out"
    bundle.write(tmp_path / "bundle", [texture], bundle.About(1, False, {}), results, 1, 2**30)
    (tmp_path / "rules.json").write_text("{}")
    order = tasks.Order(
        str(tmp_path / "bundle" / "jobs"), str(results), str(tmp_path / "rules.json"), "1"
    )
    with closing(tasks.Worker(tmp_path / "log").tiles(order)) as telling:
        if how == "fails":
            with pytest.raises(StylizeError, match="1 of 1 not made"):
                list(telling)
        else:
            assert [next(telling), next(telling)][1] == (tasks.PROGRESS, "50.0")
    assert not list((results / FOLDER).glob("*.begun"))
    shutil.copy(tmp_path / "wall.png", job.output)
    with pytest.raises(StylizeError, match="no batch or farm made it as it is"):
        begin(jobs.from_json(job.to_json()))


def test_a_tx_that_no_farm_made_stays(job: Job) -> None:
    """One that it made is replaced, also where its result was made anew since."""
    texture = bundle.Texture(job.pictures[0], None, job, {})
    tx = Path(job.output).with_suffix(".tx")
    for gray in (0.5, 0.75):
        entry = standing.entry_of(job)
        writer.write(Path(job.output), np.full((32, 32, 3), gray, np.float32))
        standing.record(job, entry, {})
        assert finishing.texture_for(texture) == tx
        made = tx.read_bytes()
        assert finishing.texture_for(texture) == tx
        assert tx.read_bytes() == made
    tx.write_bytes(b"an artist's")
    with pytest.raises(StylizeError, match=r"wall\.tx is there, and no farm made it"):
        finishing.texture_for(texture)
    assert tx.read_bytes() == b"an artist's"
    assert sorted(path.name for path in tx.parent.iterdir()) == [FOLDER, "wall.png", "wall.tx"]


def test_a_tx_whose_task_was_killed_before_it_was_noted_is_known(job: Job) -> None:
    texture = bundle.Texture(job.pictures[0], None, job, {})
    entry = standing.entry_of(job)
    write_result(job, job)
    standing.record(job, entry, {})
    textures.make(Path(job.output), Path(job.output).with_suffix(".tx"), repeats=True)
    assert finishing.texture_for(texture) is not None
