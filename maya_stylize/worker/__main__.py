"""The worker's first lines, run by path so that no variable is needed to find the package.

Of the folder that holds the package nothing else is imported: where that is some interpreter's
site-packages, it is not this interpreter's.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    root = str(here.parents[1])
    sys.path[:] = [root, *(entry for entry in sys.path if Path(entry).resolve() != here)]
    import maya_stylize  # noqa: F401  # its submodules are found through it from now on

    sys.path.remove(root)
    packages = os.environ.get("MAYA_STYLIZE_PACKAGES")
    if packages:
        sys.path.insert(0, packages)
    from maya_stylize.worker.server import main

    main(sys.argv[1:])
