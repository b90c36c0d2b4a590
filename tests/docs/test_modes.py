"""The pages on the modes tell of every picture and every setting that the panel has."""

from __future__ import annotations

import re

import pytest
from doc_pages import ROOT

from maya_stylize.ui.fields import Choice, Slider
from maya_stylize.ui.mode import Mode, plain
from maya_stylize.ui.modes import MODES

PAGES = ROOT / "docs" / "modes"
FILES = {"texture": "new_texture"}


def rows(mode: Mode) -> dict[str, str]:
    """The table of settings: what each does, by its label."""
    text = (PAGES / f"{FILES.get(mode.name, mode.name)}.md").read_text(encoding="utf-8")
    table = text.partition("\n## Settings\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| \*([^*]+)\* \| (.+) \|$", table, re.M))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_the_table_has_what_the_panel_has_in_its_order(mode: Mode) -> None:
    front = [field.label for field in mode.fields if not field.advanced]
    folded = [field.label for field in mode.fields if field.advanced]
    labels = [*(well.label for well in mode.wells), *front, *folded]
    assert list(rows(mode)) == [plain(label) for label in labels]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_the_advanced_ones_are_counted(mode: Mode) -> None:
    text = (PAGES / f"{FILES.get(mode.name, mode.name)}.md").read_text(encoding="utf-8")
    told = re.search(r"The last (\w+) are under \*Advanced\*", text)
    assert told
    words = ("none", "one", "two", "three", "four", "five", "six", "seven")
    assert words.index(told[1]) == sum(field.advanced for field in mode.fields)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_every_word_that_stands_for_a_choice_is_the_panels(mode: Mode) -> None:
    """What is set in italics within a row is what one sees there."""
    for field in mode.fields:
        if isinstance(field.control, Choice):
            known = {title.replace(",", "") for _, title in field.control.options}
            named = set(re.findall(r"\*([^*]+)\*", rows(mode)[plain(field.label)]))
            assert named <= known, field.label
        elif not isinstance(field.control, Slider):
            assert "*" not in rows(mode)[plain(field.label)], field.label


def test_every_mode_has_its_page() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {
        FILES.get(mode.name, mode.name) for mode in MODES
    }
