from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import random_network
from scipy.signal import correlate

from maya_stylize.convert import keras_h5, normalize, provenance
from maya_stylize.convert.chain import with_pooling
from maya_stylize.convert.convert import read
from maya_stylize.convert.fingerprint import ACADEMIC_NOTICE, fingerprint
from maya_stylize.convert.network import MEAN_BGR, Convolution, Network
from maya_stylize.engine import vgg19
from maya_stylize.errors import ImageError, ModelError


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    generator = np.random.default_rng(5)
    for name, shape in {"b.png": (61, 80), "a.tif": (48, 33), "more/c.PNG": (70, 70)}.items():
        small = generator.integers(0, 256, (shape[0] // 8, shape[1] // 8, 3), np.uint8)
        cv2.imwrite(str(folder / name), cv2.resize(small, shape[::-1]))
    (folder / "notes.txt").write_text("no picture")
    return folder


def store(path, network):
    keras_h5.write(path, network, provenance.describe(network, "stock", "0" * 64))
    return path


def oracle(network: Network, pixels: np.ndarray) -> list[np.ndarray]:
    """Every convolution's maps after its ReLU in float64, (filters, height, width)."""
    maps = 255 * pixels[..., ::-1].transpose(2, 0, 1).astype(float) - np.reshape(
        MEAN_BGR, (3, 1, 1)
    )
    results = []
    for layer in network.layers:
        if isinstance(layer, Convolution):
            padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
            maps = np.stack([correlate(padded, kernel, "valid")[0] for kernel in layer.weight])
            maps = np.maximum(maps + layer.bias[:, None, None], 0)
            results.append(maps)
        else:
            height, width = maps.shape[1:]
            rows = [maps[:, i : i + 2] for i in range(0, height, 2)]
            windows = [[row[:, :, j : j + 2] for j in range(0, width, 2)] for row in rows]
            maps = np.stack(
                [np.stack([np.mean(w, axis=(1, 2)) for w in row], -1) for row in windows], 1
            )
    return results


@settings(max_examples=15)
@given(height=st.integers(1, 21), width=st.integers(1, 21))
def test_sums_agree_with_a_float64_oracle_at_any_size(height, width):
    network = random_network((1, 2, 1), "average", seed=3)
    pixels = np.random.default_rng(height).random((height, width, 3), np.float32)
    names = [layer.name for layer in network.convolutions]
    model = vgg19.build(network, names, "average", "channels_last")
    found = normalize.activation_sums(model, pixels)
    for (total, count), maps in zip(found, oracle(network, pixels), strict=True):
        assert count == maps[0].size
        np.testing.assert_allclose(total, maps.sum(axis=(1, 2)), rtol=2e-5, atol=1e-3)


def rescaled_at_random(network: Network, seed: int) -> Network:
    generator = np.random.default_rng(seed)
    factors = [generator.lognormal(0, 1, layer.bias.size) for layer in network.convolutions]
    return normalize.rescale(network, factors)


def test_a_rescaled_network_comes_back_to_mean_activations_of_one(tmp_path, real_model, pictures):
    original = read(real_model)
    stock = rescaled_at_random(original, 1)
    calls = []
    result = normalize.normalize(
        store(tmp_path / "stock.h5", stock),
        tmp_path / "out.h5",
        pictures,
        lambda *call: calls.append(call),
    )
    network = read(tmp_path / "out.h5")
    assert [call[2] for call in calls] == ["a.tif", "b.png", "c.PNG", ""]
    assert result.pooling == "average"
    assert "Normalized on 3 pictures with average pooling." in result.notes
    assert result == keras_h5.read_provenance(tmp_path / "out.h5")

    names = [layer.name for layer in network.convolutions]
    outputs = {}
    for key, net in {"stock": stock, "normalized": network}.items():
        model = vgg19.build(net, names, "average", "channels_last")
        maps = [
            {name: np.asarray(value, np.float64)[0] for name, value in model(picture).items()}
            for picture in (
                vgg19.to_network(rgb(file), "channels_last") for file in files(pictures)
            )
        ]
        outputs[key] = {
            name: np.concatenate([one[name].reshape(-1, one[name].shape[-1]) for one in maps])
            for name in names
        }
    for name in names:
        before, after = outputs["stock"][name], outputs["normalized"][name]
        alive = before.mean(axis=0) > 0
        dead = [note for note in result.notes if note.startswith(f"{name}: ")]
        assert bool(dead) == (not alive.all())
        assert all(note.startswith(f"{name}: {(~alive).sum()} filters") for note in dead)
        assert np.abs(after.mean(axis=0)[alive] - 1).max() <= 1e-3
        # The same function: every channel is the stock's times one factor.
        factor = np.where(alive, before.mean(axis=0), 1)
        error = np.linalg.norm(after * factor - before) / np.linalg.norm(before)
        assert error <= 1e-4, name
    (tmp_path / "out.h5").unlink()
    (tmp_path / "stock.h5").unlink()


def files(folder):
    return [folder / "a.tif", folder / "b.png", folder / "more" / "c.PNG"]


def rgb(file):
    return cv2.imread(str(file))[..., ::-1].astype(np.float32) / 255


def test_dead_filters_keep_their_scale_and_are_reported(tmp_path, pictures):
    network = random_network((1, 1), "average", seed=2)
    first, *rest = network.layers
    bias = first.bias.copy()
    bias[0] = -1e6
    stock = dataclasses.replace(network, layers=(dataclasses.replace(first, bias=bias), *rest))
    result = normalize.normalize(store(tmp_path / "s.h5", stock), tmp_path / "o.h5", pictures)
    found = read(tmp_path / "o.h5").convolutions[0]
    np.testing.assert_array_equal(found.weight[0], first.weight[0])
    assert found.bias[0] == np.float32(-1e6)
    assert "conv1_1: 1 filters never fired and keep their scale (0)." in result.notes


def test_max_pooling_is_not_carried_over(tmp_path, pictures):
    stock = store(tmp_path / "s.h5", random_network((1, 1), "max"))
    result = normalize.normalize(stock, tmp_path / "o.h5", pictures)
    assert result.pooling == "average"
    assert result.source == "s.h5"


def test_the_academic_notice_stays_on_what_is_made_of_academic_weights(tmp_path, pictures):
    network = random_network((1, 1))
    origin = provenance.describe(network, "stock", "0" * 64, ACADEMIC_NOTICE)
    keras_h5.write(tmp_path / "s.h5", network, origin)
    result = normalize.normalize(tmp_path / "s.h5", tmp_path / "o.h5", pictures)
    assert result.fingerprint != fingerprint(network)
    assert result.notice == ACADEMIC_NOTICE


def test_large_pictures_are_reduced_first(tmp_path, pictures, monkeypatch):
    seen = []
    sums = normalize.activation_sums

    def watch(model, pixels):
        seen.append(pixels.shape)
        return sums(model, pixels)

    monkeypatch.setattr(normalize, "activation_sums", watch)
    cv2.imwrite(str(pictures / "wide.png"), np.full((100, 2000, 3), 90, np.uint8))
    stock = store(tmp_path / "s.h5", with_pooling(random_network((1, 1)), "average"))
    normalize.normalize(stock, tmp_path / "o.h5", pictures)
    assert seen == [(48, 33, 3), (61, 80, 3), (70, 70, 3), (26, 512, 3)]


def test_broken_inputs_leave_nothing(tmp_path, pictures):
    stock = store(tmp_path / "s.h5", random_network((1, 1)))
    out = tmp_path / "o.h5"
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelError, match=r"no pictures in .*empty"):
        normalize.normalize(stock, out, empty)
    with pytest.raises(ModelError, match=r"no pictures in .*nowhere"):
        normalize.normalize(stock, out, tmp_path / "nowhere")
    with pytest.raises(ModelError, match="it is the source"):
        normalize.normalize(stock, stock, pictures)
    with pytest.raises(ModelError, match=r"nowhere is no folder\. Make the folder"):
        normalize.normalize(stock, tmp_path / "nowhere" / "o.h5", tmp_path / "no pictures either")
    (pictures / "more" / "z.png").write_bytes(b"not a picture")
    with pytest.raises(ImageError, match=r"z\.png"):
        normalize.normalize(stock, out, pictures)
    assert not out.exists()
