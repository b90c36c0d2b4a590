"""Puts results into the scene and takes them out again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from maya_stylize.errors import SceneError
from maya_stylize.host.scene import Scene, Texture
from maya_stylize.host.scene_colors import of_result
from maya_stylize.ui.history import Entry
from maya_stylize.ui.texture_list import TextureList


def apply(scene: Scene, textures: TextureList, entry: Entry) -> None:
    """Put a result in the place of the selected texture, else of the one it was made for.

    The new texture has the color space that the result was written in, where the job knew it.

    Raises:
        SceneError: There is no such texture, or the scene refuses.
    """
    texture = _target(scene, textures, entry)
    space = of_result(entry.job) or texture.color_space
    applied = scene.apply(dataclasses.replace(texture, color_space=space), Path(entry.path))
    textures.refresh()
    textures.select(applied.node)


def revert(scene: Scene, textures: TextureList) -> None:
    """Put the original back in the place of the selected texture.

    Raises:
        SceneError: No texture is selected, or the scene refuses.
    """
    texture = textures.texture()
    if texture is None:
        raise SceneError("No texture is selected.", "Select the texture to revert.")
    old = scene.revert(texture)
    textures.refresh()
    textures.select(old.node)


def _target(scene: Scene, textures: TextureList, entry: Entry) -> Texture:
    selected = textures.texture()
    if selected is not None:
        return selected
    for texture in scene.textures():
        if texture.node == entry.node:
            return texture
    raise SceneError("No texture is selected.", "Select the texture that the result is to replace.")
