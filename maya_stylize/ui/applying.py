"""Puts results into the scene and takes them out again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from maya_stylize import map_names
from maya_stylize.errors import SceneError
from maya_stylize.host.scene import Scene, Texture
from maya_stylize.host.scene_colors import of_result
from maya_stylize.ui.drops import SUFFIXES
from maya_stylize.ui.history import Entry
from maya_stylize.ui.texture_list import TextureList
from maya_stylize.ui.texture_model import shown


def apply(scene: Scene, textures: TextureList, entry: Entry) -> str:
    """Put a result in the place of the selected texture, else of the one it was made for.

    The maps of a material go each in the place of the same kind of map of the texture's material.
    New textures have the color space that the result was written in, where the job knew it.

    Returns:
        What was left out, in words; "" where nothing was.

    Raises:
        SceneError: There is no such texture, or the scene refuses.
    """
    target = _target(scene, textures, entry)
    if not entry.maps:
        applied = scene.apply(_colored(target, entry), Path(entry.path))
        left = ""
    else:
        places = _places(scene, target, entry)
        pictures = [
            (_colored(places[kind], entry, kind), Path(path))
            for kind, path in entry.maps.items()
            if kind in places
        ]
        new = scene.apply_together(pictures)
        old = [texture.node for texture, _ in pictures]
        applied = new[old.index(target.node) if target.node in old else 0]
        missing = ", ".join(kind for kind in entry.maps if kind not in places)
        left = f"The material of {target.node} has no texture for: {missing}." if missing else ""
    textures.refresh()
    textures.select(applied.node)
    return left


def revert(scene: Scene, textures: TextureList) -> None:
    """Put the original back in the place of the selected texture.

    Where it is one of a material's maps that were made together, all of them are put back.

    Raises:
        SceneError: No texture is selected, or the scene refuses.
    """
    texture = textures.texture()
    if texture is None:
        raise SceneError("No texture is selected.", "Select the texture to revert.")
    old, *_ = scene.revert_together([texture, *_made_with(scene, texture)])
    textures.refresh()
    textures.select(old.node)


def _colored(texture: Texture, entry: Entry, kind: str = "") -> Texture:
    """Return a texture in the color space of the result that is to take its place."""
    space = of_result(entry.job, kind) or texture.color_space
    return dataclasses.replace(texture, color_space=space)


def _places(scene: Scene, target: Texture, entry: Entry) -> dict[str, Texture]:
    """Return the textures that a material's maps are to replace, by kind.

    Where the scene does not know the material of the target, its maps are the textures that show
    what the new ones were learned from.
    """
    places = scene.material_maps(target)
    kinds = {path: kind for kind, path in entry.job.get("maps", {}).items()}
    if not places and shown(target) in kinds:
        textures = reversed(scene.textures())
        places = {kinds[shown(each)]: each for each in textures if shown(each) in kinds}
    if not set(places) & set(entry.maps):
        raise SceneError(
            f"{target.node} is no map of a material that these maps could replace.",
            "Select a texture that leads into a surface's color, normal, roughness or metalness.",
        )
    return places


def _made_with(scene: Scene, texture: Texture) -> list[Texture]:
    """Return the other results in a texture's material that were made together with its."""
    path = Path(texture.path)
    family = map_names.beside(path, SUFFIXES).values() if map_names.kind_of(path.name) else ()
    together = {*map(Path, family)} - {path}
    nodes = {each.node for each in scene.material_maps(texture).values()}
    return [
        each
        for each in scene.textures()
        if each.applied
        and Path(each.path) in together
        and (each.node in nodes or set(each.materials) & set(texture.materials))
    ]


def _target(scene: Scene, textures: TextureList, entry: Entry) -> Texture:
    selected = textures.texture()
    if selected is not None:
        return selected
    for texture in scene.textures():
        if texture.node == entry.node:
            return texture
    raise SceneError("No texture is selected.", "Select the texture that the result is to replace.")
