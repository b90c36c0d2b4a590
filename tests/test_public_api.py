"""What other programs lean on changes only on purpose."""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path

import public_api
import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_the_public_names_are_those_that_are_listed() -> None:
    listed = public_api.LISTED.read_text(encoding="utf-8").splitlines()
    found = public_api.describe(ROOT).splitlines()
    changes = "\n".join(difflib.unified_diff(listed, found, "listed", "in the code", lineterm=""))
    assert not changes, f"{changes}\nIf that is meant, run: python scripts/public_api.py"


SOURCE = """
from __future__ import annotations
from maya_stylize.inner import Report, Hidden, _private
from maya_stylize.jobs import Job
__all__ = ["Job", "Report", "run"]
LIMIT = 3
FOUND = find()
_secret = 1
class _Base:
    seed: int = 0
    def shared(self) -> str: ...
@dataclass(frozen=True)
class Kind(_Base, Other):
    name: str
    def _inner(self) -> None: ...
    @property
    def ok(self) -> bool: ...
def run(path: Path, *, quick: bool = False) -> "Job": ...
def _help() -> None: ...
"""


def test_the_list_tells_of_every_public_thing_and_of_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "maya_stylize").mkdir()
    (tmp_path / "maya_stylize" / "api.py").write_text(SOURCE)
    inner = "class Report:\n    def write(self) -> None: ...\nclass Hidden: ...\n"
    (tmp_path / "maya_stylize" / "inner.py").write_text(inner)
    (tmp_path / "maya_stylize" / "jobs").mkdir()
    (tmp_path / "maya_stylize" / "jobs" / "__init__.py").write_text("Job = object\n")
    monkeypatch.setattr(public_api, "MODULES", ("maya_stylize.api", "maya_stylize.jobs"))
    assert public_api.describe(tmp_path).removeprefix(public_api.HEAD).splitlines() == [
        "",
        "maya_stylize.api",
        "    class Report()",
        "        def write(self) -> None",
        "    Job: see maya_stylize.jobs",
        "    LIMIT = 3",
        "    FOUND",
        "    @dataclass(frozen=True) class Kind(_Base, Other)",
        "        seed: int = 0",
        "        def shared(self) -> str",
        "        name: str",
        "        @property def ok(self) -> bool",
        "    def run(path: Path, *, quick: bool=False) -> 'Job'",
        "",
        "maya_stylize.jobs",
        "    Job",
    ]


def test_every_name_that_the_api_exports_is_there_and_listed() -> None:
    module = importlib.import_module("maya_stylize.api")
    text = public_api.LISTED.read_text(encoding="utf-8")
    section = text.partition("\nmaya_stylize.api\n")[2].partition("\n\n")[0]
    for name in module.__all__:
        assert hasattr(module, name)
        starts = (f"    {name}: see", f"    def {name}(", f" class {name}(", f" def {name}(")
        assert any(start in section for start in starts), name
