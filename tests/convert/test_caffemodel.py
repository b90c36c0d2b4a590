from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from caffe_writer import BlobStyle, LayerSpec, blob, block, caffemodel, layer, number, pieces
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import VGG19, assert_same, caffe_layers, edited, random_network

from maya_stylize.convert import caffemodel as reader
from maya_stylize.convert.convert import convert, read
from maya_stylize.convert.fingerprint import NORMALIZED_VGG19
from maya_stylize.convert.network import VGG_BLOCKS
from maya_stylize.errors import ModelError

NETWORK = random_network()
LAYERS = caffe_layers(NETWORK)
STYLES = {
    "packed": BlobStyle(),
    "shape": BlobStyle(legacy=False),
    "double": BlobStyle(double=True),
    "unpacked": BlobStyle(packed=False),
    "double unpacked with shape": BlobStyle(double=True, packed=False, legacy=False),
}


def written(path: Path, data: bytes) -> Path:
    file = path / "net.caffemodel"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("dialect", ["v1", "v2"])
@pytest.mark.parametrize("style", ["packed", "double", "unpacked"])
def test_real_weights_keep_their_fingerprint(tmp_path, real_model, dialect, style):
    layers = caffe_layers(read(real_model))
    file = written(tmp_path, caffemodel(layers, dialect, STYLES[style]))
    origin = convert(file, tmp_path / "out.h5")
    file.unlink()
    assert origin.fingerprint == NORMALIZED_VGG19
    assert origin.pooling == "average"
    assert "non-commercial" in origin.notice


@settings(max_examples=40)
@given(
    blocks=st.sampled_from(VGG_BLOCKS),
    kind=st.sampled_from(["max", "average"]),
    dialect=st.sampled_from(["v1", "v2"]),
    style=st.sampled_from(list(STYLES.values())),
    seed=st.integers(0, 1000),
)
def test_every_spelling_reads_back(tmp_path_factory, blocks, kind, dialect, style, seed):
    network = random_network(blocks, kind, seed)
    file = tmp_path_factory.mktemp("spelling") / "net.caffemodel"
    file.write_bytes(caffemodel(caffe_layers(network), dialect, style))
    assert_same(reader.read(file), network)


def test_names_in_the_file_do_not_matter(tmp_path):
    layers = [
        dataclasses.replace(
            spec,
            name=f"x{spec.name}",
            bottom=[f"b{name}" for name in spec.bottom],
            top=[f"b{name}" for name in spec.top],
        )
        for spec in LAYERS
    ]
    data = caffemodel(layers).replace(block(3, "data"), block(3, "bdata"), 1)
    assert_same(reader.read(written(tmp_path, data)), NETWORK)


def test_fully_connected_layers_are_dropped_with_a_note(tmp_path):
    top = [
        LayerSpec("fc6", "InnerProduct", ["pool5"], ["fc6"], blobs=[np.ones((5, 4)), np.ones(5)]),
        LayerSpec("relu6", "ReLU", ["fc6"], ["fc6"]),
        LayerSpec("drop6", "Dropout", ["fc6"], ["fc6"]),
        LayerSpec("prob", "Softmax", ["fc6"], ["prob"]),
    ]
    network = reader.read(written(tmp_path, caffemodel([*LAYERS, *top])))
    assert_same(network, NETWORK)
    assert network.notes == (
        "Layers above the convolutions were dropped: fc6, relu6, drop6, prob.",
    )


def test_labels_and_what_comes_from_them_are_passed_over(tmp_path):
    training = [
        LayerSpec("data", "Data", [], ["data", "label"]),
        LayerSpec("label_split", "Split", ["label"], ["label_0", "label_1"]),
    ]
    assert_same(reader.read(written(tmp_path, caffemodel([*training, *LAYERS]))), NETWORK)
    training[1] = LayerSpec("data_split", "Split", ["data"], ["data_0", "data_1"])
    with pytest.raises(ModelError, match="layer 'data_split', field 'top'"):
        reader.read(written(tmp_path, caffemodel([*training, *LAYERS])))


def with_blob(data: bytes, kind: str = "weight") -> bytes:
    """The small network, V2, one blob of conv1_1 replaced by the given bytes."""
    style = BlobStyle(legacy=False)
    spec = next(spec for spec in LAYERS if spec.name == "conv1_1")
    whole = layer(spec, "v2", style)
    index = ["weight", "bias"].index(kind)
    old = block(7, blob(spec.blobs[index], style))
    assert old in whole
    parts = pieces(LAYERS, "v2", style)
    return b"".join(parts).replace(
        block(100, whole), block(100, whole.replace(old, block(7, data)))
    )


def test_legacy_dimensions_win_over_shape_and_doubles_over_floats(tmp_path):
    weight = NETWORK.convolutions[0].weight
    shape = b"".join(number(i + 1, n) for i, n in enumerate(weight.shape))
    wrong = block(7, block(1, bytes([9, 9, 9, 9])))
    values = block(5, np.zeros(7, "<f4").tobytes()) + block(8, weight.astype("<f8").tobytes())
    assert_same(reader.read(written(tmp_path, with_blob(wrong + values + shape))), NETWORK)


def test_floats_in_several_packed_blocks_are_joined(tmp_path):
    bias = NETWORK.convolutions[0].bias.astype("<f4")
    data = number(1, bias.size) + number(2, 1) + number(3, 1) + number(4, 1)
    data += b"".join(block(5, value.tobytes()) for value in bias)
    assert_same(reader.read(written(tmp_path, with_blob(data, "bias"))), NETWORK)


WEIGHT = NETWORK.convolutions[0].weight.astype("<f4")
SHAPE = b"".join(number(i + 1, n) for i, n in enumerate(WEIGHT.shape))
COUNT = WEIGHT.size
BAD_BLOBS = {
    "one value short": (SHAPE + block(5, WEIGHT.tobytes()[:-4]), f"{COUNT - 1} are stored"),
    "one value more": (SHAPE + block(5, WEIGHT.tobytes() + b"\0" * 4), f"{COUNT + 1} are stored"),
    "half a float": (SHAPE + block(5, WEIGHT.tobytes()[:-1]), "no whole floats"),
    "no values": (SHAPE, "0 are stored"),
    "no shape": (block(5, WEIGHT.tobytes()), "is missing or not positive"),
    "negative shape": (number(1, -4) + block(5, WEIGHT.tobytes()), "is missing or not positive"),
    "shape that overflows": (
        b"".join(number(i, 2**31 - 1) for i in (1, 2)) + number(3, 3) + number(4, 3),
        "0 are stored",
    ),
    "5x5 kernels": (number(1, 1) + number(2, 3) + number(3, 5) + number(4, 5), "not that of 3x3"),
    "wrong rank": (block(7, block(1, bytes([27]))), "not that of 3x3"),
    "not a number": (SHAPE + block(5, np.full(COUNT, np.nan, "<f4").tobytes()), "not finite"),
    "infinity": (SHAPE + block(5, np.full(COUNT, np.inf, "<f4").tobytes()), "not finite"),
    "doubles too large": (SHAPE + block(8, np.full(COUNT, 1e300).tobytes()), "not finite"),
    "packed and unpacked": (
        SHAPE + block(5, WEIGHT.tobytes()) + b"\x2d" + b"\0" * 4,
        "packed and unpacked floats are mixed",
    ),
}


@pytest.mark.parametrize("case", BAD_BLOBS)
def test_bad_blob_is_refused_by_layer_and_field(tmp_path, case):
    data, message = BAD_BLOBS[case]
    with pytest.raises(ModelError, match=r"layer 'conv1_1', field '(weight|data)'") as caught:
        reader.read(written(tmp_path, with_blob(data)))
    assert message in str(caught.value)


def settings_of(name: str, **parameters: int) -> list[LayerSpec]:
    return edited(LAYERS, name, parameters=parameters)


def inserted(kind: str, bottom: list[str], top: list[str]) -> list[LayerSpec]:
    index = next(i for i, spec in enumerate(LAYERS) if spec.name == "pool1")
    return [*LAYERS[:index], LayerSpec("odd", kind, bottom, top), *LAYERS[index:]]


BAD_LAYERS = {
    "groups": (settings_of("conv2_1", group=2), "conv2_1", "group"),
    "dilation": (settings_of("conv2_1", dilation=2), "conv2_1", "dilation"),
    "stride": (settings_of("conv2_1", stride=2), "conv2_1", "stride"),
    "stride of one axis": (settings_of("conv2_1", stride_w=2), "conv2_1", "stride_w"),
    "kernel": (settings_of("conv2_1", kernel_size=5), "conv2_1", "kernel_size"),
    "kernel of one axis": (settings_of("conv2_1", kernel_h=1), "conv2_1", "kernel_h"),
    "no padding": (settings_of("conv2_1", pad=0), "conv2_1", "pad"),
    "axis": (settings_of("conv2_1", axis=2), "conv2_1", "axis"),
    "filters": (settings_of("conv2_1", num_output=77), "conv2_1", "num_output"),
    "bias announced, not there": (edited(LAYERS, "conv2_1", blobs=[WEIGHT]), "conv2_1", "blobs"),
    "bias there, not announced": (settings_of("conv2_1", bias_term=0), "conv2_1", "blobs"),
    "no weights": (edited(LAYERS, "conv2_1", blobs=[]), "conv2_1", "blobs"),
    "pool of 3": (settings_of("pool2", kernel_size=3), "pool2", "kernel_size"),
    "pool without stride": (settings_of("pool2", stride=1), "pool2", "stride"),
    "padded pool": (settings_of("pool2", pad=1), "pool2", "pad"),
    "pool padded on one axis": (settings_of("pool2", pad_h=1), "pool2", "pad_h"),
    "global pool": (settings_of("pool2", global_pooling=1), "pool2", "global_pooling"),
    "pool rounding down": (settings_of("pool2", round_mode=1), "pool2", "round_mode"),
    "stochastic pool": (settings_of("pool2", pool=2), "pool2", "pool"),
    "unknown pool": (settings_of("pool2", pool=9), "pool2", "pool"),
    "leaky ReLU": (
        edited(LAYERS, "relu3_1", parameters={"negative_slope": 0.1}),
        "relu3_1",
        "negative_slope",
    ),
    "LRN": (inserted("LRN", ["conv1_2"], ["conv1_2"]), "odd", "type"),
    "sum of two": (inserted("Eltwise", ["conv1_1", "conv1_2"], ["sum"]), "odd", "bottom"),
    "split": (inserted("Split", ["conv1_2"], ["a", "b"]), "odd", "top"),
    "branch": (edited(LAYERS, "conv2_2", bottom=["pool1"]), "conv2_2", "bottom"),
    "no bottom": (edited(LAYERS, "conv2_2", bottom=[]), "conv2_2", "bottom"),
    "no ReLU": ([s for s in LAYERS if s.name != "relu2_1"], "conv2_1", "type"),
    "same name twice": (edited(LAYERS, "conv2_2", name="conv2_1"), "conv2_1", "name"),
    "channels that do not fit": (
        edited(
            settings_of("conv2_2", num_output=2),
            "conv2_2",
            blobs=[np.zeros((2, 99, 3, 3)), np.zeros(2)],
        ),
        "conv2_2",
        "weight",
    ),
    "convolution after the top": (inserted("InnerProduct", ["conv1_2"], ["fc"]), "pool1", "bottom"),
}


@pytest.mark.parametrize("dialect", ["v1", "v2"])
@pytest.mark.parametrize("case", BAD_LAYERS)
def test_unsupported_layer_is_refused_by_name_and_field(tmp_path, case, dialect):
    layers, name, field = BAD_LAYERS[case]
    file = written(tmp_path, caffemodel(layers, dialect))
    with pytest.raises(ModelError, match=f"^net.caffemodel: layer '{name}', field '{field}'"):
        convert(file, tmp_path / "out.h5")
    assert list(tmp_path.iterdir()) == [file]


BAD_FILES = {
    "V0": (block(2, block(1, block(1, "conv1") + block(2, "conv"))), "layers.layer"),
    "both dialects": (
        block(2, layer(LAYERS[0], "v1", BlobStyle())) + block(100, b""),
        "are mixed",
    ),
    "no layers": (block(1, "net") + block(3, "data"), "no Caffe layer"),
    "unknown kind": (block(2, block(4, "odd") + block(3, "x") + number(5, 99)), "layer 'odd'"),
    "name that is no text": (block(2, block(4, b"\xff\xfe")), "not a Caffe model"),
    "gray input": (
        caffemodel(LAYERS).replace(number(4, 3), number(4, 1), 1),
        "layer 'data', field 'dim'",
    ),
    "shallow network": (caffemodel(LAYERS[:5]), "--prototxt"),
    "whole file twice": (caffemodel(LAYERS) * 2, "two layers with weights"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file_is_refused(tmp_path, case):
    data, message = BAD_FILES[case]
    with pytest.raises(ModelError) as caught:
        reader.read(written(tmp_path, data))
    assert message in str(caught.value)


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_a_file_cut_anywhere_is_refused_or_lacks_nothing(tmp_path, dialect):
    """Cut at every byte, so at every boundary of every message.

    What may be missing without harm is the last pool, which is the same in every VGG.
    """
    network = random_network(VGG19, widest=1)
    parts = pieces(caffe_layers(network), dialect)
    data = b"".join(parts)
    harmless = {len(data) - len(parts[-1]), len(data)}
    survivors = set()
    for end in range(1, len(data) + 1):
        file = written(tmp_path, data[:end])
        with contextlib.suppress(ModelError):
            assert_same(reader.read(file), network)
            survivors.add(end)
    assert survivors == harmless


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_a_cut_file_leaves_nothing_behind(tmp_path, dialect):
    parts = pieces(LAYERS, dialect)
    for count in range(1, len(parts) - 1):
        file = written(tmp_path, b"".join(parts[:count]))
        with pytest.raises(ModelError):
            convert(file, tmp_path / "out.h5")
        assert list(tmp_path.iterdir()) == [file]


@settings(max_examples=200)
@given(data=st.binary(min_size=1, max_size=300), place=st.integers(0, 10_000))
def test_damage_is_a_clear_error_or_another_network(tmp_path_factory, data, place):
    whole = caffemodel(caffe_layers(random_network(widest=1)))
    place %= len(whole)
    file = tmp_path_factory.mktemp("damage") / "net.caffemodel"
    file.write_bytes(whole[:place] + data + whole[place + len(data) :])
    with contextlib.suppress(ModelError):
        network = reader.read(file)
        assert network.blocks in VGG_BLOCKS
        assert all(np.isfinite(layer.weight).all() for layer in network.convolutions)
