"""Several processes that write one file at the same time: the last one wins, and none is torn."""

from __future__ import annotations

import json

import chains
import numpy as np
import pytest
from fault_tools import at_once, draw, names

from maya_stylize import settings
from maya_stylize.convert import keras_h5, provenance
from maya_stylize.engine import speed
from maya_stylize.engine.backend.types import Unit
from maya_stylize.jobs import SynthesizeJob
from maya_stylize.ledger import FOLDER, Ledger, State

READY = "print('ready', flush=True); sys.stdin.readline()\n"

SETTINGS = f"""
import sys
from maya_stylize import settings
{READY}
for step in range(100):
    settings.remember({{"who": sys.argv[1], "step": step, "long": sys.argv[1] * 3000}})
    found = settings.load()
    assert set(found["long"]) == {{found["who"]}}, found
"""

SPEED = f"""
import sys
from maya_stylize.engine import speed
from maya_stylize.engine.backend.types import Unit
{READY}
unit = Unit("jax", "cpu:0", "a processor", 1 + int(sys.argv[1]))
for step in range(100):
    speed.remember(unit, False, [speed.Stint((32, 32), 0, 10, 1.0)], None)
    known = speed.known(unit, False)
    assert known is None or known.points == {{1024: 0.1}}, known
"""

LEDGER = f"""
import json, sys
from maya_stylize.jobs import from_json
from maya_stylize.ledger import Ledger, State
job = from_json(json.loads(sys.argv[2]))
ledger = Ledger("model")
key = ledger.look(job).key
{READY}
for step in range(60):
    ledger.begin(job, key)
    ledger.record(job, key, {{"who": sys.argv[1] * 2000}})
    entry = ledger.look(job)
    assert entry.state is State.DONE, entry
    assert len(set(entry.facts["who"])) == 1
    ledger.end(job)
"""

CONVERT = f"""
import sys
from pathlib import Path
from maya_stylize.convert import sources
{READY}
sources.install(Path(sys.argv[2]), lambda *_: None)
"""


def test_settings(home):
    at_once(SETTINGS)
    found = settings.load()
    assert found == {"who": found["who"], "step": 99, "long": found["who"] * 3000}
    assert names(home) == ["settings.json"]


def test_times_of_jobs(home):
    at_once(SPEED)
    units = [Unit("jax", "cpu:0", "a processor", threads) for threads in (1, 2)]
    kept = [speed.known(unit, False) for unit in units]
    assert any(kept)
    assert all(each is None or each.points == {1024: 0.1} for each in kept)
    assert names(home) == ["speed.json"]


def test_the_ledger(exemplar, tmp_path):
    job = SynthesizeJob(exemplar=str(exemplar), output=str(draw(tmp_path / "new.png", 2)))
    at_once(LEDGER, json.dumps(job.to_json()))
    entry = Ledger("model").look(job)
    assert entry.state is State.DONE
    assert entry.facts["who"] in ("0" * 2000, "1" * 2000)
    assert names(tmp_path / FOLDER) == ["new.png.json"]


def test_a_model_s_conversion(home, tmp_path, monkeypatch):
    monkeypatch.delenv(settings.MODEL_VARIABLE, raising=False)
    source, network = tmp_path / "own.h5", chains.small_chain((2, 2), 32)
    keras_h5.write(source, network, provenance.describe(network, "random", "0" * 64))
    at_once(CONVERT, source, processes=3)
    found = keras_h5.read(settings.cached_model())
    for ours, theirs in zip(found.convolutions, network.convolutions, strict=True):
        np.testing.assert_array_equal(ours.weight, theirs.weight)
    assert [name for name in names(settings.models_folder()) if name != ".lock"] == [
        settings.MODEL_NAME
    ]


JOB = f"""
import json, sys
from pathlib import Path
from maya_stylize.engine import backend
from maya_stylize.jobs import from_json
backend.activate("tensorflow", "cpu")
from maya_stylize.engine.run import run
{READY}
*_, result = run(from_json(json.loads(sys.argv[2])), Path(sys.argv[3]), every=0.0)
print(result.loss)
"""


@pytest.mark.parametrize("processes", [2])
def test_one_job_twice_at_once(processes, make, network, tmp_path):
    """As by two batches over one folder: neither meets the other's half-written files."""
    job = make(tmp_path / "new.png")
    losses = at_once(JOB, json.dumps(job.to_json()), network, processes=processes)
    assert len(set(losses)) == 1
    assert names(tmp_path) == ["exemplar.png", "new.png"]
