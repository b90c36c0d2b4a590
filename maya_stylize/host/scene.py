"""What the panel asks of a scene: a few meaningful calls, and the plain data they speak in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Texture:
    """One texture node of the scene.

    Attributes:
        node: The node's unique name; the key to it.
        node_type: "file" or "aiImage".
        path: The picture as the node names it, resolved: variables and the project expanded.
        pattern: The path with the tile's token where the node shows a set of tiles; else the path.
        tiling: Maya's uvTilingMode: 0 off, 1 ZBrush, 2 Mudbox, 3 UDIM, 4 explicit tiles.
        tiles: The tiles' files that exist; just the path where there are none.
        color_space: The node's own.
        materials: Names of the materials that use it.
        missing: Whether no file is there.
        refusal: Why a result cannot be applied to it (a reference, a lock); empty where it can.
        applied: Whether a result of ours stands in its place, so that it can be reverted.
        frame: The number, as in the file's name, of the picture that is shown of a sequence with
            one for each frame; empty for a still.
    """

    node: str
    node_type: str
    path: str
    pattern: str
    tiling: int
    tiles: tuple[str, ...]
    color_space: str
    materials: tuple[str, ...]
    missing: bool
    refusal: str = ""
    applied: bool = False
    frame: str = ""


class Scene(Protocol):
    """A scene with textures.

    Every method raises `SceneError` where the scene refuses, with the reason.
    """

    def textures(self, selected_only: bool = False) -> list[Texture]:
        """Return the scene's textures, or those of the selected objects only."""

    def material_maps(self, texture: Texture) -> dict[str, Texture]:
        """Return the maps of the material that a texture is one of, itself included.

        They are found by what their textures lead into, and are by kind: one of
        `map_names.KINDS`. Nothing where no material is known to have the texture as a map.
        """

    def apply(self, texture: Texture, picture: Path) -> Texture:
        """Put a picture in a texture's place, in one undo step; return the new texture.

        A new texture node and placement are made, wired like the old ones, and the connections
        moved. The old nodes and their file stay.
        """

    def apply_together(self, pictures: Sequence[tuple[Texture, Path]]) -> list[Texture]:
        """Put each picture in its texture's place, all or none, in one undo step."""

    def revert(self, texture: Texture) -> Texture:
        """Take an applied result away again, in one undo step; return the old texture."""

    def revert_together(self, textures: Sequence[Texture]) -> list[Texture]:
        """Take applied results away again, all or none, in one undo step."""

    def color_config(self) -> str | None:
        """Return the OpenColorIO configuration in use; None where there is none.

        A file, expanded, or one of OpenColorIO's own, such as "ocio://default".
        """

    def project(self) -> Path | None:
        """Return the project's folder; None where there is none."""

    def source_images(self) -> Path | None:
        """Return where the project keeps its pictures, there or not; None without a project."""

    def saved_as(self) -> Path | None:
        """Return the scene's file; None while it is unsaved."""

    def program(self) -> str:
        """Return which program the scene is open in, with its version, for reports."""

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` whenever the list of textures may differ; return what ends that."""


class SceneFiles(Scene, Protocol):
    """A program that opens one scene after another.

    Its methods raise `SceneError` too.
    """

    def open(self, path: Path) -> None:
        """Open a scene in place of the open one, in the project that it lies in."""

    def save(self, path: Path, written: Callable[[Path], None]) -> None:
        """Save the open scene as a file, as a whole or not at all; its suffix says its format.

        `written` is called with where it lies before it is moved to its place, and may refuse that
        by an error.
        """

    def in_set(self, name: str) -> Collection[str] | None:
        """Return the nodes that shade a set's members; None where there is no such set."""

    def unloaded(self) -> tuple[str, ...]:
        """Return the files of the references that are not loaded."""
