"""Read a prototxt of the V1 or the V2 dialect."""

from __future__ import annotations

from pathlib import Path

from google.protobuf import text_format

from maya_stylize.convert import topology
from maya_stylize.convert.schema import TEXT_POOL, TextNet
from maya_stylize.convert.topology import Topology
from maya_stylize.errors import ModelError

_MAX_BYTES = 4 << 20
# The parser quotes the whole line, which need not be short.
_LONGEST_DETAIL = 300


def read(path: Path) -> Topology:
    """Return the chain that a prototxt describes.

    Fields that mean nothing to a finished network (learning rates, fillers, ...) are skipped.

    Raises:
        ModelError: The file cannot be read or parsed, or describes another kind of network.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ModelError(f"Cannot read {path}: {error.strerror}.", "Check the path.") from error
    hint = "Give the text file that goes with the model, usually called deploy.prototxt."
    if len(data) > _MAX_BYTES:
        raise ModelError(f"{path.name}: it is too large to be a prototxt.", hint)
    net = TextNet()
    try:
        text = data.decode("utf-8-sig")
        text_format.Parse(text, net, allow_unknown_field=True, descriptor_pool=TEXT_POOL)
    except UnicodeDecodeError as error:
        raise ModelError(f"{path.name}: it is not UTF-8 text.", hint) from error
    except (text_format.ParseError, RecursionError) as error:
        detail = (
            "it is nested too deeply"
            if isinstance(error, RecursionError)
            else str(error)[:_LONGEST_DETAIL].rstrip(". ")
        )
        raise ModelError(f"{path.name}: it is not a valid prototxt: {detail}.", hint) from error
    return topology.from_messages(path, net)
