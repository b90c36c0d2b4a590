"""Jobs that were cancelled, failed or crashed: kept among the results, continued, removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient, FakeScene
from test_jobs import finish, results

from maya_stylize.files import checkpoint_of
from maya_stylize.ui import stored
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import Qt, QtWidgets

FAILURE = {"event": "failure", "kind": "engine", "message": "No space left.", "hint": "Make room."}
TORN = {**FAILURE, "message": "v001.png.checkpoint is torn.", "hint": "Start the job anew."}


@pytest.fixture
def started(panel: Panel, pictures: Path) -> Panel:
    """A panel whose running job makes a texture from coffee.png."""
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    panel.maker.start.click()
    return panel


@pytest.fixture
def left(started: Panel, client: FakeClient) -> Path:
    """What the running job has left beside its output so far."""
    path = checkpoint_of(client.jobs[client.queue[0]][0]["output"])
    path.write_bytes(b"the climb")
    return path


@pytest.fixture
def unfinished(started: Panel, client: FakeClient, left: Path) -> Panel:
    """A panel whose only job was cancelled in its midst."""
    client.tell(client.queue[0], event="cancelled")
    return started


def answer(panel: Panel, text: str) -> None:
    """Press a button of the question that is open."""
    (box,) = (each for each in panel.findChildren(QtWidgets.QMessageBox) if each.isVisible())
    (button,) = (each for each in box.buttons() if each.text() == text)
    button.click()


@pytest.mark.parametrize("end", [{"event": "cancelled"}, FAILURE])
def test_a_job_that_left_a_checkpoint_stays_as_unfinished(
    started: Panel, client: FakeClient, left: Path, pictures: Path, end: dict[str, Any]
) -> None:
    job = client.jobs[client.queue[0]][0]
    client.tell(client.queue[0], **end)
    (entry,) = results(started)
    assert entry.unfinished
    assert (entry.path, entry.job) == (job["output"], job)
    assert started.results.entries() == [entry]
    assert started.results.go_on.isVisible()
    assert started.results.remove.isVisible()
    assert not started.results.apply.isVisible()
    assert started.messages.text() == ("No space left. Make room." if end is FAILURE else "")
    index = started.results.view.model().index(0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "coffee_texture_v001.png, unfinished"
    assert "unfinished" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_its_source_stands_for_it(unfinished: Panel, client: FakeClient, wait: Any) -> None:
    index = unfinished.results.view.model().index(0, 0)
    wait(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None)
    assert not unfinished.results.grab().isNull()  # and can be drawn


def test_continued_it_becomes_a_result_of_the_same_name(
    unfinished: Panel, client: FakeClient, left: Path, pictures: Path
) -> None:
    (entry,) = results(unfinished)
    unfinished.results.go_on.click()
    (number,) = client.queue
    assert client.resumed == [number]
    assert client.jobs[number][0] == entry.job
    assert results(unfinished) == []  # it is under way, and cannot be continued twice
    left.unlink()
    output = finish(client, number, pictures / "bricks.png")
    (entry,) = results(unfinished)
    assert (entry.path, entry.unfinished) == (str(output), False)
    assert unfinished.results.apply.isVisible()
    assert not unfinished.results.go_on.isVisible()


def test_a_new_job_and_one_run_again_begin_at_the_beginning(
    unfinished: Panel, client: FakeClient
) -> None:
    unfinished.results.again.click()
    unfinished.maker.start.click()
    assert len(client.queue) == 2
    assert client.resumed == []


def test_taken_out_of_the_queue_it_can_be_continued_later(
    unfinished: Panel, client: FakeClient
) -> None:
    (entry,) = results(unfinished)
    unfinished.maker.start.click()
    unfinished.results.select(entry.path)
    unfinished.results.go_on.click()
    assert results(unfinished) == []
    unfinished.job_pane.remove.click()
    assert results(unfinished) == [entry]


def test_a_refused_checkpoint_is_told_and_its_job_can_be_run_anew(
    unfinished: Panel, client: FakeClient, left: Path
) -> None:
    (entry,) = results(unfinished)
    unfinished.results.go_on.click()
    client.tell(client.queue[0], **TORN)
    assert unfinished.messages.text() == "v001.png.checkpoint is torn. Start the job anew."
    assert results(unfinished) == [entry]
    unfinished.results.again.click()
    ((job, _, _),) = client.jobs.values()
    assert job == {**entry.job, "output": entry.path.replace("v001", "v002")}
    assert left.exists()


@pytest.mark.parametrize("over", [True, False])
def test_it_is_offered_after_a_restart(
    started: Panel,
    client: FakeClient,
    left: Path,
    scene: FakeScene,
    open_panel: Callable[[FakeScene, FakeClient], Panel],
    over: bool,
) -> None:
    """Of a cancelled job, and of one that Maya died with."""
    job = client.jobs[client.queue[0]][0]
    if over:
        client.tell(client.queue[0], event="cancelled")
    fresh = FakeClient()
    panel = open_panel(scene, fresh)
    (entry,) = results(panel)
    panel.results.select(entry.path)
    panel.results.go_on.click()
    (number,) = fresh.resumed
    assert fresh.jobs[number][0] == job


def test_what_the_worker_writes_while_it_is_ended_is_found_later(
    started: Panel, client: FakeClient, scene: FakeScene, open_panel: Any, pictures: Path
) -> None:
    output = client.jobs[client.queue[0]][0]["output"]
    panel = open_panel(scene, FakeClient())
    assert results(panel) == []
    checkpoint_of(output).write_bytes(b"the climb")
    panel._came_back(Qt.ApplicationState.ApplicationActive)
    assert [entry.path for entry in results(panel)] == [output]


def test_a_job_under_way_is_not_unfinished(started: Panel, left: Path) -> None:
    started.history.refresh()
    assert results(started) == []


def test_jobs_that_left_nothing_are_not_kept(started: Panel, client: FakeClient) -> None:
    started.maker.start.click()
    waiting, running = client.queue[1], client.queue[0]
    client.tell(waiting, event="cancelled")
    client.tell(running, event="cancelled")
    assert results(started) == []
    assert json.loads(stored.history_file().read_text()) == []


def test_its_name_is_taken(unfinished: Panel, client: FakeClient, left: Path) -> None:
    unfinished.maker.start.click()
    ((job, _, _),) = client.jobs.values()
    assert Path(job["output"]).name == "coffee_texture_v002.png"
    assert left.read_bytes() == b"the climb"


def test_removed_it_is_gone_with_its_checkpoint_and_nothing_else(
    unfinished: Panel, client: FakeClient, left: Path, scene: FakeScene, open_panel: Any
) -> None:
    before = {path for path in left.parent.iterdir() if path != left}
    unfinished.results.remove.click()
    (box,) = unfinished.findChildren(QtWidgets.QMessageBox)
    assert str(left) in box.informativeText()
    answer(unfinished, "Remove")
    assert set(left.parent.iterdir()) == before
    assert results(unfinished) == []
    assert results(open_panel(scene, FakeClient())) == []


def test_kept_after_all_it_stays_as_it_is(unfinished: Panel, left: Path) -> None:
    unfinished.results.remove.click()
    answer(unfinished, "Keep")
    assert left.exists()
    assert len(results(unfinished)) == 1


def test_a_checkpoint_that_cannot_be_deleted_is_told_and_stays(
    unfinished: Panel, left: Path
) -> None:
    left.unlink()
    left.mkdir()  # which no unlink takes away
    unfinished.results.remove.click()
    answer(unfinished, "Remove")
    assert f"{left} cannot be deleted" in unfinished.messages.text()
    assert len(results(unfinished)) == 1


def test_beside_a_result_it_cannot_be_compared(
    unfinished: Panel, client: FakeClient, pictures: Path
) -> None:
    unfinished.maker.start.click()
    finish(client, client.queue[0], pictures / "bricks.png")
    unfinished.results.view.selectAll()
    assert len(unfinished.results.entries()) == 2
    pane = unfinished.results
    for button in (pane.compare, pane.apply, pane.reveal, pane.again):
        assert not button.isEnabled()
    assert not pane.go_on.isVisible()


def test_a_list_that_cannot_be_written_keeps_no_job_from_running(
    panel: Panel, client: FakeClient, pictures: Path
) -> None:
    stored.history_file().mkdir(parents=True)
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    panel.maker.start.click()
    assert len(client.queue) == 1
    assert "history.json cannot be written" in panel.messages.text()


def test_a_list_of_an_earlier_version_is_read(
    started: Panel, client: FakeClient, scene: FakeScene, pictures: Path, open_panel: Any
) -> None:
    finish(client, client.queue[0], pictures / "bricks.png")
    path = stored.history_file()
    (entry,) = json.loads(path.read_text())
    del entry["unfinished"]
    path.write_text(json.dumps([entry]))
    assert results(open_panel(scene, FakeClient())) == results(started)
