"""Which Maya this is."""

from __future__ import annotations

import platform

from maya import cmds


def in_one_line() -> str:
    """Return the versions of Maya, Arnold, Python and the system."""
    arnold = "without Arnold"
    if "mtoa" in (cmds.pluginInfo(query=True, listPlugins=True) or []):
        arnold = f"Arnold {cmds.pluginInfo('mtoa', query=True, version=True)}"
    mode = "without a window" if cmds.about(batch=True) else "with its window"
    return (
        f"Maya {cmds.about(version=True)} ({cmds.about(apiVersion=True)}) {mode}, {arnold}, "
        f"Python {platform.python_version()}, {platform.platform()}"
    )
