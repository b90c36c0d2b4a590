"""Batches as users start them. The worker copies pictures, but where its results are looked at."""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest

import maya_stylize
from maya_stylize import recipes
from maya_stylize.cli import main
from maya_stylize.cli.batch.items import items, pictures
from maya_stylize.cli.batch.progress import Display
from maya_stylize.cli.batch.survey import survey
from maya_stylize.convert import sources
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.backend import activate
from maya_stylize.engine.resolution import for_metadata, resolve
from maya_stylize.images import reader, writer
from maya_stylize.ledger import Ledger

ROOT = Path(maya_stylize.__file__).parents[1]
COPYING = Path(__file__).parent / "workers" / "copying.py"
HANGING_SECONDS = 900
RECIPE = '{"recipe": 1, "job": {"kind": "stylize", "styles": ["rust.png"]}}'
EACH = """{"recipe": 1, "job": {"kind": "stylize"}, "exemplars": ["rust.png", "bricks.png"],
 "output": "{stem}_{exemplar}{suffix}"}"""


@pytest.fixture
def folder(tmp_path, narrow_model, monkeypatch) -> Path:
    """A folder with recipes and pictures, where the commands are run, and the copying worker."""
    monkeypatch.setenv("MAYA_STYLIZE_PYTHON", str(worker(tmp_path, "cpu:0")))
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    monkeypatch.chdir(tmp_path)
    for name in ("rust", "bricks"):
        picture(tmp_path / f"{name}.png", name)
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        picture(tmp_path / "in" / f"{name}.png")
    (tmp_path / "recipe.json").write_text(RECIPE)
    (tmp_path / "each.json").write_text(EACH)
    return tmp_path


def worker(folder: Path, device: str) -> Path:
    """Write what stands for the engine's Python."""
    python = folder / "worker"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{COPYING}" {device}\n')
    python.chmod(0o755)
    return python


def picture(path: Path, exemplar: str = "pebbles", size: tuple[int, int] = (32, 40)) -> None:
    path.parent.mkdir(exist_ok=True)
    rows, columns = size
    writer.write(path, reader.read(EXEMPLARS / f"{exemplar}.png").pixels[:rows, :columns])


def batch(*words: str, recipe: str = "recipe.json") -> int:
    return main(["batch", *words, "--recipe", recipe])


def made(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_every_picture_of_a_folder_is_made_and_told(folder, capsys):
    (folder / "in" / "notes.txt").write_text("no picture")
    (folder / "in" / ".hidden.png").write_bytes(b"")
    assert batch("in", "-o", "out/deep") == 0
    out = folder / "out" / "deep"
    assert sorted(made(out)) == ["a_stylized.png", "b_stylized.png"]
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["out/deep/a_stylized.png", "out/deep/b_stylized.png"]
    assert "2 made." in printed.err


def test_run_again_it_makes_only_what_is_left(folder, capsys):
    assert batch("in", "-o", "out") == 0
    capsys.readouterr()
    before = {path: path.stat().st_mtime_ns for path in (folder / "out").glob("*.png")}
    picture(folder / "in" / "c.png")
    picture(folder / "in" / "b.png", "granite")
    assert batch("in", "-o", "out") == 0
    printed = capsys.readouterr()
    assert "2 made, 1 done before." in printed.err
    assert len(printed.out.splitlines()) == 3
    a = folder / "out" / "a_stylized.png"
    assert a.stat().st_mtime_ns == before[a]
    assert made(folder / "out")["b_stylized.png"] == (folder / "in" / "b.png").read_bytes()


def test_another_setting_or_exemplar_makes_it_anew(folder, capsys):
    assert batch("in/a.png", "-o", "out") == 0
    (folder / "recipe.json").write_text(RECIPE.replace("[", '["bricks.png", '))
    assert batch("in/a.png", "-o", "out") == 0
    picture(folder / "bricks.png", "granite")
    assert batch("in/a.png", "-o", "out") == 0
    assert capsys.readouterr().err.count("1 made.") == 3
    assert batch("in/a.png", "-o", "out") == 0
    assert "1 done before." in capsys.readouterr().err


def test_each_exemplar_has_its_results(folder):
    assert batch("in", "-o", "out", recipe="each.json") == 0
    names = ["a_bricks.png", "a_rust.png", "b_bricks.png", "b_rust.png"]
    assert sorted(made(folder / "out")) == names
    picture(folder / "moss.png", "granite")
    assert batch("in/a.png", "-o", "out", "--exemplar", "moss.png", recipe="each.json") == 0
    assert sorted(made(folder / "out")) == sorted([*names, "a_moss.png"])


def test_what_fails_is_told_and_the_rest_is_made(folder, capsys):
    (folder / "in" / "junk.png").write_bytes(b"junk")
    picture(folder / "in" / "this fails.png")
    picture(folder / "in" / "wird dies ü.png")
    assert batch("in", "missing.png", "-o", "out", "--report", "out.html") == 1
    assert sorted(made(folder / "out")) == ["a_stylized.png", "b_stylized.png"]
    printed = capsys.readouterr().err
    assert "2 made, 4 failed." in printed
    for reason in (
        "in/junk.png is not a PNG",
        "in/this fails.png is <no> picture.",
        "missing.png: cannot be read",
        "The engine was ended from outside. It is run once more.",
        "The engine was ended from outside.\n",
    ):
        assert reason in printed


@pytest.fixture
def screen(capsys, monkeypatch):
    """What a terminal shows, without what steers it."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    return lambda: re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().err)


def test_a_terminal_is_told_what_became_of_each(folder, screen):
    (folder / "in" / "[bold]junk.png").write_bytes(b"junk")
    assert batch("in", "-o", "out") == 1
    shown = screen()
    assert "failed    [bold]junk_stylized.png" in shown
    assert re.search(r"batch +\S+ +100% 2 of 2", shown)
    assert "3 of 2" not in shown


def test_one_display_tells_of_all_and_of_each_worker(folder, screen):
    recipe = recipes.load(folder / "recipe.json")
    found = survey(items(recipe, ["in/a.png", "in/b.png"], folder / "out"), Ledger("model"), [])
    with Display(found) as display:
        display.progress(0, 0, {"fraction": 0.5, "stage": "octave 40x32"})
        display.progress(1, 1, {"fraction": 0.1, "stage": "octave 20x16"})
    shown = screen()
    assert re.search(r"a_stylized\.png +\S+ +50% octave 40x32", shown)
    assert re.search(r"b_stylized\.png +\S+ +10% octave 20x16", shown)
    assert re.search(r"batch +\S+ +30% 0 of 2, \d:\d\d:\d\d left", shown)


def test_a_file_that_no_batch_made_stays(folder, capsys):
    (folder / "out").mkdir()
    (folder / "out" / "a_stylized.png").write_bytes(b"an artist's")
    assert batch("in", "-o", "out") == 1
    assert (folder / "out" / "a_stylized.png").read_bytes() == b"an artist's"
    assert "replace it with --overwrite a_stylized.png" in capsys.readouterr().err
    assert batch("in", "-o", "out", "--overwrite", "b_stylized.png") == 1
    assert (folder / "out" / "a_stylized.png").read_bytes() == b"an artist's"
    assert batch("in", "-o", "out", "--overwrite", "a_stylized.png") == 0
    assert (folder / "out" / "a_stylized.png").read_bytes() != b"an artist's"


def test_a_result_that_was_painted_over_stays(folder):
    assert batch("in", "-o", "out") == 0
    (folder / "out" / "b_stylized.png").write_bytes(b"painted over")
    (folder / "recipe.json").write_text(RECIPE.replace("[", '["bricks.png", '))
    assert batch("in", "-o", "out") == 1
    assert (folder / "out" / "b_stylized.png").read_bytes() == b"painted over"


def test_results_beside_their_pictures_are_not_taken_for_pictures(folder, capsys):
    for _ in range(2):
        assert batch("in", "-o", "in") == 0
    assert "2 done before." in capsys.readouterr().err
    assert len(made(folder / "in")) == 4


def test_results_in_another_folder_are_the_next_batchs_pictures(folder, capsys):
    assert batch("in", "-o", "first") == 0
    assert batch("first", "-o", "second") == 0
    names = ["a_stylized_stylized.png", "b_stylized_stylized.png"]
    assert sorted(made(folder / "second")) == names
    picture(folder / "in" / "a.png", "granite")
    assert batch("in", "-o", "first") == 0  # one is replaced
    capsys.readouterr()
    assert batch("first", "-o", "second") == 0
    assert "1 made, 1 done before." in capsys.readouterr().err
    changed = (folder / "in" / "a.png").read_bytes()
    assert made(folder / "second")[names[0]] == changed


@pytest.mark.parametrize(
    "copy",
    [
        "a.tx",
        "A.TX",
        "a.png.tx",
        "a_sRGB_ACEScg.tx",
        "a_Utility - sRGB - Texture_ACES_x.tx",
        "a_sRGB_ACEScg.png.tx",
    ],
)
def test_a_renderers_copy_of_a_picture_is_no_picture_unless_it_is_named(folder, copy):
    shutil.copy(folder / "in" / "a.png", folder / "in" / copy)
    assert batch("in", "-o", "out") == 0
    assert sorted(made(folder / "out")) == ["a_stylized.png", "b_stylized.png"]
    named = [str(path) for path in pictures([f"in/{copy}"], None, Path("out"))]
    assert named == [f"in/{copy}"]


@pytest.mark.parametrize("name", ["c.tx", "a_x.tx", "ab_sRGB_ACEScg.tx"])
def test_a_tx_without_its_picture_is_a_picture(folder, name):
    shutil.copy(folder / "in" / "a.png", folder / "in" / name)
    found = pictures(["in"], None, Path("out"))
    assert sorted(found) == sorted(["in/a.png", "in/b.png", f"in/{name}"])


def test_a_dry_run_tells_and_makes_nothing(folder, capsys):
    assert batch("in/a.png", "-o", "out") == 0
    (folder / "in" / "junk.png").write_bytes(b"junk")
    before = made(folder / "out")
    capsys.readouterr()
    assert batch("in", "-o", "out", "--dry-run") == 1
    printed = capsys.readouterr().out
    assert re.search(r"^done +a_stylized\.png$", printed, re.M)
    assert re.search(r"^to make +b_stylized\.png +40x32, [\d.]+ GiB", printed, re.M)
    assert re.search(r"^failed +junk_stylized\.png$", printed, re.M)
    assert "1 to make, 1 done before, 1 failed" in printed
    assert re.search(r"^memory +[\d.]+ GiB", printed, re.M)
    assert re.search(r"^time ", printed, re.M)
    assert made(folder / "out") == before
    assert batch("in/b.png", "-o", "new", "--dry-run") == 0
    assert not (folder / "new").exists()


def test_a_dry_run_tells_what_would_be_replaced(folder, capsys):
    assert batch("in/a.png", "-o", "out") == 0
    (folder / "recipe.json").write_text(RECIPE.replace("[", '["bricks.png", '))
    (folder / "out" / "b_stylized.png").write_bytes(b"an artist's")
    capsys.readouterr()
    assert batch("in", "-o", "out", "--dry-run") == 1
    printed = capsys.readouterr().out
    assert re.search(r"^replace +a_stylized\.png", printed, re.M)
    assert re.search(r"^failed +b_stylized\.png", printed, re.M)
    assert re.search(r"^replaced 1 of ", printed, re.M)
    assert batch("in", "-o", "out", "--dry-run", "--overwrite", "b_stylized.png") == 0
    assert re.search(r"^replaced 2 of ", capsys.readouterr().out, re.M)
    assert batch("in", "-o", "new", "--dry-run") == 0
    assert "replace" not in capsys.readouterr().out


@pytest.fixture
def killed(folder) -> Path:
    """A batch that was killed in its midst; what it is at is in out/this waits_stylized.png."""
    picture(folder / "in" / "this waits.png")
    command = [sys.executable, "-m", "maya_stylize", "batch", "in", "--recipe", "recipe.json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*command, "-o", "out"], env=environment) as process:
        end = time.monotonic() + HANGING_SECONDS
        while not (folder / "out" / ".maya-stylize" / "b_stylized.png.json").exists():
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        process.kill()
    return folder / "out" / "this waits_stylized.png"


def written_by_a_worker(path: Path, seed: int) -> bytes:
    """Write what the engine would have written just before the batch was killed."""
    recipe = recipes.load(Path("recipe.json"))
    (item,) = items(recipe, ["in/this waits.png"], Path("out"))
    model = sources.info().provenance.fingerprint
    job = resolve(item.job, activate("tensorflow", "cpu"), model, [], 5, 0, {})
    carried = for_metadata(replace(job, seed=seed))
    writer.write(path, np.full((32, 40, 3), 0.5, np.float32), job=carried)
    return path.read_bytes()


def test_what_a_killed_batch_had_written_is_known(folder, killed, capsys):
    result = written_by_a_worker(killed, seed=0)
    before = made(folder / "out" / ".maya-stylize")
    assert batch("in", "-o", "out", "--dry-run") == 0
    assert made(folder / "out" / ".maya-stylize") == before
    for _ in range(2):
        assert batch("in", "-o", "out") == 0
        assert "3 done before." in capsys.readouterr().err
    assert killed.read_bytes() == result
    assert not list((folder / "out" / ".maya-stylize").glob("*.begun"))


def test_what_somebody_put_there_after_a_batch_was_killed_stays(folder, killed, capsys):
    result = written_by_a_worker(killed, seed=7)
    assert batch("in", "-o", "out") == 1
    assert "2 done before, 1 failed." in capsys.readouterr().err
    assert killed.read_bytes() == result


def test_a_batch_that_comes_to_its_end_knows_only_what_it_has_recorded(folder, capsys):
    picture(folder / "in" / "this fails.png")
    assert batch("in", "-o", "out") == 1
    assert not list((folder / "out" / ".maya-stylize").glob("*.begun"))


def test_tiles_of_a_set_are_results_of_their_own(folder):
    for tile in (1001, 1012):
        picture(folder / "in" / f"wall.{tile}.png")
    assert batch("in/wall.<UDIM>.png", "-o", "out") == 0
    assert sorted(made(folder / "out")) == ["wall_stylized.1001.png", "wall_stylized.1012.png"]


def test_only_pictures_that_match_are_made(folder):
    assert batch("in", "in/a.png", "-o", "out", "--match", "a*") == 0
    assert list(made(folder / "out")) == ["a_stylized.png"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["in", "-o", "rust.png"], "rust.png is a file, not a folder"),
        (["empty", "-o", "out"], "There is no picture in empty"),
        (["in", "-o", "out", "--match", "z*"], "There is no picture whose name is like z* in in"),
        (["in/no.<UDIM>.png", "-o", "out"], "there is no tile of in/no.<UDIM>.png"),
        (["in", "-o", "out", "--overwrite", "z.png"], "no result of this batch is called z.png"),
        (["in", "-o", "out", "--report", "report"], "report: report does not end in .html"),
        (["in", "-o", "out", "--report", "no/r.html"], "report: there is no folder"),
        (["in", "other", "-o", "out"], "other/a.png and in/a.png would both become"),
        (["in", "-o", "in/a.png/out"], "cannot be written"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_made(folder, capsys, words, message):
    (folder / "empty").mkdir()
    picture(folder / "other" / "a.png")
    assert batch(*words) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_machine_of_many_processors_has_several_workers(folder, monkeypatch):
    """Each of the two pictures waits for the other one to be begun."""
    monkeypatch.setattr("maya_stylize.cli.batch.running.available_threads", lambda: 5)
    monkeypatch.setattr("maya_stylize.cli.batch.running.free_memory", lambda _: 64 << 30)
    for name in ("this meets", "that meets"):
        picture(folder / "in" / f"{name}.png")
    assert batch("in", "-o", "out") == 0
    assert len((folder / "starts").read_text().splitlines()) == 2


@pytest.mark.parametrize("words", [[], ["--workers", "8"]])
def test_a_gpu_has_one_worker_however_many_processors(folder, monkeypatch, words):
    monkeypatch.setattr("maya_stylize.cli.batch.running.available_threads", lambda: 64)
    worker(folder, "gpu:0")
    assert batch("in", "-o", "out", *words) == 0
    assert len((folder / "starts").read_text().splitlines()) == 1


@pytest.mark.parametrize("count", ["0", "-1", "many", "²", "257", "1" * 5000])
def test_there_is_a_sensible_number_of_workers(folder, capsys, count):
    with pytest.raises(SystemExit) as ended:
        batch("in", "-o", "out", "--workers", count)
    assert ended.value.code == 2
    assert "is no number from 1 to 256" in capsys.readouterr().err


def test_a_result_that_would_be_a_picture_is_refused(folder, capsys):
    """Told by name or not."""
    (folder / "recipe.json").write_text(RECIPE[:-1] + ', "output": "{stem}{suffix}"}')
    before = made(folder / "in")
    assert batch("in", "-o", "in", "--overwrite", "a.png") == 2
    assert "is a picture that the batch reads" in capsys.readouterr().err
    assert made(folder / "in") == before
    (folder / "recipe.json").write_text(RECIPE[:-1] + ', "output": "rust.png"}')
    assert batch("in/a.png", "-o", ".", "--overwrite", "rust.png") == 2


@pytest.mark.parametrize("recipe", ["{", '{"recipe": 1, "job": {"kind": "stylize", "x": 1}}'])
def test_what_is_no_recipe_is_told_with_its_name(folder, capsys, recipe):
    (folder / "recipe.json").write_text(recipe)
    assert batch("in", "-o", "out") == 2
    assert capsys.readouterr().err.startswith("maya-stylize: recipe.json: ")


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data.strip())


def test_the_report_shows_each_picture_beside_what_was_made_of_it(folder, tmp_path):
    name = "<b>wänd & 'böden'.png"
    picture(folder / "in" / name)
    (folder / "in" / "junk<i>.png").write_bytes(b"junk")
    assert batch("in", "-o", "out", "--report", "r.html", recipe="each.json") == 1
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    # Three pictures beside each of six results, and for the unreadable one two exemplars.
    assert len(pictures) == 3 * 6 + 2
    for attributes in pictures:
        kind, _, data = attributes["src"].partition(",")
        assert kind == "data:image/jpeg;base64"
        (tmp_path / "shown.jpg").write_bytes(base64.b64decode(data, validate=True))
        shown = OpenImageIO.ImageBuf(str(tmp_path / "shown.jpg"))
        size = (shown.spec().width, shown.spec().height)
        assert size == (40, 32) == (int(attributes["width"]), int(attributes["height"]))
    assert not {tag for tag, _ in page.tags} & {"b", "i", "script", "link"}
    assert not [value for _, each in page.tags for key, value in each.items() if key == "href"]
    assert f"source: {name}" in page.words
    assert f"result: {Path(name).stem}_rust.png" in page.words
    assert "A <note>." in page.words
    assert any("in/junk<i>.png is not a PNG" in words for words in page.words)
    assert any(words.startswith("made · ") and "loss 1.5" in words for words in page.words)


def test_a_picture_with_alpha_is_shown_over_gray(folder):
    pixels = np.ones((40, 40, 3), np.float32)
    writer.write(folder / "in" / "glass.png", pixels, alpha=np.zeros((40, 40), np.float32))
    assert batch("in/glass.png", "-o", "out", "--report", "r.html") == 0
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    data = next(each["src"] for tag, each in page.tags if tag == "img").partition(",")[2]
    (folder / "shown.jpg").write_bytes(base64.b64decode(data))
    shown = OpenImageIO.ImageBuf(str(folder / "shown.jpg")).get_pixels()
    assert np.abs(shown - 0.5).max() < 0.02


def test_control_characters_of_a_name_reach_neither_screen_nor_page(folder, capsys):
    picture(folder / "in" / "a\x1b[31m.png")
    assert batch("in", "-o", "out", "--report", "r.html") == 0
    printed = capsys.readouterr()
    assert "\x1b" not in printed.err + (folder / "r.html").read_text(encoding="utf-8")
    assert "\\x1b[31m" in printed.err


def test_ctrl_c_ends_the_batch_and_the_same_command_goes_on(folder):
    picture(folder / "in" / "this waits.png")
    command = [sys.executable, "-m", "maya_stylize", "batch", "in", "--recipe", "recipe.json"]
    command += ["-o", "out", "--workers", "1", "--report", "r.html"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + HANGING_SECONDS
        while not (folder / "out" / ".maya-stylize" / "b_stylized.png.json").exists():
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=HANGING_SECONDS)
    assert process.returncode == 130
    assert "2 made, 1 cancelled." in said
    lines = re.findall(r"^(made|cancelled|kept) +(\w+\.png)", said, re.M)
    assert lines == [("made", "a_stylized.png"), ("made", "b_stylized.png")]
    assert "To go on, run the same command again." in said
    assert sorted(made(folder / "out")) == ["a_stylized.png", "b_stylized.png"]
    assert "cancelled" in (folder / "r.html").read_text(encoding="utf-8")
    (folder / "in" / "this waits.png").rename(folder / "in" / "c.png")
    assert batch("in", "-o", "out") == 0
    assert len(made(folder / "out")) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_z_suspends_the_engine_too_and_both_go_on(folder):
    picture(folder / "in" / "this waits.png")
    command = [sys.executable, "-m", "maya_stylize", "batch", "in", "--recipe", "recipe.json"]
    command += ["-o", "out", "--workers", "1"]
    # In a group of its own, as a shell has it.
    apart = ["-c", "import os, sys; os.setpgid(0, 0); os.execv(sys.executable, sys.argv[1:])"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, *apart, *command], env=environment) as process:
        until(lambda: (folder / "out" / ".maya-stylize" / "b_stylized.png.json").exists())
        engine = int((folder / "starts").read_text().split()[-1])
        for _ in range(2):
            os.killpg(process.pid, signal.SIGTSTP)
            until(lambda: state(engine) == state(process.pid) == "T")
            os.killpg(process.pid, signal.SIGCONT)
            until(lambda: "T" not in (state(engine), state(process.pid)))
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(HANGING_SECONDS) == 130
    until(lambda: not Path(f"/proc/{engine}").exists())
    assert sorted(made(folder / "out")) == ["a_stylized.png", "b_stylized.png"]


def state(process: int) -> str:
    """What a process does: "S" for sleeping, "T" for stopped."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def until(done) -> None:
    end = time.monotonic() + HANGING_SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_every_recipe_and_command_of_the_documentation_runs(folder):
    text = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    written = re.findall(r"^`(\w+\.json)`[^`]*?:\n\n```json\n(.*?)```", text, re.M | re.S)
    commands = re.findall(r"^\$ maya-stylize (.*)$", text, re.M)
    assert len(written) == text.count("```json") >= 5
    assert len(commands) == text.count("$ ") >= 6
    for name, content in written:
        (folder / name).write_text(content)
    for name in ("moss", "sand"):
        picture(folder / f"{name}.png", "granite")
    for name in ("textures/wall", "photos/wall_albedo", "photos/floor.1001", "photos/floor.1002"):
        picture(folder / f"{name}.png")
    for command in commands:
        assert main(shlex.split(command)) == 0, command
    for name, _ in written:
        assert batch("textures", "-o", f"all/{name}", recipe=name) == 0
        assert made(folder / "all" / name)
    assert sorted(made(folder / "set")) == [
        "floor_stylized.1001.png",
        "floor_stylized.1002.png",
        "wall_albedo_stylized.png",
    ]


@pytest.fixture(scope="module")
def really(narrow_model, tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A batch with the engine itself in two workers, once."""
    folder = tmp_path_factory.mktemp("really")
    for name, exemplar in (("a", "pebbles"), ("b", "bricks")):
        picture(folder / "in" / f"{name}.png", exemplar, (17, 22))
    picture(folder / "rust.png", "rust", (24, 24))
    job = '"kind": "stylize", "styles": ["rust.png"], "quality": "draft", "device": "cpu"'
    (folder / "recipe.json").write_text(f'{{"recipe": 1, "job": {{{job}}}}}')
    command = [sys.executable, "-m", "maya_stylize", "batch", "in", "--recipe", "recipe.json"]
    environment = {
        **{name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"},
        "PYTHONPATH": str(ROOT),
        "MAYA_STYLIZE_MODEL": str(narrow_model),
        "MAYA_STYLIZE_HOME": str(tmp_path_factory.mktemp("home")),
    }
    done = subprocess.run(
        [*command, "-o", "out", "--workers", "2"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=HANGING_SECONDS,
    )
    return folder, done


def test_two_workers_make_what_one_process_makes(really, narrow_model):
    from maya_stylize.engine.run import run
    from maya_stylize.jobs import StylizeJob

    folder, done = really
    assert (done.returncode, "2 made." in done.stderr) == (0, True), done.stderr
    job = StylizeJob(
        content=str(folder / "in" / "b.png"),
        styles=[str(folder / "rust.png")],
        quality="draft",
        device="cpu",
        output=str(folder / "b.png"),
    )
    for _ in run(job, narrow_model):
        pass
    in_batch = folder / "out" / "b_stylized.png"
    assert in_batch.read_bytes() == (folder / "b.png").read_bytes()


def test_the_real_results_are_known_afterwards(really, narrow_model, capsys, monkeypatch):
    folder, _ = really
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    monkeypatch.setenv("MAYA_STYLIZE_PYTHON", str(shutil.which("false")))  # no worker is needed
    assert batch("in", "-o", "out", "--report", "r.html") == 0
    assert "2 done before." in capsys.readouterr().err
