"""Fuzz one target by hand: python tests/fuzz/run.py TARGET --minutes 10.

It needs atheris (requirements/fuzz.txt). A find ends the run: its bytes lie then in the folder that
is printed, and belong into tests/fuzz/finds/TARGET once the fault is mended.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / name) for name in ("fuzz", "convert", "images"))]
# The packages whose branches guide the fuzzer; what lies in native code does not.
INSTRUMENTED = ("maya_stylize", "google.protobuf.text_format", "pickletools", "zipfile")
# What native libraries print of each damaged file.
_CHATTER = (b"libpng", b"TIFF", b"HDF5")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", help="a file of tests/fuzz/targets, without its suffix")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--inside", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside is not None:
        fuzz(options.target, options.inside)
    return watch(options.target, options.minutes)


def watch(name: str, minutes: float) -> int:
    """Run the fuzzer in a process that may crash, and print what it says."""
    import judge

    work = ROOT / "build" / "fuzz" / name
    corpus, found = work / "corpus", work / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for seed, data in judge.inputs(name).items():
        (corpus / seed).write_bytes(data)
    flags = [f"-max_total_time={int(minutes * 60)}", f"-timeout={judge.SECONDS}", "-seed=1"]
    flags += ["-max_len=20000", "-rss_limit_mb=2000", f"-artifact_prefix={found}/", str(corpus)]
    command = [sys.executable, __file__, name, "--inside", *flags]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert process.stderr
        for line in process.stderr:
            if not line.startswith(_CHATTER):
                sys.stdout.write(line.decode("utf-8", "replace"))
                sys.stdout.flush()
    print(f"{name}: exit code {process.returncode}; finds, if any, are in {found}")
    return process.returncode


def fuzz(name: str, flags: list[str]) -> None:
    """Never return: the fuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=list(INSTRUMENTED)):
        import judge

        judge.target(name)
    judge.limit_memory()
    one = judge.Judge(name)
    atheris.Setup([name, *flags], one.refuses)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
