"""A batch's contact sheet: one page of HTML that needs no other file."""

from __future__ import annotations

import base64
import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path

import numpy as np

from maya_stylize import __version__
from maya_stylize.cli.batch.survey import FAILED, KEPT, MADE, Outcome
from maya_stylize.engine.plan import with_longer_side
from maya_stylize.errors import StylizeError, printable
from maya_stylize.files import replacing
from maya_stylize.images import reader, writer
from maya_stylize.images.keep import Keep
from maya_stylize.images.resize import resize
from maya_stylize.jobs import StylizeJob
from maya_stylize.recipes import Recipe

# Longer side of a picture on the page.
LONGEST = 320
# What is behind a transparent picture.
BEHIND = 0.5

_STYLE = """
:root { color-scheme: light dark; --line: #8885; --bad: #c33; }
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem;
  background: Canvas; color: CanvasText; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr));
  gap: 1rem; }
main section { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
.row { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; justify-items: start; }
figure { margin: 0 0 .5rem; max-width: 14rem; }
.result { grid-row: 1 / span 9; }
figcaption { font-size: .8rem; overflow-wrap: anywhere; opacity: .8; }
img { display: block; max-width: 100%; width: auto; height: 5.5rem; object-fit: contain; }
.result img { height: 13.5rem; }
p { margin: .25rem 0 0; }
.failed h2, .failed .why { color: var(--bad); }
pre { overflow-x: auto; border: 1px solid var(--line); padding: .75rem; }
"""
_WORDS = {MADE: "made", KEPT: "done before", FAILED: "failed", "cancelled": "cancelled"}


def write(path: Path, outcomes: list[Outcome], recipe: Recipe) -> None:
    """Write the page.

    Args:
        path: Where it goes; a page that is there is replaced.
        outcomes: What became of each item.
        recipe: What was made of each picture.

    Raises:
        StylizeError: It cannot be written.
    """
    page = "".join(_page(outcomes, recipe))
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8", errors="backslashreplace")


def _page(outcomes: list[Outcome], recipe: Recipe) -> Iterable[str]:
    counts = Counter(outcome.state for outcome in outcomes)
    summary = ", ".join(
        f"{counts[state]} {word}" for state, word in _WORDS.items() if counts[state]
    )
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width">\n'
    yield f"<title>{_text(recipe.kind)}: {len(outcomes)} results</title>\n<style>{_STYLE}</style>\n"
    yield f"</head>\n<body>\n<h1>{_text(recipe.kind)}: {summary}</h1>\n"
    yield "<main>\n"
    pictures = _Pictures()
    # What failed is what somebody has to look at.
    for outcome in sorted(outcomes, key=lambda each: each.state != FAILED):
        yield from _section(outcome, pictures)
    settings = json.dumps(recipe.to_json(), indent=2, ensure_ascii=False)
    yield f"</main>\n<section>\n<h2>The recipe</h2>\n<pre>{_text(settings, lines=True)}</pre>\n"
    yield f"<p>maya-stylize {_text(__version__)}</p>\n</section>\n</body>\n</html>\n"


def _section(outcome: Outcome, pictures: _Pictures) -> Iterable[str]:
    job = outcome.item.job
    yield f'<section class="{outcome.state}">\n<h2>{_text(outcome.item.name)}</h2>\n'
    yield '<div class="row">\n'
    if outcome.state in (MADE, KEPT):
        yield pictures.figure(job.output, "result")
    yield pictures.figure(outcome.item.picture, "source")
    if isinstance(job, StylizeJob):
        examples = [style.path for style in job.styles]
    else:
        examples = [path for path in job.pictures if path != outcome.item.picture]
    for example in examples:
        yield pictures.figure(example, "exemplar")
    yield "</div>\n"
    if outcome.failure is not None:
        why = f"{outcome.failure.message} {outcome.failure.hint}"
        yield f'<p class="why">{_text(why)}</p>\n'
    facts = [_WORDS.get(outcome.state, outcome.state)]
    if outcome.seconds is not None:
        facts.append(f"{outcome.seconds:.1f} s")
    if outcome.loss is not None:
        facts.append(f"loss {outcome.loss:.4g}")
    facts.append(f"{job.quality}, seed {job.seed}")
    yield f"<p>{_text(' · '.join(facts))}</p>\n"
    for note in outcome.notes:
        yield f"<p>{_text(note)}</p>\n"
    yield "</section>\n"


class _Pictures:
    """Small JPEGs as text, each made once."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def figure(self, path: str, role: str) -> str:
        """Return a picture with its name; its name alone where it cannot be shown."""
        if path not in self._made:
            self._made[path] = _image(Path(path))
        name = _text(Path(path).name)
        picture = f"{self._made[path]}<figcaption>{role}: {name}</figcaption>"
        return f'<figure class="{role}">{picture}</figure>\n'


def _image(path: Path) -> str:
    try:
        found = reader.glance(path, LONGEST)
        rows, columns = found.pixels.shape[:2]
        width, height = with_longer_side((columns, rows), min(LONGEST, max(rows, columns)))
        pixels = np.clip(resize(found.pixels, width, height), 0, 1)
        if found.alpha is not None:
            alpha = np.clip(resize(found.alpha[..., None], width, height), 0, 1)
            pixels = (pixels * alpha + BEHIND * (1 - alpha)).astype(np.float32)
        with tempfile.TemporaryDirectory() as folder:
            small = Path(folder) / "small.jpg"
            writer.write(small, pixels, keep=Keep(format="jpeg", compression="jpeg:85"))
            data = base64.b64encode(small.read_bytes()).decode("ascii")
    except (StylizeError, OSError):  # the disk of temporary files may be full
        return ""  # why is told where it matters
    source = f"data:image/jpeg;base64,{data}"
    return f'<img src="{source}" width="{width}" height="{height}" alt="{_text(path.name)}">'


def _text(text: str, lines: bool = False) -> str:
    """Return text that is shown as it is, whatever is in a name."""
    parts = text.split("\n") if lines else [text]
    return "\n".join(escape(printable(part)) for part in parts)
