"""Wherever an installation, an upgrade or a removal stops dead, running it again mends it."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from pathlib import Path

import pytest
from installer import layout, overview, removal
from installer.installation import Request, install
from installer.machine import Machine
from interruptions import Interrupted, allowing, changes_seen
from stand_ins import tree, write_source

EVERYTHING = sys.maxsize


def silent(_: str) -> None:
    """Take a line and drop it."""


def restore(home: Path, kept: Path) -> None:
    shutil.rmtree(home)
    shutil.copytree(kept, home, symlinks=True)


def without_receipt(found: dict[str, str]) -> dict[str, str]:
    """What is on the disk; a mended installation may remember more folders as its own."""
    return {name: kind for name, kind in found.items() if not name.endswith("receipt.json")}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("shared", [False, True])
def test_installing_again_mends_it_and_uninstalling_leaves_nothing(
    home: Path, here: Machine, source: Path, request_: Request, shared: bool
) -> None:
    if shared:
        (home / "share").mkdir()
        request_ = dataclasses.replace(request_, shared=home / "share" / "studio")
    where = layout.places(here, request_.shared)
    before = tree(home)
    with allowing(EVERYTHING, str(home)):
        install(source, request_, here, silent)
    whole, steps = tree(home), changes_seen()
    removal.uninstall(where, ())
    assert tree(home) == before
    assert steps > 20
    for step in range(0, steps, 3 if shared else 1):
        with pytest.raises(Interrupted), allowing(step, str(home)):
            install(source, request_, here, silent)
        if where.receipt.exists() and overview.describe(where, here)[1]:
            assert tree(home) == whole, step
        install(source, request_, here, silent)
        assert without_receipt(tree(home)) == without_receipt(whole), step
        assert overview.describe(where, here)[1]
        removal.uninstall(where, ())
        assert tree(home) == before, step


@pytest.mark.usefixtures("quick")
def test_half_an_installation_can_be_uninstalled(
    home: Path, here: Machine, source: Path, request_: Request
) -> None:
    where = layout.places(here, None)
    before = tree(home)
    with allowing(EVERYTHING, str(home)):
        install(source, request_, here, silent)
    steps = changes_seen()
    removal.uninstall(where, ())
    for step in range(0, steps, 3):
        with pytest.raises(Interrupted), allowing(step, str(home)):
            install(source, request_, here, silent)
        if where.receipt.exists():
            removal.uninstall(where, ())
            assert tree(home) == before, step
        else:  # before the receipt, at most one folder of scratch is there
            new = [name for name in tree(home) if name not in before]
            assert all(".maya-stylize.part" in name for name in new), step


@pytest.mark.usefixtures("quick")
def test_an_upgrade_is_mended_and_the_old_version_works_until_the_new_one_does(
    home: Path, here: Machine, source: Path, request_: Request, tmp_path: Path
) -> None:
    before = tree(home)
    where = layout.places(here, None)
    install(source, request_, here, silent)
    kept = tmp_path / "kept"
    shutil.copytree(home, kept, symlinks=True)
    newer = write_source(tmp_path / "newer", "2.0")
    (newer / "maya_stylize" / "ui" / "__init__.py").rename(newer / "maya_stylize" / "panel.py")
    with allowing(EVERYTHING, str(home)):
        install(newer, request_, here, silent)
    whole, steps = tree(home), changes_seen()
    for step in range(0, steps, 3):
        restore(home, kept)
        with pytest.raises(Interrupted), allowing(step, str(home)):
            install(newer, request_, here, silent)
        pythons = list(where.engines.glob("*/complete.json"))
        assert pythons, step
        install(newer, request_, here, silent)
        assert without_receipt(tree(home)) == without_receipt(whole), step
    removal.uninstall(where, ())
    assert tree(home) == before


@pytest.mark.usefixtures("quick")
def test_removing_again_finishes_it(
    home: Path, here: Machine, source: Path, request_: Request, tmp_path: Path
) -> None:
    where = layout.places(here, None)
    before = tree(home)
    install(source, request_, here, silent)
    kept = tmp_path / "kept"
    shutil.copytree(home, kept, symlinks=True)
    with allowing(EVERYTHING, str(home)):
        removal.uninstall(where, ())
    steps = changes_seen()
    for step in range(0, steps, 2):
        restore(home, kept)
        with pytest.raises(Interrupted), allowing(step, str(home)):
            removal.uninstall(where, ())
        if where.receipt.exists():
            removal.uninstall(where, ())
            assert tree(home) == before, step
        else:  # only empty folders may be left
            left = {name: kind for name, kind in tree(home).items() if name not in before}
            assert set(left.values()) <= {"folder"}, step
