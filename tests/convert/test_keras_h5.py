from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import assert_same, random_network

from maya_stylize.convert import keras_h5, provenance
from maya_stylize.convert.chain import with_pooling
from maya_stylize.convert.convert import convert, read
from maya_stylize.convert.fingerprint import NORMALIZED_VGG19
from maya_stylize.convert.network import Convolution, Network
from maya_stylize.errors import ModelError

NETWORK = random_network()


def write(path: Path, network: Network = NETWORK) -> Path:
    keras_h5.write(path, network, provenance.describe(network, "net.caffemodel", "0" * 64))
    return path


def write_others(path: Path, network: Network, style: str) -> Path:
    """A weight file as others write it: no provenance, names of their own."""
    with h5py.File(path, "w") as file:
        names = []
        for index, layer in enumerate(network.layers):
            block, number = layer.name[4:].split("_") if "_" in layer.name else (layer.name[4:], "")
            name = {
                "keras": f"block{block}_conv{number}" if number else f"block{block}_pool",
                "caffe": layer.name,
                "numbers": f"conv2d_{index}" if number else f"max_pooling2d_{index}",
            }[style.removesuffix(" without pools")]
            if not number and style.endswith("without pools"):
                continue
            names.append(name.encode())
            group = file.create_group(name)
            weights = []
            if isinstance(layer, Convolution):
                weights = [f"{name}_W_1:0", f"{name}_b_1:0"]
                group[weights[0]] = layer.weight.transpose(2, 3, 1, 0)
                group[weights[1]] = layer.bias
            group.attrs["weight_names"] = [weight.encode() for weight in weights]
        file.attrs["layer_names"] = names
    return path


@settings(max_examples=25)
@given(
    blocks=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    kind=st.sampled_from(["max", "average"]),
    last_pool=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_what_is_written_reads_back(tmp_path_factory, blocks, kind, last_pool, seed):
    network = random_network(blocks, kind, seed, last_pool)
    file = write(tmp_path_factory.mktemp("round") / "net.h5", network)
    found = keras_h5.read(file)
    assert_same(found, network)
    assert found.pooling_origin == "stated"
    assert keras_h5.read_provenance(file) == provenance.describe(
        network, "net.caffemodel", "0" * 64
    )


def test_mixed_pools_keep_their_kinds(tmp_path):
    layers = list(random_network((1, 1, 1), "max").layers)
    layers[3] = dataclasses.replace(layers[3], kind="average")
    file = write(tmp_path / "net.h5", Network(tuple(layers)))
    assert [pool.kind for pool in keras_h5.read(file).pools] == ["max", "average", "max"]
    assert keras_h5.read_provenance(file).pooling == "max,average,max"


def test_same_network_same_bytes(tmp_path):
    assert write(tmp_path / "a.h5").read_bytes() == write(tmp_path / "b.h5").read_bytes()


@pytest.mark.parametrize("style", ["keras", "caffe", "numbers"])
@pytest.mark.parametrize("pools", ["", " without pools"])
def test_files_of_others_read_by_name_or_order(tmp_path, style, pools):
    file = write_others(tmp_path / "net.h5", NETWORK, style + pools)
    if style + pools == "numbers without pools":
        with pytest.raises(ModelError, match="'conv2d_0' does not tell its block"):
            read(file)
        return
    found = read(file)
    assert_same(found, NETWORK)
    assert "max is taken" in found.notes[-1]


def test_the_known_network_is_recognized_in_a_file_of_others(tmp_path, real_model):
    file = write_others(tmp_path / "net.h5", read(real_model), "caffe")
    origin = convert(file, tmp_path / "out.h5")
    assert origin.fingerprint == NORMALIZED_VGG19
    assert origin.pooling == "average"
    assert "non-commercial" in origin.notice


def test_keras_applications_loads_the_real_model_exactly(real_model):
    import keras

    model = keras.applications.VGG19(include_top=False, weights=str(real_model))
    found = [weight for layer in model.layers for weight in layer.get_weights()]
    expected = read(real_model).convolutions
    assert len(found) == 2 * len(expected) == 32
    for kernel, bias, layer in zip(found[::2], found[1::2], expected, strict=True):
        np.testing.assert_array_equal(kernel, layer.weight.transpose(2, 3, 1, 0))
        np.testing.assert_array_equal(bias, layer.bias)


def test_features_agree_with_keras_applications_under_max_pooling(real_model):
    import keras

    from maya_stylize.engine import vgg19

    pixels = np.random.default_rng(7).random((64, 96, 3), np.float32)
    picture = vgg19.to_network(pixels, "channels_last")
    whole = keras.applications.VGG19(include_top=False, weights=str(real_model))
    taps = {"block1_conv1": "conv1_1", "block3_pool": "pool3", "block5_pool": "pool5"}
    theirs = keras.Model(whole.inputs, [whole.get_layer(name).output for name in taps])(picture)
    ours = vgg19.build(read(real_model), list(taps.values()), "max", "channels_last")(picture)
    for name, expected in zip(taps.values(), theirs, strict=True):
        found, expected = np.asarray(ours[name]), np.asarray(expected)
        assert np.linalg.norm(found - expected) <= 1e-5 * np.linalg.norm(expected), name


def test_long_lists_of_names_cut_in_pieces_are_joined(tmp_path):
    file = write_others(tmp_path / "net.h5", NETWORK, "caffe")
    with h5py.File(file, "r+") as opened:
        names = opened.attrs.pop("layer_names")
        opened.attrs["layer_names0"], opened.attrs["layer_names1"] = names[:5], names[5:]
    assert_same(read(file), NETWORK)


def keras_model(network: Network, pooling: str = "max", top: bool = False):
    import keras

    kinds = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}
    layers = [keras.Input((32, 32, 3))]
    for layer in network.layers:
        if isinstance(layer, Convolution):
            layers.append(
                keras.layers.Conv2D(layer.bias.size, 3, padding="same", activation="relu")
            )
        else:
            layers.append(kinds[pooling](2, 2))
    if top:
        layers += [keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")]
    model = keras.Sequential(layers)
    convolutions = [layer for layer in model.layers if "conv" in layer.name]
    for layer, source in zip(convolutions, network.convolutions, strict=True):
        layer.set_weights([source.weight.transpose(2, 3, 1, 0), source.bias])
    return model


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_a_whole_model_of_keras_reads_with_its_pooling(tmp_path, pooling):
    file = tmp_path / "model.h5"
    keras_model(NETWORK, pooling, top=True).save(file)
    found = read(file)
    assert_same(found, with_pooling(NETWORK, pooling))
    assert found.pooling_origin == "recorded"
    assert "were dropped: flatten" in found.notes[0]


def test_keras_3_weights_get_an_error_that_says_what_to_do(tmp_path):
    model = keras_model(random_network((1, 1)))
    model.save_weights(tmp_path / "net.weights.h5")
    model.save(tmp_path / "net.keras")
    for name in ("net.weights.h5", "net.keras"):
        with pytest.raises(ModelError, match=r"Keras 3 .*model\.save\('model\.h5'\)"):
            convert(tmp_path / name, tmp_path / "out.h5")
    assert not (tmp_path / "out.h5").exists()


CONFIGS = {
    "kernel": ("Conv2D", {"kernel_size": [5, 5]}, "kernel_size"),
    "stride": ("Conv2D", {"strides": [2, 2]}, "strides"),
    "dilation": ("Conv2D", {"dilation_rate": [2, 2]}, "dilation_rate"),
    "groups": ("Conv2D", {"groups": 3}, "groups"),
    "sigmoid": ("Conv2D", {"activation": "sigmoid"}, "activation"),
    "no padding": ("Conv2D", {"padding": "valid"}, "padding"),
    "depthwise": ("DepthwiseConv2D", {}, "class_name"),
    "residual": ("Add", {}, "class_name"),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_unsupported_layers_of_a_whole_model_are_refused(tmp_path, case):
    kind, settings_, field = CONFIGS[case]
    file = write_others(tmp_path / "net.h5", random_network((2,)), "caffe")
    with h5py.File(file, "r+") as opened:
        config = {"padding": "same", "activation": "relu"}
        layers = [
            {"class_name": "Conv2D", "config": {"name": "conv1_1", **config}},
            {"class_name": kind, "config": {"name": "conv1_2", **config, **settings_}},
        ]
        opened.attrs["model_config"] = json.dumps({"config": layers})
    with pytest.raises(ModelError, match=f"layer 'conv1_2', field '{field}'"):
        read(file)


def chain_of(*kinds: str):
    """A functional model of named kinds of layers, one on the other."""
    from keras import Input, Model, layers

    make = {
        "relu conv": lambda: layers.Conv2D(3, 3, padding="same", activation="relu", name="conv"),
        "bare conv": lambda: layers.Conv2D(3, 3, padding="same", name="bare"),
        "valid conv": lambda: layers.Conv2D(3, 3, activation="relu", name="valid"),
        "relu": lambda: layers.ReLU(name="relu"),
        "relu word": lambda: layers.Activation("relu", name="word"),
        "relu 6": lambda: layers.ReLU(max_value=6, name="six"),
        "leaky": lambda: layers.ReLU(negative_slope=0.2, name="leaky"),
        "above": lambda: layers.ReLU(threshold=0.1, name="above"),
        "pool": lambda: layers.MaxPooling2D(name="pool"),
        "pad": lambda: layers.ZeroPadding2D(name="pad"),
        "pad 2": lambda: layers.ZeroPadding2D(2, name="wide"),
        "dropout": lambda: layers.Dropout(0.5, name="dropout"),
        "flatten": lambda: layers.Flatten(name="flatten"),
    }
    picture = features = Input((16, 16, 3))
    for kind in kinds:
        features = make[kind]()(features)
    return Model(picture, features)


@pytest.mark.parametrize(
    ("kinds", "blocks"),
    [
        (["bare conv", "relu", "pool"], (1,)),
        (["bare conv", "dropout", "relu word", "relu"], (1,)),
        (["pad", "valid conv", "pool", "relu conv", "flatten"], (1, 1)),
    ],
)
def test_every_way_to_spell_a_relu_or_padding_reads(tmp_path, kinds, blocks):
    model = chain_of(*kinds)
    model.save(tmp_path / "net.h5")
    found = keras_h5.read(tmp_path / "net.h5")
    assert found.blocks == blocks
    np.testing.assert_array_equal(
        found.convolutions[0].weight.transpose(2, 3, 1, 0), model.get_weights()[0]
    )


@pytest.mark.parametrize(
    ("kinds", "layer", "field"),
    [
        (["bare conv"], "bare", "activation"),
        (["bare conv", "pool"], "bare", "activation"),
        (["bare conv", "flatten", "relu"], "bare", "activation"),
        (["bare conv", "relu conv"], "bare", "activation"),
        (["bare conv", "relu 6"], "six", "max_value"),
        (["bare conv", "leaky"], "leaky", "negative_slope"),
        (["bare conv", "above"], "above", "threshold"),
        (["relu", "relu conv"], "relu", "class_name"),
        (["pad 2", "valid conv"], "wide", "padding"),
        (["relu conv", "pad", "pool"], "pad", "class_name"),
        (["pad", "dropout", "valid conv"], "pad", "class_name"),
        (["relu conv", "pad"], "pad", "class_name"),
        (["pad", "relu conv"], "conv", "padding"),
        (["valid conv"], "valid", "padding"),
    ],
)
def test_whole_models_that_compute_something_else_are_refused(tmp_path, kinds, layer, field):
    chain_of(*kinds).save(tmp_path / "net.h5")
    with pytest.raises(ModelError, match=f"layer '{layer}', field '{field}'"):
        keras_h5.read(tmp_path / "net.h5")


def joined(case: str):
    from keras import Input, Model, layers

    def conv(name: str):
        return layers.Conv2D(3, 3, padding="same", activation="relu", name=name)

    picture = Input((16, 16, 3))
    if case == "branches":
        first = conv("a")(picture)
        return Model(picture, [conv("b")(picture), conv("c")(first)])
    if case == "the same layer twice":
        shared = conv("twice")
        return Model(picture, shared(shared(picture)))
    if case == "sum":
        first = conv("a")(picture)
        return Model(picture, layers.Add(name="sum")([first, conv("b")(first)]))
    other = Input((16, 16, 3))
    return Model([picture, other], [conv("a")(picture), conv("b")(other)])


@pytest.mark.parametrize("case", ["branches", "the same layer twice", "sum", "two inputs"])
def test_whole_models_that_are_no_chain_are_refused(tmp_path, case):
    joined(case).save(tmp_path / "net.h5")
    with pytest.raises(ModelError, match=r"field '(inbound_nodes|class_name)'"):
        keras_h5.read(tmp_path / "net.h5")


@pytest.mark.parametrize("joint", [[[["conv1_1", 0, 0, {}]]], [[["input", 0, 0, {}]]]])
def test_the_joints_of_keras_2_are_followed(tmp_path, joint):
    network = random_network((2,))
    file = write_others(tmp_path / "net.h5", network, "caffe")
    relu = {"padding": "same", "activation": "relu"}
    pool = {"pool_size": [2, 2], "strides": [2, 2]}
    layers = [
        ("InputLayer", "input", {}, []),
        ("Conv2D", "conv1_1", relu, [[["input", 0, 0, {}]]]),
        ("Conv2D", "conv1_2", relu, joint),
        ("MaxPooling2D", "pool1", pool, [[["conv1_2", 0, 0, {}]]]),
    ]
    config = [
        {"class_name": kind, "config": {"name": name, **more}, "inbound_nodes": nodes}
        for kind, name, more, nodes in layers
    ]
    with h5py.File(file, "r+") as opened:
        opened.attrs["model_config"] = json.dumps({"config": {"layers": config}})
    if joint[0][0][0] == "conv1_1":
        assert_same(keras_h5.read(file), network)
    else:
        with pytest.raises(ModelError, match="'conv1_2', field 'inbound_nodes'"):
            keras_h5.read(file)


@pytest.mark.parametrize("change", ["alphabetical", "without a layer"])
def test_a_list_that_contradicts_the_names_is_refused(tmp_path, change):
    file = write_others(tmp_path / "net.h5", NETWORK, "caffe")
    with h5py.File(file, "r+") as opened:
        names = list(opened.attrs["layer_names"])
        names = sorted(names) if change == "alphabetical" else [n for n in names if n[-1:] != "2"]
        opened.attrs["layer_names"] = names
    with pytest.raises(ModelError, match=r"field 'layer_names': .* which its name contradicts"):
        keras_h5.read(file)


def test_a_missing_layer_is_named_where_names_alone_tell_the_blocks(tmp_path):
    file = write_others(tmp_path / "net.h5", NETWORK, "caffe without pools")
    with h5py.File(file, "r+") as opened:
        names = list(opened.attrs["layer_names"])
        opened.attrs["layer_names"] = [name for name in names if name != "conv3_3"]
    with pytest.raises(ModelError, match=r"layer 'conv3_3', .*missing below conv3_4"):
        keras_h5.read(file)


def test_no_text_that_is_written_has_a_variable_length(tmp_path):
    file = write(tmp_path / "net.h5")
    assert b"GCOL" not in file.read_bytes()  # HDF5's mark of the heap that such texts lie in
    source = 'ö"\\' * 30
    keras_h5.write(file, NETWORK, provenance.describe(NETWORK, source, ""))
    assert keras_h5.read_provenance(file).source == source


def test_a_text_of_variable_length_is_never_taken_for_ours(tmp_path):
    file = write(tmp_path / "net.h5", with_pooling(NETWORK, "average"))
    with h5py.File(file, "r+") as opened:
        opened["block1_pool"].attrs["pooling"] = "average"
        opened.attrs["source"] = "net.caffemodel"
    assert keras_h5.read_provenance(file) is None
    found = keras_h5.read(file)
    assert found.pooling_origin == "assumed"
    assert [pool.kind for pool in found.pools] == ["max"] + ["average"] * 4


def replace_kernel(file: h5py.File, **dataset: object) -> None:
    group = file["block1_conv1/block1_conv1"]
    del group["kernel:0"]
    group.create_dataset("kernel:0", **dataset)


def external_link(file: h5py.File) -> None:
    del file["block1_conv1"]
    file["block1_conv1"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(file: h5py.File) -> None:
    del file["block2_conv1"]
    file["block2_conv1"] = h5py.SoftLink("/block1_conv1")


def self_link(file: h5py.File) -> None:
    del file["block2_conv1"]
    file["block2_conv1"] = h5py.SoftLink("/block2_conv1")


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((3, 3, 3, 4), "<f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3, 3, 3, 4))
    group = file["block1_conv1/block1_conv1"]
    del group["kernel:0"]
    group.create_virtual_dataset("kernel:0", layout)


def raw_elsewhere(file: h5py.File) -> None:
    replace_kernel(file, shape=(3, 3, 3, 4), dtype="<f4", external=[("/etc/passwd", 0, 432)])


HUGE = (3, 3, 2**20, 2**20)
HOSTILE = {
    "external link": (external_link, "is a link"),
    "soft link": (soft_link, "is a link"),
    "virtual dataset": (virtual, "compressed, virtual"),
    "data in another file": (raw_elsewhere, "kept in another file"),
    "compressed": (
        lambda file: replace_kernel(file, data=np.ones((3, 3, 3, 4), "f4"), compression="gzip"),
        "compressed",
    ),
    "huge and empty": (
        lambda file: replace_kernel(file, shape=HUGE, dtype="<f4", chunks=(3, 3, 8, 8)),
        "more than the file holds",
    ),
    "a link to itself": (self_link, "is a link"),
    "a compound": (
        lambda file: replace_kernel(file, data=np.zeros((3, 3, 3, 4), [("r", "f4"), ("i", "f4")])),
        "not floats",
    ),
    "a compound for names": (
        lambda file: file.attrs.create("layer_names", np.zeros(3, [("r", "f4"), ("i", "i4")])),
        "holds no names",
    ),
    "references": (
        lambda file: replace_kernel(file, data=file.ref, dtype=h5py.ref_dtype),
        "not floats",
    ),
    "one layer again and again": (
        lambda file: file.attrs.create("layer_names", np.array([b"block5_conv4"] * 2000)),
        "lists more weights than the file holds",
    ),
    "more layers than any network's": (
        lambda file: file.attrs.create("layer_names", np.array([b"block1_pool"] * 5000)),
        "holds no names, or too many",
    ),
    "no end of empty pieces": (
        lambda file: (
            file.attrs.pop("layer_names"),
            file.attrs.create("layer_names0", np.array([], "S1")),
        ),
        "'layer_names0' holds no names",
    ),
    "weights of no size, again and again": (
        lambda file: (
            file.create_dataset("block1_pool/a", shape=(0,), dtype="<f4"),
            file["block1_pool"].attrs.create("weight_names", np.array([b"a"] * 4000)),
            file.attrs.create("layer_names", np.array([b"block1_pool"] * 4000)),
        ),
        "lists more weights than the file holds",
    ),
    "never written": (
        lambda file: replace_kernel(file, shape=(3, 3, 3, 4), dtype="<f4", chunks=(3, 3, 3, 4)),
        "more than the file holds",
    ),
    "whole numbers": (
        lambda file: replace_kernel(file, data=np.ones((3, 3, 3, 4), "i4")),
        "not floats",
    ),
    "texts": (lambda file: replace_kernel(file, data=["a", "b"]), "not floats"),
    "5x5": (lambda file: replace_kernel(file, data=np.ones((5, 5, 3, 4), "f4")), "(3, 3, in, out)"),
    "one weight, rank 3": (
        lambda file: replace_kernel(file, data=np.ones((3, 3, 3), "f4")),
        "weights of shape",
    ),
    "not a number": (
        lambda file: replace_kernel(
            file, data=np.full((3, 3, 3, NETWORK.convolutions[0].bias.size), np.nan, "f4")
        ),
        "not finite",
    ),
    "group for a dataset": (
        lambda file: (
            file["block1_conv1/block1_conv1"].pop("kernel:0"),
            file["block1_conv1/block1_conv1"].create_group("kernel:0"),
        ),
        "not a dataset",
    ),
    "missing dataset": (
        lambda file: file["block1_conv1/block1_conv1"].pop("kernel:0"),
        "listed but missing",
    ),
    "missing layer": (lambda file: file.pop("block3_conv2"), "listed but missing"),
    "numbers for names": (
        lambda file: file.attrs.create("layer_names", np.arange(3)),
        "holds no names",
    ),
    "no names": (lambda file: file.attrs.pop("layer_names"), "not a Keras model"),
    "no weights": (
        lambda file: file.attrs.create("layer_names", np.array([b"block1_pool"])),
        "no 3x3 convolution",
    ),
    "layers out of order": (
        lambda file: file.attrs.create("layer_names", file.attrs["layer_names"][::-1]),
        "which its name contradicts",
    ),
    "config that is no JSON": (
        lambda file: file.attrs.create("model_config", "{"),
        "'model_config' is not",
    ),
    "config that is no model": (
        lambda file: file.attrs.create("model_config", '{"config": {"layers": [1]}}'),
        "'model_config' is not",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused(tmp_path, case):
    change, message = HOSTILE[case]
    source = write(tmp_path / "net.h5")
    with h5py.File(source, "r+") as file:
        change(file)
    with pytest.raises(ModelError) as caught:
        convert(source, tmp_path / "out.h5")
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == [source]


def test_a_cut_file_is_refused(tmp_path):
    source = write(tmp_path / "net.h5")
    whole = source.read_bytes()
    for end in range(8, len(whole), max(1, len(whole) // 60)):
        source.write_bytes(whole[:end])
        with pytest.raises(ModelError, match=r"net\.h5: .* damaged or cut short"):
            read(source)


def test_provenance_of_a_file_of_others_is_none(tmp_path):
    file = write_others(tmp_path / "net.h5", NETWORK, "keras")
    assert keras_h5.read_provenance(file) is None
