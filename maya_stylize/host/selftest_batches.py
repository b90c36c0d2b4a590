"""The self-test's checks of what a batch asks: scenes opened and saved, sets, references."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from maya import cmds

from maya_stylize.errors import SceneError
from maya_stylize.host.scene_files import MayaSceneFiles
from maya_stylize.host.selftest_bench import MATERIAL, TEXTURE, Bench, NotHereError, expect

_MARK = "MAYA_STYLIZE_SELFTEST_SCRIPT"


def _save(bench: Bench, name: str) -> Path:
    """Save the bench's scene, and begin a new one."""
    path = bench.folder / name
    cmds.file(rename=path.as_posix())
    cmds.file(save=True, type="mayaAscii")
    cmds.file(newFile=True, force=True)
    return path


def _saving(bench: Bench) -> None:
    scene, files = _save(bench, "scene.ma"), MayaSceneFiles()
    before, written = scene.read_bytes(), list[bytes]()
    for name in ("new.ma", "new.mb"):
        files.open(scene)
        files.apply(bench.find(TEXTURE), bench.picture("new.png"))
        files.save(bench.folder / name, lambda path: written.append(path.read_bytes()))
        expect("what was told of", written[-1:], [(bench.folder / name).read_bytes()])
        expect("the scene's name", files.saved_as(), bench.folder / name)
        expect("its folder", sorted(bench.folder.glob(".maya-stylize-*")), [])
        cmds.file(newFile=True, force=True)
        files.open(bench.folder / name)
        plug = f"{MATERIAL}.color"
        expect("the color", bench.wires()[plug], f"{TEXTURE}_stylized.outColor")
    expect("the old scene", scene.read_bytes(), before)


def _unreadable(bench: Bench) -> None:
    cmds.file(newFile=True, force=True)
    torn = bench.folder / "torn.ma"
    torn.write_text('//Maya ASCII 2024 scene\nrequires maya "2024";\ncreateNode "no such')
    for path in (torn, bench.folder / "absent.ma"):
        try:
            MayaSceneFiles().open(path)
        except SceneError:
            continue
        raise AssertionError(f"{path.name} was opened")
    cmds.file(newFile=True, force=True)


def _script_nodes(bench: Bench) -> None:
    os.environ.pop(_MARK, None)
    script = f"import os; os.environ[{_MARK!r}] = 'was run'"
    cmds.scriptNode(scriptType=1, sourceType="python", beforeScript=script, name="greeting")
    MayaSceneFiles().open(_save(bench, "scene.ma"))
    expect("the script node", cmds.objExists("greeting"), True)
    expect("its script", os.environ.get(_MARK), None)


def _sets(bench: Bench) -> None:
    bench.file_node("unused", bench.picture("unused.png"))
    cmds.sets("wall", name="walls")
    cmds.sets("unused", name="pictures")
    cmds.sets("walls", "pictures", name="all_of_it")
    files = MayaSceneFiles()
    for name, wanted in (
        ("walls", {TEXTURE}),
        ("pictures", {"unused"}),
        ("all_of_it", {TEXTURE, "unused"}),
    ):
        nodes = set(files.in_set(name) or ())
        expect(f"the textures in {name}", nodes & {TEXTURE, "unused"}, wanted)
    expect("a set that is not there", files.in_set("none"), None)


def _unloaded(bench: Bench) -> None:
    asset = _save(bench, "asset.ma").as_posix()
    cmds.file(asset, reference=True, namespace="asset")
    files = MayaSceneFiles()
    expect("what is not loaded", files.unloaded(), ())
    cmds.file(unloadReference=cmds.referenceQuery(asset, referenceNode=True))
    expect("what is not loaded", [Path(file).name for file in files.unloaded()], ["asset.ma"])
    files.open(_save(bench, "shot.ma"))
    expect("it after opening", [Path(file).name for file in files.unloaded()], ["asset.ma"])


def _projects(bench: Bench) -> None:
    if not cmds.about(batch=True):
        raise NotHereError("it would change the project")
    (bench.folder / "workspace.mel").write_text('workspace -fr "sourceImages" "pictures";\n')
    (bench.folder / "scenes").mkdir()
    (bench.folder / "pictures").mkdir()
    bench.picture("pictures/relative.png")
    cmds.setAttr(f"{TEXTURE}.fileTextureName", "pictures/relative.png", type="string")
    MayaSceneFiles().open(_save(bench, "scenes/scene.ma"))
    expect("the picture", Path(bench.find(TEXTURE).path), bench.folder / "pictures/relative.png")


BATCH_CHECKS: dict[str, Callable[[Bench], None]] = {
    "scenes saved under other names": _saving,
    "scenes that cannot be read": _unreadable,
    "script nodes stay quiet": _script_nodes,
    "textures of sets": _sets,
    "references that are not loaded": _unloaded,
    "a scene's own project": _projects,
}
