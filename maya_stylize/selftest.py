"""Tries every call of Maya that the host makes, in a real Maya, and prints what came of it.

Run it with ``python scripts/install.py selftest``, which puts the installed package on mayapy's
path and runs ``mayapy -m maya_stylize.selftest``; without the installer, give mayapy this file's
own path. In Maya's Script Editor, ``maya_stylize.selftest.main()`` tries the window too, with a
scene that has nothing unsaved. What it prints belongs into a report of a fault.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path


def main() -> int:
    """Run all checks, each in a new scene.

    Returns:
        0, or 1 where a check failed.
    """
    from maya_stylize import __version__
    from maya_stylize.errors import StylizeError
    from maya_stylize.host import standalone

    print(f"Maya Stylize {__version__} tries what it asks of Maya", flush=True)
    standalone.start()
    try:
        standalone.refuse_unsaved()
    except StylizeError as error:
        print(error)
        return 1
    from maya_stylize.host import versions
    from maya_stylize.host.selftest_bench import Bench, NotHereError
    from maya_stylize.host.selftest_checks import CHECKS

    print(versions.in_one_line(), flush=True)
    failed = skipped = 0
    for name, check in CHECKS.items():
        with tempfile.TemporaryDirectory(prefix="maya-stylize-") as folder:
            try:
                bench = Bench(Path(folder))
                bench.build()
                check(bench)
            except NotHereError as reason:
                skipped += 1
                print(f"skip  {name}: {reason}", flush=True)
            except Exception:  # of any kind: finding them is what this is for
                failed += 1
                print(f"FAIL  {name}", flush=True)
                print("      " + traceback.format_exc().strip().replace("\n", "\n      "))
            else:
                print(f"ok    {name}", flush=True)
    print(f"{len(CHECKS) - failed - skipped} ok, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    if not __package__:  # run by its path: its folder is no place to import from
        sys.path[0] = str(Path(__file__).resolve().parents[1])
    sys.exit(main())
