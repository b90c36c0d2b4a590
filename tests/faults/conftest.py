"""A small network and small jobs, disks that are full, and folders that cannot be written."""

from __future__ import annotations

import resource
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import chains
import pytest
from fault_tools import LAYERS, SIZE, draw

from maya_stylize import settings
from maya_stylize.convert import keras_h5, provenance
from maya_stylize.jobs import SynthesizeJob

ROOM = 64 << 10


@contextmanager
def mounted(folder, *options):
    """Mount a file system of a folder's own; skip where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
    with suppress(OSError):
        if not subprocess.run(command, capture_output=True).returncode:
            try:
                yield folder
            finally:
                subprocess.run(["umount", "-l", str(folder)], check=True)
            return
    folder.rmdir()
    pytest.skip("only root may mount")


class SmallDisk:
    """A folder on a disk of 64 KiB."""

    reason = "No space left on device"

    def __init__(self, folder):
        self.folder = folder
        self._ballast = folder / "ballast"

    @contextmanager
    def full(self):
        """Leave no room in the block."""
        with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        yield
        self._ballast.unlink()


class Limited:
    """A folder in which no file may be longer than a few bytes, as with a quota."""

    reason = "File too large"

    def __init__(self, folder):
        self.folder = folder

    @contextmanager
    def full(self):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(params=["a disk", "a quota"])
def disk(request, tmp_path):
    """A place that can be made full."""
    if request.param == "a disk":
        with mounted(tmp_path / "disk", "-o", f"size={ROOM}") as folder:
            yield SmallDisk(folder)
    else:
        (tmp_path / "disk").mkdir()
        yield Limited(tmp_path / "disk")


@pytest.fixture
def read_only(tmp_path):
    """A folder that even root cannot write to, with one file."""
    with mounted(tmp_path / "read only") as folder:
        (folder / "there.png").write_bytes(b"there")
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        yield folder


@pytest.fixture(scope="module")  # not the session's: others are to have no studio
def network(tmp_path_factory):
    """A model file with two layers of random filters."""
    path, layers = tmp_path_factory.mktemp("model") / "small.h5", chains.small_chain((2,))
    keras_h5.write(path, layers, provenance.describe(layers, "random", "0" * 64))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(settings.MODEL_VARIABLE, str(path))
        yield path


@pytest.fixture
def exemplar(tmp_path):
    return draw(tmp_path / "exemplar.png", 1)


@pytest.fixture
def make(exemplar, network):
    """Make jobs of a dozen evaluations."""

    def made(output, **changes):
        octaves = [[24, 17, 2, 4, "deep"], [*SIZE, 1, 6, "true"]]
        usual = {"exemplar": str(exemplar), "output": str(output), "size": SIZE, "layers": LAYERS}
        usual |= {"resolution": {"octaves": octaves, "tile": 0, "history": 5}, "device": "cpu"}
        return SynthesizeJob(**{**usual, **changes})

    return made


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's folder of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv(settings.HOME_VARIABLE, str(folder))
    return Path(folder)
