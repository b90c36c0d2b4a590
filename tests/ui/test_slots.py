from __future__ import annotations

import logging
from typing import Any

import pytest

from maya_stylize.errors import JobError, StylizeError
from maya_stylize.ui.qt import QtCore, QtWidgets, Signal, is_alive
from maya_stylize.ui.slots import LOG, slot


class Window(QtWidgets.QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[StylizeError] = []

    def report_error(self, error: StylizeError) -> None:
        self.told.append(error)


class Part(QtWidgets.QWidget):
    sent = Signal(int, str)

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self.got: list[Any] = []
        self.error: Exception | None = None
        self.sent.connect(self.take)

    @slot
    def take(self, number: int) -> None:
        self.got.append(number)
        if self.error is not None:
            raise self.error


@pytest.fixture
def window(app: Any) -> Window:
    return Window()


def test_a_slot_takes_as_much_of_a_signal_as_it_wants(window: Window) -> None:
    part = Part(window)
    part.sent.emit(7, "more")
    assert part.got == [7]


def test_an_error_goes_to_the_nearest_widget_that_shows_it(window: Window) -> None:
    part = Part(QtWidgets.QWidget(window))
    part.error = JobError("The seed is odd.", "Take another.")
    part.sent.emit(1, "")
    assert window.told == [part.error]


def test_a_bug_is_told_in_one_sentence_and_logged_in_full(
    window: Window, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOG, "propagate", True)
    part = Part(window)
    part.error = ZeroDivisionError("by zero")
    with caplog.at_level(logging.ERROR, LOG.name):
        part.sent.emit(1, "")
    (told,) = window.told
    assert "ZeroDivisionError: by zero" in told.message
    assert "\n" not in told.message
    assert "Copy report" in told.hint
    assert "Traceback" in caplog.text


def test_a_slot_of_a_deleted_widget_does_nothing(window: Window) -> None:
    part = Part(window)
    delete(part)
    part.take(7)
    assert part.got == []
    assert window.told == []


def delete(widget: Any) -> None:
    widget.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(widget, QtCore.QEvent.Type.DeferredDelete)
    assert not is_alive(widget)
