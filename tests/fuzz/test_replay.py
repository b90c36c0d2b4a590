"""The fuzzers' seeds and finds, and the same damage to them every time, without a fuzzer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TARGETS = sorted(path.stem for path in (HERE / "targets").glob("*.py"))
DAMAGED = 300
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a limit of memory")

# A target that does what the environment says, for the proof that the replay sees it.
FAULTY = """
import os, signal, subprocess
from maya_stylize.errors import ModelError

def seeds():
    return {"one": b"abc"}

def feed(data, folder):
    %s
"""
FAULTS = {
    "another error": ("raise KeyError('x')", "KeyError"),
    "a native crash": ("os.kill(os.getpid(), signal.SIGSEGV)", "Segmentation fault"),
    "a bomb": ("bytearray(1 << 40)", "MemoryError"),
    "a child": ("subprocess.run(['true'])", "Misdeed: subprocess.Popen"),
    "a file elsewhere": ("open('/tmp/owned', 'w')", "Misdeed: opens '/tmp/owned' to write"),
    "a file removed": ("os.remove('/tmp/owned')", "Misdeed: os.remove"),
    "an endless message": ("e = ModelError('x'); e.message = 'x' * 9999; raise e", "of 9999"),
    "a hang": ("while True: pass", "Timeout (0:00:01)"),
}


def replay(name: str, count: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(HERE / "replay.py"), name, str(count)],
        capture_output=True,
        text=True,
        errors="replace",
    )


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_is_taken_or_refused_in_words(name: str) -> None:
    done = replay(name, DAMAGED)
    assert done.returncode == 0, (done.stdout.splitlines()[-1:], done.stderr[-3000:])
    taken, refused = (int(part.split()[0]) for part in done.stdout.splitlines()[-1].split(", "))
    assert taken >= 3  # the readers saw more than garbage
    assert refused >= 5


@pytest.mark.parametrize("fault", FAULTS)
def test_the_replay_sees_a_fault(fault: str, tmp_path: Path) -> None:
    code, said = FAULTS[fault]
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "fuzz").mkdir()
    for file in ("judge.py", "mutate.py", "replay.py"):
        text = (HERE / file).read_text(encoding="utf-8").replace("SECONDS = 30", "SECONDS = 1")
        (tmp_path / "tests" / "fuzz" / file).write_text(text, encoding="utf-8")
    targets = tmp_path / "tests" / "fuzz" / "targets"
    targets.mkdir()
    (targets / "faulty.py").write_text(FAULTY % code, encoding="utf-8")
    (tmp_path / "maya_stylize").symlink_to(HERE.parents[1] / "maya_stylize")
    done = subprocess.run(
        [sys.executable, str(targets.parent / "replay.py"), "faulty", "0"],
        capture_output=True,
        text=True,
    )
    assert done.returncode
    assert said in done.stderr
    assert done.stdout.splitlines() == ["one"]
