"""The fingerprint of a network's weights, whatever container they came in."""

from __future__ import annotations

import hashlib

import numpy as np

from maya_stylize.convert.network import Network
from maya_stylize.license_notice import ACADEMIC_NOTICE

NORMALIZED_VGG19 = "ae90e03877ee0f735a0e55f0ec2bd334333884e8646202b33f3bb1bf6c1ab516"

_BLOCKS = (2, 2, 4, 4, 4)


def fingerprint(network: Network) -> str:
    """Return the sha256 over every convolution's weights and bias, in order, as hex.

    Each convolution adds its weight as little-endian float32 in (out, in, height, width) order,
    then its bias. Pools, names and notes do not enter.
    """
    digest = hashlib.sha256()
    for layer in network.convolutions:
        digest.update(np.ascontiguousarray(layer.weight, dtype="<f4").data)
        digest.update(np.ascontiguousarray(layer.bias, dtype="<f4").data)
    return digest.hexdigest()


def identity(value: str, blocks: tuple[int, ...]) -> str:
    """Return what a network is; empty where it is not known.

    Args:
        value: Its fingerprint, in which pools do not enter.
        blocks: Its convolutions before each pool.
    """
    known = value == NORMALIZED_VGG19 and blocks == _BLOCKS
    return "normalized VGG-19 (Gatys, Ecker, Bethge 2015)" if known else ""


def notice(value: str) -> str:
    """Return the license notice that goes with a fingerprint; empty where none is known."""
    return ACADEMIC_NOTICE if value == NORMALIZED_VGG19 else ""
