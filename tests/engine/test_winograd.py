"""Winograd's convolution against TensorFlow's own in float64, forward and backward."""

import numpy as np
import pytest
import tensorflow as tf

from maya_stylize.engine.backend.winograd import WinogradConvolution

SIZES = [(3, 3), (4, 7), (5, 64), (17, 19), (16, 16), (33, 50), (61, 37)]


def relative(found, wanted):
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("channels", "out"), [(64, 64), (64, 128), (256, 512)])
def test_it_gives_what_the_direct_one_gives(padding, channels, out, engine_backend):
    import keras

    random = np.random.default_rng(0)
    weight = random.normal(0, np.sqrt(2 / (9 * channels)), (out, channels, 3, 3))
    weight, bias = weight.astype(np.float32), random.normal(0, 0.3, out).astype(np.float32)
    picture = keras.Input((None, None, channels))
    layer = WinogradConvolution(weight, bias, padding, engine_backend.threads, "conv")
    model = keras.Model(picture, layer(picture))
    assert model.output_shape == (None, None, None, out)
    kernel = weight.transpose(2, 3, 1, 0).astype(np.float64)
    shapes = [tf.TensorSpec((1, None, None, count)) for count in (channels, out)]

    @tf.function(input_signature=shapes)
    def ours(features, upstream):
        with tf.GradientTape() as tape:
            tape.watch(features)
            result = model(features)
        return result, tape.gradient(result, features, upstream)

    for height, width in SIZES:
        less = 0 if padding == "same" else 2
        if min(height, width) == less:
            continue
        features = random.normal(size=(1, height, width, channels)).astype(np.float32)
        upstream = random.normal(size=(1, height - less, width - less, out)).astype(np.float32)

        result, gradient = (item.numpy() for item in ours(features, upstream))
        again = ours(features, upstream)

        wanted = tf.nn.conv2d(tf.constant(features, tf.float64), kernel, 1, padding.upper()) + bias
        assert relative(result, np.maximum(wanted, 0)) < 3e-6
        # With the mask of what was found: a sign at the rounding's edge is no error.
        back = tf.constant(upstream * (result > 0), tf.float64)
        wanted = tf.raw_ops.Conv2DBackpropInput(
            input_sizes=features.shape,
            filter=kernel,
            out_backprop=back,
            strides=[1] * 4,
            padding=padding.upper(),
        )
        assert relative(gradient, wanted.numpy()) < 3e-6
        assert np.array_equal(result, again[0])
        assert np.array_equal(gradient, again[1])
    assert ours.experimental_get_tracing_count() == 1


def test_the_tensorflow_backend_takes_it_for_wide_layers(engine_backend):
    weights = {channels: np.zeros((64, channels, 3, 3), np.float32) for channels in (3, 64)}
    found = {
        channels: engine_backend.convolution(weight, np.zeros(64, np.float32), "same", "c")
        for channels, weight in weights.items()
    }

    assert found[3] is None
    assert isinstance(found[64], WinogradConvolution)
