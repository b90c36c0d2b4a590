"""A faster 3x3 convolution for TensorFlow on the CPU: Winograd's F(4x4, 3x3), frozen, with ReLU.

Four by four results take 36 products per pair of channels instead of 144. The picture is worked
through in strips of tiles small enough for the processor's caches. The interpolation points
0, ±5/8, ±3/2 and infinity keep the rounding error near the direct convolution's; the customary
0, ±1, ±2 and infinity give two to four times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Tensor = Any
FloatArray = npt.NDArray[np.float32]
Shape = tuple[int | None, ...]

POINTS = (0.0, 5 / 8, -5 / 8, 3 / 2, -3 / 2)
OUT = 4  # results on a side of a tile
IN = OUT + 2  # pixels on a side that they need
FEWEST_CHANNELS = 64  # of input and output
MAPS: Shape = (1, None, None, None)  # of pictures, features, and their gradients
FEWEST_TILES = 16  # below, the direct convolution reads fewer bytes of weights


def _matrices() -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Return Aᵀ, G and Bᵀ of y = Aᵀ[(G g) ∘ (Bᵀ d)] (Toom and Cook; Lavin and Gray, 2016)."""
    output, kernel, pixels = np.zeros((OUT, IN)), np.zeros((IN, 3)), np.zeros((IN, IN))
    for row, point in enumerate(POINTS):
        others = [other for other in POINTS if other != point]
        output[:, row] = point ** np.arange(OUT)
        kernel[row] = point ** np.arange(3) / np.prod(point - np.array(others))
        pixels[row, :-1] = np.poly(others)[::-1]
    output[-1, -1] = kernel[-1, -1] = 1
    pixels[-1] = np.poly(POINTS)[::-1]
    return output, kernel, pixels


class WinogradConvolution(keras.layers.Layer):  # type: ignore[misc]
    """A 3x3 convolution of stride 1 with its bias and ReLU; no gradient for the weights.

    Takes (1, H, W, in), float32, of any H and W, and gives what `keras.layers.Conv2D` with
    "relu" gives, up to rounding. Needs `FEWEST_CHANNELS` channels to be of use; see `pays`.

    Args:
        weight: (out, in, 3, 3).
        bias: (out,).
        padding: "same" or "valid", as Keras means them.
        threads: That TensorFlow may use for an operation.
        name: The layer's name.
    """

    def __init__(
        self, weight: FloatArray, bias: FloatArray, padding: str, threads: int, name: str
    ) -> None:
        super().__init__(name=name, trainable=False)
        kernel = tf.constant(weight.transpose(2, 3, 1, 0), tf.float32)
        # The gradient by the features is a convolution with the kernel turned by 180 degrees.
        turned = tf.transpose(tf.reverse(kernel, [0, 1]), (0, 1, 3, 2))
        self._kernels = [(each, _transformed(each)) for each in (kernel, turned)]
        self._margin = 1 if padding == "same" else 0
        self._threads = threads
        self._bias = tf.constant(bias, tf.float32)

    @staticmethod
    def pays(weight: FloatArray) -> bool:
        """Whether a convolution with these weights, (out, in, 3, 3), gains anything."""
        out, channels = weight.shape[:2]
        return bool(min(out, channels) >= FEWEST_CHANNELS)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return (1, H', W', out) for (1, H, W, in)."""
        less = 2 - 2 * self._margin
        rows, columns = (side and side - less for side in input_shape[1:3])
        return (input_shape[0], rows, columns, self._bias.shape[0])

    def call(self, features: Tensor) -> Tensor:
        """Return the features of the next layer."""
        result: Tensor = tf.custom_gradient(self._with_gradient)(features)
        return result

    def _with_gradient(self, features: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        # A tape would trace what it watches once more, for a gradient that it is given here.
        features = tf.stop_gradient(features)
        forward, backward = self._kernels
        result = _forward(self._threads)(*forward, self._margin, features, self._bias)
        result = tf.ensure_shape(result, (1, None, None, self._bias.shape[0]))

        def gradient(upstream: Tensor) -> Tensor:
            found = _backward(self._threads)(*backward, 2 - self._margin, upstream, result)
            return tf.ensure_shape(found, (1, None, None, features.shape[3]))

        return result, gradient


@lru_cache
def _forward(threads: int) -> Callable[..., Tensor]:
    """Return a convolution with bias and ReLU, traced once for all layers."""

    def convolve(
        kernel: Tensor, weights: Tensor, margin: Tensor, features: Tensor, bias: Tensor
    ) -> Tensor:
        def activate(pixels: Tensor) -> Tensor:
            return tf.nn.relu(tf.nn.bias_add(pixels, bias))

        return _convolved(kernel, weights, margin, [features], _only, activate, threads)

    return _once(convolve, (None,))


@lru_cache
def _backward(threads: int) -> Callable[..., Tensor]:
    """Return the gradient of what `_forward` returns, by the features, traced in the same way."""

    def convolve(
        kernel: Tensor, weights: Tensor, margin: Tensor, upstream: Tensor, result: Tensor
    ) -> Tensor:
        return _convolved(kernel, weights, margin, [upstream, result], _masked, _same, threads)

    return _once(convolve, MAPS)


def _once(function: Callable[..., Tensor], last: Shape) -> Callable[..., Tensor]:
    """Return a function of tensors, traced and optimized once for pictures and layers of any size.

    Args:
        function: Of kernel, weights, margin, features, and one more.
        last: The shape of that one.
    """
    shapes: tuple[Shape, ...] = ((3, 3, None, None), (IN * IN, None, None), (), MAPS, last)
    types = (tf.float32, tf.float32, tf.int32, tf.float32, tf.float32)
    signature = [tf.TensorSpec(*each) for each in zip(shapes, types, strict=True)]
    # Where it was copied into each layer's place, each copy would be optimized by itself.
    apart = {"_noinline": True}
    traced: Callable[..., Tensor] = tf.function(
        function, signature, autograph=False, experimental_attributes=apart
    )
    return traced


def _convolved(
    kernel: Tensor,
    weights: Tensor,
    margin: Tensor,
    pictures: Sequence[Tensor],
    before: Callable[..., Tensor],
    after: Callable[[Tensor], Tensor],
    threads: int,
) -> Tensor:
    """Return after(before(*pictures) ∗ kernel), (1, H + 2·margin − 2, W + ..., out).

    Args:
        kernel: (3, 3, in, out).
        weights: What `_transformed` makes of it.
        margin: Zeros around.
        pictures: Of the same height and width; (1, H, W, in) each.
        before: Of all pictures' rows, pixel by pixel.
        after: Of the convolution's rows, pixel by pixel.
        threads: That TensorFlow may use for an operation.
    """
    size = tf.shape(pictures[0])
    rows, columns = size[1] + (2 * margin - 2), size[2] + (2 * margin - 2)
    tiles = -(-rows // OUT) * -(-columns // OUT)

    def directly() -> Tensor:
        picture = tf.pad(before(*pictures), [[0, 0], [margin] * 2, [margin] * 2, [0, 0]])
        return after(tf.nn.conv2d(picture, kernel, 1, "VALID"))

    def in_strips() -> Tensor:
        return _strips(weights, margin, pictures, before, after, threads)

    result: Tensor = tf.cond(tiles >= FEWEST_TILES, in_strips, directly)
    return result


def _strips(
    weights: Tensor,
    margin: Tensor,
    pictures: Sequence[Tensor],
    before: Callable[..., Tensor],
    after: Callable[[Tensor], Tensor],
    threads: int,
) -> Tensor:
    size, (_, channels, out) = tf.shape(pictures[0]), tf.unstack(tf.shape(weights))
    height, width = size[1], size[2]
    rows, columns = height + (2 * margin - 2), width + (2 * margin - 2)
    down, across = -(-rows // OUT), -(-columns // OUT)
    # Strips of equal height, of so many tiles that a thread's share stays in its cache.
    wanted = tf.maximum(64, 16384 // (channels + out)) * threads
    strips = -(-down // tf.maximum(1, wanted // across))
    strip = -(-down // strips)
    tiles, line = strip * across, OUT * across + 2
    deep = strip * OUT + 2
    side, row, column = tf.range(IN), OUT * tf.range(strip), OUT * tf.range(across)
    where = (row[:, None] + side[:, None, None, None]) * line + column + side[:, None, None]
    where = tf.reshape(where, (IN * IN, tiles))
    flat = [tf.reshape(picture, (height, width, channels)) for picture in pictures]
    output, _, pixel = _matrices()
    to_products = tf.constant(np.kron(pixel, pixel), tf.float32)
    from_products = tf.constant(np.kron(output, output), tf.float32)

    def one(index: Tensor) -> Tensor:
        begin = index * (strip * OUT) - margin
        first, last = tf.maximum(begin, 0), tf.minimum(begin + deep, height)
        around = [
            [first - begin, begin + deep - last],
            [margin, line - margin - width],
            [0, 0],
        ]
        pixels = tf.pad(before(*(picture[first:last] for picture in flat)), around)
        pixels = tf.gather(tf.reshape(pixels, (-1, channels)), where)
        pixels = tf.matmul(to_products, tf.reshape(pixels, (IN * IN, -1)))
        products = tf.matmul(tf.reshape(pixels, (IN * IN, tiles, channels)), weights)
        found = tf.matmul(from_products, tf.reshape(products, (IN * IN, -1)))
        found = tf.reshape(found, (OUT, OUT, strip, across, out))
        found = tf.transpose(found, (2, 0, 3, 1, 4))
        return after(tf.reshape(found, (strip * OUT, across * OUT, out)))

    spec = tf.TensorSpec((None, None, None), tf.float32)
    result = tf.map_fn(one, tf.range(strips), fn_output_signature=spec, parallel_iterations=2)
    result = tf.reshape(result, (strips * strip * OUT, across * OUT, out))
    return result[None, :rows, :columns]


def _transformed(kernel: Tensor) -> Tensor:
    """Return (36, in, out) for a kernel, (3, 3, in, out)."""
    _, matrix, _ = _matrices()
    to_products = tf.constant(np.kron(matrix, matrix), tf.float32)
    products = tf.matmul(to_products, tf.reshape(kernel, (9, -1)))
    return tf.reshape(products, (IN * IN, *kernel.shape[2:]))


def _only(features: Tensor) -> Tensor:
    return features


def _same(pixels: Tensor) -> Tensor:
    return pixels


def _masked(upstream: Tensor, result: Tensor) -> Tensor:
    return tf.raw_ops.ReluGrad(gradients=upstream, features=result)
