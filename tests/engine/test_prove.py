"""The installer's proof, run as it is run after an installation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from maya_stylize.engine import backend

ROOT = Path(__file__).resolve().parents[2]
WRONG = """
import keras.ops as ops
right = ops.conv
ops.conv = lambda *arguments, **options: right(*arguments, **options) + 1
"""


def prove(name: str, folder: Path, tampering: str = "") -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "installer" / "prove.py"
    code = (
        f"import runpy, sys; from maya_stylize.engine import backend; backend.activate({name!r})\n"
        f"{tampering}\n"
        f"sys.argv[1:] = [{name!r}]; runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("name", ["tensorflow", "torch"])
def test_it_says_what_it_ran_on(name: str, tmp_path: Path) -> None:
    if name not in backend.installed():
        pytest.skip(f"{name} is not installed")
    done = prove(name, tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["backend"] == name
    assert found["version"] == backend.installed()[name]
    assert found["device"].startswith(("cpu:", "gpu:", "mps:"))
    assert found["device_name"]


def test_a_device_that_computes_wrongly_is_refused(tmp_path: Path) -> None:
    done = prove("tensorflow", tmp_path, WRONG)
    assert done.returncode == 1
    assert "gave wrong values" in done.stderr
