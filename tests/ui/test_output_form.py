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
