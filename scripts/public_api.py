"""List what other programs may lean on: run this to write docs/public_api.txt anew.

The sources are read and nothing is imported, so that the list is the same on every Python and
needs neither the engine nor Maya.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / "docs" / "public_api.txt"
MODULES = (
    "maya_stylize.api",
    "maya_stylize.jobs",
    "maya_stylize.recipes",
    "maya_stylize.events",
    "maya_stylize.errors",
    "maya_stylize.worker.protocol",
    "maya_stylize.worker.client",
    "maya_stylize.engine.run",
    "maya_stylize.convert.convert",
    "maya_stylize.convert.normalize",
    "maya_stylize.convert.sources",
)
HEAD = """\
What other programs may lean on: every public name of the modules below, with its signature.
What is not listed may change at any time. A change here is a change for others: if it is meant, run
    python scripts/public_api.py
and tell of it in CHANGELOG.md.
"""
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def describe(root: Path) -> str:
    """Return the list.

    Args:
        root: The folder that holds the package.
    """
    parts = [HEAD]
    for name in MODULES:
        lines = list(_module(root, name))
        parts.append("\n".join([name, *(f"    {line}" for line in lines)]) + "\n")
    return "\n".join(parts)


def _module(root: Path, name: str) -> Iterator[str]:
    tree = _parse(root, name)
    exported = _exported(tree)
    for node in tree.body:
        yield from _statement(node, tree)
        if isinstance(node, ast.ImportFrom) and node.module:
            chosen = {alias.name for alias in node.names} & exported
            if chosen:
                yield from _imported(root, node.module, chosen)


def _imported(root: Path, module: str, names: set[str]) -> Iterator[str]:
    """Describe what a module offers in the name of another; one that is listed is only named."""
    if module in MODULES:
        yield from (f"{name}: see {module}" for name in sorted(names))
        return
    tree = _parse(root, module)
    for node in tree.body:
        if getattr(node, "name", "") in names:
            yield from _statement(node, tree)


def _parse(root: Path, name: str) -> ast.Module:
    path = root.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def _exported(tree: ast.Module) -> set[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def _statement(node: ast.stmt, tree: ast.Module) -> Iterator[str]:
    """Give the lines of one statement, of a class's public members too; none if it is private."""
    if isinstance(node, _Function):
        if _is_public(node.name):
            yield f"{_decorators(node)}def {node.name}{_signature(node)}"
    elif isinstance(node, ast.ClassDef):
        if _is_public(node.name):
            bases = ", ".join(map(ast.unparse, node.bases))
            yield f"{_decorators(node)}class {node.name}({bases})"
            yield from (f"    {line}" for line in _members(node, tree))
    elif isinstance(node, ast.AnnAssign):
        if _is_public(ast.unparse(node.target)):
            yield ast.unparse(node)
    elif isinstance(node, ast.Assign):
        for name in map(ast.unparse, node.targets):
            if _is_public(name):
                yield f"{name} = {ast.unparse(node.value)}" if _is_literal(node.value) else name


def _members(node: ast.ClassDef, tree: ast.Module) -> Iterator[str]:
    """Give the lines of a class's members, those of its private bases in the module first."""
    bases = {ast.unparse(base) for base in node.bases}
    for other in tree.body:
        if isinstance(other, ast.ClassDef) and other.name in bases and not _is_public(other.name):
            yield from _members(other, tree)
    for member in node.body:
        yield from _statement(member, tree)


def _decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    return "".join(f"@{ast.unparse(one)} " for one in node.decorator_list)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){returns}"


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def main() -> int:
    """Write the list; return the exit code."""
    LISTED.write_text(describe(ROOT), encoding="utf-8", newline="\n")
    print(f"{LISTED} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
