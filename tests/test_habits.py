"""What holds for the whole repository: style, types, walls, sizes, dependencies."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.*"))
LARGEST = 2_000_000
BACKENDS = {"tensorflow", "torch", "jax"}
PROGRAMS = Path(sys.executable).parent
# For the running Python, because numpy's type stubs are written for that one.
MYPY = [sys.executable, "-m", "mypy", "--python-version", "{}.{}".format(*sys.version_info)]
CHECKS = {
    "ruff check": [sys.executable, "-m", "ruff", "check"],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--check"],
    "mypy": MYPY,
    "import-linter": [str(PROGRAMS / "lint-imports"), "--no-cache"],
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("name", CHECKS)
def test_the_tools_find_nothing(name: str) -> None:
    result = run(*CHECKS[name])
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_checks_before_a_commit_choose_tests_that_exist() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = re.findall(
        r"entry: python3 scripts/dev\.py test -q --noconftest (.+?) -k (.+)$", text, re.M
    )
    assert len(hooks) == text.count("- id:")
    for paths, chosen in hooks:
        pytest_ = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--noconftest"]
        found = run(*pytest_, *paths.split(), "-k", chosen.strip('"'))
        assert found.returncode == 0, (chosen, found.stdout)  # 5 where nothing is chosen


def test_no_large_file_is_tracked() -> None:
    """A checkout without git, such as an unpacked archive, has nothing to check."""
    listed = run("git", "ls-files", "-z")
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert ROOT / "pyproject.toml" in files
    sizes = {str(path): path.stat().st_size for path in files if path.exists()}
    assert not {name: size for name, size in sizes.items() if size > LARGEST}


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_requirement_files_name_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"//|--(extra-)?index-url|--find-links|\w\.(org|com|net|io)\b", text)


@pytest.mark.parametrize("name", [path.name for path in REQUIREMENTS if path.suffix == ".txt"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    entries = _entries(name)
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+ .*--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_tests_run_on_what_the_demo_runs_on() -> None:
    assert {_pin(entry) for entry in _entries("engine.txt")} <= {
        _pin(entry) for entry in _entries("test.txt")
    }


def test_a_newcomer_on_linux_gets_no_cuda() -> None:
    pins = {_pin(entry) for entry in _entries("test.txt")}
    tensorflow = {pin for pin in pins if pin.startswith("tensorflow")}
    assert len(tensorflow) == 2
    for pin in tensorflow:
        equal = "==" if pin.startswith("tensorflow-cpu") else "!="
        assert f"platform_machine {equal} 'x86_64'" in pin
        assert f"sys_platform {equal} 'linux'" in pin
    assert not [pin for pin in pins if pin.startswith(("nvidia", "triton", "torch"))]


def test_every_dependency_has_its_sentence() -> None:
    described = re.findall(
        r"^\| ([\w-]+) \| \w.+\.(?: .+)? \|$", (ROOT / "docs/dependencies.md").read_text(), re.M
    )
    wanted = {"torch"}
    for path in (ROOT / "requirements").glob("*.in"):
        lines = path.read_text().splitlines()
        wanted |= {re.split(r"[^\w-]", line)[0] for line in lines if not line.startswith("-")}
    project = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)\]", project, re.M | re.S)
    assert listed
    wanted |= set(re.findall(r'"([\w-]+)', listed[1]))
    assert sorted(described) == sorted(wanted - {"tensorflow-cpu"})


def test_shared_words_import_only_the_standard_library() -> None:
    """In a fresh process, for imports of imports count too."""
    contract = (ROOT / "pyproject.toml").read_text().partition("Shared words")[2]
    modules = re.findall(r'"(maya_stylize\.\w+)"', contract.partition("]")[0])
    assert "maya_stylize.settings" in modules
    code = f"import sys; import {', '.join(modules)}; print(*sys.modules)"
    result = run(sys.executable, "-S", "-c", code)
    assert result.returncode == 0, result.stderr
    roots = {name.partition(".")[0] for name in result.stdout.split()}
    assert roots - set(sys.stdlib_module_names) - {"__main__"} == {"maya_stylize"}


def test_every_module_of_the_worker_is_on_one_side_of_the_wall() -> None:
    """The package __init__ and the first lines of the process import nothing from either."""
    contracts = (ROOT / "pyproject.toml").read_text().split("[[tool.importlinter.contracts]]")
    sides = {}
    for contract in contracts:
        sources = contract.partition("forbidden_modules")[0]
        for side in ("The Maya side", "The engine side"):
            if f'name = "{side}' in sources:
                sides[side] = set(re.findall(r"maya_stylize\.worker\.(\w+)", sources))
    modules = {path.stem for path in (ROOT / "maya_stylize" / "worker").glob("[!_]*.py")}
    assert sides["The Maya side"] | sides["The engine side"] == modules
    assert not sides["The Maya side"] & sides["The engine side"]


def test_only_the_backend_modules_name_a_backend() -> None:
    """The import linter does not see importlib.import_module."""
    for path in sorted((ROOT / "maya_stylize").rglob("*.py")):
        imported = _imported(ast.parse(path.read_text(encoding="utf-8")))
        named = BACKENDS & imported
        assert not named or path.parent == ROOT / "maya_stylize/engine/backend", (path, named)


def _imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            names |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return {name.partition(".")[0] for name in names}


def _entries(name: str) -> list[str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


def _pin(entry: str) -> str:
    return entry.partition("--hash")[0].strip()
