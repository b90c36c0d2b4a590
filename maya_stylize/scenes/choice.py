"""Which textures of a scene are meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from maya_stylize.errors import SceneError
from maya_stylize.host.scene import SceneFiles, Texture


@dataclass(frozen=True)
class Choice:
    """Which textures of a scene are meant: those for which everything given here holds.

    In patterns "*" stands for anything, "?" for one letter and "[ab]" for one of some letters;
    upper and lower case are alike. A node's name matches with its namespaces or without.

    Attributes:
        match: Patterns, of which a texture's node, its picture's name or its picture's whole path
            must match one; empty for all.
        materials: Patterns, of which a material that uses the texture must match one; empty for
            all.
        sets: Names of sets in the scene, of which the texture must shade a member of one, or lead
            into one; empty for all.
    """

    match: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()

    def find(self, scene: SceneFiles) -> list[Texture]:
        """Return the textures of the open scene that are meant.

        Raises:
            SceneError: The scene has no set of a name.
        """
        shading = self._in_sets(scene)
        return [
            texture
            for texture in scene.textures()
            if (shading is None or texture.node in shading)
            and _any(self.match, _names(texture))
            and _any(self.materials, map(_bare_too, texture.materials))
        ]

    def _in_sets(self, scene: SceneFiles) -> set[str] | None:
        if not self.sets:
            return None
        found: set[str] = set()
        for name in self.sets:
            nodes = scene.in_set(name)
            if nodes is None:
                raise SceneError(
                    f"There is no set {name} in the scene.",
                    "Look for its name in Maya's Outliner, or leave --selected-set out.",
                )
            found.update(nodes)
        return found


def _names(texture: Texture) -> Iterable[Iterable[str]]:
    path = texture.pattern.replace("\\", "/")
    return [_bare_too(texture.node), (path, path.rpartition("/")[2])]


def _bare_too(name: str) -> tuple[str, str]:
    return name, name.rpartition(":")[2]


def _any(patterns: tuple[str, ...], names: Iterable[Iterable[str]]) -> bool:
    if not patterns:
        return True
    wanted = [pattern.replace("\\", "/").casefold() for pattern in patterns]
    flat = [name.casefold() for group in names for name in group]
    return any(fnmatchcase(name, pattern) for name in flat for pattern in wanted)


EVERYTHING = Choice()
