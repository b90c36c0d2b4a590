"""The newcomer's script: finding a Python, making .venv, running tasks in it.

pip installs handmade wheels here and is kept from every index.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import zipfile
from pathlib import Path
from typing import IO, ClassVar

import dev
import dev_tasks
import maya_sides
import pytest
from environment import Environment
from installer import pip
from installer.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent

# Builds the project without setuptools, which a bare environment need not have.
BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "project-1-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        wheel.writestr("project.py", "HERE = True")
        wheel.writestr("project-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: project\\nVersion: 1\\n")
        wheel.writestr("project-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("project-1.dist-info/RECORD", "")
    return name
"""  # noqa: E501
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def write_wheel(folder: Path, name: str, version: str, requires: str = "") -> str:
    """Write a package of one module; return the line that pins it."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name.replace('-', '_')}.py", f"VERSION = {version!r}\n")
        archive.writestr(
            f"{info}/METADATA", metadata + (f"Requires-Dist: {requires}\n" if requires else "")
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny project whose dependencies are handmade wheels, with its .venv made once."""
    root = tmp_path_factory.mktemp("checkout")
    requirements = root / "requirements"
    requirements.mkdir()
    links = root / "links"
    (requirements / "pip.txt").write_text(write_wheel(links, "first", "1.0"))
    engine = write_wheel(links, "engine-part", "1.0")
    (requirements / "engine.txt").write_text(engine)
    (requirements / "test.txt").write_text(engine + write_wheel(links, "test-part", "1.0"))
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    return root


@pytest.fixture
def made(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(checkout / "links"))
    # The bundled pip of some Pythons is older than the one that the script brings first.
    monkeypatch.setattr(pip, "BARS", ())
    result = Environment(checkout)
    result.prepare("engine")
    return result


def runs(made: Environment, code: str) -> bool:
    return made.call("-c", code) == 0


def test_the_environment_holds_what_was_pinned_and_the_project(made: Environment) -> None:
    assert runs(made, "import first, engine_part, project; assert project.HERE")
    assert not runs(made, "import test_part")


def test_the_second_run_starts_at_once(
    made: Environment, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def no_pip(*_: object) -> None:
        raise AssertionError("pip was called")

    monkeypatch.setattr(Environment, "_pip", no_pip)
    made.prepare("engine")
    assert capfd.readouterr().err == ""


def test_tests_add_to_what_the_demo_needs(made: Environment) -> None:
    made.prepare("test")
    assert runs(made, "import engine_part, test_part")
    made.prepare("engine")
    assert runs(made, "import test_part")


def test_changed_requirements_are_installed(made: Environment, checkout: Path) -> None:
    engine = checkout / "requirements" / "engine.txt"
    engine.write_text(write_wheel(checkout / "links", "engine-part", "2.0"))
    made.prepare("engine")
    assert runs(made, "import engine_part; assert engine_part.VERSION == '2.0'")


def test_a_wrong_hash_stops_with_pips_words_and_is_tried_again(
    made: Environment, checkout: Path
) -> None:
    engine = checkout / "requirements" / "engine.txt"
    sound = engine.read_text()
    pinned = write_wheel(checkout / "links", "engine-part", "3.0")
    engine.write_text(pinned[:-9] + "00000000\n")
    for _ in range(2):
        with pytest.raises(
            SetupError, match=r"(?s)installing requirements/engine\.txt.*HASHES.*run this again"
        ):
            made.prepare("engine")
    engine.write_text(sound)
    made.prepare("engine")
    assert runs(made, "import engine_part; assert engine_part.VERSION != '3.0'")


@pytest.mark.parametrize("damage", ["interrupted while unpacking", "no interpreter"])
def test_a_half_made_environment_is_made_anew(
    made: Environment, checkout: Path, damage: str
) -> None:
    if damage == "no interpreter":
        made.python.unlink()
    else:
        made._unfinished.touch()
    trace = checkout / ".venv" / "left over"
    trace.touch()
    made.prepare("engine")
    assert not trace.exists()
    assert runs(made, "import engine_part, project")
    trace.touch()
    made.prepare("engine")
    assert trace.exists()


def test_another_pythons_packages_stay_out(
    made: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "engine_part.py").write_text("raise SystemExit(9)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    assert made.call("-c", "import engine_part; raise SystemExit(3)") == 3


def test_a_build_that_brings_cuda_is_left_alone(
    made: Environment, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = checkout / "links"
    write_wheel(links, "nvidia-cublas", "1.0")
    write_wheel(links, "fakecuda", "1.0", requires="nvidia-cublas")
    assert not made.provide_cpu_only("fakecuda", "1.0")
    assert not runs(made, "import fakecuda")
    monkeypatch.setattr(Environment, "_plan", lambda *_: pytest.fail("pip was asked again"))
    assert not made.provide_cpu_only("fakecuda", "1.0")


def test_a_cpu_build_is_installed(made: Environment, checkout: Path) -> None:
    links = checkout / "links"
    write_wheel(links, "fakecpu", "1.0+cpu")
    assert not made.provide_cpu_only("fakecpu", "2.0")
    assert made.provide_cpu_only("fakecpu", "1.0")
    assert runs(made, "import fakecpu")
    assert made.provide_cpu_only("fakecpu", "1.0")


def test_a_place_that_is_taken_is_named(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    for name in ("requirements/pip.txt", "requirements/engine.txt", "pyproject.toml", ".venv"):
        (tmp_path / name).touch()
    with pytest.raises(SetupError, match=r"\.venv cannot be made"):
        Environment(tmp_path).prepare("engine")
    assert (tmp_path / ".venv").is_file()


# The commands


class Recorder:
    """Stands for the environment; says what was asked of it."""

    python = Path("python-of-venv")
    torch = True
    fails = False
    codes: ClassVar[dict[str, int]] = {}

    def __init__(self, root: Path, name: str = ".venv", base: list[str] | None = None) -> None:
        assert root == ROOT
        self.name = name
        asked.append((name, base))

    def prepare(self, kind: str) -> None:
        if self.fails:
            raise SetupError("pip failed")
        asked.append(kind)

    def provide_cpu_only(self, package: str, version: str) -> bool:
        asked.append(f"{package}=={version}")
        return self.torch

    def call(self, *arguments: str, output: IO[bytes] | None = None, **variables: str) -> int:
        asked.extend(arguments)
        if output is not None:
            calls.append((self.name, *arguments, variables))
            output.write(f"{self.name} printed this\n".encode())
        return self.codes.get(self.name, 42)


asked: list[object] = []
calls: list[tuple[object, ...]] = []  # those whose output is kept
VENV = (".venv", None)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> type[Recorder]:
    asked.clear()
    calls.clear()
    fresh = type("Fresh", (Recorder,), {})
    for module in (dev_tasks, maya_sides):
        monkeypatch.setattr(module, "Environment", fresh)
    return fresh


def test_test_hands_everything_to_pytest_and_returns_its_code(recorder: type[Recorder]) -> None:
    assert dev_tasks.main(["test", "-q", "tests/a.py", "-k", "x or y", "--help"]) == 42
    torch = f"torch=={dev_tasks.TORCH}"
    assert asked == [
        VENV,
        "test",
        torch,
        "-m",
        "pytest",
        "-q",
        "tests/a.py",
        "-k",
        "x or y",
        "--help",
    ]


@pytest.mark.parametrize("failing", [None, "pytest", "report"])
def test_coverage_measures_the_same_tests_and_reports_whatever_they_say(
    recorder: type[Recorder], monkeypatch: pytest.MonkeyPatch, failing: str | None
) -> None:
    monkeypatch.setattr(
        recorder, "call", lambda self, *words: asked.append(words) or (3 if failing in words else 0)
    )
    assert dev_tasks.main(["coverage", "-q", "tests/a.py"]) == (3 if failing else 0)
    assert [words[2:] for words in asked if isinstance(words, tuple) and words[0] == "-m"] == [
        ("erase",),
        ("run", "-m", "pytest", "-q", "tests/a.py"),
        ("combine", "--quiet"),
        ("html", "--quiet"),
        ("report",),
    ]
    assert asked.count("test") == 2


def test_coverage_excuses_nothing() -> None:
    """No line is left out by a comment, no file by a list."""
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table = config.partition("[tool.coverage.run]")[2].partition("[tool.ruff]")[0]
    assert 'source = ["maya_stylize", "scripts/installer"]' in table
    assert not re.search(r"omit|exclude|include|fail_under", table)
    for folder in ("maya_stylize", "scripts"):
        for path in (ROOT / folder).rglob("*.py"):
            assert "pragma: no" not in path.read_text(encoding="utf-8"), path


def test_without_torch_the_tests_run_and_say_so(
    recorder: type[Recorder], capsys: pytest.CaptureFixture[str]
) -> None:
    recorder.torch = False
    assert dev_tasks.main(["test", "tests"]) == 42
    printed = capsys.readouterr().err
    assert "PyTorch tests will be SKIPPED" in printed
    assert "python-of-venv" in printed


@pytest.mark.parametrize("failing", [None, ".venv", ".venv-maya2024", ".venv-maya2025"])
def test_without_arguments_the_maya_side_runs_in_each_environment(
    recorder: type[Recorder],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failing: str | None,
) -> None:
    pythons = {"3.10": ["python-a"], "3.11": ["python-b"]}
    monkeypatch.setattr(maya_sides.interpreters, "find", lambda versions: pythons.get(versions[0]))
    names = (".venv", ".venv-maya2024", ".venv-maya2025")
    recorder.codes = {name: 3 if name == failing else 0 for name in names}
    assert dev_tasks.main(["test"]) == (3 if failing else 0)
    side = maya_sides.MAYA_SIDE
    oldest = (*side, *maya_sides.WITHOUT_QT)
    pytest_ = ("-m", "pytest")
    variables = {"MAYA_STYLIZE_PYTHON": "python-of-venv"}
    assert all(word in asked for word in dev_tasks.SIDE_BY_SIDE)
    assert calls == [
        (".venv-maya2024", *pytest_, *maya_sides.PANEL, variables),
        (".venv-maya2024", *pytest_, *oldest, variables),
        (".venv-maya2025", *pytest_, *maya_sides.PANEL, variables),
        (".venv-maya2025", *pytest_, *side, variables),
    ]
    printed = capsys.readouterr()
    assert "for maya2027 will NOT RUN: no Python 3.13" in printed.err
    assert printed.out.startswith(
        "\nThe Maya side as in maya2024, Python 3.10:\n" + 2 * ".venv-maya2024 printed this\n"
    )
    summary = dict(line.split(maxsplit=1) for line in printed.out.splitlines()[-4:])
    expected = {name: "FAILED" if name == failing else "passed" for name in names}
    assert summary == {
        "engine": expected[".venv"],
        "maya2024": expected[".venv-maya2024"],
        "maya2025": expected[".venv-maya2025"],
        "maya2027": "NOT RUN",
    }


def test_the_maya_sides_wait_for_the_engine_and_are_not_begun_without_it(
    recorder: type[Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(recorder):
        def prepare(self, kind: str) -> None:
            if kind == "test":
                raise SetupError("pip failed")

    monkeypatch.setattr(dev_tasks, "Environment", Broken)
    monkeypatch.setattr(maya_sides.interpreters, "find", lambda versions: ["python"])
    assert dev_tasks.main(["test"]) == 1
    assert calls == []


def test_after_ctrl_c_no_maya_side_is_begun(
    recorder: type[Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    class Interrupted(recorder):
        def call(self, *arguments: str, output: IO[bytes] | None = None, **variables: str) -> int:
            super().call(*arguments, output=output, **variables)
            if output is None:
                assert begun.wait(600)
                raise KeyboardInterrupt
            begun.set()
            assert sides[0]._stopped.wait(600)  # as long as its tests take
            return 0

    sides: list[maya_sides.MayaSides] = []

    def entered(self: maya_sides.MayaSides) -> maya_sides.MayaSides:
        sides.append(self)
        return enter(self)

    enter = maya_sides.MayaSides.__enter__
    monkeypatch.setattr(maya_sides.MayaSides, "__enter__", entered)
    for module in (dev_tasks, maya_sides):
        monkeypatch.setattr(module, "Environment", Interrupted)
    monkeypatch.setattr(maya_sides.interpreters, "find", lambda versions: ["python"])
    assert dev_tasks.main(["test"]) == 130
    assert len(calls) == 1


def test_a_bug_beside_the_engines_tests_is_not_a_pass(
    recorder: type[Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(recorder):
        def call(self, *arguments: str, output: IO[bytes] | None = None, **variables: str) -> int:
            if output is not None:
                raise OSError("no such Python")
            return 0

    for module in (dev_tasks, maya_sides):
        monkeypatch.setattr(module, "Environment", Broken)
    monkeypatch.setattr(maya_sides.interpreters, "find", lambda versions: ["python"])
    with pytest.raises(OSError, match="no such Python"):
        dev_tasks.main(["test"])


def test_a_maya_environment_that_cannot_be_made_is_a_failure(
    recorder: type[Recorder], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Half(recorder):
        def prepare(self, kind: str) -> None:
            if kind == "maya2025":
                raise SetupError("pip failed")

    for module in (dev_tasks, maya_sides):
        monkeypatch.setattr(module, "Environment", Half)
    monkeypatch.setattr(maya_sides.interpreters, "find", lambda versions: ["python"])
    Half.codes = dict.fromkeys([".venv", ".venv-maya2024", ".venv-maya2027"], 0)
    assert dev_tasks.main(["test"]) == 1
    printed = capsys.readouterr()
    assert "error: pip failed" in printed.err
    assert printed.out.splitlines()[-2:] == ["maya2025   FAILED", "maya2027   passed"]


def test_every_folder_of_the_maya_side_is_there() -> None:
    folders = maya_sides.PANEL + maya_sides.MAYA_SIDE + maya_sides.WITHOUT_QT
    assert all((ROOT / name).exists() for name in folders)


def test_demo_writes_into_the_checkout(recorder: type[Recorder]) -> None:
    assert dev_tasks.main(["demo"]) == 42
    assert asked == [VENV, "engine", "-m", "maya_stylize.demo", str(ROOT / "demo_output")]


def test_a_failed_installation_is_an_error(
    recorder: type[Recorder], capsys: pytest.CaptureFixture[str]
) -> None:
    recorder.fails = True
    assert dev_tasks.main(["demo"]) == 1
    assert capsys.readouterr().err == "error: pip failed\n"


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["demo", "more"]])
def test_wrong_usage_ends_with_2(recorder: type[Recorder], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        dev_tasks.main(arguments)
    assert caught.value.code == 2
    assert asked == []


def test_ci_runs_exactly_the_second_command() -> None:
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text().splitlines() if not line.startswith("#")]
    assert lines[-1] == "exec python scripts/dev.py test"
    assert all(line.startswith(("set ", "cd ", "exec ")) for line in lines)
    assert script.stat().st_mode & stat.S_IXUSR


# Finding a Python


def fake_python(path: Path, version: str, code: int = 0) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process as if it were an old Python, with nothing else on the PATH."""
    monkeypatch.setattr(sys, "executable", str(fake_python(tmp_path / "old" / "python", "3.9")))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin-none")
    return tmp_path / "bin"


def test_this_python_comes_first() -> None:
    assert dev.find_python() == [sys.executable]


def test_the_newest_that_works_is_taken(old: Path) -> None:
    fake_python(old / "python3.13", "3.13", code=1)  # without ensurepip, say
    fake_python(old / "python3.12", "2.7")  # a link that leads elsewhere
    fake_python(old / "python3.11", "3.11")
    fake_python(old / "python3.10", "3.10")
    assert dev.find_python() == ["python3.11"]


def test_without_a_supported_python_the_user_is_told(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main() == 1
    printed = capsys.readouterr().err
    assert "error: Python 3.10, 3.11, 3.12 or 3.13 " in printed
    assert "Install one of them" in printed


def test_the_chosen_python_gets_the_command_line(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = fake_python(old / "python3.12", "3.12")
    chosen.write_text(
        textwrap.dedent(
            f"""\
            #!/bin/sh
            test "$2" = -c && echo 3.12 && exit
            echo "$@" > "{tmp_path}/arguments"
            exit 7
            """
        )
    )
    monkeypatch.setattr(sys, "argv", ["dev.py", "test", "-x"])
    assert dev.main() == 7
    arguments = (tmp_path / "arguments").read_text().split()
    assert arguments == ["-E", str(ROOT / "scripts" / "dev_tasks.py"), "test", "-x"]


# It says when it is there, and after Ctrl-C takes longer than subprocess.call would wait.
SLOW_TO_END = """
import sys, threading
from pathlib import Path
try:
    print("there", flush=True)
    threading.Event().wait(600)
except KeyboardInterrupt:
    threading.Event().wait(1)
    Path(sys.argv[1]).touch()
"""
CALL = {
    "dev.py": "import dev, sys; sys.exit(dev.call([sys.executable, '-c', *sys.argv[1:]]))",
    "environment.py": """
import sys
from pathlib import Path
from environment import Environment
made = Environment(Path.cwd())
made.python = Path(sys.executable)
try:
    made.call("-c", *sys.argv[1:])
except KeyboardInterrupt:
    sys.exit(130)
""",
}


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is a signal of another kind there")
@pytest.mark.parametrize("script", CALL)
def test_ctrl_c_lets_the_child_tidy_up(tmp_path: Path, script: str) -> None:
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = [sys.executable, "-c", ignoring + CALL[script]]
    command += [ignoring + SLOW_TO_END, str(tmp_path / "tidied")]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(600) == 130
    assert (tmp_path / "tidied").exists()


def test_an_old_python_can_read_the_script() -> None:
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Starred, ast.arg, ast.Await, ast.Match)
    for node in ast.walk(ast.parse((ROOT / "scripts" / "dev.py").read_text())):
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
        assert not isinstance(node, new) or (isinstance(node, ast.arg) and not node.annotation)
