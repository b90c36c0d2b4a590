"""The commands `convert` and `normalize`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from maya_stylize.cli.provenance import describe
from maya_stylize.convert.convert import convert
from maya_stylize.convert.provenance import Provenance
from maya_stylize.errors import printable

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parsers(subparsers: Subparsers) -> None:
    """Register the two commands; each sets `run`, which takes the arguments."""
    one = subparsers.add_parser(
        "convert",
        help="convert a model file to a Keras .h5",
        description="Convert a .caffemodel (V1 or V2), a torch state dict or a Keras .h5 to a "
        "Keras .h5 that the engine and keras.applications load.",
    )
    one.add_argument("source", type=Path, metavar="SOURCE", help="the model file")
    one.add_argument("output", type=Path, metavar="OUT.h5", help="the file to write")
    one.add_argument(
        "--prototxt",
        type=Path,
        metavar="FILE",
        help="take topology and pooling from this Caffe prototxt; a .caffemodel needs one if its "
        "blocks are not those of VGG-11, 13, 16 or 19, for it might be a file cut short",
    )
    one.set_defaults(run=run_convert)
    two = subparsers.add_parser(
        "normalize",
        help="make the normalized network out of a plain VGG-19",
        description="Scale every filter to a mean activation of 1 over the pictures of a folder. "
        "The network computes the same up to these factors.",
    )
    two.add_argument("stock", type=Path, metavar="STOCK.h5", help="the plain network")
    two.add_argument("output", type=Path, metavar="OUT.h5", help="the file to write")
    two.add_argument(
        "--images", type=Path, required=True, metavar="DIR", help="a folder of varied photographs"
    )
    two.set_defaults(run=run_normalize)


def run_convert(arguments: argparse.Namespace) -> int:
    """Convert one file and print what it was."""
    with Console(stderr=True).status(f"Converting {escape(printable(arguments.source.name))}"):
        origin = convert(arguments.source, arguments.output, arguments.prototxt)
    _print(origin, arguments.output)
    return 0


def run_normalize(arguments: argparse.Namespace) -> int:
    """Normalize one network and print what was written."""
    with Console(stderr=True).status("Starting TensorFlow"):
        from maya_stylize.engine import backend

        backend.activate("tensorflow")
        from maya_stylize.convert.normalize import normalize

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Measuring", total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(
                task,
                completed=done,
                total=total,
                description=f"Measuring {escape(printable(name))}",
            )

        origin = normalize(arguments.stock, arguments.output, arguments.images, show)
    _print(origin, arguments.output)
    return 0


def _print(origin: Provenance, output: Path) -> None:
    """Print on stdout what was written, and the notice that goes with it."""
    print(describe("written", str(output), origin))
    if origin.notice:
        print(f"\n{origin.notice}")
