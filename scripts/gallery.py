"""Show what each mode makes: `python scripts/gallery.py [--quality Q] [SECTION ...]`.

Writes the sections of docs/gallery.md and their pictures in docs/images/gallery, from the exemplars
that ship; sections that are not named stay as they are.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from gallery_sections import SECTIONS
from gallery_tools import Studio

from maya_stylize.convert import sources
from maya_stylize.engine.backend import choose

PAGE = Path(__file__).resolve().parents[1] / "docs" / "gallery.md"
TITLE = "# What it makes\n"


def main() -> None:
    """Run the jobs and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--quality", default="normal")
    arguments = parser.parse_args()
    model = sources.locate()
    if model is None:
        parser.error("there is no model on this machine yet; run: maya-stylize model fetch")
    choose("tensorflow")
    for name in arguments.sections:
        section: Callable[[Studio], str] = SECTIONS[name]
        with tempfile.TemporaryDirectory() as folder:
            text = section(Studio(model, Path(folder), arguments.quality))
        _put(text)


def _put(section: str) -> None:
    """Put a section in the place of the one with its heading, or at the page's end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else TITLE
    head, *sections = page.split("\n## ")
    found = {each.partition("\n")[0]: each for each in sections}
    heading = section.removeprefix("## ").partition("\n")[0]
    found[heading] = section.removeprefix("## ")
    body = "".join(f"\n## {each.rstrip()}\n" for each in found.values())
    PAGE.write_text(head.rstrip() + "\n" + body, encoding="utf-8")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
