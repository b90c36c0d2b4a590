"""The tables that a color config keeps in other files, against what OpenColorIO itself reads."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import PyOpenColorIO
import pytest

from maya_stylize.color_tables import tables_of
from maya_stylize.errors import ImageError
from maya_stylize.images import color_config
from maya_stylize.job_sources import FileHashes
from maya_stylize.jobs import SynthesizeJob
from maya_stylize.ledger import Ledger

CONFIG = """ocio_profile_version: 2
SEARCH
roles: {scene_linear: linear, default: linear}
displays:
  screen:
    - !<View> {name: plain, colorspace: linear}
colorspaces:
  - !<ColorSpace>
    name: linear
    aliases: [lin_rec709_scene]
  - !<ColorSpace>
    name: filmed
    to_scene_reference: !<FileTransform> {src: film.spi1d, interpolation: linear}
  - !<ColorSpace>
    name: graded
    to_scene_reference: !<GroupTransform>
      children:
        - !<ColorSpaceTransform> {src: filmed, dst: linear}
        - !<FileTransform>
          src: "two words.spi1d"
          interpolation: nearest
  - !<ColorSpace>
    name: of a shot
    to_scene_reference: !<FileTransform> {src: $SHOT_OF_NOBODY/cc.spi1d}
"""
SEARCHES = {
    "one": "search_path: luts",
    "several": "search_path: nowhere:luts",
    "list": "search_path:\n  - nowhere\n  - luts",
    "quoted": 'search_path: "luts"',
}


def table(path, gain):
    path.parent.mkdir(exist_ok=True)
    numbers = "\n".join(f"{gain * step / 16:.6f}" for step in range(17))
    text = f"Version 1\nFrom 0 1\nLength 17\nComponents 1\n{{\n{numbers}\n}}\n"
    path.write_text(text)
    return path


@pytest.fixture(params=SEARCHES)
def config(request, tmp_path):
    path = tmp_path / "studio.ocio"
    path.write_text(CONFIG.replace("SEARCH", SEARCHES[request.param]))
    table(tmp_path / "luts" / "film.spi1d", 0.5)
    table(tmp_path / "luts" / "two words.spi1d", 0.25)
    table(tmp_path / "luts" / "other.spi1d", 1)
    return path


def test_they_are_those_that_opencolorio_reads(config):
    theirs = PyOpenColorIO.Config.CreateFromFile(str(config))
    metadata = theirs.getProcessor("graded", "linear").getProcessorMetadata()
    assert len(list(metadata.getFiles())) == 2
    assert set(map(Path, tables_of(str(config)))) == set(map(Path, metadata.getFiles()))


def test_another_table_is_another_config(config, tmp_path):
    before = color_config.content_of(str(config))
    values = np.full((1, 1, 3), 0.5, np.float32)
    made = color_config.load(str(config)).space("filmed").into(values)
    table(tmp_path / "luts" / "other.spi1d", 0.9)  # which the config does not name
    assert color_config.content_of(str(config)) == before
    table(tmp_path / "luts" / "film.spi1d", 0.75)
    PyOpenColorIO.ClearAllCaches()
    assert (color_config.load(str(config)).space("filmed").into(values) > made + 0.05).all()
    changed = color_config.content_of(str(config))
    assert changed != before
    assert changed.startswith("sha256:")
    table(tmp_path / "luts" / "film.spi1d", 0.5)
    assert color_config.content_of(str(config)) == before


def test_exchanged_tables_are_another_config_and_a_moved_config_is_none(config, tmp_path):
    before = color_config.content_of(str(config))
    luts = tmp_path / "luts"
    one, other = luts / "film.spi1d", luts / "two words.spi1d"
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (moved / "luts").mkdir()
    for path in (one, other):
        (moved / "luts" / path.name).write_bytes(path.read_bytes())
    (moved / "c.ocio").write_bytes(config.read_bytes())
    assert color_config.content_of(str(moved / "c.ocio")) == before
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert color_config.content_of(str(config)) != before


def test_a_batch_s_ledger_knows_the_tables(config, tmp_path):
    (tmp_path / "e.png").write_bytes(b"a picture")
    job = SynthesizeJob(
        exemplar=str(tmp_path / "e.png"),
        output=str(tmp_path / "o.png"),
        color_config=str(config),
    )
    before = Ledger("model").look(job).key
    assert Ledger("model").look(job).key == before
    table(tmp_path / "luts" / "film.spi1d", 0.75)
    assert Ledger("model").look(job).key != before


def test_a_table_is_looked_at_anew_once_it_changed(config, tmp_path):
    hashes = FileHashes()
    before = hashes(str(config))
    changed = table(tmp_path / "luts" / "film.spi1d", 0.75)
    os.utime(changed, ns=(1, 1))
    assert hashes(str(config)) != before


def test_what_cannot_be_a_file_is_none(tmp_path):
    path = tmp_path / "a.ocio"
    path.write_text("- !<FileTransform> {src: %s}\n" % ("x" * 300))
    assert tables_of(str(path)) == []


def test_what_is_no_config_names_nothing(tmp_path):
    path = tmp_path / "a.ocio"
    path.write_bytes(bytes(range(256)) * 4)
    assert tables_of(str(path)) == []
    assert tables_of(str(tmp_path / "none.ocio")) == []
    with pytest.raises(ImageError, match=r"none\.ocio: cannot be read"):
        color_config.content_of(str(tmp_path / "none.ocio"))
