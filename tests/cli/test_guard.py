"""A command that crashes or is killed: what is told, what is kept, and who hears which signal."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

import maya_stylize
from maya_stylize import cli, crash_notes, logs
from maya_stylize.demo import EXEMPLARS

if sys.platform != "linux":
    pytest.skip("commands are guarded on Linux", allow_module_level=True)

from maya_stylize.cli import guard

ROOT = Path(maya_stylize.__file__).parents[1]
ODD = [sys.executable, str(Path(__file__).parent / "workers" / "odd_command.py"), "run"]
HANGING_SECONDS = 900


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "MAYA_STYLIZE_HOME": str(tmp_path / "home")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the commands run."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def run(command: list[str], folder: Path, environment: dict[str, str], **settings: Any) -> Any:
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=HANGING_SECONDS,
        **settings,
    )


@contextmanager
def started(
    behavior: str, folder: Path, environment: dict[str, str], **settings: Any
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start an odd command; give its process and the number of the one that does the work."""
    streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(
        [*ODD, behavior],
        cwd=folder,
        env=environment,
        text=True,
        stderr=subprocess.PIPE,
        **{**streams, **settings},
    )
    with process:
        try:
            stdout = settings.get("reading", process.stdout)
            yield process, int(stdout.readline())
        finally:
            process.kill()


def has_gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


def wait_until_gone(process: int) -> None:
    end = time.monotonic() + HANGING_SECONDS
    while not has_gone(process):
        assert time.monotonic() < end, f"{process} is left"
        time.sleep(0.01)


def crash_reports(environment: dict[str, str]) -> list[Path]:
    return sorted((Path(environment["MAYA_STYLIZE_HOME"]) / "logs").glob("crash-*.log"))


@pytest.mark.parametrize(
    ("behavior", "name", "words"),
    [
        ("NULL", "SIGSEGV", "Segmentation fault"),
        ("abort", "SIGABRT", "Aborted"),
        ("SIGBUS", "SIGBUS", "Bus error"),
        ("SIGFPE", "SIGFPE", "Floating point exception"),
        ("SIGILL", "SIGILL", "Illegal instruction"),
    ],
)
def test_a_crash_is_told_in_words_and_its_report_kept(
    behavior: str, name: str, words: str, folder: Path, environment: dict[str, str]
) -> None:
    done = run([*ODD, behavior], folder, environment)
    assert done.returncode == 1
    (report,) = crash_reports(environment)
    assert done.stderr == (
        f"maya-stylize: run crashed in a native library (signal {name}).\n"
        "  Run it again; if that repeats itself, please report it. "
        f"The crash report is in {report}.\n"
    )
    assert done.stdout.strip().isdecimal()
    kept = report.read_text(encoding="utf-8")
    assert kept.startswith(f"maya-stylize {maya_stylize.__version__}, Python 3.")
    assert f"\nrun {behavior}\n" in kept
    assert f"Fatal Python error: {words}" in kept
    assert "odd_command.py" in kept
    assert list(folder.iterdir()) == []


def test_of_crash_reports_the_newest_are_kept(folder: Path, environment: dict[str, str]) -> None:
    there = Path(environment["MAYA_STYLIZE_HOME"]) / "logs"
    there.mkdir(parents=True)
    for number in range(logs.KEPT + 2):
        (there / f"crash-20200101-0000{number:02}-000000-1.log").touch()
    (there / "worker-20200101-000000-000000-1.log").touch()
    done = run([*ODD, "abort"], folder, environment)
    reports = crash_reports(environment)
    assert len(reports) == logs.KEPT
    assert str(reports[-1]) in done.stderr
    assert len(list(there.iterdir())) == logs.KEPT + 1


def test_a_report_that_cannot_be_kept_is_printed(folder: Path, environment: dict[str, str]) -> None:
    (folder / "file").touch()
    done = run([*ODD, "NULL"], folder, {**environment, "MAYA_STYLIZE_HOME": str(folder / "file")})
    assert done.returncode == 1
    message, hint, _, *report = done.stderr.splitlines()
    assert message == "maya-stylize: run crashed in a native library (signal SIGSEGV)."
    assert hint.endswith("The crash report is below.")
    assert "Fatal Python error: Segmentation fault" in report


def test_who_was_killed_is_told_that_memory_may_be_short(
    folder: Path, environment: dict[str, str]
) -> None:
    done = run([*ODD, "SIGKILL"], folder, environment)
    assert done.returncode == 1
    assert done.stderr == (
        "maya-stylize: run was ended from outside (signal SIGKILL).\n"
        "  If nobody did that, memory was short. "
        "Choose a smaller size or close other programs, and run it again.\n"
    )
    assert crash_reports(environment) == []


@pytest.mark.parametrize("as_json", [False, True])
def test_a_job_that_crashed_says_how_to_go_on(
    as_json: bool, folder: Path, environment: dict[str, str]
) -> None:
    done = run([*ODD, "job --json" if as_json else "job"], folder, environment)
    assert done.returncode == 1
    message, hint, go_on = done.stderr.splitlines()
    assert "crashed in a native library" in message
    assert go_on == "To go on: maya-stylize run --resume out.png.checkpoint"
    lines = [json.loads(line) for line in done.stdout.splitlines()[1:]]
    assert [line["event"] for line in lines] == (["progress", "failure"] if as_json else [])
    if as_json:
        assert lines[-1]["kind"] == "engine"
        assert (f"maya-stylize: {lines[-1]['message']}", f"  {lines[-1]['hint']}") == (
            message,
            hint,
        )


CRASHING_READER = """
import ctypes
from maya_stylize import cli
from maya_stylize.images import reader
reader.read_values = lambda *_: ctypes.string_at(0)
cli.program()
"""
CRASHING_TASK = """
import ctypes
from maya_stylize import cli
from maya_stylize.cli.farm import finish
finish.finish = lambda *_: ctypes.string_at(0)
cli.program()
"""
CRASHING_MODEL = """
import ctypes
from maya_stylize import cli
from maya_stylize.convert import keras_h5
keras_h5._provenance = lambda *_: ctypes.string_at(0)
cli.program()
"""


def test_the_picture_that_was_being_read_is_named(
    narrow_model: Path, folder: Path, environment: dict[str, str]
) -> None:
    picture = str(EXEMPLARS / "rust.png")
    command = ["synthesize", picture, "-o", "out.png", "--device", "cpu"]
    with_model = {**environment, "MAYA_STYLIZE_MODEL": str(narrow_model)}
    done = run([sys.executable, "-c", CRASHING_READER, *command], folder, with_model)
    assert done.returncode == 1
    (report,) = crash_reports(environment)
    assert done.stderr.splitlines()[-2:] == [
        f"maya-stylize: A native library crashed on the picture {picture} (signal SIGSEGV).",
        "  Open it in a picture editor, save it again, and run the command again. "
        f"The crash report is in {report}.",
    ]
    assert list(folder.iterdir()) == []


def test_the_model_that_was_being_read_is_named(
    narrow_model: Path, folder: Path, environment: dict[str, str]
) -> None:
    with_model = {**environment, "MAYA_STYLIZE_MODEL": str(narrow_model)}
    done = run([sys.executable, "-c", CRASHING_MODEL, "model", "info"], folder, with_model)
    assert done.returncode == 1
    message, hint = done.stderr.splitlines()
    assert f"crashed on the model {narrow_model} (signal SIGSEGV)" in message
    assert hint.startswith("  Get the file again.")


def test_a_farm_s_task_tells_the_farm(folder: Path, environment: dict[str, str]) -> None:
    options = ["--jobs", ".", "--results", ".", "--path-mapping", "x", "--textures", "1"]
    command = ["farm", "finish", "--session", ".", *options]
    done = run([sys.executable, "-c", CRASHING_TASK, *command], folder, environment)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("openjd_fail: farm crashed in a native library (signal SIGSEGV).")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_who_is_told_to_end_ends_by_that_signal_and_leaves_nobody(
    number: signal.Signals, folder: Path, environment: dict[str, str]
) -> None:
    with started("wait", folder, environment) as (process, worker):
        assert worker != process.pid
        process.send_signal(number)
        _, errors = process.communicate(timeout=HANGING_SECONDS)
        assert (process.returncode, errors) == (-number, "")
        wait_until_gone(worker)


def test_the_work_that_ends_by_a_signal_passes_it_on(
    folder: Path, environment: dict[str, str]
) -> None:
    done = run([*ODD, "SIGTERM"], folder, environment)
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, "")
    assert run([*ODD, "exit 3"], folder, environment).returncode == 3


def test_whoever_ignores_the_end_of_children_is_told_it_all_the_same(
    folder: Path, environment: dict[str, str]
) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    done = run([*ODD, "exit 3"], folder, environment, preexec_fn=ignore)
    assert (done.returncode, done.stderr) == (3, "")


def test_as_a_container_s_first_process_it_ends_with_a_shell_s_code(
    folder: Path, environment: dict[str, str]
) -> None:
    alone = ["unshare", "--user", "--pid", "--fork"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("no process can be the first of its own here")
    done = run([*alone, *ODD, "SIGTERM"], folder, environment)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")


def test_without_an_error_stream_nothing_goes_to_the_other_one(
    folder: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "maya_stylize", "run", "missing.json"]
    done = run(command, folder, environment, preexec_fn=lambda: os.close(2))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize("behavior", ["wait", "hang"])
def test_a_command_that_is_killed_leaves_nobody(
    behavior: str, folder: Path, environment: dict[str, str]
) -> None:
    with started(behavior, folder, environment) as (process, worker):
        assert not has_gone(worker)
        process.kill()
        process.wait(timeout=HANGING_SECONDS)
        wait_until_gone(worker)


def read_until(stream: IO[str], wanted: set[str]) -> list[str]:
    """Read lines until all that are wanted have come; return them."""
    lines: list[str] = []
    while not wanted <= set(lines):
        lines.append(stream.readline().strip())
        assert lines[-1], f"{wanted} did not come"
    return lines


@pytest.mark.parametrize("to", ["the command", "its group"])
def test_an_interrupt_counts_once(to: str, folder: Path, environment: dict[str, str]) -> None:
    with started("count", folder, environment, start_new_session=True) as (process, _):
        assert process.stdout is not None
        read_until(process.stdout, {"listening"})
        if to == "the command":
            process.send_signal(signal.SIGINT)
            came = {"SIGURG"}
        else:
            os.killpg(process.pid, signal.SIGINT)
            came = {"SIGURG", "SIGINT"}
        read_until(process.stdout, came)
        rest, errors = process.communicate("\n", timeout=HANGING_SECONDS)
    assert (process.returncode, rest, errors) == (0, "1\n", "")


def test_ctrl_c_in_a_terminal_counts_once(folder: Path, environment: dict[str, str]) -> None:
    terminal, end = os.openpty()

    def take_terminal() -> None:
        fcntl.ioctl(end, termios.TIOCSCTTY, 0)

    with (
        os.fdopen(terminal, "r+b", buffering=0) as keyboard,
        started(
            "count",
            folder,
            environment,
            stdin=end,
            start_new_session=True,
            preexec_fn=take_terminal,
        ) as (process, _),
    ):
        os.close(end)
        assert process.stdout is not None
        read_until(process.stdout, {"listening"})
        for _ in range(2):
            keyboard.write(b"\x03")
            read_until(process.stdout, {"SIGURG", "SIGINT"})
        keyboard.write(b"\n")
        assert process.stdout.read() == "2\n"
        assert process.wait(timeout=HANGING_SECONDS) == 0


def test_a_native_library_that_never_comes_back_is_ended_by_the_third_interrupt(
    folder: Path, environment: dict[str, str]
) -> None:
    with started("never", folder, environment, start_new_session=True) as (process, worker):
        end = time.monotonic() + HANGING_SECONDS
        while process.poll() is None:  # two that come at once are one
            assert time.monotonic() < end, "it is still there"
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.05)
        assert process.stderr is not None
        assert (process.returncode, process.stderr.read()) == (130, "maya-stylize: cancelled.\n")
        wait_until_gone(worker)


def test_an_interrupt_while_a_command_is_loaded_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_parser", interrupted)
    assert cli.main(["info"]) == 130
    assert capsys.readouterr().err == "maya-stylize: cancelled.\n"


def test_an_interrupt_without_a_job_ends_with_130(
    folder: Path, environment: dict[str, str]
) -> None:
    interruptible = (
        "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    )
    command = [sys.executable, "-c", interruptible, ODD[1], "run", "wait"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=HANGING_SECONDS)
    assert (process.returncode, errors) == (130, "maya-stylize: cancelled.\n")
    assert has_gone(worker)


def test_the_streams_are_the_command_s_own(folder: Path, environment: dict[str, str]) -> None:
    done = run([*ODD, "streams"], folder, environment, input="a line\n")
    assert done.stdout.splitlines()[1:] == ["a line False False False"]
    terminal, end = os.openpty()
    with os.fdopen(terminal, "r+b", buffering=0) as screen:
        process = subprocess.Popen(
            [*ODD, "streams"], cwd=folder, env=environment, stdin=end, stdout=end, stderr=end
        )
        os.close(end)
        screen.write(b"a line\n")
        shown = b""
        while block := _block(screen):
            shown += block
        assert process.wait(timeout=HANGING_SECONDS) == 0
    assert b"a line True True True" in shown


def test_after_a_crash_the_terminal_has_its_cursor(
    folder: Path, environment: dict[str, str]
) -> None:
    terminal, end = os.openpty()
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [*ODD, "job"], cwd=folder, env={**environment, "TERM": "xterm"}, stdout=end, stderr=end
        )
        os.close(end)
        shown = b""
        while block := _block(screen):
            shown += block
        assert process.wait(timeout=HANGING_SECONDS) == 1
    bar, _, message = shown.partition(b"maya-stylize: run crashed")
    assert message
    assert b"\x1b[?25l" in bar
    assert bar.rindex(b"\x1b[?25h") > bar.rindex(b"\x1b[?25l")


def _block(screen: IO[bytes]) -> bytes:
    try:
        return screen.read(4096)
    except OSError:  # the other end is closed
        return b""


@pytest.mark.parametrize("without", ["fork", "file"])
def test_where_no_child_can_be_had_the_command_runs_itself(
    without: str, folder: Path, environment: dict[str, str]
) -> None:
    done = run([*ODD, "NULL"], folder, {**environment, "WITHOUT": without})
    assert done.returncode == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "guarded"),
    [
        ("synthesize a.png -o b.png", True),
        ("batch in -o out", True),
        ("model info", True),
        ("farm export in", True),
        ("farm finish", True),
        ("farm serve", False),
        ("farm tiles", False),
        ("a new one", True),
        ("mayapy -m x", False),
        ("panel", False),
        ("info", False),
        ("--version", False),
        ("", False),
    ],
)
def test_what_reads_no_file_is_not_guarded(arguments: str, guarded: bool) -> None:
    assert guard.is_for(arguments.split()) == guarded


def test_who_calls_a_command_within_a_process_gets_no_second_one(
    narrow_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("it forks"))
    assert cli.main(["model", "info"]) == 0
    assert str(narrow_model) in capsys.readouterr().out


def test_notes_hold_while_their_block_runs_and_a_report_follows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crash_notes, "_notes", {})
    monkeypatch.setattr(crash_notes, "_file", None)
    path = tmp_path / "notes"
    with crash_notes.noted(picture="before.png"), path.open("wb", buffering=0) as file:
        crash_notes.keep_in(file.fileno())
        assert crash_notes.parsed(path.read_bytes()) == ({"picture": "before.png"}, "")
        with crash_notes.noted(picture=f"{'x' * 999}\udcff.png", checkpoint="c"):
            os.write(file.fileno(), b"a\nreport\n")
            notes, report = crash_notes.parsed(path.read_bytes())
            assert notes == {"picture": f"{'x' * 999}\udcff.png", "checkpoint": "c"}
            assert report == "a\nreport\n"
        with pytest.raises(KeyError), crash_notes.noted(model="m.h5"):
            raise KeyError
        assert crash_notes.parsed(path.read_bytes()) == ({"picture": "before.png"}, "")
    assert crash_notes.parsed(b"") == ({}, "")
    assert crash_notes.parsed(b"Fatal\nx") == ({}, "Fatal\nx")
