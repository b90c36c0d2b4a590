"""The worker's first lines: it finds its package by path, and nothing else beside it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

import maya_stylize
from maya_stylize.errors import StylizeError
from maya_stylize.worker.launch import PACKAGES_VARIABLE, Launch

PACKAGE = Path(maya_stylize.__file__).parent


@pytest.fixture
def installed(tmp_path):
    """The package as it lies in another interpreter's site-packages, or in Maya's module."""
    site = tmp_path / "サイト ä" / "site-packages"
    unwanted = shutil.ignore_patterns("__pycache__", "exemplars")
    shutil.copytree(PACKAGE, site / "maya_stylize", ignore=unwanted)
    (site / "numpy.py").write_text("raise ImportError('of another Python')")
    (site / "sitecustomize.py").write_text("raise ImportError('of another Python')")
    # Beside the script that is run; the standard library has a module of that name.
    (site / "maya_stylize" / "worker" / "queue.py").write_text("raise ImportError('shadowed')")
    return site


@pytest.fixture
def started(installed, tmp_path, side_of):
    """Make the client of a worker that runs there, with some variables more."""

    def make(**variables):
        worker = installed / "maya_stylize" / "worker" / "__main__.py"
        log = tmp_path / "worker.log"
        arguments = ("--parent", str(os.getpid()), "--log", str(log))
        launch = Launch((sys.executable, str(worker), *arguments), {**os.environ, **variables}, log)
        return side_of(lambda: launch)

    return make


def test_what_lies_beside_the_package_is_not_imported(started, exemplar):
    side = started()
    facts = side.ask("probe", path=str(exemplar))
    assert not isinstance(facts, StylizeError), (facts, side.client.log.read_text())
    assert facts["width"] == 48


def test_a_folder_of_packages_goes_before_the_interpreters_own(started, exemplar, tmp_path):
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "OpenImageIO.py").write_text("raise ImportError('this one is taken')")
    side = started(**{PACKAGES_VARIABLE: str(packages)})
    error = side.ask("probe", path=str(exemplar))
    assert error.kind == "bug" or side.client.hello is None
    assert "this one is taken" in side.client.log.read_text()


def test_the_package_is_the_one_that_was_started(started, installed):
    """Not one that the interpreter has installed itself."""
    init = installed / "maya_stylize" / "__init__.py"
    init.write_text(init.read_text().replace(maya_stylize.__version__, "9.9.9"))
    side = started()
    side.start()
    assert side.client.hello.package == "9.9.9"
