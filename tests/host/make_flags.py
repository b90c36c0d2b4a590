"""Write fake_maya/flags.json: the flags of every command that the stand-in of Maya has.

They are read from the installed type stubs `types-maya-strict`.
"""

from __future__ import annotations

import ast
import json
from importlib.metadata import distribution
from pathlib import Path

STUBS = "types-maya-strict"
HERE = Path(__file__).resolve().parent
TABLE = HERE / "fake_maya" / "flags.json"
COMMANDS = sorted((HERE / "fake_maya").glob("*_commands.py"))


def table() -> str:
    """Return the table as JSON, a command per line."""
    stubs = distribution(STUBS)
    source = Path(str(stubs.locate_file("maya-stubs/cmds/__init__.pyi"))).read_text("utf-8")
    wanted = {name for file in COMMANDS for name in _functions(file.read_text("utf-8"))}
    flags = {name: sorted(names) for name, names in _functions(source).items() if name in wanted}
    lines = [f"  {json.dumps(name)}: {json.dumps(flags[name])}" for name in sorted(flags)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _functions(source: str) -> dict[str, set[str]]:
    """Return the keywords of every function, those of its overloads together."""
    functions: dict[str, set[str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            keywords = {argument.arg for argument in node.args.kwonlyargs}
            functions.setdefault(node.name, set()).update(keywords)
    return functions


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
