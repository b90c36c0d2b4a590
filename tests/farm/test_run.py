"""The job as farms run it: every step, in portions of any size, killed, with other paths."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest
from farm_fixtures import COUNT, HANGING_SECONDS, NAMES, PROGRAMS, Farm, hashes

from maya_stylize.farm import bundle
from maya_stylize.farm.session import connection_file

# A warm process that waits, once a tenth of a texture is done, until its task is broken off.
WAITING = """
import sys
from pathlib import Path
from maya_stylize.farm import warm

send = warm._send

def send_and_wait(connection, kind, text):
    send(connection, kind, text)
    if kind == "progress" and 10 < float(text) < 100:
        process._stop.wait()

warm._send = send_and_wait
process = warm.Warm(Path(sys.argv[1]))
process.serve()
"""
EXPORT = "maya-stylize farm export textures/ --recipe rusty.json -o rusty_bundle/ --tx"
RUN = "openjd run rusty_bundle/template.json"


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + HANGING_SECONDS
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def no_process_is_left(folder: Path) -> bool:
    """Whether no warm process works for a session in a folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if "farm" in words and "serve" in words and str(folder) in " ".join(words):
            return False
    return True


def test_the_documentation_tells_what_export_prints(documented: dict[str, str], farm: Farm) -> None:
    text = (Path(__file__).parents[2] / "docs/farm.md").read_text()
    assert f"$ {EXPORT}\n{documented[EXPORT]}" in text
    assert "passes validation checks" in documented["openjd check rusty_bundle/template.json"]
    assert "Total tasks: 18" in documented["openjd summary rusty_bundle/template.json"]


def test_every_step_runs_and_tells_the_farm_how_it_goes(
    documented: dict[str, str], farm: Farm
) -> None:
    log = documented[RUN]
    assert "Session ended successfully" in log
    for step in ("targets", "tiles", "finish"):
        assert f"Running step '{step}'" in log
    assert "openjd_fail" not in log
    told = [float(value) for value in re.findall(r"openjd_progress: ([\d.]+)", log)]
    assert len(told) > COUNT
    assert all(0 <= value <= 100 for value in told)
    ends = re.findall(r"openjd_progress: 100$", log, re.MULTILINE)
    assert len(ends) == 6  # targets, four portions, finish
    for name in NAMES:
        assert f"openjd_status: {name[:-4]}".split(".10")[0] in log


def test_results_are_pictures_with_a_texture_a_list_and_a_page(
    documented: dict[str, str], farm: Farm
) -> None:
    results = farm.folder / "rusty_bundle" / "results"
    found = sorted(hashes(results))
    assert len(found) == 2 * COUNT
    listed = json.loads((results / "maya-stylize-results.json").read_text())["results"]
    assert len(listed) == COUNT - 1  # two tiles are one set
    (tiles,) = [each["tiles"] for each in listed if "tiles" in each]
    assert {tile: each["result"] for tile, each in tiles.items()} == {
        "1001": "wall_new.1001.png",
        "1002": "wall_new.1002.png",
    }
    page = (results / "maya-stylize-report.html").read_text(encoding="utf-8")
    assert page.count("<section class=") == COUNT
    assert "{{Param.Textures}}_new.png" in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    for number in range(COUNT - len(NAMES)):
        same_numbers(results / f"t{number:02}_new.png")


def same_numbers(picture: Path) -> None:
    """Check by OpenImageIO that a texture has its picture's numbers, in tiles and mip levels."""
    texture = OpenImageIO.ImageInput.open(str(picture.with_suffix(".tx")))
    assert texture.spec().tile_width > 0
    assert texture.seek_subimage(0, 1)
    texture.seek_subimage(0, 0)
    there = OpenImageIO.ImageInput.open(str(picture)).read_image("unknown")
    np.testing.assert_array_equal(texture.read_image("unknown"), there)


def test_what_is_made_is_not_made_again(documented: dict[str, str]) -> None:
    log = documented["openjd run rusty_bundle/template.json --step tiles -tp Texture=2"]
    assert "is made already." in log
    assert "Session ended successfully" in log


def test_a_batch_knows_what_the_farm_has_made(documented: dict[str, str]) -> None:
    (command,) = [each for each in documented if each.startswith("maya-stylize batch")]
    lines = documented[command].splitlines()
    assert [line.split()[0] for line in lines[:-1]] == COUNT * ["done"]
    assert f"{COUNT} done before" in lines[-1]


def test_one_task_and_other_paths_give_the_same_bytes(
    documented: dict[str, str], farm: Farm, again: Path, tmp_path: Path
) -> None:
    """As on a worker that has the pictures elsewhere, and where they were there is nothing."""
    wanted = hashes(farm.folder / "rusty_bundle" / "results")
    mounted = tmp_path / "mounted here"
    mounted.mkdir()
    shutil.copytree(farm.folder / "textures", mounted / "textures")
    shutil.copy(farm.folder / "rust.png", mounted)
    submitted = Path("/nowhere/projects")
    for path in (again / "jobs").glob("0*.json"):
        text = path.read_text()
        assert json.dumps(str(farm.folder))[1:-1] in text
        path.write_text(text.replace(json.dumps(str(farm.folder))[1:-1], str(submitted)))
    rule = {"source_path_format": "POSIX", "source_path": str(submitted)}
    rules = {
        "version": "pathmapping-1.0",
        "path_mapping_rules": [{**rule, "destination_path": str(mounted)}],
    }
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    log = farm(
        *("openjd", "run", again / "template.json", "-p", f"TexturesPerTask={COUNT}"),
        *("-p", f"ResultsFolder={submitted / 'new'}"),
        *("--path-mapping-rules", f"file://{tmp_path / 'rules.json'}"),
    )
    assert "Chunks run: 3" in log
    assert hashes(mounted / "new") == wanted


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_sixteen_tasks_in_the_reverse_order_two_of_them_killed(
    documented: dict[str, str], farm: Farm, again: Path, tmp_path: Path
) -> None:
    wanted = hashes(farm.folder / "rusty_bundle" / "results")
    results, session = tmp_path / "new", tmp_path / "session"
    results.mkdir()
    session.mkdir()
    (session / "rules.json").write_text("{}")
    command = [sys.executable, "-c", WAITING, str(session)]
    with subprocess.Popen(command, env=farm.environment) as warm:
        try:
            wait_for(connection_file(session).exists)
            first, then = break_off_twice(farm, again, results, session)
            farm("maya-stylize", "farm", "stop", "--session", session)  # waits for what it was at
            assert warm.wait(HANGING_SECONDS) == 0
        finally:
            warm.kill()
    assert first.stat().st_mtime_ns > then
    assert not hashes(results)
    order = f"Textures={COUNT}-1:-1"
    arguments = ("-p", order, "-p", "TexturesPerTask=1", "-p", f"ResultsFolder={results}")
    log = farm("openjd", "run", again / "template.json", *arguments)
    assert "Chunks run: 18" in log
    assert log.index(f"Texture(CHUNK[INT]) = {COUNT}") < log.index("Texture(CHUNK[INT]) = 2\n")
    assert "goes on from its checkpoint." in log
    assert hashes(results) == wanted
    assert not list(results.glob("*.checkpoint"))


def break_off_twice(farm: Farm, bundle: Path, results: Path, session: Path) -> tuple[Path, int]:
    """Return the checkpoint of a task that was killed twice, and when it was written first."""
    assert killed(farm, bundle, results, session, signal.SIGTERM) == 130
    (first,) = results.glob("*.checkpoint")
    then = first.stat().st_mtime_ns
    # A second one goes on from it, and goes without a word.
    assert killed(farm, bundle, results, session, signal.SIGKILL) == -signal.SIGKILL
    return first, then


def killed(farm: Farm, bundle: Path, results: Path, session: Path, how: signal.Signals) -> int:
    """Run the task of the long texture, end it in its midst, and return its code."""
    arguments = ["--jobs", bundle / "jobs", "--results", results, "--textures", "1"]
    paths = ["--session", session, "--path-mapping", session / "rules.json"]
    task = subprocess.Popen(
        [PROGRAMS / "maya-stylize", "farm", "tiles", *arguments, *paths],
        env=farm.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert task.stdout is not None
    with task.stdout:
        for line in task.stdout:
            if line.startswith("openjd_progress: ") and float(line.split()[1]) > 10:
                task.send_signal(how)
                break
        task.stdout.read()
    return task.wait(HANGING_SECONDS)


def test_a_picture_that_has_changed_fails_its_texture_alone(
    documented: dict[str, str], farm: Farm, again: Path, tmp_path: Path
) -> None:
    """And so does another network, or a name that leads out; no warm process is left."""
    path = again / "jobs" / "0003.json"
    data = json.loads(path.read_text())
    data["content"] = dict.fromkeys(data["content"], "sha256:" + 64 * "0")
    path.write_text(json.dumps(data))
    path = again / "jobs" / "0004.json"
    data = json.loads(path.read_text())
    data["job"]["resolution"]["model"] = 64 * "0"
    path.write_text(json.dumps(data))
    path = again / "jobs" / "0005.json"
    path.write_text(path.read_text().replace('"output": "', '"output": "../'))
    log = farm(
        *("openjd", "run", again / "template.json", "-p", f"ResultsFolder={tmp_path / 'new'}"),
        *("--step", "tiles", "-tp", "Texture=2-5"),
        code=1,
    )
    (told,) = re.findall(r"openjd_fail: (.*)", log)
    assert told.startswith("3 of 4 not made: ")
    assert "has changed since the bundle was exported" in told
    assert "is another network than the bundle was exported with" in told
    assert "is not the plain name of a file" in told
    assert len(hashes(tmp_path / "new")) == 1
    assert not (tmp_path / "t00_new.png").exists()
    (folder,) = set(re.findall(r"(/\S+/OpenJD/\w+)/", log))
    wait_for(lambda: no_process_is_left(Path(folder)))


def test_a_whole_job_fails_for_the_pictures_that_have_changed_or_are_gone_alone(
    documented: dict[str, str], farm: Farm, again: Path, tmp_path: Path
) -> None:
    """Without them the rest of the bundle comes to its end."""
    shutil.copytree(farm.folder / "textures", tmp_path / "textures")
    there, copied = (json.dumps(str(each / "textures"))[1:-1] for each in (farm.folder, tmp_path))
    for path in (again / "jobs").glob("0*.json"):
        path.write_text(path.read_text().replace(there, copied))
    gone, changed = (Path(bundle.read(again / "jobs", number).picture) for number in (2, 3))
    gone.unlink()
    shutil.copy(farm.folder / "rust.png", changed)
    log = farm(
        *("openjd", "run", again / "template.json", "-p", "TexturesPerTask=4"),
        *("-p", "Textures=2-5", "-p", f"ResultsFolder={tmp_path / 'new'}"),
        code=1,
    )
    (told,) = re.findall(r"openjd_fail: (.*)", log)
    assert told.startswith("2 of 4 not made: ")
    assert f"{gone}: cannot be read" in told
    assert f"{changed} has changed since the bundle was exported" in told
    assert log.index("Running step 'tiles'") > log.index("has changed since")  # targets has told it
    assert len(hashes(tmp_path / "new")) == 2
    farm(
        *("openjd", "run", again / "template.json", "-p", "TexturesPerTask=4"),
        *("-p", "Textures=4,5", "-p", f"ResultsFolder={tmp_path / 'new'}"),
    )
    listed = json.loads((tmp_path / "new" / "maya-stylize-results.json").read_text())["results"]
    assert len(listed) == 2
