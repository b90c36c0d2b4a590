"""Make the four exemplars of the benchmarks at 512x512, in `exemplars/`.

They are the pictures that ship at 256x256, drawn by the same code from the same seeds at 768x768
and reduced by less: `python benchmarks/large_exemplars.py`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from recipe import EXEMPLARS, LARGE

SCRIPTS = Path(__file__).parents[1] / "scripts"
SIDE = 512


def main() -> None:
    """Draw all of them."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    sys.path.insert(0, str(SCRIPTS))
    import exemplar_pebbles
    import exemplar_textures
    from exemplar_tools import Field, develop

    def reduced(color: Field, _: int, exposure: float) -> npt.NDArray[np.uint8]:
        small = cv2.resize(color, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        return develop(np.asarray(small, np.float64), 1, exposure)

    for module in (exemplar_pebbles, exemplar_textures):
        vars(module)["develop"] = reduced
    LARGE.mkdir(exist_ok=True)
    for name in EXEMPLARS:
        draw = getattr(exemplar_pebbles if name == "pebbles" else exemplar_textures, name)
        path = LARGE / f"{name}.png"
        settings = [cv2.IMWRITE_PNG_COMPRESSION, 9]
        path.write_bytes(cv2.imencode(".png", draw()[..., ::-1], settings)[1].tobytes())
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
