"""Linear maps that take colors of one covariance to those of another.

A map A does so where A · covariance · Aᵀ = wanted, and there are as many of them as there are
rotations. Those of the literature differ in what becomes of hues:

- `symmetric` moves colors least on the whole (Pitié and Kokaram 2007, *The Linear
  Monge-Kantorovitch Linear Colour Mapping*): neighbors stay neighbors, no axis is turned.
- `pca` takes the colors apart along their own principal axes, makes their spread one along each,
  and gives that ball the wanted spread: wanted^½ · covariance^-½ (*Image Analogies*, Hertzmann et
  al. 2001; the better one of the two in Gatys et al. 2016).
- `cholesky` goes by channels: red is only scaled and shifted, green is made of red and of what it
  has beside red, blue of both and its own. It depends on the order of the channels (Gatys et al.
  2016).

Each is a sum of terms that read one direction of the given colors, uncorrelated with the others',
and none enlarges what it reads more than LARGEST_GAIN times. So colors that hardly vary do not
become noise, no inverse has to exist, and where a gain is limited the result varies less than
wanted, in no direction more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

# A style's contrast is enlarged no further: the steps of 8 bits would become visible as noise.
LARGEST_GAIN = 8.0

TINY = 1e-12
# An eigenvalue that is smaller than the largest by this much is a zero that was rounded.
_ROUNDING = 1e-14


def symmetric(covariance: Matrix, wanted: Matrix) -> Matrix:
    """Return the symmetric map, R (R · covariance · R)^-½ R with R the root of wanted.

    Args:
        covariance: (3, 3) of the colors that are given.
        wanted: (3, 3) of those that they become.

    Returns:
        A, (3, 3), for colors as columns.
    """
    root = _root(wanted)
    values, vectors = np.linalg.eigh(root @ covariance @ root)
    terms = root @ vectors
    # A term's gain is its length squared: it reads the direction in which it writes.
    moved: Matrix = (terms / _spread(values, (terms**2).sum(0))) @ terms.T
    return moved


def pca(covariance: Matrix, wanted: Matrix) -> Matrix:
    """Return the product of two symmetric roots, wanted^½ · covariance^-½.

    Args and result are as for `symmetric`.
    """
    values, vectors = np.linalg.eigh(covariance)
    terms = _root(wanted) @ vectors
    moved: Matrix = (terms / _spread(values, np.linalg.norm(terms, axis=0))) @ vectors.T
    return moved


def cholesky(covariance: Matrix, wanted: Matrix) -> Matrix:
    """Return the product of two triangular factors, L(wanted) · L(covariance)⁻¹.

    Args and result are as for `symmetric`.
    """
    (lower, own), (terms, spread) = _triangular(covariance), _triangular(wanted)
    terms = terms * np.sqrt(spread)
    # What a channel has by itself comes with what the later ones follow it by, here and there.
    gains = np.linalg.norm(terms, axis=0) / np.linalg.norm(lower, axis=0)
    return (terms / _spread(own, gains)) @ np.linalg.inv(lower)


MAPS: Mapping[str, Callable[[Matrix, Matrix], Matrix]] = {
    "symmetric": symmetric,
    "pca": pca,
    "cholesky": cholesky,
}


def _root(matrix: Matrix) -> Matrix:
    """Return the symmetric root of a matrix without negative eigenvalues, rounding aside."""
    values, vectors = np.linalg.eigh(matrix)
    root: Matrix = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root


def _spread(variances: Matrix, lengths: Matrix) -> Matrix:
    """Return what terms of these lengths are divided by: the deviations, or more.

    Args:
        variances: Of what each term reads.
        lengths: The gain that each term would have if it were divided by one.
    """
    least = max(_ROUNDING * variances.max(), TINY**4)
    spread: Matrix = np.maximum(np.sqrt(np.maximum(variances, least)), lengths / LARGEST_GAIN)
    return spread


def _triangular(matrix: Matrix) -> tuple[Matrix, Matrix]:
    """Return L, (3, 3) with a diagonal of ones, and d, (3,), with L · diag(d) · Lᵀ = matrix.

    Column i of L says how the later channels follow what channel i has beside the earlier ones; d
    is the variance of that. Where it is no more than rounding, the others follow nothing.
    """
    lower, variances, rest = np.eye(3), np.zeros(3), matrix.copy()
    for channel in range(3):
        variance = rest[channel, channel]
        if variance > _ROUNDING * matrix.trace():
            lower[channel:, channel] = rest[channel:, channel] / variance
            variances[channel] = variance
            rest -= np.outer(rest[channel], rest[channel]) / variance
    return lower, variances
