"""The pages of the documentation, and what in them can be run."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for pattern in ("README*.md", "CHANGELOG.md", "docs/**/*.md", "benchmarks/README.md")
    for path in ROOT.glob(pattern)
)
# What begins a command where a block has no "$ ".
PROGRAMS = ("maya-stylize", "mayapy", "python", "python3", "pip", "openjd", "deadline")
# Languages of blocks that a shell reads; "" where none is named.
SHELL = ("", "sh", "bash", "shell", "console")
_FENCE = re.compile(r"^```([\w-]*)[^\n]*\n(.*?)^```[^\n]*$", re.M | re.S)
_VARIABLE = re.compile(r"[A-Z_]+=\S*")


@dataclass(frozen=True)
class Block:
    """What is between two fences."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command line in a page."""

    place: str
    text: str

    @property
    def words(self) -> list[str]:
        """What a shell makes of it, without variables in front, the program by its bare name."""
        words = shlex.split(self.text, comments=True)
        while words and _VARIABLE.fullmatch(words[0]):
            words.pop(0)
        return [Path(words[0]).name, *words[1:]]

    @property
    def operators(self) -> list[str]:
        """What a shell would take for redirections and the like."""
        lexer = shlex.shlex(self.text, posix=True, punctuation_chars=True)
        lexer.commenters = "#"
        return [token for token in lexer if set(token) <= set("<>|&;()")]

    @property
    def page(self) -> str:
        return self.place.partition(":")[0]


def blocks(page: Path) -> list[Block]:
    """Return what a page has between fences."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])
        for match in _FENCE.finditer(text)
    ]


def commands_of(block: Block) -> list[Command]:
    """Return the command lines of a block: those after "$ ", else those of known programs."""
    if block.language not in SHELL:
        return []
    lines = block.text.replace("\\\n", " ").splitlines()
    prompted = [line[2:] for line in lines if line.startswith("$ ")]
    found = prompted or [line for line in lines if _program(line) in PROGRAMS]
    return [Command(block.place, re.sub(r"\s+", " ", line).strip()) for line in found]


def _program(line: str) -> str:
    words = [word for word in line.split() if not _VARIABLE.fullmatch(word)]
    return Path(words[0]).name if words else ""


def commands() -> list[Command]:
    """Return every command of every page, each text once."""
    found: dict[str, Command] = {}
    for page in PAGES:
        for block in blocks(page):
            for command in commands_of(block):
                found.setdefault(command.text, command)
    return list(found.values())


def scripts() -> list[str]:
    """Return every script that a page names, by its path from the repository's root."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"\b(?:benchmarks|scripts)/\w+\.py\b", text))
    table = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    named |= {f"benchmarks/{name}" for name in re.findall(r"^\| `(\w+\.py)` \|", table, re.M)}
    return sorted(named)


def recipes() -> dict[str, str]:
    """Return the recipes that the pages show, by the file's name that stands before each."""
    shown = re.compile(r"`([\w-]+\.json)`[^`]*?\n\n```json\n(\{\s*\"recipe\".*?)^```", re.M | re.S)
    return {
        name: content
        for page in reversed(PAGES)
        for name, content in shown.findall(page.read_text(encoding="utf-8"))
    }
