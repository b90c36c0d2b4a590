"""The panel without Maya: a list of pictures that the user added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from maya_stylize import settings, tile_sets
from maya_stylize.errors import SceneError
from maya_stylize.host.scene import Scene, Texture

_REFUSAL = "There is no scene here; results lie on disk."


class PictureList(Scene):
    """A scene whose textures are picture files."""

    def __init__(self, pictures: Iterable[Path] = ()) -> None:
        self._pictures = dict.fromkeys(_whole(path) for path in pictures)
        self._watchers: list[Callable[[], None]] = []

    def add(self, pictures: Iterable[Path]) -> None:
        """Put pictures at the list's end, those that are not in it yet."""
        self._pictures.update(dict.fromkeys(_whole(path) for path in pictures))
        self._changed()

    def remove(self, texture: Texture) -> None:
        """Take a picture off the list; the file stays."""
        self._pictures.pop(texture.node, None)
        self._changed()

    def textures(self, selected_only: bool = False) -> list[Texture]:
        """Return the pictures; nothing can be selected here, so all of them."""
        return [_texture(path) for path in self._pictures]

    def material_maps(self, texture: Texture) -> dict[str, Texture]:
        """Return nothing: there is no shading network, only what files are called."""
        return {}

    def apply(self, texture: Texture, picture: Path) -> Texture:
        """Refuse; `SceneError`."""
        raise SceneError(_REFUSAL, "Open the panel in Maya to put it on a material.")

    def apply_together(self, pictures: Sequence[tuple[Texture, Path]]) -> list[Texture]:
        """Refuse; `SceneError`."""
        raise SceneError(_REFUSAL, "Open the panel in Maya to put them on a material.")

    def revert(self, texture: Texture) -> Texture:
        """Refuse; `SceneError`."""
        raise SceneError(_REFUSAL, "Nothing was applied, so that nothing need be taken back.")

    def revert_together(self, textures: Sequence[Texture]) -> list[Texture]:
        """Refuse; `SceneError`."""
        raise SceneError(_REFUSAL, "Nothing was applied, so that nothing need be taken back.")

    def color_config(self) -> str | None:
        """Return the OpenColorIO configuration that the environment names, be it there or not."""
        named = settings.color_config()
        if named is None or named.startswith("ocio://"):
            return named
        return _whole(Path(named))

    def project(self) -> Path | None:
        """Return None: there is no project."""
        return None

    def source_images(self) -> Path | None:
        """Return None: there is no project."""
        return None

    def saved_as(self) -> Path | None:
        """Return None: there is no scene."""
        return None

    def program(self) -> str:
        """Return that there is no program around the panel."""
        return "a window of its own"

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` whenever a picture is added or removed; return what ends that."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def _changed(self) -> None:
        for changed in tuple(self._watchers):
            changed()


def _whole(path: Path) -> str:
    return path.absolute().as_posix()


def _texture(path: str) -> Texture:
    found = tuple(tile_sets.files_of(path).values())
    if not found and Path(path).is_file():
        found = (path,)
    return Texture(
        node=path,
        node_type="file",
        path=found[0] if found else path,
        pattern=path,
        tiling=tile_sets.tiling_of(path),
        tiles=found or (path,),
        color_space="",
        materials=(),
        missing=not found,
        refusal=_REFUSAL,
    )
