"""The builders of picture files, for tests of what no picture library would write."""

from __future__ import annotations

import picture_writer
import pytest


@pytest.fixture(scope="session")
def build():
    return picture_writer
