"""What a farm's tasks and an export read that others wrote, up to the page that shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import judge

from maya_stylize.cli.batch import report as page
from maya_stylize.cli.batch.items import Item
from maya_stylize.cli.batch.survey import MADE, Outcome
from maya_stylize.cli.farm import scenes
from maya_stylize.farm import bundle, finishing, mapping, ranges
from maya_stylize.job_sources import FileHashes
from maya_stylize.jobs import StylizeJob
from maya_stylize.ledger import FOLDER, Ledger
from maya_stylize.recipes import Recipe
from maya_stylize.scenes import report

_ABOUT, _TEXTURE, _RULES, _ENTRY, _LIST = b"01234"
_RECIPE = {"recipe": 1, "job": {"kind": "stylize", "styles": ["/b.png"]}}
_JOB = StylizeJob("o.png", content="/t/a.1001.png", styles=("/b.png",), resolution={"model": "0"})
_FACTS = {
    "format": bundle.FORMAT,
    "picture": "/t/a.1001.png",
    "exemplar": "/b.png",
    "job": _JOB.to_json(),
    "content": {"/t/a.1001.png": "sha256:0", "/b.png": "sha256:1"},
}
_RULE = {"source_path_format": "POSIX", "source_path": "/t", "destination_path": "/here"}


def seeds() -> Mapping[str, bytes]:
    about = {"format": bundle.FORMAT, "count": 3, "tx": True, "recipe": _RECIPE}
    windows = {**_RULE, "source_path_format": "WINDOWS", "source_path": "C:\\t"}
    # Of no picture: the hash of nothing, under the names that the ledger is asked for.
    nothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    entry = {"ledger": 1, "key": "k", "outputs": {"o.png": nothing}, "beside": {"o.tx": nothing}}
    entry["facts"] = {"seconds": 1.5, "loss": 0.25}
    texture = {"nodes": ["file1"], "picture": "/t/a.png", "jobs": [_JOB.to_json()]}
    listed = {"report": 1, "scenes": [{"scene": "/a.ma", "textures": [texture, {"jobs": []}]}]}
    made: dict[str, tuple[int, Any]] = {
        "about": (_ABOUT, about),
        "about-count": (_ABOUT, {**about, "count": 10**12}),
        "texture": (_TEXTURE, _FACTS),
        "texture-out": (_TEXTURE, {**_FACTS, "job": {**_JOB.to_json(), "output": "../o"}}),
        "texture-zero": (_TEXTURE, {**_FACTS, "picture": "a\0.png"}),
        "texture-half": (_TEXTURE, {**_FACTS, "exemplar": "\ud800.png"}),
        "rules": (_RULES, {"version": mapping.VERSION, "path_mapping_rules": [_RULE, windows]}),
        "rules-zero": (_RULES, {"path_mapping_rules": [{**_RULE, "destination_path": "a\0"}]}),
        "entry": (_ENTRY, entry),
        "entry-text": (_ENTRY, {**entry, "facts": {"seconds": "x", "loss": []}}),
        "entry-large": (_ENTRY, {**entry, "facts": {"seconds": 10**400, "loss": -(10**400)}}),
        "entry-numbers": (_ENTRY, {**entry, "outputs": {"o.png": 5}, "beside": {"o.tx": []}}),
        "list": (_LIST, listed),
    }
    deep = {f"deep-{kind:c}": bytes([kind]) + b"[" * 5000 for kind in b"01234"}
    return {
        **{name: bytes([kind]) + json.dumps(data).encode() for name, (kind, data) in made.items()},
        **deep,
    }


def feed(data: bytes, folder: Path) -> None:
    kind = data[0] if data[:1] else _ABOUT
    name, read = _READ.get(kind, _READ[_ABOUT])
    file = folder / name
    if file.parent != folder:
        file.parent.mkdir()
    file.write_bytes(data[1:])
    read(folder, file)


def _about(folder: Path, _: Path) -> None:
    about = bundle.about(folder)
    if not 1 <= about.count <= ranges.LARGEST:
        raise judge.Misdeed(f"a bundle of {about.count} textures")
    _show([], Recipe.from_json(about.recipe, Path()))


def _texture(folder: Path, _: Path) -> None:
    _use(bundle.read(folder, 1), [mapping.Rule(PurePosixPath("/t"), "/here")], folder)


def _rules(folder: Path, file: Path) -> None:
    (folder / "0001.json").write_text(json.dumps(_FACTS), encoding="ascii")
    _use(bundle.read(folder, 1), mapping.read(file), folder)


def _use(texture: bundle.Texture, rules: Sequence[mapping.Rule], folder: Path) -> None:
    """Do with a texture what the last step does, but for its files."""
    results = folder / "results"
    here = texture.here(rules, results)
    if Path(here.job.output).resolve().parent != results:
        raise judge.Misdeed(f"{here.job.output} is outside the folder of the results")
    judge.attempt(lambda: here.check(FileHashes()), lambda: finishing.tile_of(here))
    item = Item(here.picture, here.exemplar, here.job)
    _show([Outcome(item, MADE)], Recipe.from_json(_RECIPE, Path()))


def _entry(folder: Path, _: Path) -> None:
    output, picture = folder / "o.png", str(folder / "a.png")
    for path in (output, folder / "a.png", folder / "o.tx"):
        path.touch()
    job = StylizeJob(str(output), content=picture, styles=(picture,))
    ledger = Ledger("0")
    entry = ledger.look(job)
    ledger.made({"k": job})
    ledger.made_beside(job, folder / "o.tx")
    outcome = Outcome(Item(picture, None, job), MADE, entry.key)
    outcome.seconds, outcome.loss = entry.number("seconds"), entry.number("loss")
    _show([outcome], Recipe.from_json(_RECIPE, Path()))


def _list(_: Path, file: Path) -> None:
    recipe = Recipe.from_json(_RECIPE, Path())
    judge.attempt(lambda: report.check(file), lambda: scenes.items(file, recipe))


def _show(outcomes: list[Outcome], recipe: Recipe) -> None:
    """Make the page's text; the page itself would replace a file."""
    "".join(page._page(outcomes, recipe)).encode("utf-8", "backslashreplace")


# By the first byte, which file the others are, and what reads it.
_READ: dict[int, tuple[str, Callable[[Path, Path], None]]] = {
    _ABOUT: (bundle.ABOUT, _about),
    _TEXTURE: ("0001.json", _texture),
    _RULES: ("rules.json", _rules),
    _ENTRY: (f"{FOLDER}/o.png.json", _entry),
    _LIST: ("list.json", _list),
}
