from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maya_stylize.host.no_scene import PictureList
from maya_stylize.ui.output_form import OutputForm


@pytest.mark.parametrize(
    ("source", "suffix"),
    [("a.exr", ".exr"), ("a.TIF", ".tif"), ("a.tx", ".tx"), ("a.psd", ".png"), ("a.gif", ".png")],
)
def test_the_result_has_the_sources_format_where_it_is_written(
    source: str, suffix: str, app: Any, tmp_path: Path
) -> None:
    form = OutputForm(PictureList())
    output = form.next_output(str(tmp_path / source), "texture", [])
    assert output == tmp_path / f"a_texture_v001{suffix}"


def test_every_format_that_is_written_can_be_chosen(app: Any, tmp_path: Path) -> None:
    form = OutputForm(PictureList())
    offered = [form.format.itemData(row) for row in range(form.format.count())]
    assert offered == ["", ".png", ".tif", ".exr", ".jpg", ".tga", ".tx"]
    form.format.setCurrentIndex(offered.index(".tx"))
    assert form.next_output(str(tmp_path / "a.png"), "texture", []).suffix == ".tx"
