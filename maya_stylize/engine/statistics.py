"""From feature maps to the statistics that textures are compared by."""

from __future__ import annotations

from keras import ops

from maya_stylize.engine.backend.types import Tensor


def positions_by_channels(features: Tensor, data_format: str) -> Tensor:
    """Return one picture's feature maps as a matrix.

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first".
        data_format: Which of the two.

    Returns:
        (H·W, C), a row per position.
    """
    if data_format == "channels_last":
        return ops.reshape(features, (-1, features.shape[-1]))
    return ops.transpose(ops.reshape(features, (features.shape[1], -1)))


def gram_sum(features: Tensor, data_format: str, guides: Tensor | None = None) -> Tensor:
    """Return FᵀF, the sum over positions that a Gram matrix is the mean of.

    Sums over parts of a picture add up to the picture's.

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first".
        data_format: Which of the two.
        guides: What each position counts for in each of R regions, (R, H, W, 1); None where
            all count for one.

    Returns:
        (C, C), symmetric, in squared units of the features; (R, C, C) with guides.
    """
    matrix = positions_by_channels(features, data_format)
    if guides is None:
        return ops.matmul(ops.transpose(matrix), matrix)
    weights = ops.reshape(guides, (guides.shape[0], -1, 1))
    return ops.matmul(ops.transpose(matrix), weights * matrix)


def gram_matrix(features: Tensor, data_format: str, guides: Tensor | None = None) -> Tensor:
    """Return the Gram matrix G = FᵀF / M of one picture's feature maps.

    Divided by the number of positions M, so that pictures of different sizes compare (Gatys,
    Ecker, Bethge 2015, and the authors' notebook). With guides there is one for each region, the
    mean weighted by the guide (Gatys et al. 2017).

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first".
        data_format: Which of the two.
        guides: (R, H, W, 1), each with a sum of one; None for the plain mean.

    Returns:
        (C, C), symmetric, in squared units of the features; (R, C, C) with guides.
    """
    if guides is not None:
        return gram_sum(features, data_format, guides)
    rows = (1, 2) if data_format == "channels_last" else (2, 3)
    shape = ops.shape(features)
    positions = ops.cast(shape[rows[0]] * shape[rows[1]], features.dtype)
    return gram_sum(features, data_format) / positions
