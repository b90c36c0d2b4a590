"""Ask scripts for their help, all in this one process: what they import is imported once.

Called with scripts; prints a JSON object of what each printed. Run by `test_commands.py`.
"""

from __future__ import annotations

import contextlib
import io
import json
import runpy
import sys
from pathlib import Path


def asked(script: Path) -> str:
    """Return what a script prints for `--help`.

    Raises:
        SystemExit: It ends with another code than 0.
    """
    before = list(sys.path)
    sys.argv = [str(script), "--help"]
    sys.path[0] = str(script.parent)  # as Python has it for a script
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(str(script), run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
    finally:
        sys.path[:] = before
    return printed.getvalue()


if __name__ == "__main__":
    json.dump({name: asked(Path(name).resolve()) for name in sys.argv[1:]}, sys.stdout)
