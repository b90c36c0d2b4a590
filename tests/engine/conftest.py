"""The backend that this process tests; the others are tested in processes of their own."""

import os

import pytest

from maya_stylize.engine import backend

NAME = os.environ.get("MAYA_STYLIZE_TEST_BACKEND", "tensorflow")
backend.choose(NAME)


@pytest.fixture(scope="session")
def engine_backend():
    """The backend under test, on the CPU."""
    return backend.activate(NAME, "cpu")
