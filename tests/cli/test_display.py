"""Events as a person sees them, and as a program reads them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import pytest

from maya_stylize import events
from maya_stylize.cli.display import Bar, Display, JsonLines
from maya_stylize.errors import ImageError

LONG = "/shows/" + "a-long-name/" * 12 + "[bold]ü.tga"
RESULT = events.Result(
    path=LONG,
    sidecar=f"{LONG}.json",
    job={"kind": "synthesize"},
    loss=1234.5,
    layer_errors={"conv1_1": 0.0123, "pool4": 0.5},
)
STREAM = [
    events.Log(f"{LONG}: its alpha is left out.", "warning"),
    events.Progress("octave 32x32", 0.25, 5e8, None),
    events.Progress("octave 64x64", 0.75, 4e8, 75.4),
    events.Preview("preview.png"),
    RESULT,
]


@pytest.mark.parametrize("screen", ["a terminal", "a file"])
def test_a_result_goes_to_stdout_and_the_rest_to_stderr(
    screen: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`PICTURE=$(maya-stylize ...)` must hold the path, bar or no bar."""
    monkeypatch.setenv("COLUMNS", "100")
    if screen == "a terminal":
        monkeypatch.setenv("FORCE_COLOR", "1")
    Bar().show(iter(STREAM))
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        LONG,
        f"{LONG}.json",
        "  loss 1234; Gram matrices off by: conv1_1 1.23%, pool4 50.00%",
    ]
    assert f"warning: {LONG}: its alpha is left out.\n" in printed.err
    assert "Gram" not in printed.err
    if screen == "a file":
        assert len(printed.err.splitlines()) == 1
    if screen == "a terminal":
        assert "octave 64x64" in printed.err
        assert "loss 4e+08  1:15 left" in printed.err


def test_a_result_says_which_statistics_it_speaks_of(capsys: pytest.CaptureFixture[str]) -> None:
    job = {"kind": "synthesize", "statistics": "sliced"}
    Bar().show(iter([dataclasses.replace(RESULT, job=job)]))
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "  loss 1234; sliced statistics off by: conv1_1 1.23%, pool4 50.00%"


def test_json_lines_are_the_events(capsys: pytest.CaptureFixture[str]) -> None:
    JsonLines().show(iter(STREAM))
    printed = capsys.readouterr()
    assert printed.out.isascii()
    assert [json.loads(line) for line in printed.out.splitlines()] == [
        events.to_json(event) for event in STREAM
    ]
    assert printed.err == ""


def breaking(error: BaseException) -> Iterator[events.Event]:
    yield STREAM[1]
    raise error


def test_a_failure_is_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = ImageError("a.png is empty.", "Export it again.")
    with pytest.raises(ImageError) as caught:
        JsonLines().show(breaking(error))
    assert caught.value is error
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "event": "failure",
        "kind": "image",
        "message": "a.png is empty.",
        "hint": "Export it again.",
    }


@pytest.mark.parametrize(
    ("error", "kind"), [(KeyboardInterrupt(), "cancelled"), (ZeroDivisionError("a bug"), "bug")]
)
@pytest.mark.parametrize("display", [JsonLines(), Bar()], ids=["json", "bar"])
def test_what_is_no_failure_of_the_job_passes_through_and_is_told_in_json(
    display: Display, error: BaseException, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(type(error)):
        display.show(breaking(error))
    printed = capsys.readouterr().out
    assert "result" not in printed
    if isinstance(display, JsonLines):
        last = json.loads(printed.splitlines()[-1])
        assert (last["event"], last["kind"]) == ("failure", kind)
    else:
        assert kind not in printed
