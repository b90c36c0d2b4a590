"""Every message on the page is one that the code can say."""

from __future__ import annotations

import ast
import re

import pytest
from doc_pages import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = re.findall(r"^\| `([^`]+)` \|", PAGE, re.M)
GAP = "…"


def says(node: ast.expr) -> str | None:
    """What an expression of text says, with a gap for what is put in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(says(part) or GAP for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (says(node.left) or GAP) + (says(node.right) or GAP)
    return None


def sentences() -> list[str]:
    folders = (ROOT / "maya_stylize", ROOT / "scripts" / "installer")
    files = [path for folder in folders for path in folder.rglob("*.py")]
    found = (
        says(node)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.expr)
    )
    return [re.sub(r"\s+", " ", text) for text in found if text]


SENTENCES = sentences()


def test_there_are_messages_and_none_twice() -> None:
    assert len(MESSAGES) > 50
    assert len(MESSAGES) == len(set(MESSAGES))


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_one_that_the_code_says(message: str) -> None:
    fixed = [part.strip() for part in message.split(GAP) if re.search(r"\w", part)]
    assert fixed, message
    said = re.compile(".*?".join(map(re.escape, fixed)))
    assert any(said.search(sentence) for sentence in SENTENCES), (
        f"nothing in the code says “{message}”"
    )


def test_a_message_that_is_not_said_is_found_out() -> None:
    with pytest.raises(AssertionError):
        test_a_message_is_one_that_the_code_says("The engine has gone … to lunch.")


def test_what_else_is_quoted_is_said() -> None:
    for text in re.findall(r"`([^`]+)`", PAGE.partition("## Anything else")[2]):
        assert any(text in sentence for sentence in SENTENCES), text
