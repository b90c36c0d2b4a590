"""Jobs in the panel: start, progress, preview, queue, cancel, results, failures."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient, FakeScene

from maya_stylize import jobs
from maya_stylize.ui.history import EntryRole
from maya_stylize.ui.panel import Panel


@pytest.fixture
def started(panel: Panel, pictures: Path) -> Panel:
    """A panel whose running job makes a texture from coffee.png."""
    panel.textures.select("pebbles_file")
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    panel.maker.start.click()
    return panel


def finish(client: FakeClient, number: int, picture: Path) -> Path:
    """End a job with a picture, as the worker would."""
    job = client.jobs[number][0]
    output = Path(job["output"])
    shutil.copy(picture, output)
    client.tell(
        number, event="result", path=str(output), sidecar=None, job=job, loss=1.0, layer_errors={}
    )
    return output


def results(panel: Panel) -> list[Any]:
    model = panel.results.view.model()
    return [model.index(row, 0).data(EntryRole) for row in range(model.rowCount())]


def test_the_job_is_what_the_panel_shows(
    started: Panel, client: FakeClient, pictures: Path
) -> None:
    ((job, previews, _),) = client.jobs.values()
    parsed = jobs.from_json(job)
    assert isinstance(parsed, jobs.SynthesizeJob)
    assert parsed.exemplar == str(pictures / "coffee.png")
    assert parsed.output == str(pictures / "coffee_texture_v001.png")
    assert parsed.backend == "tensorflow"
    assert previews.is_dir()


def test_an_installed_backend_is_chosen(panel: Panel, client: FakeClient, pictures: Path) -> None:
    assert client.hello is not None
    client.hello.backends.clear()
    client.hello.backends["torch"] = "2.13"
    client.changed()
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    panel.maker.start.click()
    assert next(iter(client.jobs.values()))[0]["backend"] == "torch"


def test_progress_is_shown_with_the_time_left(started: Panel, client: FakeClient) -> None:
    (number,) = client.queue
    pane = started.job_pane
    assert pane.isVisible()
    client.tell(number, event="device", backend="jax", device="gpu:0", name="a card")
    client.tell(
        number, event="progress", stage="octave 64x64", fraction=0.25, loss=1.0, seconds_left=125.0
    )
    assert pane.bar.value() == 250
    assert pane.details.text() == "octave 64x64 · 2:05 left · a card"


def test_previews_appear_beside_their_source(
    started: Panel, client: FakeClient, pictures: Path, wait: Any
) -> None:
    (number,) = client.queue
    client.tell(number, event="preview", path=str(pictures / "bricks.png"))
    wait(lambda: started.preview.caption.text().startswith("In progress"))
    wait(started.preview.view.has_both)


def test_a_result_joins_the_history_and_is_compared(
    started: Panel, client: FakeClient, pictures: Path, wait: Any
) -> None:
    (number,) = client.queue
    previews = client.jobs[number][1]
    output = finish(client, number, pictures / "bricks.png")
    (entry,) = results(started)
    assert (entry.path, entry.source) == (str(output), str(pictures / "coffee.png"))
    assert (entry.node, entry.mode) == ("pebbles_file", "texture")
    assert not previews.exists()
    assert not started.job_pane.isVisible()
    wait(started.preview.view.has_both)
    assert started.preview.caption.text() == "coffee.png  →  coffee_texture_v001.png"


def test_jobs_wait_in_order_under_names_of_their_own(
    started: Panel, client: FakeClient, pictures: Path
) -> None:
    started.maker.start.click()
    started.maker.start.click()
    queue = started.job_pane.queue
    assert [queue.item(row).text() for row in range(queue.count())] == [
        "1. coffee_texture_v002.png",
        "2. coffee_texture_v003.png",
    ]
    queue.setCurrentRow(0)
    started.job_pane.remove.click()
    assert queue.count() == 1
    assert queue.item(0).text() == "1. coffee_texture_v003.png"
    finish(client, client.queue[0], pictures / "bricks.png")
    assert not started.job_pane.queue.isVisible()


def test_cancel_is_sent_again_to_stop_at_once(started: Panel, client: FakeClient) -> None:
    (number,) = client.queue
    started.job_pane.cancel.click()
    assert client.cancelled == [number]
    assert started.job_pane.cancel.text() == "Stop now"
    started.job_pane.cancel.click()
    assert client.cancelled == [number, number]
    client.tell(number, event="cancelled")
    assert not started.job_pane.isVisible()
    assert started.messages.text() == ""
    assert results(started) == []


def test_a_failure_is_told_with_its_hint(started: Panel, client: FakeClient) -> None:
    (number,) = client.queue
    client.tell(number, event="failure", kind="engine", message="No memory.", hint="Go smaller.")
    assert started.messages.text() == "No memory. Go smaller."


def test_a_client_that_fails_at_once_leaves_no_job(
    panel: Panel, client: FakeClient, pictures: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    def fail(job: Any, previews: Path, told: Any, resume: bool) -> int:
        told({"event": "failure", "kind": "worker", "message": "No engine.", "hint": ""})
        return 99

    monkeypatch.setattr(client, "run", fail)
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    panel.maker.start.click()
    assert panel.messages.text() == "No engine."
    assert panel.runs.outputs() == []
    assert list((home / "previews").iterdir()) == []


def test_an_empty_well_is_told_and_nothing_starts(panel: Panel, client: FakeClient) -> None:
    panel.maker.start.click()
    assert "Exemplar" in panel.messages.text()
    assert client.jobs == {}


def test_run_again_is_the_same_resolved_job_in_a_new_file(
    started: Panel, client: FakeClient, pictures: Path
) -> None:
    first = finish(client, client.queue[0], pictures / "bricks.png")
    started.maker.page().form.set_values({"seed": 99})
    started.results.again.click()
    ((job, _, _),) = client.jobs.values()
    before = results(started)[0].job
    assert {**job, "output": ""} == {**before, "output": ""}
    assert job["output"] == str(first).replace("v001", "v002")


def test_run_again_keeps_the_format_whatever_is_set_now(
    started: Panel, client: FakeClient, pictures: Path
) -> None:
    finish(client, client.queue[0], pictures / "bricks.png")
    state = started.maker.output.state()
    started.maker.output.set_state({**state, "format": ".exr"})
    started.results.again.click()
    ((job, _, _),) = client.jobs.values()
    assert job["output"].endswith("_v002.png")


def test_what_a_job_warns_of_is_told_with_its_result(
    started: Panel, client: FakeClient, pictures: Path
) -> None:
    number = client.queue[0]
    client.tell(number, event="log", message="coffee.png: its alpha is left out.", level="warning")
    client.tell(number, event="log", message="Compiled.", level="info")
    assert started.messages.text() == ""
    finish(client, number, pictures / "bricks.png")
    told = "coffee_texture_v001.png: coffee.png: its alpha is left out."
    assert started.messages.text() == told


def test_apply_and_revert_go_through_the_scene(
    started: Panel, client: FakeClient, scene: FakeScene, pictures: Path
) -> None:
    output = finish(client, client.queue[0], pictures / "bricks.png")
    started.results.apply.click()
    assert scene.all[0].path == str(output)
    texture = started.textures.texture()
    assert texture is not None
    assert texture.node == "pebbles_file_new"
    assert started.results.revert.isEnabled()
    started.results.revert.click()
    texture = started.textures.texture()
    assert texture is not None
    assert texture.node == "pebbles_file"
    assert not started.results.revert.isEnabled()


def test_a_texture_that_refuses_says_why(
    started: Panel, client: FakeClient, scene: FakeScene, pictures: Path
) -> None:
    finish(client, client.queue[0], pictures / "bricks.png")
    scene.all = [dataclasses.replace(each, refusal="it is referenced") for each in scene.all]
    scene.watchers[0]()
    started.results.apply.click()
    assert "it is referenced" in started.messages.text()


def test_two_results_are_compared_with_each_other(
    started: Panel, client: FakeClient, pictures: Path
) -> None:
    first = finish(client, client.queue[0], pictures / "bricks.png")
    started.maker.start.click()
    second = finish(client, client.queue[0], pictures / "pebbles.png")
    started.results.view.selectAll()
    started.results.compare.click()
    assert started.preview.caption.text() == f"{first.name}  →  {second.name}"
    assert not started.results.apply.isEnabled()


def test_a_result_that_is_gone_cannot_be_shown_on_disk(
    started: Panel, client: FakeClient, pictures: Path
) -> None:
    finish(client, client.queue[0], pictures / "bricks.png").unlink()
    started.results.reveal.click()
    assert "not there any more" in started.messages.text()


def test_the_history_outlives_the_session(
    started: Panel, client: FakeClient, scene: FakeScene, pictures: Path, open_panel: Any
) -> None:
    finish(client, client.queue[0], pictures / "bricks.png")
    other = open_panel(scene, FakeClient())
    assert len(results(other)) == 1
    assert results(other) == results(started)
