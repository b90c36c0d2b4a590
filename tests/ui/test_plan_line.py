"""What a job takes, said above the start button before it starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient

from maya_stylize import jobs
from maya_stylize.errors import EngineError, StylizeError, WorkerError
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.plan_line import rounded, sentence
from maya_stylize.ui.qt import QtWidgets
from maya_stylize.worker.protocol import Device

Wait = Callable[[Callable[[], object]], None]
PLAN = {
    "width": 1024,
    "height": 768,
    "octaves": [[512, 384, 100], [1024, 768, 60]],
    "tile": 0,
    "history": 20,
    "memory": int(2.1 * 2**30),
    "seconds": 236.4,
}
DEVICE = Device("tensorflow", "cpu:0", "AMD EPYC", 24 * 2**30)


@pytest.fixture
def ready(panel: Panel, client: FakeClient, pictures: Path) -> Panel:
    """A panel with an exemplar in its well and a worker that knows its device."""
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    client.device = DEVICE
    client.changed()
    return panel


def asked(client: FakeClient) -> list[jobs.Job]:
    """The jobs whose plans were asked for."""
    return [
        jobs.from_json(arguments["job"]) for command, arguments in client.asked if command == "plan"
    ]


def control(panel: Panel, name: str) -> Any:
    return panel.maker.page().form.findChild(QtWidgets.QWidget, name)


def test_the_plan_of_what_is_set_is_shown(ready: Panel, client: FakeClient, wait: Wait) -> None:
    wait(lambda: client.planning)
    (job,) = asked(client)
    assert isinstance(job, jobs.SynthesizeJob)
    assert (Path(job.exemplar).name, job.size, job.quality) == ("coffee.png", None, "normal")
    assert ready.plan.text() == ""
    client.planning.pop()(PLAN)
    assert ready.plan.text() == "1024 x 768, about 4 min, 2.1 GB"
    assert ready.plan.isVisible()
    assert DEVICE.name in ready.plan.toolTip()
    start = ready.maker.start
    assert (
        ready.plan.mapTo(ready, ready.plan.rect().bottomLeft()).y()
        < start.mapTo(ready, start.rect().topLeft()).y()
    )


def test_many_changes_at_once_are_one_question(
    ready: Panel, client: FakeClient, pictures: Path, wait: Wait
) -> None:
    wait(lambda: client.planning)
    client.planning.pop()(PLAN)
    control(ready, "size").setEditText("5")
    control(ready, "size").setEditText("512")
    control(ready, "quality").set_value("draft")
    ready.maker.page().wells["exemplar"].add([str(pictures / "bricks.png")])
    wait(lambda: client.planning)
    _, job = asked(client)
    assert isinstance(job, jobs.SynthesizeJob)
    assert (job.size, job.quality) == ((512, 512), "draft")
    assert Path(job.exemplar).name == "bricks.png"


@pytest.mark.parametrize(
    ("name", "value"), [("size", "512"), ("quality", "final"), ("device", "cpu"), ("seed", 7)]
)
def test_every_setting_asks_anew(
    ready: Panel, client: FakeClient, wait: Wait, name: str, value: Any
) -> None:
    wait(lambda: client.planning)
    control(ready, name).set_value(value)
    wait(lambda: len(client.planning) == 2)


def test_the_mode_asks_anew(ready: Panel, client: FakeClient, pictures: Path, wait: Wait) -> None:
    wait(lambda: client.planning)
    ready.maker.tabs.setCurrentIndex(1)
    for name in ("content", "styles"):
        ready.maker.page().wells[name].add([str(pictures / "bricks.png")])
    control(ready, "stroke").set_value(80)
    wait(lambda: len(client.planning) == 2)
    assert asked(client)[1].kind == "stylize"


def test_an_answer_to_an_earlier_question_is_void(
    ready: Panel, client: FakeClient, wait: Wait
) -> None:
    wait(lambda: client.planning)
    control(ready, "size").setEditText("512")
    wait(lambda: len(client.planning) == 2)
    first, second = client.planning
    second({**PLAN, "width": 512, "height": 512})
    first(PLAN)
    assert ready.plan.text().startswith("512 x 512,")


def test_a_refusal_is_said_before_the_start(ready: Panel, client: FakeClient, wait: Wait) -> None:
    wait(lambda: client.planning)
    error = EngineError("8192x8192 pixels need 9.4 GiB of memory.", "Choose a smaller size.")
    client.planning.pop()(error)
    assert ready.plan.text() == (
        "Cannot be made: 8192x8192 pixels need 9.4 GiB of memory. Choose a smaller size."
    )
    assert ready.plan.property("role") == "refusal"
    assert ready.messages.isHidden()
    control(ready, "size").setEditText("256")
    wait(lambda: client.planning)
    client.planning.pop()(PLAN)
    assert ready.plan.property("role") == "faint"


def test_it_is_empty_while_something_is_missing(
    ready: Panel, client: FakeClient, wait: Wait
) -> None:
    wait(lambda: client.planning)
    client.planning.pop()(PLAN)
    control(ready, "size").setEditText("large")
    wait(lambda: ready.plan.text() == "")
    ready.maker.tabs.setCurrentIndex(1)  # no picture is in its wells
    control(ready, "quality").set_value("draft")
    assert len(asked(client)) == 1
    assert ready.messages.isHidden()


def test_without_a_ready_worker_none_is_started_and_nothing_is_shown(
    panel: Panel, client: FakeClient, pictures: Path, app: Any, wait: Wait
) -> None:
    panel.maker.page().wells["exemplar"].add([str(pictures / "coffee.png")])
    fired: list[bool] = []
    panel.plan._timer.timeout.connect(lambda: fired.append(True))
    wait(lambda: fired)
    assert asked(client) == []
    client.device = DEVICE
    client.changed()
    wait(lambda: client.planning)
    client.planning.pop()(PLAN)
    assert panel.plan.text()
    client.hello = client.device = None
    client.changed()
    assert panel.plan.text() == ""
    client.device = DEVICE  # another worker
    client.changed()
    wait(lambda: client.planning)


def test_a_worker_that_is_lost_meanwhile_is_told_elsewhere(
    ready: Panel, client: FakeClient, wait: Wait
) -> None:
    wait(lambda: client.planning)
    error: StylizeError = StylizeError("The engine ended.", "Run it again.")
    error.kind = WorkerError.kind  # as the client gives it
    client.planning.pop()(error)
    assert ready.plan.text() == ""


def test_it_is_empty_while_a_job_runs(ready: Panel, client: FakeClient, wait: Wait) -> None:
    wait(lambda: client.planning)
    answer = client.planning.pop()
    answer(PLAN)
    ready.maker.start.click()
    assert ready.plan.text() == ""
    answer(PLAN)
    assert ready.plan.text() == ""
    client.tell(client.queue[0], event="cancelled")
    wait(lambda: client.planning)
    client.planning.pop()(PLAN)
    assert ready.plan.text() != ""


def test_a_plan_in_words() -> None:
    assert sentence({**PLAN, "tile": 512}) == "1024 x 768, about 4 min, 2.1 GB, in tiles of 512"
    assert sentence({**PLAN, "seconds": None}) == "1024 x 768, 2.1 GB"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "5 s"),
        (42, "40 s"),
        (54, "55 s"),
        (56, "1 min"),
        (236, "4 min"),
        (3569, "59 min"),
        (3571, "1 h"),
        (3540 + 1500, "1 h 20 min"),
        (41198, "11 h 30 min"),
    ],
)
def test_a_time_is_as_exact_as_an_estimate_deserves(seconds: float, said: str) -> None:
    assert rounded(seconds) == said
