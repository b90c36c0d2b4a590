"""The self-test's checks: what the host asks of Maya, tried in a scene of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from maya import cmds

from maya_stylize.host import dock, shelf
from maya_stylize.host.selftest_batches import BATCH_CHECKS
from maya_stylize.host.selftest_bench import (
    ENGINE,
    MATERIAL,
    PLACEMENT,
    TEXTURE,
    Bench,
    NotHereError,
    expect,
)
from maya_stylize.host.watching import EVENTS


def _listing(bench: Bench) -> None:
    texture = bench.find(TEXTURE)
    expect("the path", Path(texture.path), bench.folder / "brick.png")
    expect("the materials", texture.materials, (MATERIAL,))
    expect("missing", texture.missing, False)
    expect("the refusal", texture.refusal, "")


def _applying(bench: Bench) -> None:
    before = bench.wires()
    new = bench.host.apply(bench.find(TEXTURE), bench.picture("new.png"))
    after = bench.wires()
    twin = after[f"{new.node}.uvCoord"].partition(".")[0]
    for into, out in before.items():
        plug = out.replace(f"{PLACEMENT}.", f"{twin}.")
        if into.startswith(f"{TEXTURE}."):
            expect(into, after[into], out)
            into = into.replace(f"{TEXTURE}.", f"{new.node}.")
            expect(into, after[into], plug)
    expect("the material's color", after[f"{MATERIAL}.color"], f"{new.node}.outColor")
    expect("the placement's value", cmds.getAttr(f"{twin}.repeatU"), 3.0)
    expect("the texture's value", cmds.getAttr(f"{new.node}.invert"), True)
    old_space = cmds.getAttr(f"{TEXTURE}.colorSpace")
    expect("the color space", cmds.getAttr(f"{new.node}.colorSpace"), old_space)
    cmds.undo()
    expect("the wires after undo", bench.wires(), before)
    cmds.redo()
    expect("the wires after redo", bench.wires(), after)


def _material(bench: Bench) -> None:
    for name in ("rough", "bumps", "up"):
        bench.file_node(name, bench.picture(f"{name}.png"))
    cmds.shadingNode("standardSurface", asShader=True, name="surface")
    cmds.shadingNode("bump2d", asUtility=True, name="facing")
    cmds.shadingNode("displacementShader", asShader=True, name="out")
    cmds.setAttr("facing.bumpInterp", 1)
    for source, destination in (
        (f"{TEXTURE}.outColor", "surface.baseColor"),
        ("rough.outAlpha", "surface.specularRoughness"),
        ("bumps.outAlpha", "facing.bumpValue"),
        ("facing.outNormal", "surface.normalCamera"),
        ("up.outAlpha", "out.displacement"),
        ("surface.outColor", f"{ENGINE}.surfaceShader"),
        ("out.displacement", f"{ENGINE}.displacementShader"),
    ):
        cmds.connectAttr(source, destination, force=True)
    maps = bench.host.material_maps(bench.find(TEXTURE))
    nodes = {"albedo": TEXTURE, "normal": "bumps", "roughness": "rough", "height": "up"}
    expect("the maps", {kind: texture.node for kind, texture in maps.items()}, nodes)
    before = bench.wires()
    new = [(texture, bench.picture(f"new_{kind}.png")) for kind, texture in maps.items()]
    applied = bench.host.apply_together(new)
    wires = bench.wires()
    now = bench.host.material_maps(applied[0])
    expect("the maps now", now, dict(zip(maps, applied, strict=True)))
    cmds.undo()
    expect("the wires after undo", bench.wires(), before)
    cmds.redo()
    expect("the wires after redo", bench.wires(), wires)
    bench.host.revert_together(applied)
    expect("the wires", bench.wires(), before)


def _reverting(bench: Bench) -> None:
    before = bench.wires()
    new = bench.host.apply(bench.find(TEXTURE), bench.picture("new.png"))
    scene = (bench.folder / "scene.ma").as_posix()
    cmds.file(rename=scene)
    cmds.file(save=True, type="mayaAscii")
    cmds.file(scene, open=True, force=True)
    expect("the scene's file", bench.host.saved_as(), Path(scene))
    bench.host.revert(bench.find(new.node))
    expect("the wires", bench.wires(), before)


def _tiles(bench: Bench) -> None:
    for tile in (1001, 1002):
        bench.picture(f"tiles.{tile}.png")
        bench.picture(f"new.{tile}.png")
    path = (bench.folder / "tiles.1001.png").as_posix()
    cmds.setAttr(f"{TEXTURE}.uvTilingMode", 3)
    cmds.setAttr(f"{TEXTURE}.fileTextureName", path, type="string")
    texture = bench.find(TEXTURE)
    names = [Path(tile).name for tile in texture.tiles]
    expect("the tiles", names, ["tiles.1001.png", "tiles.1002.png"])
    new = bench.host.apply(texture, bench.folder / "new.1001.png")
    names = [Path(tile).name for tile in new.tiles]
    expect("the new tiles", names, ["new.1001.png", "new.1002.png"])


def _explicit_tiles(bench: Bench) -> None:
    second = bench.picture("second.png").as_posix()
    cmds.setAttr(f"{TEXTURE}.uvTilingMode", 4)
    plug = f"{TEXTURE}.explicitUvTiles[1].explicitUvTileName"
    cmds.setAttr(plug, second, type="string")
    names = [Path(tile).name for tile in bench.find(TEXTURE).tiles]
    expect("the tiles", names, ["brick.png", "second.png"])


def _sequences(bench: Bench) -> None:
    for frame in ("0001", "0002"):
        bench.picture(f"water.{frame}.png")
    cmds.setAttr(f"{TEXTURE}.useFrameExtension", True)
    path = (bench.folder / "water.0001.png").as_posix()
    cmds.setAttr(f"{TEXTURE}.fileTextureName", path, type="string")
    cmds.setAttr(f"{TEXTURE}.frameExtension", 1)
    cmds.setAttr(f"{TEXTURE}.frameOffset", 1)
    texture = bench.find(TEXTURE)
    expect("the frame", (texture.frame, Path(texture.path).name), ("0002", "water.0002.png"))
    new = bench.host.apply(texture, bench.picture("still.png"))
    expect("the still", (new.frame, Path(new.path).name), ("", "still.png"))


def _selection(bench: Bench) -> None:
    bench.file_node("unused", bench.picture("unused.png"))
    for selected, wanted in (("wall", [TEXTURE]), (MATERIAL, [TEXTURE]), ("unused", ["unused"])):
        cmds.select(selected)
        got = [texture.node for texture in bench.host.textures(selected_only=True)]
        expect(f"the textures of {selected}", got, wanted)
    cmds.select(clear=True)
    expect("the textures of nothing", bench.host.textures(selected_only=True), [])


def _locks(bench: Bench) -> None:
    new = bench.host.apply(bench.find(TEXTURE), bench.picture("new.png"))
    cmds.setAttr(f"{MATERIAL}.color", lock=True)
    expect("refused", bool(bench.find(new.node).refusal), True)
    cmds.setAttr(f"{MATERIAL}.color", lock=False)
    cmds.lockNode(TEXTURE, lock=True)  # which hinders nothing
    bench.host.revert(bench.find(new.node))
    expect("the color", bench.wires()[f"{MATERIAL}.color"], f"{TEXTURE}.outColor")


def _references(bench: Bench) -> None:
    scene = (bench.folder / "set.ma").as_posix()
    cmds.file(rename=scene)
    cmds.file(save=True, type="mayaAscii")
    cmds.file(newFile=True, force=True)
    cmds.file(scene, reference=True, namespace="set")
    texture = bench.find(f"set:{TEXTURE}")
    plug = f"set:{MATERIAL}.color"
    new = bench.host.apply(texture, bench.picture("new.png"))
    expect("the color", cmds.isConnected(f"{new.node}.outColor", plug), True)
    cmds.setAttr(plug, lock=True)
    expect(
        "the refusal", bench.find(new.node).refusal, f"{plug} is locked in the reference set.ma."
    )
    cmds.setAttr(plug, lock=False)
    bench.host.revert(new)
    expect("the color", cmds.isConnected(f"set:{TEXTURE}.outColor", plug), True)


def _arnold(bench: Bench) -> None:
    if "aiImage" not in cmds.allNodeTypes():
        raise NotHereError("Arnold's plug-in mtoa is not there")
    cmds.shadingNode("aiImage", asTexture=True, name="image")
    picture = bench.picture("image.png").as_posix()
    cmds.setAttr("image.filename", picture, type="string")
    cmds.connectAttr("image.outColor", f"{MATERIAL}.color", force=True)
    before = bench.wires()
    new = bench.host.apply(bench.find("image"), bench.picture("new.png"))
    expect("its path", Path(cmds.getAttr(f"{new.node}.filename")).name, "new.png")
    expect("the color", bench.wires()[f"{MATERIAL}.color"], f"{new.node}.outColor")
    bench.host.revert(new)
    expect("the wires", bench.wires(), before)
    frame = f"{round(cmds.currentTime(query=True)):04}"
    bench.picture(f"water.{frame}.png")
    path = (bench.folder / "water.####.png").as_posix()
    cmds.setAttr("image.useFileSequence", True)
    cmds.setAttr("image.filename", path, type="string")
    expect("the frame", bench.find("image").frame, frame)


def _surroundings(bench: Bench) -> None:
    project, images = bench.host.project(), bench.host.source_images()
    expect("the project is there", project is not None and project.is_dir(), True)
    expect("it has a place for pictures", images is not None, True)
    config = bench.host.color_config()
    expect("there is a color configuration", config is not None and Path(config).is_file(), True)


def _watching(bench: Bench) -> None:
    known = cmds.scriptJob(listEvents=True)
    expect("unknown events", [event for event in EVENTS if event not in known], [])
    told: list[str] = []
    end = bench.host.watch(lambda: told.append("changed"))
    try:
        bench.file_node("added", bench.picture("added.png"))
        cmds.setAttr("added.fileTextureName", "other.png", type="string")
        cmds.delete("added")
        if not cmds.about(batch=True):  # Maya is never idle there
            cmds.flushIdleQueue()
            expect("what was told", told, ["changed"])
    finally:
        end()


def _window(bench: Bench) -> None:
    if cmds.about(batch=True):
        raise NotHereError("it needs Maya's window")
    dock.show()
    dock.show()
    expect("the dock is there", cmds.workspaceControl(dock.CONTROL, query=True, exists=True), True)
    shelf.install()
    shelf.install()
    expect("the shelf is there", cmds.shelfLayout(shelf.SHELF, exists=True), True)


CHECKS: dict[str, Callable[[Bench], None]] = {
    "the list of textures": _listing,
    "apply, undo, redo": _applying,
    "the maps of a material": _material,
    "save, open, revert": _reverting,
    "a set of tiles": _tiles,
    "explicit tiles": _explicit_tiles,
    "image sequences": _sequences,
    "only selected objects": _selection,
    "locked plugs and nodes": _locks,
    "textures in a reference": _references,
    "Arnold's image": _arnold,
    "project and color configuration": _surroundings,
    "news of changes": _watching,
    "dock and shelf": _window,
    **BATCH_CHECKS,
}
