"""The real worker for `soak.py`, but a job keeps where it is many times a second.

A small job would be done before the first checkpoint, which is due after a minute. Called with
"network" and a file, it writes a network of two layers instead, which starts fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

EVERY_SECONDS = 0.05


def write_network(path: Path) -> None:
    """Write a network of random filters."""
    import numpy as np

    from maya_stylize.convert import keras_h5, provenance
    from maya_stylize.convert.network import Convolution, Network, Pool

    numbers, layers, below = np.random.default_rng(0), [], 3
    for name, size in (("conv1_1", 0.004), ("conv1_2", 0.2)):
        weight = numbers.normal(0, size, (6, below, 3, 3)).astype(np.float32)
        layers.append(Convolution(name, weight, np.zeros(6, np.float32)))
        below = 6
    network = Network((*layers, Pool("pool1", "average")))
    keras_h5.write(path, network, provenance.describe(network, "random", "0" * 64))


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    root = str(here.parent)
    sys.path[:] = [root, *(entry for entry in sys.path if Path(entry).resolve() != here)]
    if sys.argv[1] == "network":
        write_network(Path(sys.argv[2]))
        sys.exit()
    from maya_stylize.engine import checkpoint
    from maya_stylize.job_sources import Contents
    from maya_stylize.jobs import Job

    class Keeper(checkpoint.Keeper):
        """One that does not wait for a minute."""

        def __init__(
            self,
            job: Job,
            keep: Callable[[], checkpoint.Kept],
            every: float,
            contents: Contents,
        ) -> None:
            super().__init__(job, keep, EVERY_SECONDS, contents)

    vars(checkpoint)["Keeper"] = Keeper  # before `engine.run` takes it
    from maya_stylize.worker.server import main

    main(sys.argv[1:])
