from __future__ import annotations

from typing import Any

import pytest

from maya_stylize.errors import JobError
from maya_stylize.ui.fields import defaults
from maya_stylize.ui.form import Form
from maya_stylize.ui.modes import MODES, by_name
from maya_stylize.ui.qt import QtWidgets

OTHERS = {
    "size": "64",
    "quality": "final",
    "seed": 9,
    "strength": 80,
    "stroke": 20,
    "keep_colors": "cholesky",
    "color_strength": 30,
    "alpha": "ignore",
    "start": "noise",
    "pooling": "max",
    "statistics": "sliced",
    "device": "cpu",
    "color_space": "ACEScg",
    "match_histogram": False,
    "seamless": "both",
    "band": "32",
    "extend": "0, 0, 256, 0",
}


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_values_go_in_and_come_out(app: Any, mode: Any) -> None:
    form = Form(mode.fields)
    assert form.values() == defaults(mode.fields)
    wanted = {field.name: OTHERS[field.name] for field in mode.fields}
    form.set_values(wanted)
    assert form.values() == wanted
    form.set_values({"seed": 1})
    assert form.values() == {**defaults(mode.fields), "seed": 1}


def test_the_dice_give_another_seed(app: Any) -> None:
    form = Form(by_name("texture").fields)
    (dice,) = form.findChildren(QtWidgets.QPushButton)
    seeds = set()
    for _ in range(5):
        dice.click()
        seeds.add(form.values()["seed"])
    assert len(seeds) > 1


def test_what_is_typed_wrongly_is_refused_by_its_name(app: Any) -> None:
    form = Form(by_name("texture").fields)
    form.findChild(QtWidgets.QComboBox, "size").setEditText("large")
    with pytest.raises(JobError, match=r"size.*large"):
        form.values()


def test_advanced_settings_unfold(app: Any) -> None:
    form = Form(by_name("stylize").fields)
    form.show()
    pooling = form.findChild(QtWidgets.QComboBox, "pooling")
    fold = form.findChild(QtWidgets.QToolButton)
    assert not pooling.isVisible()
    fold.click()
    assert pooling.isVisible()
