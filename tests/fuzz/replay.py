"""Feed a target its seeds, its finds and the same damage to them every time.

`tests/fuzz/test_replay.py` runs it, a process for each target, so that a crash or a hang in a
native library is seen as one. The last name printed is the input at fault.
"""

from __future__ import annotations

import faulthandler
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / name) for name in ("fuzz", "convert", "images"))]

import judge  # noqa: E402  # they need the paths
from mutate import mutations  # noqa: E402


def main(name: str, count: int) -> None:
    judge.limit_memory()
    inputs = judge.inputs(name)
    one = judge.Judge(name)
    refused = 0
    fed = [*inputs.items(), *mutations(inputs, count)]
    for each, data in fed:
        faulthandler.dump_traceback_later(judge.SECONDS, exit=True)
        print(each, flush=True)
        refused += one.refuses(data)
    faulthandler.cancel_dump_traceback_later()
    one.close()
    print(f"{len(fed) - refused} taken, {refused} refused")


if __name__ == "__main__":
    faulthandler.enable()
    main(sys.argv[1], int(sys.argv[2]))
