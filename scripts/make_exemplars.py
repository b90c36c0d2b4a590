"""Make the pictures in maya_stylize/exemplars: `python scripts/make_exemplars.py [--skimage DIR]`.

The textures and the painting are computed here from fixed seeds. The content picture is a CC0
photograph that scikit-image's wheel carries; DIR is the folder of that name in the unpacked wheel.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from exemplar_brushwork import brushwork
from exemplar_pebbles import pebbles
from exemplar_textures import bricks, granite, rust, tartan
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parents[1] / "maya_stylize" / "exemplars"
PICTURES: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "pebbles": pebbles,
    "bricks": bricks,
    "rust": rust,
    "tartan": tartan,
    "granite": granite,
    "brushwork": brushwork,
}

# Of scikit-image, with the width and height that they are reduced to.
PHOTOGRAPHS = {"coffee": (384, 256), "gravel": (256, 256)}


def save(name: str, picture: NDArray[np.uint8]) -> None:
    """Write one RGB picture as `name`.png."""
    path = FOLDER / f"{name}.png"
    settings = [cv2.IMWRITE_PNG_COMPRESSION, 9, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_ALL_FILTERS]
    encoded = cv2.imencode(".png", picture[..., ::-1], settings)[1]
    path.write_bytes(encoded.tobytes())
    print(f"{path.name}: {picture.shape[1]}x{picture.shape[0]}, {path.stat().st_size} bytes")


def main() -> None:
    """Write the pictures named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these pictures")
    parser.add_argument("--skimage", type=Path, help="folder skimage of the unpacked wheel")
    options = parser.parse_args()
    for name, make in PICTURES.items():
        if not options.names or name in options.names:
            save(name, make())
    for name, size in PHOTOGRAPHS.items() if options.skimage else ():
        photo = cv2.imread(str(options.skimage / "data" / f"{name}.png"))
        if photo is None:
            raise SystemExit(f"error: {options.skimage} holds no data/{name}.png")
        small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
        save(name, np.asarray(small[..., ::-1], np.uint8))


if __name__ == "__main__":
    main()
