"""What is no weights in a Caffe model is counted before it is parsed."""

from __future__ import annotations

from pathlib import Path

import pytest
from caffe_writer import BlobStyle, block, caffemodel, number
from hypothesis import given
from hypothesis import strategies as st
from networks import caffe_layers, random_network

from maya_stylize.convert import caffemodel as reader
from maya_stylize.convert.wire import beside_floats
from maya_stylize.errors import ModelError

LAYERS = caffe_layers(random_network((2, 1)))
BARE = [type(spec)(*list(vars(spec).values())[:-1]) for spec in LAYERS]  # without their blobs


@pytest.mark.parametrize("dialect", ["v1", "v2"])
@pytest.mark.parametrize("packed", [True, False])
def test_only_what_is_no_weights_is_counted(dialect, packed):
    """What is left is the bare network, and for each blob its shape, tags and lengths."""
    data = caffemodel(LAYERS, dialect, BlobStyle(packed=packed, legacy=dialect == "v1"))
    bare = caffemodel(BARE, dialect)
    blobs = sum(len(spec.blobs) for spec in LAYERS)
    assert len(bare) < beside_floats(data, 1 << 20) <= len(bare) + 32 * blobs
    assert len(data) > len(bare) + 100 * blobs


@pytest.mark.parametrize(("tag", "size"), [(b"\x2d", 4), (b"\x35", 4), (b"\x41", 8)])
def test_a_run_of_loose_floats_counts_once_to_its_end(tag, size):
    """Floats whose bytes are tags themselves, and a shape behind them."""
    blob = (tag + tag * size) * 1000 + block(7, bytes(90))
    data = block(100, block(7, blob))
    assert beside_floats(data, 1 << 20) == len(data) - 999 * (1 + size)


@given(st.binary(max_size=200))
def test_any_bytes_are_counted(data):
    assert beside_floats(data, 100) >= 0


BOMBS = {
    "layers": block(2, b"") * 3_000_000,
    "blobs": block(2, block(6, b"") * 3_000_000),
    "dimensions": block(2, block(6, block(7, block(1, bytes(5 << 20))))),
    "blobs' legacy sizes": block(100, block(7, number(1, 1) * 3_000_000)),
    "empty floats": block(100, block(7, block(5, b"") * 3_000_000)),
    "loose floats in turn": block(2, block(6, (b"\x2d" + bytes(4) + b"\x41" + bytes(8)) * 400_000)),
    "names": block(100, block(3, b"") * 3_000_000),
    "one name": block(1, bytes(5 << 20)),
    "shapes": block(8, b"") * 3_000_000,
    "numbers": number(4, 1) * 3_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_is_parsed(tmp_path: Path, bomb, monkeypatch):
    path = tmp_path / "net.caffemodel"
    path.write_bytes(BOMBS[bomb])
    monkeypatch.setattr(reader, "BinaryNet", None)  # it is not used
    with pytest.raises(ModelError, match=r"net\.caffemodel: more than 4 MB of it are no weights"):
        reader.read(path)
