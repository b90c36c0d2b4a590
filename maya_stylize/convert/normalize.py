"""Make the normalized network out of a plain VGG-19 and a folder of pictures.

Gatys, Ecker and Bethge (2015), section 2: every filter is scaled so that its mean activation over
pictures and positions is one. A ReLU passes a positive factor on, and so do both kinds of pooling,
so the function of the network stays the same up to these factors.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from maya_stylize.convert import convert, provenance
from maya_stylize.convert.chain import assemble, with_pooling
from maya_stylize.convert.network import Convolution, FloatArray, Network
from maya_stylize.convert.provenance import Provenance
from maya_stylize.engine import vgg19
from maya_stylize.errors import ModelError
from maya_stylize.files import sha256
from maya_stylize.images import reader
from maya_stylize.images.formats import SUFFIXES
from maya_stylize.images.resize import resize

# Larger pictures are reduced to this many pixels on the longer side: near the scale that the
# network was trained at, and its first feature maps take 64 MB.
LONGEST_SIDE = 512

# Called with the pictures done, the pictures in all, and the file at hand.
Progress = Callable[[int, int, str], None]
Means = npt.NDArray[np.float64]


def normalize(
    stock: Path, output: Path, images: Path, progress: Progress | None = None
) -> Provenance:
    """Scale every filter of a network to a mean activation of one.

    Args:
        stock: Any model file that `convert` reads.
        output: The `.h5` to write; it records average pooling, with which the means are taken.
        images: A folder; every picture in it and below is measured, in the order of their names.
        progress: Called before each picture and once at the end.

    Returns:
        What was written; its notes tell which filters never fired and keep their scale.

    Raises:
        ModelError: The model cannot be read, there is no picture, or the output cannot be written.
        ImageError: A picture cannot be read.
    """
    convert.check_output(output, stock)
    network = with_pooling(convert.read(stock), "average")
    files = _pictures(images)
    names = [layer.name for layer in network.convolutions]
    model = vgg19.build(network, names, "average", "channels_last")
    sums = [np.zeros(layer.bias.size) for layer in network.convolutions]
    positions = [0] * len(sums)
    for index, file in enumerate(files):
        if progress is not None:
            progress(index, len(files), file.name)
        for layer, (total, count) in enumerate(activation_sums(model, _pixels(file))):
            sums[layer] += total
            positions[layer] += count
    if progress is not None:
        progress(len(files), len(files), "")
    means = [total / count for total, count in zip(sums, positions, strict=True)]
    dead = {
        layer.name: tuple(np.flatnonzero(mean == 0).tolist())
        for layer, mean in zip(network.convolutions, means, strict=True)
        if (mean == 0).any()
    }
    scaled = assemble(stock, rescale(network, means).layers, _notes(network, files, dead))
    origin = provenance.describe(
        scaled,
        stock.name,
        sha256(stock),
        convert.inherited_notice(stock, network),
    )
    return convert.save(scaled, origin, output)


def activation_sums(model: keras.Model, pixels: FloatArray) -> list[tuple[Means, int]]:
    """Run one picture through a network.

    Args:
        model: As `vgg19.build` makes it, channels last, with a tap at each convolution in order.
        pixels: float32 (height, width, 3), RGB on the sRGB curve, 0 to 1.

    Returns:
        For each convolution, after its ReLU: float64 (filters,) sums over the positions, and the
        number of positions.
    """
    results = []
    for maps in model(vgg19.to_network(pixels, "channels_last")).values():
        values = keras.ops.convert_to_numpy(maps)[0]
        total = values.sum(axis=(0, 1), dtype=np.float64)
        results.append((total, values.shape[0] * values.shape[1]))
    return results


def rescale(network: Network, means: Sequence[Means]) -> Network:
    """Divide every filter's output by its mean, and undo the division in the layer above.

    Args:
        network: With convolutions of weight W (out, in, 3, 3) and bias b (out,).
        means: For each convolution, float64 (out,); where 0 the filter keeps its scale.

    Returns:
        The network with W[o, i] m[i] / m[o] and b[o] / m[o], m[i] being the mean of the filter
        below; 1 for the picture.
    """
    below = np.ones(3)
    layers = []
    pending = list(means)
    for layer in network.layers:
        if isinstance(layer, Convolution):
            mean = pending.pop(0)
            mean = np.where(mean > 0, mean, 1.0)
            weight = layer.weight * below[:, None, None] / mean[:, None, None, None]
            layer = Convolution(
                layer.name, weight.astype(np.float32), (layer.bias / mean).astype(np.float32)
            )
            below = mean
        layers.append(layer)
    return dataclasses.replace(network, layers=tuple(layers))


def _pictures(folder: Path) -> list[Path]:
    files = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not files:
        raise ModelError(
            f"There are no pictures in {folder}.",
            f"Give a folder of varied photographs ({', '.join(sorted(SUFFIXES))}).",
        )
    return files


def _pixels(file: Path) -> FloatArray:
    pixels = reader.read(file).pixels
    height, width = pixels.shape[:2]
    longest = max(height, width)
    if longest <= LONGEST_SIDE:
        return pixels
    scale = LONGEST_SIDE / longest
    return resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))


def _notes(
    network: Network, files: Sequence[Path], dead: dict[str, tuple[int, ...]]
) -> tuple[str, ...]:
    notes = [*network.notes, f"Normalized on {len(files)} pictures with average pooling."]
    for name, filters in dead.items():
        listed = ", ".join(map(str, filters[:8])) + (", ..." if len(filters) > 8 else "")
        notes.append(f"{name}: {len(filters)} filters never fired and keep their scale ({listed}).")
    return tuple(notes)
