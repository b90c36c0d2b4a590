"""From feature maps to the statistics that textures are compared by."""

from __future__ import annotations

from keras import ops

from maya_stylize.engine.backend.types import Tensor


def positions_by_channels(features: Tensor, data_format: str, joint: bool = False) -> Tensor:
    """Return one picture's feature maps as a matrix, or those of the K maps of a material.

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first"; K in place
            of 1 for a material.
        data_format: Which of the two.
        joint: Whether a material's maps have all their features in one row.

    Returns:
        (H·W, C), a row per position; for a material (K, H·W, C), or (H·W, K·C) where it is joint.
    """
    count = features.shape[0]
    if count == 1 and data_format == "channels_last":
        return ops.reshape(features, (-1, features.shape[-1]))
    if count == 1:
        return ops.transpose(ops.reshape(features, (features.shape[1], -1)))
    if data_format == "channels_last":
        matrices = ops.reshape(features, (count, -1, features.shape[-1]))
    else:
        matrices = ops.transpose(ops.reshape(features, (count, features.shape[1], -1)), (0, 2, 1))
    if not joint:
        return matrices
    return ops.reshape(ops.transpose(matrices, (1, 0, 2)), (-1, count * matrices.shape[-1]))


def gram_sum(
    features: Tensor, data_format: str, guides: Tensor | None = None, joint: bool = False
) -> Tensor:
    """Return FᵀF, the sum over positions that a Gram matrix is the mean of.

    Sums over parts of a picture add up to the picture's.

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first".
        data_format: Which of the two.
        guides: What each position counts for in each of R regions, (R, H, W, 1); None where
            all count for one.
        joint: Whether a material's maps have one matrix, that tells which of their features come
            together, in place of one each.

    Returns:
        (C, C), symmetric, in squared units of the features; for a material (K, C, C), or
        (K·C, K·C) where it is joint; with guides one of these for each region, as in (R, C, C).
    """
    matrix = positions_by_channels(features, data_format, joint)
    if guides is None:
        return ops.matmul(ops.swapaxes(matrix, -1, -2), matrix)
    apart = (1,) * (len(matrix.shape) - 2)  # a material's maps, where they are not joint
    weights = ops.reshape(guides, (guides.shape[0], *apart, -1, 1))
    return ops.matmul(ops.swapaxes(matrix, -1, -2), weights * matrix)


def gram_matrix(
    features: Tensor, data_format: str, guides: Tensor | None = None, joint: bool = False
) -> Tensor:
    """Return the Gram matrix G = FᵀF / M of one picture's feature maps.

    Divided by the number of positions M, so that pictures of different sizes compare (Gatys,
    Ecker, Bethge 2015, and the authors' notebook). With guides there is one for each region, the
    mean weighted by the guide (Gatys et al. 2017).

    Args:
        features: (1, H, W, C) for "channels_last", (1, C, H, W) for "channels_first".
        data_format: Which of the two.
        guides: (R, H, W, 1), each with a sum of one; None for the plain mean.
        joint: As for `gram_sum`.

    Returns:
        As `gram_sum`.
    """
    if guides is not None:
        return gram_sum(features, data_format, guides, joint)
    rows = (1, 2) if data_format == "channels_last" else (2, 3)
    shape = ops.shape(features)
    positions = ops.cast(shape[rows[0]] * shape[rows[1]], features.dtype)
    return gram_sum(features, data_format, joint=joint) / positions
