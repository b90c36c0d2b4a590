from __future__ import annotations

import pytest
from caffe_writer import caffemodel, prototxt
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import assert_same, caffe_layers, random_network

from maya_stylize.convert import prototxt as reader
from maya_stylize.convert.chain import with_pooling
from maya_stylize.convert.convert import convert, read
from maya_stylize.errors import ModelError

NETWORK = random_network()
LAYERS = caffe_layers(NETWORK)
AVERAGE = with_pooling(NETWORK, "average")


@pytest.fixture
def model(tmp_path):
    file = tmp_path / "net.caffemodel"
    file.write_bytes(caffemodel(LAYERS))
    return file


def text_file(folder, text):
    file = folder / "deploy.prototxt"
    file.write_text(text)
    return file


@pytest.mark.parametrize("text_dialect", ["v1", "v2"])
@pytest.mark.parametrize("model_dialect", ["v1", "v2"])
def test_prototxt_turns_max_into_average_in_any_pairing(tmp_path, model_dialect, text_dialect):
    model = tmp_path / "net.caffemodel"
    model.write_bytes(caffemodel(LAYERS, model_dialect))
    text = text_file(tmp_path, prototxt(caffe_layers(AVERAGE), text_dialect))
    assert read(model).pools[0].kind == "max"
    network = read(model, text)
    assert_same(network, AVERAGE)
    assert network.pooling_origin == "stated"


def test_prototxt_states_the_pooling_of_the_known_network(tmp_path, real_model):
    maximum = with_pooling(read(real_model), "max")
    model = tmp_path / "net.caffemodel"
    model.write_bytes(caffemodel(caffe_layers(maximum)))
    text = text_file(tmp_path, prototxt(caffe_layers(maximum)))
    plain = convert(model, tmp_path / "plain.h5")
    stated = convert(model, tmp_path / "stated.h5", text)
    again = convert(tmp_path / "stated.h5", tmp_path / "again.h5")
    assert (plain.pooling, stated.pooling, again.pooling) == ("average", "max", "max")
    assert plain.fingerprint == stated.fingerprint == again.fingerprint
    assert any("Average pooling was set" in note for note in plain.notes)


@settings(max_examples=25)
@given(
    blocks=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    dialects=st.tuples(st.sampled_from(["v1", "v2"]), st.sampled_from(["v1", "v2"])),
    last_pool=st.booleans(),
)
def test_with_a_prototxt_any_chain_converts(tmp_path_factory, blocks, dialects, last_pool):
    network = random_network(blocks, "average", last_pool=last_pool)
    folder = tmp_path_factory.mktemp("chain")
    (folder / "net.caffemodel").write_bytes(caffemodel(caffe_layers(network), dialects[0]))
    text = text_file(folder, prototxt(caffe_layers(network), dialects[1]))
    expected = random_network(blocks, "average", last_pool=last_pool or len(blocks) == 5)
    assert_same(read(folder / "net.caffemodel", text), expected)


def test_prototxt_may_stop_below_the_models_end(model):
    shallow = random_network((2, 2, 1), last_pool=False)
    text = text_file(model.parent, prototxt(caffe_layers(NETWORK)[:12]))
    network = read(model, text)
    assert network.blocks == shallow.blocks
    assert "conv3_2" in network.notes[-1]
    assert "conv5_4" in network.notes[-1]


def test_what_only_training_needs_is_skipped(model):
    filler = 'weight_filler { type: "xavier" std: 0.01 } engine: CUDNN'
    text = prototxt(LAYERS, "v2").replace("pad: 1", f"pad: 1 {filler}")
    text = text.replace(
        'name: "conv1_1"', 'name: "conv1_1" param { lr_mult: 1 decay_mult: 0 } param { lr_mult: 2 }'
    )
    data = """
    layer { name: "train" type: "Data" top: "data" top: "label" include { phase: TRAIN }
            transform_param { mirror: true mean_value: 104 } data_param { source: "x" } }
    layer { name: "test" type: "Data" top: "data" top: "label" include { phase: TEST } }
    layer { name: "noise" type: "Power" bottom: "data" top: "data" include { phase: TRAIN } }
    layer { name: "more" type: "Power" bottom: "data" top: "data" exclude { phase: TEST } }
    """
    loss = """
    layer { name: "fc8" type: "InnerProduct" bottom: "pool5" top: "fc8" }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc8" bottom: "label" top: "loss" }
    layer { name: "accuracy" type: "Accuracy" bottom: "fc8" bottom: "label" top: "accuracy" }
    """
    body = text[text.index("layer {", text.index("input_param")) :]
    assert_same(read(model, text_file(model.parent, data + body + loss)), NETWORK)


def test_input_shape_is_understood(model):
    text = prototxt(LAYERS, "v2")
    body = text[text.index("layer {", text.index("input_param")) :]
    head = 'input: "data"\ninput_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'
    assert_same(read(model, text_file(model.parent, head + body)), NETWORK)


TEXT = prototxt(LAYERS)
BAD_TEXTS = {
    "not text": (b"\xff\xfe\x00\x01".decode("latin-1"), "not a"),
    "broken syntax": ("layers { name: ", "not a valid prototxt: 1:"),
    "unknown layer kind": (TEXT.replace("type: POOLING", "type: SHUFFLE", 1), "SHUFFLE"),
    "V0": ('layers { layer { name: "conv1" type: "conv" } }', "layer 'conv1'"),
    "empty": ("", "no Caffe layer"),
    "mixed dialects": (TEXT + 'layer { name: "x" type: "ReLU" }', "are mixed"),
    "missing layer": (TEXT.replace("conv3_2", "conv3_99"), "layer 'conv3_99', field 'blobs'"),
    "other width": (TEXT.replace("num_output: ", "num_output: 1", 1), "field 'num_output'"),
    "gray input": (TEXT.replace("input_dim: 3", "input_dim: 1", 1), "field 'dim'"),
    "two dimensions": (TEXT.replace("input_dim: 224", "", 2), "field 'dim'"),
    "pool rounding down": (
        TEXT.replace("pool: MAX", "pool: MAX round_mode: FLOOR", 1),
        "layer 'pool1', field 'round_mode'",
    ),
    "groups": (TEXT.replace("pad: 1", "pad: 1 group: 4", 1), "layer 'conv1_1', field 'group'"),
    "nested too deeply": ("x {" * 3000, "nested too deeply"),
}


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_bad_prototxt_is_refused(model, case):
    text, message = BAD_TEXTS[case]
    file = text_file(model.parent, text)
    with pytest.raises(ModelError) as caught:
        convert(model, model.parent / "out.h5", file)
    assert message in str(caught.value)
    assert sorted(model.parent.iterdir()) == [file, model]


def test_a_byte_order_mark_is_passed_over(model):
    text = text_file(model.parent, "\ufeff" + prototxt(caffe_layers(NETWORK)))
    assert_same(read(model, text), NETWORK)


def test_text_in_another_encoding_says_so(model):
    text = model.with_name("deploy.prototxt")
    text.write_bytes(prototxt(caffe_layers(NETWORK)).encode("utf-16"))
    with pytest.raises(ModelError, match=r"deploy\.prototxt: it is not UTF-8 text"):
        read(model, text)


def test_binary_given_as_prototxt_is_refused(model):
    with pytest.raises(
        ModelError, match=r"^net\.caffemodel: it is not (UTF-8 text|a valid prototxt)"
    ):
        reader.read(model)


def test_missing_prototxt_is_refused(model):
    with pytest.raises(ModelError, match=r"Cannot read .*nowhere"):
        read(model, model.parent / "nowhere.prototxt")


def test_huge_prototxt_is_refused_unparsed(tmp_path):
    file = text_file(tmp_path, "# \n" * 2_000_000)
    with pytest.raises(ModelError, match="too large"):
        reader.read(file)
