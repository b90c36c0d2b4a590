"""A clock that is wrong, or jumps, decides nothing."""

from __future__ import annotations

import ast
import os
import time
from pathlib import Path

import pytest
from fault_tools import draw

import maya_stylize
from maya_stylize.engine.run import run
from maya_stylize.files import checkpoint_of
from maya_stylize.jobs import SynthesizeJob
from maya_stylize.ledger import Ledger, State
from maya_stylize.logs import KEPT
from maya_stylize.worker import launch

YEAR = 365 * 24 * 3600.0
# What reads the clock, and may: a log's name.
MAY = {("logs.py", "datetime.now")}
CLOCK = {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today"}


def test_nothing_but_a_log_s_name_comes_from_the_clock():
    package = Path(maya_stylize.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCK:
                found.add((path.relative_to(package).as_posix(), ast.unparse(node)))
            elif isinstance(node, ast.ImportFrom) and node.module == "time":
                assert "time" not in [each.name for each in node.names], path
    assert found == MAY


@pytest.mark.parametrize("jump", [-YEAR, YEAR])
def test_a_job_keeps_its_checkpoints_apart_when_the_clock_jumps(
    jump, make, network, tmp_path, monkeypatch
):
    """None is written before its time, and the bytes are the same."""
    list(run(make(tmp_path / "whole.png"), network))
    real, jumps = time.time, []
    monkeypatch.setattr(time, "time", lambda: real() + jump * len(jumps))
    left = checkpoint_of(str(tmp_path / "new.png"))
    for event in run(make(tmp_path / "new.png"), network, every=3600.0):
        jumps.append(event)
        assert not left.exists()
    assert (tmp_path / "new.png").read_bytes() == (tmp_path / "whole.png").read_bytes()


@pytest.mark.parametrize("jump", [-YEAR, YEAR])
def test_the_ledger_goes_by_content(jump, exemplar, tmp_path):
    """Files of the past or the future are what they hold."""
    job = SynthesizeJob(exemplar=str(exemplar), output=str(draw(tmp_path / "new.png", 2)))
    ledger = Ledger("model")
    ledger.record(job, ledger.look(job).key)
    moment = time.time() + jump
    for path in (exemplar, tmp_path / "new.png"):
        os.utime(path, (moment, moment))
    assert ledger.look(job).state is State.DONE
    assert Ledger("model").look(job).state is State.DONE
    draw(exemplar, 5)
    os.utime(exemplar, (moment, moment))  # and of the same size
    assert ledger.look(job).state is not State.DONE


@pytest.fixture
def logs(home, monkeypatch):
    monkeypatch.setattr(launch, "_interpreter", lambda: Path("python"))
    folder = home / "logs"
    folder.mkdir(parents=True)
    return folder


def test_the_newest_logs_are_kept_when_the_clock_was_set_back(logs):
    """Those of the future are the first to go; the one just made never is."""
    for index in range(15):
        (logs / f"worker-2999010{index % 10}-00000{index % 10}-{index:06}-1.log").touch()
    ours = [launch.find().log for _ in range(8)]
    assert all(log.exists() for log in ours)
    assert len(list(logs.iterdir())) == KEPT
