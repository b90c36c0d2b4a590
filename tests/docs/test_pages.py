"""Every page: its links lead somewhere, its pictures are small, its JSON is what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from doc_pages import PAGES, ROOT, blocks, commands_of

from maya_stylize import jobs, recipes

LARGEST_PICTURE = 300_000
_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without what is between fences, and without code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", lambda code: "x" * len(code[0]), text)


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower(), flags=re.UNICODE).replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for _, target in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{name(page)} links to {target}"
        assert ROOT in there.parents, f"{name(page)} links out of the repository: {target}"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{name(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pictures_say_what_they_show_and_are_small(page: Path) -> None:
    for words, target in re.findall(
        r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")
    ):
        assert len(words) > 10, f"{name(page)}: {target} has no words for who does not see it"
        if "/panel-" in target or "/settings/" in target:
            assert (page.parent / target).stat().st_size <= LARGEST_PICTURE, target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_jobs_and_recipes_are_what_they_say(page: Path) -> None:
    for block in blocks(page):
        if block.language != "json":
            continue
        data = json.loads(block.text)
        if "kind" in data:
            assert jobs.from_json(data).kind == data["kind"], block.place
        elif "recipe" in data:
            recipes.Recipe.from_json(data, ROOT)


def test_every_page_is_listed() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    listed = {(ROOT / "docs" / target).resolve() for _, target in _LINK.findall(index)}
    pages = {page for page in PAGES if page.parent.name in ("docs", "modes")}
    assert pages - {ROOT / "docs" / "README.md"} <= listed


def test_every_picture_of_the_pages_is_shown() -> None:
    """The settings' and the tutorial's: what no page shows any more goes."""
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for _, target in _LINK.findall(page.read_text(encoding="utf-8"))
    }
    made = {*ROOT.glob("docs/images/settings/*"), *ROOT.glob("docs/images/panel-tutorial-*")}
    assert made <= shown


def test_the_readmes_have_the_same_commands() -> None:
    """In whatever order: the Japanese one is no translation word by word."""
    both = [
        {command.text for block in blocks(ROOT / name) for command in commands_of(block)}
        for name in ("README.md", "README.ja.md")
    ]
    assert both[0] == both[1]
