"""The first lines of what the launcher runs in mayapy, run by path: no variable leads to them.

Of the folder that holds the package nothing else is imported: where that is some interpreter's
site-packages, they are not Maya's.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    root = str(here.parent)
    sys.path[:] = [root, *(entry for entry in sys.path if Path(entry).resolve() != here)]
    import maya_stylize  # noqa: F401  # its submodules are found through it from now on

    sys.path.remove(root)
    if sys.argv[1] == "-m":
        module = sys.argv[2]
        sys.argv[:] = sys.argv[2:]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = sys.argv[1:]
        sys.path.insert(0, str(Path(sys.argv[0]).resolve().parent))
        runpy.run_path(sys.argv[0], run_name="__main__")
