"""The open scene of Maya."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from maya import cmds

from maya_stylize import tile_sets
from maya_stylize.errors import SceneError
from maya_stylize.host import material_maps, replacement, texture_nodes, usage, versions
from maya_stylize.host.replacement import Picture
from maya_stylize.host.scene import Scene, Texture
from maya_stylize.host.undo import one_step
from maya_stylize.host.watching import Watch

_RESOURCES = "<MAYA_RESOURCES>"


class MayaScene(Scene):
    """The scene that is open in Maya; for the main thread only."""

    def textures(self, selected_only: bool = False) -> list[Texture]:
        """Return the scene's textures, or those of the selected objects only."""
        nodes = texture_nodes.all_nodes()
        if selected_only:
            selected = usage.selected()
            nodes = [node for node in nodes if node in selected]
        materials = usage.materials_of(nodes)
        project, images = self.project(), self.source_images()
        return [texture_nodes.read(node, materials[node], project, images) for node in nodes]

    def material_maps(self, texture: Texture) -> dict[str, Texture]:
        """Return the maps of a material that has the texture as one; nothing where none has it."""
        self._check(texture)
        project, images = self.project(), self.source_images()

        def picture(node: str) -> str:
            return texture_nodes.read(node, (), project, images).path

        maps = material_maps.of(texture.node, picture)
        materials = usage.materials_of(maps.values())
        return {
            kind: texture_nodes.read(node, materials[node], project, images)
            for kind, node in maps.items()
        }

    def apply(self, texture: Texture, picture: Path) -> Texture:
        """Put a picture in a texture's place, in one undo step; return the new texture.

        A picture whose name ends in a tile's number is taken for one of a set. Any other is
        shown on all tiles alike. In the place of a sequence it is shown at every frame.

        Raises:
            SceneError: The texture cannot be replaced, the picture is missing or does not cover
                the texture's tiles, or an old `.tx` would be shown instead of it.
        """
        (applied,) = self.apply_together([(texture, picture)])
        return applied

    def apply_together(self, pictures: Sequence[tuple[Texture, Path]]) -> list[Texture]:
        """Put each picture in its texture's place, as `apply` does, all or none in one undo step.

        Raises:
            SceneError: One of them cannot be put there; the scene is as it was.
        """
        planned = [(texture.node, self._applicable(texture, path)) for texture, path in pictures]
        with one_step("Apply Stylized Texture"):
            nodes = replacement.replace_all(planned)
        for node in nodes:
            self._refresh_viewport(node)
        return [self._read(node) for node in nodes]

    def revert(self, texture: Texture) -> Texture:
        """Take an applied result away again, in one undo step; return the old texture.

        Raises:
            SceneError: Nothing of ours was applied, the old texture is gone, or it is locked.
        """
        (old,) = self.revert_together([texture])
        return old

    def revert_together(self, textures: Sequence[Texture]) -> list[Texture]:
        """Take applied results away again, all or none, in one undo step.

        Raises:
            SceneError: One of them cannot be taken away, as `revert` says; the scene is as it was.
        """
        planned = [(texture.node, self._original(texture)) for texture in textures]
        with one_step("Revert Stylized Texture"):
            for new, old in planned:
                replacement.take_back(new, old)
        for _, old in planned:
            self._refresh_viewport(old)
        return [self._read(old) for _, old in planned]

    def color_config(self) -> str | None:
        """Return the OpenColorIO configuration in use, expanded; None where there is none."""
        if not cmds.colorManagementPrefs(query=True, cmEnabled=True):
            return None
        named = cmds.colorManagementPrefs(query=True, configFilePath=True) or ""
        if named.startswith("ocio://"):
            return str(named)
        if _RESOURCES in named:
            resources = Path(os.environ.get("MAYA_LOCATION", "")) / "resources"
            named = named.replace(_RESOURCES, resources.as_posix())
        path = Path(os.path.expandvars(named))
        return path.as_posix() if path.is_file() else None

    def project(self) -> Path | None:
        """Return the project's folder; None where there is none."""
        root = cmds.workspace(query=True, rootDirectory=True)
        return Path(root) if root else None

    def source_images(self) -> Path | None:
        """Return where the project keeps its pictures, there or not; None without a project."""
        project = self.project()
        if project is None:
            return None
        rule = cmds.workspace(fileRuleEntry="sourceImages") or "sourceimages"
        return project / os.path.expandvars(rule)

    def saved_as(self) -> Path | None:
        """Return the scene's file; None while it is unsaved."""
        name = cmds.file(query=True, sceneName=True)
        return Path(name) if name else None

    def program(self) -> str:
        """Return Maya's version, and Arnold's."""
        return versions.in_one_line()

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` once after each burst of changes; return what ends that."""
        return Watch(changed).end

    def _applicable(self, texture: Texture, picture: Path) -> Picture:
        """Return what a picture is as a texture's replacement, if it can be."""
        self._check(texture)
        refusal = texture_nodes.refusal(texture.node)
        if refusal:
            raise SceneError(f"{texture.node} cannot be replaced: {refusal}", "Unlock it first.")
        if not picture.is_file():
            raise SceneError(f"The picture {picture} is not there.", "Make it again.")
        return _shown(texture, picture)

    def _original(self, texture: Texture) -> str:
        """Return the node that a texture of ours replaces, if it can be put back."""
        self._check(texture)
        old = texture_nodes.original(texture.node)
        if old is None:
            raise SceneError(
                f"{texture.node} stands in no other texture's place, or that one was deleted.",
                "Choose its old picture in the Attribute Editor.",
            )
        refusal = texture_nodes.refusal(texture.node)
        if refusal:
            raise SceneError(f"{texture.node} cannot be reverted: {refusal}", "Unlock it first.")
        if cmds.lockNode(texture.node, query=True, lock=True)[0]:
            raise SceneError(f"{texture.node} is locked.", "Unlock the node, then revert again.")
        return old

    def _read(self, node: str) -> Texture:
        materials = usage.materials_of([node])[node]
        return texture_nodes.read(node, materials, self.project(), self.source_images())

    @staticmethod
    def _check(texture: Texture) -> None:
        if not cmds.objExists(texture.node):
            raise SceneError(
                f"{texture.node} is no longer in the scene.", "Choose it in the list again."
            )

    @staticmethod
    def _refresh_viewport(node: str) -> None:
        """Make the viewport's preview of a tiled texture anew; Maya keeps the old one."""
        if cmds.about(batch=True) or cmds.nodeType(node) != "file":
            return
        if cmds.getAttr(f"{node}.uvTilingMode") and cmds.getAttr(f"{node}.uvTileProxyQuality"):
            cmds.ogs(regenerateUVTilePreview=node)


def _shown(texture: Texture, picture: Path) -> Picture:
    if not tile_sets.tile_of(picture.name, texture.tiling):
        _refuse_old_tx([picture])
        return Picture(picture.as_posix(), tile_sets.OFF, texture.color_space)
    pattern = tile_sets.pattern_like(texture.pattern, picture)
    there = tile_sets.files_of(pattern)
    wanted = {tile_sets.tile_of(Path(tile).name, texture.tiling) for tile in texture.tiles}
    missing = sorted(wanted - set(there) - {""})
    if missing:
        raise SceneError(
            f"{pattern} has no picture for the tiles {', '.join(missing)} of {texture.node}.",
            "Make those too, then apply again.",
        )
    _refuse_old_tx([Path(path) for path in there.values()])
    path = picture.as_posix() if texture.node_type == "file" else pattern
    return Picture(path, texture.tiling, texture.color_space)


def _refuse_old_tx(pictures: list[Path]) -> None:
    """Refuse pictures beside which an older `.tx` lies: Arnold would take it for theirs."""
    for picture in pictures:
        name = re.compile(re.escape(picture.stem) + r"([._].*)?\.tx", re.IGNORECASE)
        for beside in filter(lambda path: name.fullmatch(path.name), picture.parent.iterdir()):
            if beside.stat().st_mtime_ns < picture.stat().st_mtime_ns:
                raise SceneError(
                    f"{beside} is older than {picture.name}, and Arnold may show it instead.",
                    "Delete that file, then apply again.",
                )
