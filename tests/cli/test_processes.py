"""The command line as users and farms start it: whole processes, exit codes and streams."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO
import pytest

import maya_stylize
from maya_stylize.cli import main
from maya_stylize.demo import EXEMPLARS
from maya_stylize.images import metadata, reader, writer
from maya_stylize.images.color import linear_to_srgb
from maya_stylize.jobs import Style, StylizeJob

ROOT = Path(maya_stylize.__file__).parents[1]
COMMAND = [sys.executable, "-m", "maya_stylize"]
JOB = ["--quality", "draft", "--device", "cpu"]
HANGING_SECONDS = 900


@pytest.fixture(scope="module")
def environment(narrow_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "MAYA_STYLIZE_MODEL": str(narrow_model),
        "MAYA_STYLIZE_HOME": str(tmp_path_factory.mktemp("home")),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two small pictures, where the commands are run."""
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("rust", "bricks"):
        pixels = reader.read(EXEMPLARS / f"{name}.png").pixels[:32, :40]
        writer.write(folder / f"{name}.png", pixels)
    return folder


def run(
    environment: dict[str, str], folder: Path, *arguments: str, **settings: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=HANGING_SECONDS,
        **settings,
    )


Here = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_here(
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Here:
    """As `run`, in the process of the tests: what is compared with a process, and begins none."""

    def run_here(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("MAYA_STYLIZE_MODEL", environment["MAYA_STYLIZE_MODEL"])
        capsys.readouterr()
        code = main(arguments)
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return run_here


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def result_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Check the order of events that is documented, and return the result."""
    kinds = [line["event"] for line in lines]
    assert set(kinds) <= {"log", "progress", "preview", "result"}
    assert kinds.count("result") == 1
    assert kinds[-1] == "result"
    fractions = [line["fraction"] for line in lines if line["event"] == "progress"]
    assert len(fractions) > 3
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] <= 1
    return lines[-1]


@pytest.fixture(scope="module")
def synthesized(environment: dict[str, str], folder: Path) -> list[dict[str, Any]]:
    """The events of one texture."""
    command = ["synthesize", "rust.png", "-o", "out.png", "--size", "37x33", "--seed", "3", *JOB]
    done = run(environment, folder, *command, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_json_lines_tell_a_job_from_beginning_to_end(
    synthesized: list[dict[str, Any]], folder: Path
) -> None:
    result = result_of(synthesized)
    assert result["path"] == "out.png"
    assert result["sidecar"] is None
    assert reader.read(folder / "out.png").pixels.shape == (33, 37, 3)
    assert result["job"]["seed"] == 3
    assert result["job"]["size"] == [37, 33]
    assert result["job"]["resolution"]["octaves"][-1][:2] == [37, 33]
    assert listing(folder)[:3] == ["bricks.png", "out.png", "rust.png"]


def test_the_picture_carries_its_job_with_hashes_and_no_time(
    synthesized: list[dict[str, Any]], folder: Path
) -> None:
    result = result_of(synthesized)
    carried = metadata.read_job(folder / "out.png")
    assert carried is not None
    wanted = {name: value for name, value in result["job"].items() if name != "output"}
    content = hashlib.sha256((folder / "rust.png").read_bytes()).hexdigest()
    assert carried == {**wanted, "exemplar": f"sha256:{content}"}
    picture = (folder / "out.png").read_bytes()
    assert b"rust.png" not in picture
    assert b"out.png" not in picture
    assert b"tIME" not in picture
    assert b"DateTime" not in picture


def test_a_job_from_a_file_gives_the_same_bytes(
    synthesized: list[dict[str, Any]], environment: dict[str, str], folder: Path, run_here: Here
) -> None:
    """As it would be written by hand, in a process, and as the first run resolved it, in ours."""
    resolved = result_of(synthesized)["job"]
    by_hand = {
        "kind": "synthesize",
        "version": 1,
        "exemplar": "rust.png",
        "output": "by_hand.png",
        "size": [37, 33],
        "seed": 3,
        "quality": "draft",
        "device": "cpu",
    }
    for job, start in (
        (by_hand, partial(run, environment)),
        ({**resolved, "output": "resolved.png"}, run_here),
    ):
        (folder / "job.json").write_text(json.dumps(job))
        done = start(folder, "run", "job.json", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        again = result_of(lines)
        assert "log" not in [line["event"] for line in lines]
        assert again["job"] == {**resolved, "output": job["output"]}
        assert again["loss"] == synthesized[-1]["loss"]
        assert (folder / again["path"]).read_bytes() == (folder / "out.png").read_bytes()


def test_a_transfer_prints_its_picture_for_a_shell_to_take(
    environment: dict[str, str], folder: Path
) -> None:
    """Through a pipe that knows ASCII only, to a format that cannot hold the job."""
    done = run(
        {**environment, "PYTHONIOENCODING": "ascii"},
        folder,
        *("stylize", "bricks.png", "rust.png:2", "bricks.png:1", "-o", "gemäuer.tga", *JOB),
    )
    assert (done.returncode, done.stderr) == (0, "")
    path, sidecar, errors = done.stdout.splitlines()
    assert path.encode().decode("unicode_escape") == "gemäuer.tga"
    assert sidecar.encode().decode("unicode_escape") == "gemäuer.tga.json"
    assert errors.startswith("  loss ")
    assert "conv5_1" in errors
    pixels = reader.read(folder / "gemäuer.tga").pixels
    assert pixels.shape == (32, 40, 3)
    assert np.ptp(pixels) > 0.1
    carried = metadata.read_job(folder / "gemäuer.tga")
    assert carried is not None
    assert [style["weight"] for style in carried["styles"]] == [2.0, 1.0]
    for picture in (carried["content"], *(style["path"] for style in carried["styles"])):
        assert picture.startswith("sha256:")


# A shell's background jobs ignore Ctrl-C and pass that on, so the handler is put back first. After
# the first evaluation the job waits for it.
INTERRUPTIBLE = """
import signal, time
from contextlib import closing
from maya_stylize.cli import interrupt, program, running

signal.signal(signal.SIGINT, signal.default_int_handler)
really = running.until_interrupted

def waiting(stream):
    with closing(stream):
        for event in stream:
            yield event
            while getattr(event, "loss", None) is not None and not interrupt._first:
                time.sleep(0.01)

running.until_interrupted = lambda stream: really(waiting(stream))
program()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_ends_with_130_and_leaves_what_to_go_on_from(
    environment: dict[str, str], real_model: Path, tmp_path: Path, run_here: Here
) -> None:
    """On the real network, which is not done before it can be interrupted."""
    environment = {**environment, "MAYA_STYLIZE_MODEL": str(real_model)}
    writer.write(tmp_path / "rust.png", reader.read(EXEMPLARS / "rust.png").pixels[:64, :64])
    writer.write(tmp_path / "out.png", np.zeros((16, 16, 3), np.float32))
    before = (tmp_path / "out.png").read_bytes()
    command = ["synthesize", "rust.png", "-o", "out.png", *JOB, "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *command],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline()).get("loss") is None:
            pass
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=HANGING_SECONDS)
    assert process.returncode == 130
    assert errors == (
        "To go on: maya-stylize run --resume out.png.checkpoint\nmaya-stylize: cancelled.\n"
    )
    *progress, last = map(json.loads, rest.splitlines())
    assert {line["event"] for line in progress} <= {"progress"}
    assert (last["event"], last["kind"]) == ("failure", "cancelled")
    assert listing(tmp_path) == ["out.png", "out.png.checkpoint", "rust.png"]
    assert (tmp_path / "out.png").read_bytes() == before
    resumed = run(environment, tmp_path, "run", "--resume", "out.png.checkpoint")
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert listing(tmp_path) == ["out.png", "rust.png"]
    resumed_bytes = (tmp_path / "out.png").read_bytes()
    whole = run_here(tmp_path, *command, "--model", str(real_model))
    assert whole.returncode == 0
    assert (tmp_path / "out.png").read_bytes() == resumed_bytes != before


@pytest.mark.usefixtures("synthesized")  # after a job the time is known
def test_a_dry_run_says_what_a_job_would_take_and_writes_nothing(
    environment: dict[str, str], folder: Path, run_here: Here
) -> None:
    before = listing(folder)
    command = ["synthesize", "rust.png", "-o", "dry.png", "--device", "cpu", "--dry-run"]
    facts = json.loads(run(environment, folder, *command, "--size", "512", "--json").stdout)
    assert (facts["width"], facts["height"], facts["tile"]) == (512, 512, 0)
    assert facts["octaves"][-1][:2] == [512, 512]
    # As much as the smallest figures that were measured, and no more than the machine has.
    assert 2**30 < facts["memory"] < 2**32
    assert facts["seconds"] > 1
    done = run_here(folder, *command)
    assert (done.returncode, done.stderr) == (0, "")
    words = [line.split()[0] for line in done.stdout.splitlines()]
    assert words == ["size", "device", "memory", "time"]
    assert listing(folder) == before


def test_failures_and_wrong_usage_have_their_codes(
    environment: dict[str, str], tmp_path: Path
) -> None:
    without = {**environment, "MAYA_STYLIZE_MODEL": ""}
    failed = run(without, tmp_path, "synthesize", "no.png", "-o", "out.png", "--json")
    assert failed.returncode == 1
    (line,) = map(json.loads, failed.stdout.splitlines())
    assert (line["event"], line["kind"]) == ("failure", "model")
    wrong = run(environment, tmp_path, "synthesize", "no.png", "-o", "out.png", "--size", "x")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("maya-stylize: size: must be a number or WIDTHxHEIGHT")
    usage = run(environment, tmp_path, "synthesize", "no.png")
    assert usage.returncode == 2
    assert usage.stderr.startswith("usage: maya-stylize synthesize")
    assert listing(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="starts it by a shell")
def test_without_an_error_stream_it_runs(environment: dict[str, str], tmp_path: Path) -> None:
    """As daemons do."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" 2>&-', "sh", *COMMAND, "--version"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=HANGING_SECONDS,
    )
    assert (done.returncode, done.stdout) == (0, f"maya-stylize {maya_stylize.__version__}\n")


@pytest.mark.parametrize("command", [["--version"], ["model", "info"]], ids=" ".join)
def test_a_reader_who_goes_away_is_no_error_of_ours(
    environment: dict[str, str], tmp_path: Path, command: list[str]
) -> None:
    """As in `maya-stylize model info | true`."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*COMMAND, *command],
            cwd=tmp_path,
            env=environment,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=HANGING_SECONDS,
        )
    finally:
        os.close(write)
    assert "Traceback" not in done.stderr
    assert "BrokenPipeError" not in done.stderr


def test_info_as_json(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(environment, tmp_path, "info", "--json")
    assert (done.returncode, done.stderr.strip()) == (0, "")
    facts = json.loads(done.stdout)
    assert facts["maya_stylize"] == maya_stylize.__version__
    assert facts["python"] == ".".join(map(str, sys.version_info[:3]))
    assert facts["threads"] >= 1
    assert facts["model"] == environment["MAYA_STYLIZE_MODEL"]
    assert {"tensorflow", "jax"} <= set(facts["backends"])
    for found in facts["backends"].values():
        assert found["version"][0].isdigit()
        assert "cpu:0" in found["devices"]
    for version in facts["libraries"].values():
        assert version[0].isdigit()
    assert listing(tmp_path) == []


def test_of_a_set_a_broken_tile_is_named_and_the_others_are_made(
    environment: dict[str, str], folder: Path, run_here: Here
) -> None:
    tiles = folder / "tiles"
    tiles.mkdir()
    for tile, name in ((1001, "rust"), (1004, "bricks")):
        shutil.copy(folder / f"{name}.png", tiles / f"wall.{tile}.png")
    (tiles / "wall.1002.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    command = ["stylize", "--size", "24", *JOB]

    done = run(
        environment, tiles, *command, "wall.<UDIM>.png", "../rust.png", "-o", "out.<UDIM>.png"
    )
    alone = run_here(tiles, *command, "wall.1004.png", "../rust.png", "-o", "alone.png")

    assert (done.returncode, alone.returncode) == (1, 0)
    made = [path.name for path in sorted(tiles.glob("out*"))]
    assert made == ["out.1001.png", "out.1004.png"]
    pixels = [reader.read(tiles / name).pixels for name in ("out.1004.png", "alone.png")]
    assert np.array_equal(*pixels)
    assert "maya-stylize: tile 1002: wall.1002.png" in done.stderr
    assert "2 of 3 tiles are made; not 1002." in done.stderr
    assert "tile 1004, 3 of 3" in done.stderr


def test_a_float_picture_passed_through_comes_back(
    folder: Path, tmp_path: Path, run_here: Here
) -> None:
    """One octave of one evaluation takes no step: the result is the picture it starts from."""
    rng = np.random.default_rng(5)
    linear = rng.uniform(-2, 50, (32, 40, 3)) * rng.choice([0.01, 0.1, 1], (32, 40, 1))
    linear[0, 0] = 0, 50, -2
    writer.write(tmp_path / "in.exr", linear_to_srgb(linear.astype(np.float32)), depth="float")
    job = StylizeJob(
        output=str(tmp_path / "out.exr"),
        content=str(tmp_path / "in.exr"),
        styles=(Style(str(folder / "rust.png")),),
        device="cpu",
        resolution={"octaves": [[40, 32, 1, 1, "true"]]},
    )
    (tmp_path / "job.json").write_text(json.dumps(job.to_json()))

    done = run_here(tmp_path, "run", "job.json", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    notes = [json.loads(line) for line in done.stdout.splitlines()]
    assert "values from -1.35 to 5.33 on the sRGB curve" in notes[0]["message"]
    before, after = (oiio_values(tmp_path / name) for name in ("in.exr", "out.exr"))
    assert before.dtype == after.dtype == np.float32
    np.testing.assert_allclose(after, before, rtol=2**-12, atol=2**-25)


def oiio_values(path: Path) -> np.ndarray:
    """Return the numbers in a picture file as they are stored."""
    source = OpenImageIO.ImageInput.open(str(path))
    values: np.ndarray = source.read_image("unknown")
    source.close()
    return values


def test_sliced_statistics_by_command(
    environment: dict[str, str], folder: Path, run_here: Here
) -> None:
    command = ["synthesize", "rust.png", "-o", "sliced.png", "--size", "33x37", *JOB, "--json"]
    done = run_here(folder, *command, "--statistics", "sliced")
    assert (done.returncode, done.stderr) == (0, "")
    result = result_of([json.loads(line) for line in done.stdout.splitlines()])
    assert result["job"]["statistics"] == "sliced"
    made, example = (reader.read(folder / f"{name}.png").pixels for name in ("sliced", "rust"))
    assert made.shape == (37, 33, 3)
    for level in (10, 50, 90):
        apart = np.percentile(made, level, (0, 1)) - np.percentile(example, level, (0, 1))
        assert np.abs(apart).max() < 0.05
    (folder / "sliced.png").unlink()

    refused = run(environment, folder, *command, "--statistics", "mean")
    assert refused.returncode == 2
    assert "invalid choice: 'mean'" in refused.stderr
    repair = ["repair", "rust.png", "--seamless", "both", "-o", "sliced.png", *JOB]
    refused = run(environment, folder, *repair, "--statistics", "sliced")
    assert refused.returncode == 2
    assert "--statistics" in refused.stderr
    assert not (folder / "sliced.png").exists()
