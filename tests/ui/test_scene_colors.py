"""The scene's color spaces on their way into jobs, thumbnails and new textures."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest
from panel_fakes import FakeClient, FakeScene, texture

from maya_stylize.host.scene_colors import of_result
from maya_stylize.jobs import Style
from maya_stylize.ui.fields import defaults
from maya_stylize.ui.modes import by_name
from maya_stylize.ui.panel import Panel
from maya_stylize.ui.qt import QtWidgets

PLAIN = {"version": 1, "output": "o.png"}


@pytest.fixture
def colored(scene: FakeScene, pictures: Path) -> FakeScene:
    """A scene whose pebbles are in ACEScg, and whose bricks Arnold finds out by itself."""
    spaces = {"pebbles_file": "ACEScg", "bricks_file": "auto"}
    scene.all = [
        dataclasses.replace(each, color_space=spaces.get(each.node, each.color_space))
        for each in scene.all
    ]
    scene.config = (pictures / "maya.ocio").as_posix()
    return scene


@pytest.fixture
def panel(open_panel: Any, colored: FakeScene, client: FakeClient) -> Panel:
    return open_panel(colored, client)


def start(panel: Panel, client: FakeClient, node: str, *styles: Path) -> dict[str, Any]:
    """Start to stylize a texture; return the job."""
    page = panel.maker.show_mode(by_name("stylize"))
    panel.textures.select(node)
    page.wells["styles"].set_pictures(tuple(Style(str(path)) for path in styles))
    panel.maker.start.click()
    return client.jobs[client.queue[-1]][0]


def test_a_job_has_the_spaces_of_the_scene_s_textures(
    panel: Panel, client: FakeClient, colored: FakeScene, pictures: Path
) -> None:
    styles = pictures / "coffee.png", pictures / "bricks.png"
    job = start(panel, client, "pebbles_file", *styles)
    assert job["color_spaces"] == {"content": "ACEScg", "styles[0]": "sRGB"}
    assert job["color_config"] == (pictures / "maya.ocio").as_posix()


def test_of_two_textures_with_one_file_the_selected_one_counts(
    panel: Panel, client: FakeClient, colored: FakeScene, pictures: Path
) -> None:
    other = texture(pictures / "pebbles.png", "again_file", color_space="Raw")
    colored.all = [other, *colored.all]
    panel.textures.refresh()
    for node, space in (("pebbles_file", "ACEScg"), ("again_file", "Raw")):
        job = start(panel, client, node, pictures / "bricks.png")
        assert job["color_spaces"] == {"content": space}


def test_thumbnails_are_asked_for_with_the_space_and_anew_for_another(
    panel: Panel, client: FakeClient, colored: FakeScene, pictures: Path, wait: Any
) -> None:
    path = str(pictures / "pebbles.png")

    def asked() -> list[Any]:
        told = [arguments for name, arguments in client.asked if name == "thumbnail"]
        return [each.get("color_space") for each in told if each["path"] == path]

    wait(asked)
    assert set(asked()) == {"ACEScg"}
    configs = {each.get("color_config") for name, each in client.asked if name == "thumbnail"}
    assert configs >= {(pictures / "maya.ocio").as_posix()}
    colored.all = [
        dataclasses.replace(each, color_space="sRGB") if each.path == path else each
        for each in colored.all
    ]
    panel.textures.refresh()
    wait(lambda: "sRGB" in asked())
    known = {each["path"]: each for name, each in client.asked if name == "thumbnail"}
    assert "color_space" not in known[str(pictures / "bricks.png")]


def test_a_result_s_texture_has_the_space_that_it_was_written_in(
    panel: Panel, client: FakeClient, colored: FakeScene, pictures: Path, wait: Any
) -> None:
    """It is put in the place of a texture in another space."""
    job = start(panel, client, "pebbles_file", pictures / "bricks.png")
    output = Path(job["output"])
    shutil.copy(job["content"], output)
    client.tell(
        client.queue[-1],
        **{"event": "result", "path": str(output), "sidecar": None},
        **{"job": job, "loss": 1.0, "layer_errors": {}},
    )
    wait(lambda: str(output) in (each.get("path") for _, each in client.asked))
    shown = [each for name, each in client.asked if name == "thumbnail"]
    assert {each["color_space"] for each in shown if each["path"] == str(output)} == {"ACEScg"}
    panel.textures.select("coffee_file")
    panel.results.apply.click()
    new = colored.all[0]
    assert (new.path, new.color_space) == (str(output), "ACEScg")


@pytest.mark.parametrize(
    ("job", "space"),
    [
        ({"kind": "synthesize", "color_spaces": {"exemplar": "ACEScg"}}, "ACEScg"),
        ({"kind": "repair", "color_spaces": {"exemplar": "ACEScg"}}, None),
        ({"kind": "repair", "color_spaces": {"exemplar": "ACEScg", "picture": "Raw"}}, "Raw"),
        ({"kind": "stylize", "color_spaces": {"content": "Raw", "output": "sRGB"}}, "sRGB"),
        ({"kind": "stylize"}, None),
    ],
)
def test_the_space_of_a_result(job: dict[str, Any], space: str | None) -> None:
    assert of_result({**PLAIN, **job}) == space


def test_the_space_of_each_of_a_material_s_maps() -> None:
    spaces = {"albedo": "sRGB", "height": "Raw", "output": "ACEScg"}
    job = {**PLAIN, "kind": "material", "color_spaces": spaces}
    wanted = {"albedo": "ACEScg", "height": "Raw", "normal": None}
    assert {kind: of_result(job, kind) for kind in wanted} == wanted


def test_a_space_that_is_chosen_in_the_panel_counts_before_the_scene_s(
    panel: Panel, client: FakeClient, pictures: Path
) -> None:
    form = panel.maker.show_mode(by_name("stylize")).form
    field = form.findChild(QtWidgets.QComboBox, "color_space")
    field.setEditText(" AdobeRGB ")
    job = start(panel, client, "pebbles_file", pictures / "bricks.png")
    assert job["color_spaces"] == {"content": "AdobeRGB"}
    field.setEditText("")
    job = start(panel, client, "pebbles_file", pictures / "bricks.png")
    assert job["color_spaces"]["content"] == "ACEScg"


@pytest.mark.parametrize(
    ("name", "lead"),
    [
        ("texture", "exemplar"),
        ("stylize", "content"),
        ("repair", "picture"),
        ("material", "albedo"),
    ],
)
def test_the_space_is_that_of_a_mode_s_first_picture(name: str, lead: str) -> None:
    mode = by_name(name)
    assert mode.wells[0].name == lead
    wells = {"styles": (Style("s.png"),)} if name == "stylize" else {}
    if name == "material":
        wells = {"height": (Style("h.png"),)}
    inside = {lead: (Style("a.png"),), **wells}
    values = {**defaults(mode.fields), "color_space": "ACEScg"}
    if name == "repair":
        values["seamless"] = "both"
    output = "o_<map>.png" if name == "material" else "o.png"
    assert mode.job(inside, values, output, "tensorflow").color_spaces == {lead: "ACEScg"}
    values["color_space"] = ""
    assert mode.job(inside, values, output, "tensorflow").color_spaces == {}
