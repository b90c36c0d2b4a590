"""The simulation of a farm in `benchmarks/farm.py`, against a clock that ticks."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def farm_benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "farm.py"
    spec = importlib.util.spec_from_file_location("farm_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["farm_benchmark"] = module
    spec.loader.exec_module(module)
    return module


@given(
    textures=st.integers(1, 60),
    workers=st.integers(1, 12),
    chunk=st.integers(1, 6),
    whole=st.tuples(*(st.integers(0, 5) for _ in range(4)), st.integers(1, 9)),
)
def test_time_and_cost_are_those_of_the_work(
    farm_benchmark: ModuleType,
    textures: int,
    workers: int,
    chunk: int,
    whole: tuple[int, int, int, int, int],
) -> None:
    start, load, task, targets, texture = whole
    times = farm_benchmark.Times(start, load, task, texture, targets, finish=1)
    found = farm_benchmark.simulate(times, textures, workers, chunk)
    tasks = -(-textures // chunk)
    begun, ending = start + load + task + targets, task + textures
    work = tasks * task + textures * texture
    assert 1 <= found.used <= min(workers, tasks)
    assert found.busy == begun + work + (found.used - 1) * (start + load) + ending
    assert found.wall >= begun + work / found.used + ending
    assert found.wall >= begun + task + min(chunk, textures) * texture + ending
    longest = task + chunk * texture
    assert found.wall <= begun + work / found.used + longest + start + load + ending
    alone = farm_benchmark.simulate(times, textures, 1, chunk)
    assert alone.wall == alone.busy == begun + work + ending
    fewer = farm_benchmark.simulate(times, textures, max(1, workers - 1), chunk)
    assert found.wall <= fewer.wall
