"""``mayapy -m maya_stylize.batch``: the textures of many scenes made anew in one go.

    mayapy -m maya_stylize.batch SCENE [SCENE ...] --recipe RECIPE.json

mayapy must find the package: ``maya-stylize mayapy -m maya_stylize.batch ...`` sees to that.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from glob import glob

from maya_stylize import api
from maya_stylize.errors import JobError, StylizeError, printable
from maya_stylize.scenes import report
from maya_stylize.scenes.saving import DEFAULT_PATTERN

FAILED = 1
WRONG_USAGE = 2
CANCELLED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the batch.

    Returns:
        0 where everything that was asked for is there; 1 where a scene or a texture failed, or no
        texture was found; 2 for wrong usage; 130 after Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a pipe's encoding may lack a path's letters
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    choice = api.Choice(tuple(options.match), tuple(options.material), tuple(options.selected_set))
    try:
        done = api.run(
            [scene for given in options.scenes for scene in _expanded(given)],
            options.recipe,
            choice,
            save_as=options.save_as,
            folder=options.output,
            dry_run=options.dry_run,
            report_to=options.report,
            told=_say,
            ended=_show,
        )
    except StylizeError as error:
        _complain(error.message, error.hint)
        return WRONG_USAGE if isinstance(error, JobError) else FAILED
    except KeyboardInterrupt:
        _complain("cancelled.", "The same command goes on from there.")
        return CANCELLED
    _summarize(done)
    return 0 if done.ok else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mayapy -m maya_stylize.batch",
        description="Open scenes, make their textures anew by a recipe, relink them, and save each "
        "scene under another name. What is there already is not made again.",
    )
    parser.add_argument(
        "scenes", nargs="+", metavar="SCENE", help="a .ma or .mb, or a pattern such as *.ma"
    )
    parser.add_argument(
        "--recipe", required=True, metavar="RECIPE.json", help="what is made of each texture"
    )
    several = "may be given several times; one of them must fit"
    parser.add_argument(
        "--match",
        action="append",
        default=[],
        metavar="PATTERN",
        help=f"textures whose node, file name or path is like this, as in '*_color*'; {several}",
    )
    parser.add_argument(
        "--material",
        action="append",
        default=[],
        metavar="NAME",
        help=f"textures that this material uses; {several}",
    )
    parser.add_argument(
        "--selected-set",
        action="append",
        default=[],
        metavar="SET",
        help=f"textures of the objects, or nodes, in this set; {several}",
    )
    parser.add_argument(
        "--save-as",
        default=DEFAULT_PATTERN,
        metavar="PATTERN",
        help="the new scene, with {stem} and {suffix} of the old one; default: %(default)s",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        help="where the new pictures go; default: beside the old ones",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="open the scenes and list what would be done"
    )
    parser.add_argument(
        "--report", metavar="OUT.json", help="a file for what came of it, written as it goes"
    )
    return parser


def _expanded(given: str) -> list[str]:
    """Return the files that a pattern names, as a shell other than Windows' does it."""
    if os.path.lexists(given):  # "[" and "]" may be in a name
        return [given]
    return sorted(glob(given)) or [given]  # noqa: PTH207 - a Path has no glob from its root


def _show(scene: api.SceneReport) -> None:
    for note in scene.notes:
        _say(f"  note: {note}")
    for texture in scene.textures:
        arrow = f" -> {texture.output}" if texture.output else ""
        _say(f"  {texture.status:8} {', '.join(texture.nodes)}: {texture.picture}{arrow}")
        if texture.message:
            _say(f"           {texture.message}")
    where = f": {scene.saved}" if scene.saved else ""
    _say(f"  {scene.status}{where}")
    if scene.message:
        _say(f"           {scene.message}")


def _summarize(done: api.Report) -> None:
    textures = [texture for scene in done.scenes for texture in scene.textures]
    statuses = [texture.status for texture in textures]
    counts = [
        f"{statuses.count(status)} {status}"
        for status in (report.MADE, report.THERE, report.TO_MAKE, report.SKIPPED, report.FAILED)
        if status in statuses
    ]
    failed = [scene.scene for scene in done.scenes if not scene.ok]
    scenes = "1 scene" if len(done.scenes) == 1 else f"{len(done.scenes)} scenes"
    _say(f"{scenes}; pictures: {', '.join(counts) or 'none was found'}")
    if failed:
        _complain(f"not all is well with {', '.join(failed)}.", "The reasons are above.")
    if done.unwritten:
        _complain("the report lacks the last scenes.", done.unwritten)


def _say(line: str) -> None:
    with suppress(BrokenPipeError):  # whoever read this has gone; the work goes on
        print(printable(line), flush=True)


def _complain(message: str, hint: str) -> None:
    print(f"maya-stylize: {printable(message)}\n  {printable(hint)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    CODE = main()
    # Every line was flushed. Plug-ins that are taken down at Maya's end may crash, and the exit
    # code would be theirs.
    os._exit(CODE)
