"""Runs the tests of each_backend on the other backends, and compares all three."""

import os
import re
import subprocess
import sys
from pathlib import Path

import agreement
import numpy as np
import pytest
from tensorflow import errors

from maya_stylize.engine import backend
from maya_stylize.errors import EngineError

HERE = Path(__file__).parent
# JAX compiles every shape anew. XLA's optimizer is not under test, and takes most of the time: the
# small networks go without it, the real one's programs are compiled as users have them.
QUICKLY = "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"


def run_tests(name, model, folder, *arguments, **variables):
    """Run each_backend's tests on a backend in a process of its own; return what it printed."""
    environment = {
        **os.environ,
        "MAYA_STYLIZE_TEST_BACKEND": name,
        "MAYA_STYLIZE_TEST_AGREEMENT": str(folder),
        "MAYA_STYLIZE_TEST_MODEL": str(model),
        **variables,
    }
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


def passed(output):
    return int(re.search(r"(\d+) passed", output)[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("agreement")


def test_every_test_passes_on_torch(real_model, folder):
    if "torch" not in backend.installed():
        pytest.skip("torch is not installed")
    assert passed(run_tests("torch", real_model, folder)) >= 25


def test_every_test_passes_on_jax(real_model, folder):
    if "jax" not in backend.installed():
        pytest.skip("jax is not installed")
    on_others = run_tests("jax", real_model, folder, "-k", "not real_network", XLA_FLAGS=QUICKLY)
    on_the_real_one = run_tests("jax", real_model, folder, "-k", "real_network")
    assert passed(on_others) >= 25
    assert passed(on_the_real_one) == 3


def test_the_backends_agree(engine_backend, real_model, folder):
    found = {path.stem: np.load(path) for path in sorted(folder.glob("*.npz"))}
    if not found:
        pytest.skip("only one backend is installed")

    value, gradient = agreement.loss_and_gradient(engine_backend, real_model)

    for name, got in found.items():
        assert got["value"] == pytest.approx(value, rel=1e-5), name
        deviation = np.linalg.norm(got["gradient"] - gradient)
        assert deviation < 1e-4 * np.linalg.norm(gradient), name


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
