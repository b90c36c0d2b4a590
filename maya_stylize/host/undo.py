"""One undo step for many commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from maya import cmds

from maya_stylize.errors import SceneError


@contextmanager
def one_step(name: str) -> Iterator[None]:
    """Make one undo step of the block's commands.

    Maya cuts commands that a Qt button starts into steps of their own.

    Args:
        name: The step's name in the Edit menu.

    Raises:
        SceneError: Maya refused a command.
    """
    cmds.undoInfo(openChunk=True, chunkName=name)
    try:
        yield
    except RuntimeError as error:
        raise SceneError(
            f"Maya refused a change: {str(error).strip()}", "The scene is as it was before."
        ) from error
    finally:
        cmds.undoInfo(closeChunk=True)
