"""Scenes as files: opened one after the other, and saved under other names."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from maya import cmds

from maya_stylize.errors import SceneError
from maya_stylize.files import unwritable
from maya_stylize.host import standalone, usage
from maya_stylize.host.maya_scene import MayaScene
from maya_stylize.host.scene import SceneFiles

TYPES = {".ma": "mayaAscii", ".mb": "mayaBinary"}
_PROJECT_MARK = "workspace.mel"


class MayaSceneFiles(MayaScene, SceneFiles):
    """Maya, made to open one scene after another; for the main thread only."""

    def __init__(self) -> None:
        self._has_opened = False

    def open(self, path: Path) -> None:
        """Open a scene in place of the open one, in the project that it lies in.

        Script nodes in it are not run. References are loaded as the scene was saved with them.

        Raises:
            SceneError: Maya cannot read the scene, or not all of it; or, in Maya with a window,
                the scene that an artist had open has changes that are not saved.
        """
        if not self._has_opened and not cmds.about(batch=True):
            standalone.refuse_unsaved()
        self._has_opened = True
        project = next((each for each in path.parents if (each / _PROJECT_MARK).is_file()), None)
        try:
            if project is not None:
                cmds.workspace(project.as_posix(), openWorkspace=True)
            cmds.file(
                path.as_posix(),
                open=True,
                force=True,
                prompt=False,
                ignoreVersion=True,
                executeScriptNodes=False,
                loadReferenceDepth="asPrefs",
            )
        except RuntimeError as error:
            # Maya may have read a part; to save that would lose the rest.
            raise SceneError(
                f"Maya cannot read all of {path}: {_reason(error)}",
                "Open it in Maya, mend what is missing, and save it.",
            ) from error

    def save(self, path: Path, written: Callable[[Path], None]) -> None:
        """Save the open scene as a file, as a whole or not at all.

        Maya writes into a folder of its own beside the file, from where it is moved, together with
        what Maya's plug-ins have put beside it.

        Args:
            path: The file.
            written: Called with the whole scene before it is moved; an error keeps it from that.

        Raises:
            SceneError: The file cannot be written; the one that was there is as it was.
        """
        before = cmds.file(query=True, sceneName=True)
        try:
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=".maya-stylize-") as folder:
                temporary = Path(folder) / path.name
                try:
                    cmds.file(rename=temporary.as_posix())
                    cmds.file(save=True, force=True, type=TYPES[path.suffix.lower()])
                    written(temporary)
                except BaseException:
                    if before:
                        cmds.file(rename=before)
                    raise
                _take_over(temporary, path)
                cmds.file(rename=path.as_posix())
                cmds.file(modified=False)  # the new name does not make it so
        except OSError as error:
            raise unwritable(path, error, SceneError) from error
        except RuntimeError as error:
            raise SceneError(
                f"Maya cannot save {path}: {_reason(error)}",
                "Check the folder's permissions and free space.",
            ) from error

    def in_set(self, name: str) -> Collection[str] | None:
        """Return the nodes that shade a set's members; None where there is no such set."""
        return usage.in_sets(name)

    def unloaded(self) -> tuple[str, ...]:
        """Return the files of the references that are not loaded."""
        files = cmds.file(query=True, reference=True) or []
        return tuple(file for file in files if not cmds.referenceQuery(file, isLoaded=True))


def _take_over(written: Path, path: Path) -> None:
    """Move a scene to its place, after what lies beside it."""
    for companion in sorted(written.parent.iterdir()):
        if companion.is_file() and companion != written:
            companion.replace(path.with_name(companion.name))
    if path.is_file():
        shutil.copymode(path, written)
    with written.open("rb+") as file:
        os.fsync(file.fileno())
    written.replace(path)


def _reason(error: RuntimeError) -> str:
    return " ".join(str(error).split()).rstrip(".") + "."
