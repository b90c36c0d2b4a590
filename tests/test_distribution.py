"""What is handed out: the same bytes from the same commit; it installs where nothing else is."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import dev_tasks
import distribution
import pytest
from distribution import artist_files, package, read_commit, read_model
from installer import identity, layout
from installer.errors import SetupError
from stand_ins import PROVE, said, tree, write_source

import maya_stylize
from maya_stylize.license_notice import ACADEMIC_NOTICE

ROOT = Path(__file__).resolve().parent.parent
FAKE_MAYA = ROOT / "tests" / "host" / "fake_maya"
VERSION = maya_stylize.__version__
TOP = f"maya-stylize-{VERSION}"
# Of the developer's own settings none may matter, nor may the time of day.
GIT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_DATE": "1700000001 +0900",
    "GIT_COMMITTER_DATE": "1700000001 +0900",
}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=GIT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def borrowed() -> str:
    """The folder of this environment's packages."""
    spec = importlib.util.find_spec("rich")
    assert spec
    assert spec.origin
    return str(Path(spec.origin).parents[1])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree as one commit, with what Python and an editor leave beside it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    root = tmp_path_factory.mktemp("チェック out")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # else it is deleted and not committed yet
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes((ROOT / name).read_bytes())
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "all")
    (root / "maya_stylize" / "__pycache__").mkdir()
    (root / "maya_stylize" / "__pycache__" / "jobs.cpython-311.pyc").write_bytes(b"compiled")
    (root / "maya_stylize" / "notes.py").write_text("not committed")
    (root / "README.md").write_text("changed and not committed")
    return root


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = tmp_path_factory.mktemp("weights") / "any name.h5"
    path.write_bytes(b"weights")
    return read_model(path, ACADEMIC_NOTICE)


@pytest.fixture(scope="module")
def made(
    checkout: Path, model: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The zip, with a model, and the wheel."""
    archive, wheel = package(checkout, tmp_path_factory.mktemp("made") / "dist", model)
    return archive, wheel


def files_of(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no umask")
def test_another_folder_time_and_user_give_the_same_bytes(
    made: tuple[Path, Path], checkout: Path, model: dict[str, bytes], tmp_path: Path
) -> None:
    again = tmp_path / "elsewhere" / "b"
    git(tmp_path, "clone", "--quiet", str(checkout), str(again))
    for path in again.rglob("*.py"):
        os.utime(path, (10**9, 10**9))
    old = os.umask(0o077)
    try:
        others = package(again, tmp_path / "out", model)
    finally:
        os.umask(old)
    assert [path.name for path in others] == [path.name for path in made]
    for first, second in zip(made, others, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_the_zip_holds_what_was_committed_and_nothing_else(
    made: tuple[Path, Path], model: dict[str, bytes]
) -> None:
    files = files_of(made[0])
    assert made[0].name == f"{TOP}-with-model.zip"
    assert list(files) == sorted(files)
    inner = {name.removeprefix(f"{TOP}/"): content for name, content in files.items()}
    assert not [name for name in inner if name.startswith(TOP)]
    bundled = {f"maya_stylize/model/{name}": content for name, content in model.items()}
    assert bundled["maya_stylize/model/NOTICE.txt"].decode().endswith(f"\n\n{ACADEMIC_NOTICE}\n")
    for name, content in inner.items():
        assert content == (bundled.get(name) or (ROOT / name).read_bytes()), name
    assert {"scripts/install.py", "CHANGELOG.md", "docs/install.md", "docs/licenses.md"} <= {*inner}
    assert {"shelf/shelf_MayaStylize.mel", "maya_stylize/exemplars/LICENSE.md"} <= {*inner}
    wanted = layout.contents(ROOT)
    assert len(wanted) > 200
    for path in wanted.values():
        name = path.relative_to(ROOT).as_posix()
        assert name in inner or "maya_stylize/model/" in name


def test_both_are_the_same_on_every_system(made: tuple[Path, Path], checkout: Path) -> None:
    places = [str(path).encode() for path in (checkout, made[0].parent, ROOT, Path.home())]
    for path in made:
        with zipfile.ZipFile(path) as opened:
            kinds = {
                (info.date_time, info.create_system, info.external_attr >> 16, info.compress_type)
                for info in opened.infolist()
            }
        assert kinds == {((2023, 11, 14, 22, 13, 20), 3, 0o100644, zipfile.ZIP_STORED)}
        for name, content in files_of(path).items():
            assert name.isascii()
            assert "\\" not in name
            assert not name.endswith((".pyc", "/"))
            assert not [place for place in places if place in content], name


def test_without_a_model_none_is_in_it(checkout: Path) -> None:
    files = artist_files(read_commit(checkout), {})
    assert f"{TOP}/README.md" in files
    assert not [name for name in files if "maya_stylize/model" in name]


def test_a_model_without_a_notice_says_so(tmp_path: Path) -> None:
    (tmp_path / "own.h5").write_bytes(b"weights")
    notice = read_model(tmp_path / "own.h5", "")["NOTICE.txt"].decode()
    assert distribution.NO_NOTICE in notice


def test_a_network_that_is_not_the_usual_one_is_told_as_such() -> None:
    known = {"identity": "normalized VGG-19", "source": "a.pth", "fingerprint": 64 * "a"}
    assert identity.told(known) == "normalized VGG-19"
    other = identity.told({"identity": "", "source": "vgg19.h5", "fingerprint": "ab" * 32})
    assert other.startswith("NOT the normalized VGG-19 (made from vgg19.h5, fingerprint abab")
    assert "maya-stylize normalize" in other


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/install.md"])
def test_the_links_of_what_an_artist_reads_lead_into_the_zip(
    made: tuple[Path, Path], name: str
) -> None:
    files = files_of(made[0])
    links = re.findall(r"\]\(([^)#:]+)[^):]*\)", files[f"{TOP}/{name}"].decode())
    for link in links:
        assert os.path.normpath(f"{TOP}/{name}/../{link}") in files, link


def test_a_folder_that_is_no_checkout_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"is not a git checkout(?s:.*)clone the repository"):
        package(tmp_path, tmp_path / "dist", {})
    assert not (tmp_path / "dist").exists()


def test_a_wheel_that_cannot_be_built_is_told(tmp_path: Path) -> None:
    for name, text in {
        "pyproject.toml": "[project]\nname = 'maya-stylize'\n",
        "maya_stylize/__init__.py": '__version__ = "7"\n',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "broken")
    with pytest.raises(SetupError, match=r"The wheel cannot be built: (?s:.*)version"):
        package(tmp_path, tmp_path / "dist", {})


# From the zip into a Maya


@pytest.fixture
def unpacked(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """The download of an artist; in place of the engine's gigabyte, a wheel of one line."""
    with zipfile.ZipFile(made[0]) as opened:
        opened.extractall(tmp_path / "ダウン load")
    root = tmp_path / "ダウン load" / TOP
    small = write_source(tmp_path / "small")
    for path in (small / "requirements").iterdir():
        assert (root / "requirements" / path.name).is_file()
        (root / "requirements" / path.name).write_bytes(path.read_bytes())
    (root / "scripts" / "installer" / "prove.py").write_text(PROVE)
    return root


@pytest.mark.skipif(os.name == "nt", reason="the stand-in of mayapy is a shell script")
def test_it_installs_and_works_in_a_maya_and_leaves_nothing(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "ホーム"
    home.mkdir()
    binaries = tmp_path / "autodesk" / "maya2025" / "bin"
    binaries.mkdir(parents=True)
    mayapy = binaries / "mayapy"
    mayapy.write_text(
        f'#!/bin/sh\nexport FAKE_MAYAPY="{home}"\n'
        f'export PYTHONPATH="{FAKE_MAYA}${{PYTHONPATH:+:$PYTHONPATH}}"\n'
        f'[ "$2" = pip ] || set -- -S "$@"\nexec "{sys.executable}" "$@"\n'
    )
    mayapy.chmod(0o755)
    # What the script starts. It is no ordinary Python by its name, and there is no other one.
    (binaries / "mayapy.bin").symlink_to(os.path.realpath(sys.executable))
    environment = {
        "PATH": str(home / "nowhere"),
        "HOME": str(home),
        "MAYA_LOCATION": str(binaries.parent),
        "MAYA_STYLIZE_HOME": str(home / "data"),
        "PIP_CONFIG_FILE": os.devnull,
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(binaries / "mayapy.bin"), str(unpacked / "scripts" / "install.py"), *arguments],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    wheels = ["--wheelhouse", str(tmp_path / "small" / "wheels")]
    printed = run("install", "--maya", "2025", "--backend", "tensorflow", *wheels)
    assert f"Maya Stylize {VERSION} for Maya 2025, engine: tensorflow" in printed
    module = home / "maya" / "modules" / "maya-stylize"
    installed = tree(module)
    for name, content in tree(unpacked / "maya_stylize").items():
        assert installed.get(f"scripts/maya_stylize/{name}") == content or "__pycache__" in name
    assert (module / "shelves" / "shelf_MayaStylize.mel").is_file()
    # The stand-in has no color configuration of its own.
    code = (
        f"from stand_in import scene; scene.color_prefs['configFilePath'] = {__file__!r}; "
        "from maya_stylize import selftest; raise SystemExit(selftest.main())"
    )
    inside = {**environment, "PYTHONPATH": str(module / "scripts")}
    tried = subprocess.run(
        [str(mayapy), "-c", code], cwd=home, env=inside, capture_output=True, text=True
    )
    assert tried.returncode == 0, tried.stdout
    assert re.fullmatch(r"\d\d+ ok, 0 failed, 1 skipped", tried.stdout.splitlines()[-1])

    # The bundled model is found without any network, by the engine of what was installed.
    code = "from maya_stylize.convert import sources; print(sources.locate())"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        env=inside,
        capture_output=True,
        text=True,
    )
    bundled = module / "scripts" / "maya_stylize" / "model" / "vgg_normalised.h5"
    assert found.stdout.strip() == str(bundled), found.stderr

    # The command line too; what it needs is not downloaded again, but this environment's.
    command = module / "bin" / "maya-stylize"
    assert printed.endswith(f"The command line: {command}\n")
    assert said(command, "--version", PYTHONPATH=borrowed()) == f"maya-stylize {VERSION}\n"
    code = "import json, os, sys; print(json.dumps([sys.path, os.environ['PYTHONPATH']]))"
    (tmp_path / "say.py").write_text(code)
    variables = {**environment, "PYTHONPATH": os.pathsep.join([borrowed(), "/studio"])}
    words = ("mayapy", str(tmp_path / "say.py"))
    path, python_path = json.loads(said(command, *words, **variables))
    assert "/studio" in path
    assert str(module / "scripts") in python_path.split(os.pathsep)
    assert not [entry for entry in path if "engine" in entry]

    run("uninstall")
    assert tree(home) == {}


# The wheel


def test_the_wheel_gives_the_command_in_an_environment_of_its_own(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "engine"
    venv.create(folder)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install"]
    options = ["--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, *options, str(made[1])], cwd=tmp_path, check=True)
    # What it needs is not downloaded again; this environment's own is behind the new one's.
    (purelib,) = folder.rglob("site-packages")
    (purelib / "borrowed.pth").write_text(f"{borrowed()}\n")
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAYA_STYLIZE")}
    environment = {**own, "MAYA_STYLIZE_HOME": str(tmp_path / "home")}
    environment.pop("PYTHONPATH", None)

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    command = str(scripts / "maya-stylize")
    assert run(command, "--version").stdout == f"maya-stylize {VERSION}\n"
    without = run(command, "model", "info")  # it has imported h5py and protobuf
    assert (without.returncode, without.stdout) == (1, "")
    assert "There is no model on this machine" in without.stderr
    code = "import maya_stylize; print(maya_stylize.__path__[0])"
    assert run(str(scripts / "python"), "-c", code).stdout.strip() == str(purelib / "maya_stylize")
    packaged = {
        name.relative_to(purelib).as_posix()
        for name in (purelib / "maya_stylize").rglob("*")
        if name.is_file() and "__pycache__" not in name.parts
    }
    source = {path.relative_to(ROOT).as_posix() for path in layout.contents(ROOT).values()}
    assert packaged == {
        name for name in source if name.startswith("maya_stylize/") and "/model/" not in name
    }


# The command


def test_the_task_makes_both_with_the_environments_python(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    class Recorder:
        def __init__(self, root: Path) -> None:
            assert root == ROOT

        def prepare(self, kind: str) -> None:
            asked.append(kind)

        def call(self, *arguments: str) -> int:
            asked.append(arguments)
            return 5

    monkeypatch.setattr(dev_tasks, "Environment", Recorder)
    assert dev_tasks.main(["package", "--with-model"]) == 5
    assert dev_tasks.main(["package"]) == 5
    script = "scripts/distribution.py"
    assert asked == ["engine", (script, "--with-model"), "engine", (script,)]


def test_the_command_says_what_it_made(
    checkout: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(distribution, "ROOT", checkout)
    wheel = f"maya_stylize-{VERSION}-py3-none-any.whl"
    monkeypatch.setattr(distribution, "build_wheel", lambda commit: (wheel, {}))
    assert distribution.main([str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert "changes that are not committed stay out" in printed.err
    lines = printed.out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        str(tmp_path / f"{TOP}.zip"),
        str(tmp_path / wheel),
    ]
    monkeypatch.setattr(distribution, "ROOT", tmp_path)
    assert distribution.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("error: ")
