"""Every layer's activations against OpenCV 4's Caffe importer.

OpenCV reads the same caffemodel and prototxt with a parser and kernels of its own. Its pools round
up and its average over a partial window takes only the real pixels, as Caffe's does. It fails on
pools over a single row or column, so sizes here leave at least two before the last pool.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from caffe_writer import BlobStyle, caffemodel, prototxt
from networks import caffe_layers

from maya_stylize.convert.chain import with_pooling
from maya_stylize.convert.convert import convert, read

SIZES = [(32, 32), (64, 48), (33, 47), (50, 35), (37, 37)]
CASES = {
    "V1 model, V1 prototxt, average": ("v1", "v1", "average"),
    "V1 model, V2 prototxt, average": ("v1", "v2", "average"),
    "V2 model, V1 prototxt, max": ("v2", "v1", "max"),
}


@pytest.mark.parametrize("case", CASES)
def test_every_layer_agrees_with_opencv(tmp_path, real_model, case):
    from maya_stylize.engine import vgg19

    model_dialect, text_dialect, pooling = CASES[case]
    stored = with_pooling(read(real_model), "max")
    model = caffemodel(caffe_layers(stored), model_dialect, BlobStyle(legacy=model_dialect == "v1"))
    (tmp_path / "net.caffemodel").write_bytes(model)
    specs = caffe_layers(with_pooling(stored, pooling))
    (tmp_path / "net.prototxt").write_text(prototxt(specs, text_dialect))
    convert(tmp_path / "net.caffemodel", tmp_path / "net.h5", tmp_path / "net.prototxt")
    network = read(tmp_path / "net.h5")
    assert {pool.kind for pool in network.pools} == {pooling}
    names = [layer.name for layer in network.layers]
    ours = vgg19.build(network, names, network.pools[0].kind, "channels_last")
    for height, width in SIZES:
        picture = random_picture(height, width)
        expected = opencv_maps(prototxt(specs, text_dialect, (height, width)), model, picture)
        found = ours(picture.transpose(0, 2, 3, 1))
        assert len(expected) == len(names) == 21
        for name in names:
            maps = np.asarray(found[name]).transpose(0, 3, 1, 2)
            assert maps.shape == expected[name].shape
            error = np.linalg.norm(maps - expected[name]) / np.linalg.norm(expected[name])
            assert error <= 1e-4, f"{name} at {height}x{width}: {error:.2e}"
    (tmp_path / "net.h5").unlink()
    (tmp_path / "net.caffemodel").unlink()


def random_picture(height, width):
    """BGR minus the mean, smooth and noisy in parts, (1, 3, height, width)."""
    generator = np.random.default_rng(height * width)
    rows, columns = np.mgrid[:height, :width]
    waves = np.stack([np.sin(rows / 5 + k) * np.cos(columns / (3 + k)) for k in range(3)])
    return (60 * waves + generator.normal(0, 40, (1, 3, height, width))).astype(np.float32)


def opencv_maps(text, model, picture):
    """Return every layer's output after its ReLU, by Caffe's name."""
    net = cv2.dnn.readNetFromCaffe(
        np.frombuffer(text.encode(), np.uint8), np.frombuffer(model, np.uint8)
    )
    net.enableFusion(False)
    net.enableWinograd(False)
    net.setInput(picture, "data")
    layers = [name for name in net.getLayerNames() if name.startswith(("relu", "pool"))]
    outputs = net.forward(layers)
    return {
        name.replace("relu", "conv"): maps.copy()
        for name, maps in zip(layers, outputs, strict=True)
    }
