"""Runs the tests of each_backend on the other backends, and compares all three."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tensorflow import errors

from maya_stylize.engine import backend
from maya_stylize.errors import EngineError

HERE = Path(__file__).parent


def run_tests(name, folder, *arguments):
    """Run each_backend's tests on a backend in a process of its own; return what it printed."""
    environment = {
        **os.environ,
        "MAYA_STYLIZE_TEST_BACKEND": name,
        "MAYA_STYLIZE_TEST_AGREEMENT": str(folder),
    }
    # The user's folder that conftest hides, so that the model is found there again.
    environment.pop("MAYA_STYLIZE_HOME", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments, str(HERE / "each_backend")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parents[1],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("agreement")


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_every_test_passes_on(name, folder):
    if name not in backend.installed():
        pytest.skip(f"{name} is not installed")

    output = run_tests(name, folder)

    assert int(re.search(r"(\d+) passed", output)[1]) >= 25


def test_the_backends_agree(folder):
    run_tests("tensorflow", folder, "-k", "real_network")
    found = {path.stem: np.load(path) for path in sorted(folder.glob("*.npz"))}
    if len(found) < 2:
        pytest.skip("only one backend is installed")

    expected = found.pop("tensorflow")
    for name, got in found.items():
        assert got["value"] == pytest.approx(expected["value"], rel=1e-5), name
        deviation = np.linalg.norm(got["gradient"] - expected["gradient"])
        assert deviation < 1e-4 * np.linalg.norm(expected["gradient"]), name


def test_another_backend_in_the_same_process_is_refused():
    with pytest.raises(EngineError, match=r"already runs tensorflow.*new process"):
        backend.choose("jax" if "jax" in backend.installed() else "torch")


def test_a_missing_device_is_named():
    with pytest.raises(EngineError, match=r"no device gpu:7; it finds: .*cpu:0"):
        backend.activate("tensorflow", "gpu:7")


def test_a_backend_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(backend, "installed", lambda: {"tensorflow": "2.21"})

    with pytest.raises(EngineError, match=r"torch is not installed.*pip install torch"):
        backend.choose("torch")


@pytest.mark.parametrize(
    "error",
    [MemoryError(), errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")],
)
def test_running_out_of_memory_is_told(engine_backend, error):
    with (
        pytest.raises(EngineError, match=r"ran out of memory in octave 9x9.*smaller size"),
        engine_backend.telling_of_memory("octave 9x9"),
    ):
        raise error


def test_other_errors_of_a_backend_pass_through(engine_backend):
    with (
        pytest.raises(RuntimeError, match="a bug"),
        engine_backend.telling_of_memory("octave 9x9"),
    ):
        raise RuntimeError("a bug")


def test_a_library_of_a_later_version_is_named():
    """As in an environment that an earlier version's installer made."""
    with pytest.raises(EngineError, match="nowhere-to-be-found is not installed") as caught:
        backend._version("nowhere-to-be-found")
    assert "pip install nowhere-to-be-found" in caught.value.hint
