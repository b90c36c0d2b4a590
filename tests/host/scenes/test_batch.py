"""The command, in processes of its own: what is printed, the exit code, the report, Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import maya_stylize
from maya_stylize import batch

Department = Any
HANGING_SECONDS = 600
ROOT = Path(maya_stylize.__file__).resolve().parents[1]


def start(mayapy: Path, *arguments: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(mayapy), "-m", "maya_stylize.batch", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(mayapy: Path, *arguments: Any) -> tuple[int, str, str]:
    process = start(mayapy, *arguments)
    out, err = process.communicate(timeout=HANGING_SECONDS)
    return process.returncode, out, err


def test_scenes_are_made_and_the_report_says_so(department: Department, mayapy: Path) -> None:
    department.textured("gone", department.folder / "gone.png")
    bad = department.scene("bad.ma", brick="brick.png")
    good = department.scene("good.mb", moss="moss.png")
    report = department.folder / "report.json"
    common = ("--recipe", department.recipe, "--report", report)
    code, out, err = run(mayapy, bad, good, *common)
    assert code == 1
    data = json.loads(report.read_text())
    assert (data["report"], data["ok"]) == (1, False)
    first, second = data["scenes"]
    assert (first["scene"], first["status"], first["ok"]) == (str(bad), "saved", False)
    assert (second["ok"], second["saved"]) == (True, str(department.folder / "good_stylized.mb"))
    assert second["textures"] == [
        {
            "nodes": ["moss"],
            "picture": (department.folder / "moss.png").as_posix(),
            "status": "made",
            "output": str(department.folder / "moss_stylized.png"),
            "message": "",
        }
    ]
    lines = out.splitlines()
    assert f"Opening {good}" in lines
    assert "moss_stylized.png: octave 32x32" in lines
    assert lines[-1] == "2 scenes; pictures: 2 made, 1 failed"
    assert str(bad) in err
    assert str(good) not in err
    department.picture("gone.png")
    code, out, err = run(mayapy, bad, good, *common)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "2 scenes; pictures: 1 made, 2 there"


def test_what_is_chosen_and_a_dry_run(department: Department, mayapy: Path) -> None:
    scene = department.scene("wall.ma", brick="a/brick.png", moss="b/moss.png")
    before = sorted(department.folder.rglob("*"))
    common = (scene, "--recipe", department.recipe, "--dry-run")
    code, out, _ = run(mayapy, *common, "--match", "*/b/*", "--save-as", "{stem}_x.ma")
    assert code == 0
    assert "to make  moss:" in out
    assert "brick:" not in out
    assert f"listed: {department.folder / 'wall_x.ma'}" in out
    code, out, _ = run(mayapy, *common, "--material", "brick_mtl", "-o", department.folder / "new")
    assert f"-> {department.folder / 'new' / 'brick_stylized.png'}" in out
    code, out, _ = run(mayapy, *common, "--selected-set", "none")
    assert (code, "There is no set none" in out) == (1, True)
    code, out, _ = run(mayapy, *common, "--match", "nothing")
    assert (code, out.splitlines()[-1]) == (1, "1 scene; pictures: none was found")
    assert sorted(department.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "required: --recipe"),
        (("--recipe", "none.json"), "none.json: cannot be read"),
        (("--recipe", "{recipe}", "--save-as", "{{stem}}{{suffix}}"), "is the scene"),
    ],
)
def test_wrong_usage(
    department: Department, mayapy: Path, arguments: tuple[str, ...], message: str
) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    given = [each.format(recipe=department.recipe) for each in arguments]
    code, _, err = run(mayapy, scene, *given)
    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_scenes_are_found_by_patterns_that_no_shell_has_expanded(
    department: Department, mayapy: Path
) -> None:
    folder = department.folder
    scenes = [department.scene(f"shots/{name}.ma", brick="brick.png") for name in ("b", "a[1]")]
    department.scene("shots/1.mb", brick="brick.png")
    report = folder / "report.json"
    common = ("--recipe", department.recipe, "--report", report, "--dry-run")

    def opened(*given: Path) -> list[str]:
        run(mayapy, *given, *common)
        return [scene["scene"] for scene in json.loads(report.read_text())["scenes"]]

    assert opened(folder / "shots/*.ma", scenes[0]) == [str(scenes[1]), str(scenes[0])]
    assert opened(scenes[1]) == [str(scenes[1])]
    absent = folder / "shots/c*.ma"
    assert opened(absent) == [str(absent)]


def test_names_of_all_letters_and_pipes_that_know_few(
    department: Department, mayapy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    scene = department.scene("Mäuerchen 壁.ma", brick="Ziegel ö.png")
    report = department.folder / "report.json"
    code, out, err = run(mayapy, scene, "--recipe", department.recipe, "--report", report)
    assert (code, err) == (0, "")
    assert "M\\xe4uerchen \\u58c1.ma" in out
    told = json.loads(report.read_text())["scenes"][0]
    assert Path(told["saved"]) == department.folder / "Mäuerchen 壁_stylized.ma"
    assert Path(told["saved"]).is_file()


def test_the_work_goes_on_when_nobody_reads_any_more(department: Department, mayapy: Path) -> None:
    scenes = [department.scene(f"{name}.ma", **{name: f"{name}.png"}) for name in ("a", "b")]
    process = start(mayapy, *scenes, "--recipe", department.recipe)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(HANGING_SECONDS) == 0
    assert (department.folder / "b_stylized.ma").is_file()


def test_a_report_that_cannot_be_written_is_told_before_the_work(
    department: Department, mayapy: Path
) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    report = department.folder / "no" / "report.json"
    code, out, err = run(mayapy, scene, "--recipe", department.recipe, "--report", report)
    assert (code, out) == (1, "")
    assert "report.json cannot be written: No such file or directory." in err


class Reader(io.StringIO):
    """Whoever reads what is printed, and does something at some lines."""

    def __init__(self, does: dict[str, Callable[[], Any]]) -> None:
        super().__init__()
        self.does = does

    def write(self, text: str) -> int:
        self.does.get(text, bool)()
        return super().write(text)


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_report_s_folder_that_goes_away_does_not_end_the_batch(
    department: Department,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    comes_back: bool,
) -> None:
    scenes = [department.scene(f"{name}.ma", **{name: f"{name}.png"}) for name in "abc"]
    share, away = department.folder / "share", department.folder / "away"
    share.mkdir()
    does: dict[str, Callable[[], Any]] = {f"Opening {scenes[1]}": lambda: share.rename(away)}
    if comes_back:
        does[f"Opening {scenes[2]}"] = lambda: away.rename(share)
    monkeypatch.setattr(sys, "stdout", printed := Reader(does))
    report = share / "report.json"
    given = [*map(str, scenes), "--recipe", str(department.recipe), "--report", str(report)]
    code = batch.main(given)
    assert f"{report} cannot be written: No such file or directory." in printed.getvalue()
    for scene in scenes:
        assert scene.with_name(f"{scene.stem}_stylized.ma").is_file()
    written = json.loads(((share if comes_back else away) / "report.json").read_text())
    assert len(written["scenes"]) == (3 if comes_back else 1)
    assert code == (0 if comes_back else 1)
    assert ("the report lacks the last scenes" in capsys.readouterr().err) is not comes_back


@pytest.mark.parametrize("name", ["other.ma", "wall.ma", "recipe.json", "notes.json", "new.txt"])
def test_a_report_replaces_nothing_but_a_report(
    department: Department, mayapy: Path, name: str
) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    department.scene("other.ma", moss="moss.png")
    department.picture("notes.json", '{"report": "of the week"}')
    before = {path: path.read_bytes() for path in department.folder.iterdir() if path.is_file()}
    report = department.folder / name
    code, out, err = run(mayapy, scene, "--recipe", department.recipe, "--report", report)
    assert (code, out) == (2, "")
    assert err.startswith(f"maya-stylize: {report} is ")
    assert "ending in .json" in err
    after = {path: path.read_bytes() for path in department.folder.iterdir() if path.is_file()}
    assert after == before


def test_a_wrong_recipe_leaves_the_earlier_report(department: Department, mayapy: Path) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    report = department.picture("report.json", '{"report": 1, "ok": true, "scenes": []}')
    before = report.read_bytes()
    code, _, err = run(mayapy, scene, "--recipe", "none.json", "--report", report)
    assert (code, report.read_bytes()) == (2, before), err
    code, _, err = run(mayapy, scene, "--recipe", department.recipe, "--report", report)
    assert code == 0, err
    assert json.loads(report.read_text())["scenes"][0]["status"] == "saved"


@pytest.mark.parametrize(
    ("has_maya", "message", "hint"),
    [
        (False, "This Python has no Maya: No module named 'maya'.", "maya-stylize mayapy -m"),
        (True, "Maya could not start: Failed to obtain a license.", "license is free"),
    ],
)
def test_without_a_maya_that_starts_it_says_so(
    department: Department,
    mayapy: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_maya: bool,
    message: str,
    hint: str,
) -> None:
    monkeypatch.setenv("FAKE_LICENSE", "none")
    scene = department.scene("wall.ma", brick="brick.png")
    report = department.folder / "report.json"
    python = mayapy if has_maya else Path(sys.executable)
    code, out, err = run(python, scene, "--recipe", department.recipe, "--report", report)
    assert (code, out) == (1, "")
    assert err.startswith(f"maya-stylize: {message}\n  ")
    assert hint in err
    assert "Traceback" not in err
    assert not report.exists()


def test_without_an_engine_it_says_so(
    department: Department, mayapy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = department.scene("wall.ma", brick="brick.png")
    monkeypatch.delenv("MAYA_STYLIZE_PYTHON")
    code, _, err = run(mayapy, scene, "--recipe", department.recipe)
    assert code == 1
    assert err.startswith("maya-stylize: The engine is not installed.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_checkpoint_and_the_next_run_goes_on(
    department: Department, mayapy: Path, number: signal.Signals
) -> None:
    department.picture("slow.png", "slow")
    first = department.scene("first.ma", brick="brick.png")
    second = department.scene("second.ma", slow="slow.png", moss="moss.png")
    third = department.scene("third.ma", late="late.png")
    report = department.folder / "report.json"
    arguments = (first, second, third, "--recipe", department.recipe, "--report", report)
    process = start(mayapy, *arguments)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("slow_stylized.png: octave"):
            break
    process.send_signal(number)
    _, err = process.communicate(timeout=HANGING_SECONDS)
    assert process.returncode == 130, err
    assert "goes on from there" in err
    assert "Traceback" not in err
    checkpoint = department.folder / "slow_stylized.png.checkpoint"
    assert checkpoint.is_file()
    statuses = [scene["status"] for scene in json.loads(report.read_text())["scenes"]]
    assert statuses == ["saved", "interrupted"]
    saved = sorted(path.name for path in department.folder.glob("*_stylized.ma"))
    assert saved == ["first_stylized.ma"]
    assert not list(department.folder.glob(".maya-stylize-*"))
    code, _, err = run(mayapy, *arguments)
    assert (code, err) == (0, "")
    assert not checkpoint.exists()
    assert department.jobs[:2] == ["brick_stylized.png begun", "slow_stylized.png begun"]
    assert department.jobs[2] == "slow_stylized.png resumed"
    assert sorted(department.jobs[3:]) == ["late_stylized.png begun", "moss_stylized.png begun"]


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("earlier", [False, True])
def test_a_run_that_dies_while_it_saves_knows_its_scene_again(
    department: Department, mayapy: Path, moved: bool, earlier: bool
) -> None:
    department.textured("gone", department.folder / "gone.png")
    scene = department.scene("wall.ma", brick="brick.png")
    saved = department.folder / "wall_stylized.ma"
    if earlier:
        run(mayapy, scene, "--recipe", department.recipe)
        assert saved.is_file()
    department.picture("gone.png")
    move = "move(*paths)" if moved else "None"
    code = (
        "import os; from maya_stylize import api; from maya_stylize.host import scene_files;"
        "move = scene_files._take_over;"
        f"scene_files._take_over = lambda *paths: ({move}, os._exit(9));"
        f"api.run([{str(scene)!r}], {str(department.recipe)!r})"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([str(mayapy), "-c", code], env=environment).returncode == 9
    assert saved.is_file() is (moved or earlier)
    code, out, err = run(mayapy, scene, "--recipe", department.recipe)
    assert (code, err) == (0, ""), out
    assert out.splitlines()[-1] == "1 scene; pictures: 2 there"
    assert f"  {'unchanged' if moved else 'saved'}: {saved}" in out.splitlines()
    assert department.links(saved) == {
        "brick_mtl": "brick_stylized.png",
        "gone_mtl": "gone_stylized.png",
    }


def test_nothing_of_the_engine_is_imported_in_maya_s_process(
    department: Department, mayapy: Path
) -> None:
    """With everything on the path that this Python has, where that is the engine's too."""
    scene = department.scene("wall.ma", brick="brick.png")
    path = [str(ROOT), *sys.path]
    code = (
        f"import sys; sys.path[:0] = {path!r}; from maya_stylize import api, batch;"
        f"done = api.run([{str(scene)!r}], {str(department.recipe)!r}); assert done.ok, done;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([str(mayapy), "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    fake = {path.stem for path in mayapy_modules()}
    roots = set(done.stdout.split()) - set(sys.stdlib_module_names) - {"__main__"}
    assert {"maya", "maya_stylize"} <= roots
    assert roots <= {"maya", "maya_stylize", *fake}


def mayapy_modules() -> list[Path]:
    return list((Path(__file__).parents[1] / "fake_maya").glob("*.py"))
