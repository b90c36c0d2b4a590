"""What is lost when a file's numbers go to what the network sees, and back?

Prints for each color space the largest difference: over colors of 8 bits, every fifth value of each
channel with every one of the others; over 65536 grays; and for linear spaces over light from -1 to
100 in any color, relative to the largest channel of the pixel.

    python benchmarks/color_spaces.py [--config FILE] [SPACE ...]
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt

from maya_stylize.images import color_config
from maya_stylize.images.spaces import Space

SPACES = (
    *("sRGB", "Raw", "scene-linear Rec.709-sRGB", "ACEScg", "ACES2065-1"),
    *("scene-linear DCI-P3 D65", "scene-linear Rec.2020", "gamma 1.8 Rec.709"),
    *("gamma 2.2 Rec.709", "gamma 2.4 Rec.709", "camera Rec.709", "Display P3", "AdobeRGB"),
    *("ACEScct", "ARRI LogC"),
)
FloatArray = npt.NDArray[np.float32]
LINEAR = ("scene-linear", "ACEScg", "ACES2065")
HALF_OF_8_BITS, HALF_OF_16_BITS = 0.5 / 255, 0.5 / 65535


def lost(space: Space, values: FloatArray) -> npt.NDArray[np.float64]:
    """Return by how much each value comes back as another."""
    back = space.back(space.into(values))
    return np.abs(back.astype(np.float64) - values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", help="OpenColorIO's config; OpenColorIO's own if not given")
    parser.add_argument("spaces", nargs="*", default=SPACES, metavar="SPACE")
    arguments = parser.parse_args()
    config = color_config.load(arguments.config)
    steps = (np.arange(0, 256, 5) / 255).astype(np.float32)
    colors = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(-1, 3)
    grays = np.repeat(np.linspace(0, 1, 65536)[:, None].astype(np.float32), 3, 1)
    random = np.random.default_rng(0)
    wide = random.uniform(-1, 100, (200_000, 3)) * random.choice([0.01, 0.1, 1], (200_000, 1))
    light = wide.astype(np.float32)
    print(f"half a step is {HALF_OF_8_BITS:.1e} of 8 bits, {HALF_OF_16_BITS:.1e} of 16")
    print(f"{'space':<28}{'colors':>10}{'grays':>10}{'light':>10}")
    for name in arguments.spaces:
        space = config.space(name)
        cells = [f"{lost(space, values).max():.1e}" for values in (colors, grays)]
        if name.startswith(LINEAR):
            relative = lost(space, light) / np.abs(light).max(-1, keepdims=True)
            cells.append(f"{relative.max():.1e}")
        print(f"{name:<28}" + "".join(f"{cell:>10}" for cell in cells))


if __name__ == "__main__":
    main()
