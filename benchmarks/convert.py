"""Time and memory of one conversion: python benchmarks/convert.py MODEL.h5.

MODEL.h5 is the converted model; it is written out as Caffe files of several spellings, and each is
converted in a process of its own. Work is timed after the imports. Memory is the peak resident
size, in all and above what the imports took, beside the size of the file. Linux only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 3


def measure(source: Path) -> None:
    """Convert one file in this process and print the figures as JSON."""
    from maya_stylize.convert.convert import convert

    before = peak_kilobytes()
    start = time.perf_counter()
    origin = convert(source, source.with_suffix(".h5"))
    seconds = time.perf_counter() - start
    peak = peak_kilobytes()
    source.with_suffix(".h5").unlink()
    print(json.dumps({"s": seconds, "peak": peak, "imports": before, "is": origin.identity}))


def peak_kilobytes() -> int:
    """Return this process's peak resident size; getrusage would count the parent's before exec."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def write_models(model: Path, folder: Path) -> list[Path]:
    sys.path.insert(0, str(ROOT / "tests" / "convert"))
    from caffe_writer import BlobStyle, caffemodel
    from networks import caffe_layers

    from maya_stylize.convert.convert import read

    layers = caffe_layers(read(model))
    styles: dict[str, tuple[Literal["v1", "v2"], BlobStyle]] = {
        "v1-packed": ("v1", BlobStyle()),
        "v2-packed": ("v2", BlobStyle(legacy=False)),
        "v1-unpacked": ("v1", BlobStyle(packed=False)),
        "v1-double": ("v1", BlobStyle(double=True)),
    }
    files = []
    for name, (dialect, style) in styles.items():
        files.append(folder / f"{name}.caffemodel")
        files[-1].write_bytes(caffemodel(layers, dialect, style))
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.model)
        return
    print("| model | MB | s of work | peak MB | above imports MB | peak / file |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for file in write_models(arguments.model, Path(folder)):
            command = [sys.executable, __file__, str(file), "--measure"]
            runs = [
                json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                for _ in range(REPEATS)
            ]
            seconds = sorted(run["s"] for run in runs)[REPEATS // 2]
            peak = max(run["peak"] for run in runs) / 1024
            above = peak - min(run["imports"] for run in runs) / 1024
            size = file.stat().st_size / 2**20
            print(
                f"| {file.stem} | {size:.1f} | {seconds:.2f} | {peak:.0f} | {above:.0f} "
                f"| {peak / size:.2f} |"
            )


if __name__ == "__main__":
    main()
