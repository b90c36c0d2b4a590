"""Run by the engine's Python: one convolution on the device that jobs would take.

Prints one JSON object: the backend, its version, the device, and what that calls itself.
"""

from __future__ import annotations

import json
import sys

from maya_stylize.engine import backend


def main(name: str) -> None:
    """Convolve a ramp with a box, check it against the sums, print what it ran on."""
    active = backend.activate(name)
    import keras
    import numpy as np

    ramp = np.arange(64, dtype=np.float32).reshape(1, 8, 8, 1)
    box = np.ones((3, 3, 1, 1), np.float32)
    with active.scope():
        result = keras.ops.conv(ramp, box, padding="valid", data_format="channels_last")
        values = keras.ops.convert_to_numpy(result)[0, :, :, 0]
    windows = np.lib.stride_tricks.sliding_window_view(ramp[0, :, :, 0], (3, 3))
    if not np.allclose(values, windows.sum((2, 3))):
        sys.exit(f"A convolution on {active.device_name} gave wrong values.")
    found = {
        "backend": name,
        "version": backend.installed()[name],
        "device": active.device,
        "device_name": active.device_name,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
