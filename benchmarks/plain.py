"""The papers' losses in plain PyTorch, apart from the engine: what peers.py judges pictures by.

Both are written down from the papers and the authors' notebooks once more, on the same weights:
Gram matrices G = F Fᵀ / M, M positions; per style layer w/4 · Σ(G−Ĝ)² / C², C channels; for the
content w/4 · mean (F−F̂)². A picture is judged as it lies on disk, 8 bits and all.

peers.py runs this file's `main` in processes of their own, whose memory is then not its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from maya_stylize.convert import keras_h5, sources
from maya_stylize.convert.network import MEAN_BGR, Convolution, Network
from maya_stylize.images import reader, writer
from maya_stylize.images.resize import resize

# Gatys, Ecker, Bethge 2015 and 2016, with the normalized network.
TEXTURE = {"conv1_1": 1e9, "pool1": 1e9, "pool2": 1e9, "pool3": 1e9, "pool4": 1e9}
STYLE = {f"conv{block}_1": 1e9 / 5 for block in (1, 2, 3, 4, 5)}
CONTENT = {"conv4_2": 1e6}

# Sides are multiples of this: four pools then leave no odd side, which packages round differently.
GRAIN = 16


class Plain:
    """The network, average pooled, as a chain of PyTorch's functions."""

    def __init__(self, network: Network) -> None:
        self._layers = []
        for layer in network.layers:
            kernel = None
            if isinstance(layer, Convolution):
                weight = torch.from_numpy(np.ascontiguousarray(layer.weight))
                weight = weight.to(memory_format=torch.channels_last)
                kernel = (weight, torch.from_numpy(np.ascontiguousarray(layer.bias)))
            self._layers.append((layer.name, kernel))

    def __call__(self, picture: torch.Tensor, taps: set[str]) -> dict[str, torch.Tensor]:
        """Return the taps' features; picture is (1, 3, H, W), BGR minus the mean."""
        found, features = {}, picture
        for name, kernel in self._layers:
            if kernel:
                features = functional.relu(self.convolve(features, *kernel))
            else:
                features = functional.avg_pool2d(features, 2, 2, ceil_mode=True)
            if name in taps:
                found[name] = features
            if len(found) == len(taps):
                break
        return found

    def convolve(self, features: torch.Tensor, *kernel: torch.Tensor) -> torch.Tensor:
        """Convolve with a filter and its bias."""
        return functional.conv2d(features, *kernel, padding=1)


class Loss:
    """The loss of either paper.

    Args:
        plain: The network.
        example: Whose Gram matrices are wanted, as `load` returns it.
        styles: Weight of each layer's Gram matrix.
        content: Whose features are wanted; None for the paper without.
    """

    def __init__(
        self,
        plain: Plain,
        example: torch.Tensor,
        styles: Mapping[str, float],
        content: torch.Tensor | None = None,
    ) -> None:
        self._plain, self._styles = plain, styles
        self._contents = {} if content is None else CONTENT
        self._taps = {*styles, *self._contents}
        with torch.no_grad():
            self._grams = {name: gram(layer) for name, layer in plain(example, set(styles)).items()}
            self._features = {} if content is None else plain(content, set(CONTENT))

    def __call__(self, picture: torch.Tensor) -> torch.Tensor:
        """Return the loss, a scalar."""
        features = self._plain(picture, self._taps)
        total = torch.zeros(())
        for name, weight in self._styles.items():
            total = total + weight / 4 * (gram(features[name]) - self._grams[name]).pow(2).mean()
        for name, weight in self._contents.items():
            total = total + weight / 4 * (features[name] - self._features[name]).pow(2).mean()
        return total


def gram(features: torch.Tensor) -> torch.Tensor:
    """Return (C, C)."""
    matrix = features[0].flatten(1)
    return matrix @ matrix.T / matrix.shape[1]


def load(path: Path) -> torch.Tensor:
    """Read a picture as the network sees it, (1, 3, H, W)."""
    bgr = reader.read(path).pixels[..., ::-1] * 255 - np.asarray(MEAN_BGR)
    tensor = torch.from_numpy(np.ascontiguousarray(bgr.transpose(2, 0, 1)[None], np.float32))
    return tensor.contiguous(memory_format=torch.channels_last)


def save(path: Path, picture: torch.Tensor) -> None:
    """Write what `load` reads, in 8 bits."""
    bgr = picture[0].numpy().transpose(1, 2, 0) + np.asarray(MEAN_BGR)
    writer.write(path, np.ascontiguousarray(bgr[..., ::-1] / 255, np.float32))


def network() -> Network:
    """Return the usual model's network."""
    return keras_h5.read(sources.ensure())


def neural_style_state(network: Network) -> dict[str, torch.Tensor]:
    """Return the network as neural-style wants it, scaled so that its loss is the judge's.

    The package divides G by the channels once more, so that Σ(G−Ĝ)² has the factor 1 / C⁴, and has
    one weight for all layers. A filter times a, with what reads it divided by a, leaves the rest
    of the network as it is (ReLU and average pooling are homogeneous) and gives its layer's term
    a⁴: with a = √C in the style layers the factor is the papers' 1 / C². Besides, the package
    feeds 256 p − mean where the model was made for 255 p − mean; the first layer takes that back
    (all but exactly: what zero padding stands for differs by half a level at the picture's rim).
    """
    state, before, index = {}, 1.0, 0
    for layer in network.layers:
        if isinstance(layer, Convolution):
            weight, bias = layer.weight.astype(np.float64), layer.bias.astype(np.float64)
            if index == 0:
                bias = bias - weight.sum((2, 3)) @ np.asarray(MEAN_BGR) / 256
                weight = weight * 255 / 256
            after = len(bias) ** 0.5 if layer.name in STYLE else 1.0
            state[f"features.{index}.weight"] = torch.tensor(weight * after / before).float()
            state[f"features.{index}.bias"] = torch.tensor(bias * after).float()
            before = after
        index += 2 if isinstance(layer, Convolution) else 1
    return state


def prepare(folder: Path, content: Path, style: Path, size: int) -> None:
    """Write content.png and style.png of the size, and vgg19.pth, for both sides to read."""
    torch.save(neural_style_state(network()), folder / "vgg19.pth")
    for path, name in ((content, "content.png"), (style, "style.png")):
        pixels = reader.read(path).pixels
        height, width = (round(side * size / max(pixels.shape)) for side in pixels.shape[:2])
        pixels = resize(pixels, width, height)
        height, width = height // GRAIN * GRAIN, width // GRAIN * GRAIN
        writer.write(folder / name, np.ascontiguousarray(pixels[:height, :width]))


def judge(example: Path, content: Path | None, pictures: list[Path]) -> None:
    """Print every picture's loss, a line each; without a content the 2015 paper's."""
    wanted = None if content is None else load(content)
    loss = Loss(Plain(network()), load(example), TEXTURE if content is None else STYLE, wanted)
    with torch.no_grad():
        for picture in pictures:
            print(float(loss(load(picture))), flush=True)


def main() -> None:
    """Do what peers.py asks for: one of the two functions above, its arguments as JSON."""
    wanted = json.loads(sys.argv[1])
    if "pictures" in wanted:
        content = wanted["content"] and Path(wanted["content"])
        judge(Path(wanted["example"]), content, [Path(path) for path in wanted["pictures"]])
    else:
        folder, content, style = (Path(wanted[name]) for name in ("folder", "content", "style"))
        prepare(folder, content, style, wanted["size"])


if __name__ == "__main__":
    main()
