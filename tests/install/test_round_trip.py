"""Installing and removing: what is there in between, and that nothing is left behind."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from installer import engine, layout, overview, receipt, removal
from installer.errors import SetupError
from installer.installation import Request, install
from installer.machine import Machine
from stand_ins import receipt_of, said, tree, write_source

from maya_stylize import __version__, settings
from maya_stylize.errors import StylizeError


def silent(_: str) -> None:
    """Take a line and drop it."""


def modules_of(machine: Machine) -> Path:
    return machine.home / "maya" / "modules"


def engine_of(machine: Machine) -> Path:
    return settings.user_folder() / "engine" / str(receipt_of(modules_of(machine))["engine"])


def blocks(text: str) -> list[list[str]]:
    return [block.splitlines() for block in text.split("\n\n")]


@pytest.mark.usefixtures("offline")
def test_a_whole_round_with_pip(source: Path, home: Path, here: Machine, request_: Request) -> None:
    before = tree(home)
    model = home / "模型.h5"
    model.write_bytes(b"weights")
    with_model = tree(home)
    lines: list[str] = []
    install(source, dataclasses.replace(request_, model=model), here, lines.append)
    assert "One convolution was right: tensorflow 1.0 on cpu:0 (a processor)" in lines

    assert lines[-5:-2] == [
        f"Model converted: {settings.cached_model()}",
        "Network: a test's network.",
        "for tests only",
    ]

    modules = modules_of(here)
    installed = tree(modules)
    for name, content in {
        "maya-stylize/scripts/maya_stylize/__init__.py": "maya_stylize/__init__.py",
        "maya-stylize/scripts/maya_stylize/exemplars/rust.png": "maya_stylize/exemplars/rust.png",
        "maya-stylize/shelves/shelf_MayaStylize.mel": "shelf/shelf_MayaStylize.mel",
        "maya-stylize/icons/stylize.svg": "shelf/icons/stylize.svg",
    }.items():
        assert installed[name] == tree(source)[content]
    assert not [name for name in installed if "__pycache__" in name or name.endswith(".part")]
    assert blocks((modules / "maya_stylize.mod").read_text(encoding="ascii")) == [
        [
            f"+ MAYAVERSION:{year} PLATFORM:linux maya-stylize {__version__} ./maya-stylize",
            shelves,
        ]
        for year, shelves in dict.fromkeys(
            ("2024", "2025", "2027"), "MAYA_SHELF_PATH+:=shelves"
        ).items()
    ]

    python = settings.load()["engine_python"]
    command = [python, "-c", "import first, part; print(part.VERSION)"]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "1.0\n"
    assert settings.cached_model().read_bytes() == b"weights"
    described, whole = overview.describe(layout.places(here, None), here)
    assert whole
    assert f"engine      {engine_of(here)} (tensorflow)" in described

    command = modules / "maya-stylize" / "bin" / "maya-stylize"
    assert lines[-1] == f"The command line: {command}"
    assert f"command     {command}" in described
    assert said(command, "--version", "a  b$") == "1.0 1.0 no model a  b$\n"
    link = home / "a link"
    link.symlink_to(command)
    assert said(link, "--version", PYTHONHOME="/of/maya") == "1.0 1.0 no model\n"
    link.unlink()

    removal.uninstall(layout.places(here, None), ())
    assert tree(home) == with_model
    model.unlink()
    assert tree(home) == before


@pytest.mark.usefixtures("offline")
def test_mayas_own_python_gets_a_folder_of_packages(
    source: Path, home: Path, here: Machine, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installer.interpreters.find", lambda versions: None)
    before = tree(home)
    install(source, request_, here, silent)
    kept = settings.load()
    assert kept["engine_python"] == str(home / "applications" / "maya2027" / "bin" / "mayapy")
    assert (Path(kept["engine_packages"]) / "part.py").is_file()
    assert engine_of(here) == Path(kept["engine_packages"])
    command = modules_of(here) / "maya-stylize" / "bin" / "maya-stylize"
    assert said(command, "--version") == "1.0 1.0 no model\n"
    removal.uninstall(layout.places(here, None), ())
    assert tree(home) == before


def test_installing_again_changes_nothing(
    source: Path, home: Path, here: Machine, request_: Request, quick: list[str]
) -> None:
    install(source, request_, here, silent)
    first = tree(home)
    times = {path: path.stat().st_mtime_ns for path in home.rglob("*.py")}
    quick.clear()
    install(source, request_, here, silent)
    assert tree(home) == first
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*.py")} == times
    assert quick == []


@pytest.mark.usefixtures("quick")
def test_a_file_that_was_deleted_or_changed_is_mended(
    source: Path, home: Path, here: Machine, request_: Request
) -> None:
    install(source, request_, here, silent)
    whole = tree(home)
    package = modules_of(here) / "maya-stylize" / "scripts" / "maya_stylize"
    (package / "__init__.py").unlink()
    (package / "ui" / "__init__.py").write_text("broken")
    (engine_of(here) / "bin" / "python").unlink()
    described, fine = overview.describe(layout.places(here, None), here)
    assert not fine
    assert "maya_stylize/__init__.py" in described[-2]
    install(source, request_, here, silent)
    assert tree(home) == whole


@pytest.mark.usefixtures("quick")
def test_what_python_compiled_goes_and_what_the_user_added_stays(
    source: Path, home: Path, here: Machine, request_: Request
) -> None:
    before = tree(home)
    install(source, request_, here, silent)
    package = modules_of(here) / "maya-stylize" / "scripts" / "maya_stylize"
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "__init__.cpython-311.pyc").write_bytes(b"compiled")
    notes = modules_of(here) / "maya-stylize" / "icons" / "notes.txt"
    notes.write_text("mine")
    other = modules_of(here) / "other.mod"
    other.write_text("+ other 1.0 ./other")
    settings.remember({"theme": "dark"})
    lines = removal.uninstall(layout.places(here, None), ())
    assert lines[-1] == f"left, for it was not installed: {notes}"
    assert settings.load() == {"theme": "dark"}
    for path in (notes, other, home / "home/data/maya-stylize/settings.json"):
        path.unlink()
    for folder in (notes.parents[0], notes.parents[1], notes.parents[2]):
        folder.rmdir()
    left = {name for name in tree(home) if name not in before}
    assert left == {"home/data", "home/data/maya-stylize"}


@pytest.mark.usefixtures("quick")
def test_one_maya_after_another(source: Path, home: Path, here: Machine, request_: Request) -> None:
    before = tree(home)
    where = layout.places(here, None)

    def years() -> list[str]:
        text = (where.modules / "maya_stylize.mod").read_text()
        return [block[0].split()[1].partition(":")[2] for block in blocks(text)]

    install(source, dataclasses.replace(request_, mayas=("2027",)), here, silent)
    assert years() == ["2027"]
    install(source, dataclasses.replace(request_, mayas=("2024", "2026")), here, silent)
    assert years() == ["2024", "2026", "2027"]
    lines = removal.uninstall(where, ("2026",))
    assert lines == ["Removed from Maya 2026; Maya 2024, 2027 keep it."]
    assert years() == ["2024", "2027"]
    assert overview.describe(where, here)[1]
    removal.uninstall(where, ("2024", "2027"))
    assert tree(home) == before


@pytest.mark.usefixtures("quick")
def test_an_upgrade_replaces_the_old_version_and_its_engine(
    source: Path, home: Path, here: Machine, request_: Request, tmp_path: Path
) -> None:
    before = tree(home)
    install(source, request_, here, silent)
    old_engine = engine_of(here)
    newer = write_source(tmp_path / "newer", "2.0")
    (newer / "maya_stylize" / "ui" / "__init__.py").rename(newer / "maya_stylize" / "panel.py")
    install(newer, dataclasses.replace(request_, wheelhouse=newer / "wheels"), here, silent)
    package = modules_of(here) / "maya-stylize" / "scripts" / "maya_stylize"
    assert (package / "panel.py").is_file()
    assert not (package / "ui").exists()
    assert not old_engine.exists()
    assert engine_of(here).is_dir()
    assert overview.describe(layout.places(here, None), here)[1]
    removal.uninstall(layout.places(here, None), ())
    assert tree(home) == before


def test_a_failed_upgrade_leaves_the_old_version_at_work(
    source: Path,
    here: Machine,
    request_: Request,
    tmp_path: Path,
    quick: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(source, request_, here, silent)
    kept = settings.load()
    files = {name: kind for name, kind in tree(modules_of(here)).items() if "receipt" not in name}
    newer = write_source(tmp_path / "newer", "2.0")

    def no_network(*_: object) -> None:
        raise SetupError("pip failed")

    monkeypatch.setattr(engine.pip, "install", no_network)
    with pytest.raises(SetupError, match="pip failed"):
        install(newer, request_, here, silent)
    assert settings.load() == kept
    assert Path(kept["engine_python"]).is_file()
    after = tree(modules_of(here))
    assert {name: kind for name, kind in after.items() if "receipt" not in name} == files
    lines, whole = overview.describe(layout.places(here, None), here)
    assert not whole
    assert lines[-1] == "It is not whole: run install again, which mends it."


@pytest.mark.usefixtures("quick")
@pytest.mark.skipif(os.name == "nt", reason="Windows knows no read-only folders")
def test_a_studios_install_is_relative_and_needs_no_writing(
    source: Path, home: Path, here: Machine, request_: Request, tmp_path: Path
) -> None:
    before = tree(home)
    model = tmp_path / "model.h5"
    model.write_bytes(b"weights")
    share = tmp_path / "share"
    lines: list[str] = []
    request = dataclasses.replace(request_, shared=share, mayas=("2025",), model=model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.Engine, "call", _convert)
        install(source, request, here, lines.append)
    assert f"Set MAYA_MODULE_PATH={share} for everybody who is to have it." in lines
    assert tree(home) == before  # nothing of the one who installs
    text = (share / "maya_stylize.mod").read_text(encoding="ascii")
    assert str(tmp_path) not in text
    variables = dict(line.split(":=") for line in blocks(text)[0] if ":=" in line)
    assert sorted(variables) == ["MAYA_SHELF_PATH+", "MAYA_STYLIZE_MODEL", "MAYA_STYLIZE_PYTHON"]
    moved = tmp_path / "moved share"
    share.rename(moved)
    module = moved / "maya-stylize"
    command = module / "bin" / "maya-stylize"
    assert str(tmp_path) not in command.read_text()
    part = (module / variables["MAYA_STYLIZE_PYTHON"]).parent  # what stands for pip puts it there
    printed = said(command, "--version", PYTHONPATH=str(part))
    assert printed == f"1.0 1.0 {module / 'model'}\n"
    assert (module / variables["MAYA_STYLIZE_PYTHON"]).is_file()
    assert (module / variables["MAYA_STYLIZE_MODEL"] / settings.MODEL_NAME).is_file()
    where = layout.places(here, moved)
    assert (
        overview.describe(where, here)[0][-2]
        == f"model       {module / 'model' / settings.MODEL_NAME}"
    )
    share.mkdir()
    moved.rename(share / "in")
    install(source, dataclasses.replace(request, shared=share / "in", model=None), here, silent)
    assert "MAYA_STYLIZE_MODEL:=model" in (share / "in" / "maya_stylize.mod").read_text()


def _convert(found: engine.Engine, source: Path, *arguments: str, **variables: str) -> list[str]:
    if "fetch" in arguments:
        target = Path(variables["MAYA_STYLIZE_HOME"]) / "models" / settings.MODEL_NAME
        target.parent.mkdir()
        target.write_bytes(Path(arguments[-1]).read_bytes())
    facts = {"identity": "", "source": "x.h5", "fingerprint": 64 * "0", "notice": "a notice"}
    return [json.dumps({"provenance": facts})]


@pytest.mark.usefixtures("quick")
def test_a_model_of_the_users_own_stays(
    source: Path, here: Machine, request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.models_folder().mkdir(parents=True)
    settings.cached_model().write_bytes(b"older")
    model = tmp_path / "model.h5"
    model.write_bytes(b"newer")
    monkeypatch.setattr(engine.Engine, "call", _convert)
    install(source, dataclasses.replace(request_, model=model), here, silent)
    removal.uninstall(layout.places(here, None), ())
    assert settings.cached_model().read_bytes() == b"newer"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "{}", '{"version": 1}', "null", "\udcff"],
)
def test_a_broken_receipt_is_named_and_mended(
    source: Path, home: Path, here: Machine, request_: Request, damage: str
) -> None:
    install(source, request_, here, silent)
    whole = tree(home)
    where = layout.places(here, None)
    where.receipt.write_bytes(damage.encode("utf-8", "surrogateescape"))
    for call in (
        lambda: removal.uninstall(where, ()),
        lambda: install(source, request_, here, silent),
        lambda: overview.describe(where, here),
    ):
        with pytest.raises(SetupError, match=r"receipt.json is damaged.*\nDelete it and install"):
            call()
    assert {**tree(home), **_only(whole, "receipt.json")} == whole
    where.receipt.unlink()
    install(source, request_, here, silent)
    assert _only(tree(home), "") == {**whole, **_only(tree(home), "receipt.json")}
    removal.uninstall(where, ())
    assert not (where.modules / "maya_stylize.mod").exists()
    assert not where.module.exists()


def _only(found: dict[str, str], end: str) -> dict[str, str]:
    return {name: kind for name, kind in found.items() if name.endswith(end)}


@pytest.mark.parametrize(
    "changes",
    [
        {"files": ["../../other.txt"]},
        {"files": ["/etc/passwd"]},
        {"files": [""]},
        {"files": [1]},
        {"mayas": "2025"},
        {"complete": 1},
    ],
)
def test_a_receipt_that_would_remove_other_things_is_refused(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    path = tmp_path / "receipt.json"
    receipt.write(path, receipt.Receipt("1.0", True, ["2025"], False, "torch", files=["a/b.py"]))
    content = json.loads(path.read_text())
    assert receipt.read(path) == receipt.Receipt(**content)
    path.write_text(json.dumps({**content, **changes}))
    with pytest.raises(SetupError, match="damaged"):
        receipt.read(path)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("taken", ["maya", "maya/modules", "maya/modules/maya-stylize"])
def test_a_place_that_cannot_be_written_is_named(
    source: Path, home: Path, here: Machine, request_: Request, taken: str
) -> None:
    """A file in a folder's place, for the tests may run as a user who may write everywhere."""
    path = here.home / taken
    (here.home / "maya" / "prefs" / "userPrefs.mel").unlink()
    (here.home / "maya" / "prefs").rmdir()
    (here.home / "maya").rmdir()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a file")
    before = tree(home)
    with pytest.raises(StylizeError, match=r"maya-stylize.* cannot be written: .*permissions"):
        install(source, request_, here, silent)
    assert tree(home) == before


def test_without_any_maya_one_must_be_named(
    source: Path, home: Path, request_: Request, quick: list[str]
) -> None:
    bare = Machine("linux", {}, home / "home", (), False, False)
    before = tree(home)
    with pytest.raises(SetupError, match=r"No Maya 2024 to 2027 was found.*\n.*--maya 2025"):
        install(source, request_, bare, silent)
    assert tree(home) == before
    install(source, dataclasses.replace(request_, mayas=("2026",)), bare, silent)
    assert "MAYAVERSION:2026" in (modules_of(bare) / "maya_stylize.mod").read_text()


def test_nothing_installed_is_said(here: Machine) -> None:
    with pytest.raises(SetupError, match="Nothing is installed in"):
        removal.uninstall(layout.places(here, None), ())
    lines, whole = overview.describe(layout.places(here, None), here)
    assert not whole
    assert lines[0].startswith("Not installed in")


def test_python_that_is_named_must_do(
    source: Path, here: Machine, request_: Request, quick: list[str], tmp_path: Path
) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\necho 3.9 64 ordinary\n")
    old.chmod(0o755)
    for named in (str(old), str(tmp_path / "none"), str(tmp_path)):
        with pytest.raises(SetupError, match=r"cannot be used: it is not an ordinary 64 bit"):
            install(source, dataclasses.replace(request_, python=named), here, silent)
    install(source, dataclasses.replace(request_, python=sys.executable), here, silent)
    marker = json.loads((engine_of(here) / engine.MARKER).read_text())
    assert marker["version"] == "{}.{}".format(*sys.version_info)
