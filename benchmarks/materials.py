"""Do the maps of a material stay together, height maps of small amplitude among them?

Makes an albedo, a height and a roughness of one surface anew, once together and once each by
itself, and prints how each pair of maps goes together pixel by pixel: Pearson's correlation of
their lumas in the example, in the maps made together, and in those made one by one. The heights
lie within a few hundredths of 0.5, as they do where a file's unit is the side of the tile;
roughness falls where the albedo is bright.

    python benchmarks/materials.py [--side 128] [--quality draft] [--amplitude 0.04] [EXEMPLAR ...]
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from maya_stylize.convert import sources
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.run import run
from maya_stylize.events import Result
from maya_stylize.images import reader, writer
from maya_stylize.images.resize import resize
from maya_stylize.jobs import QUALITIES, Job, MaterialJob, SynthesizeJob

FloatArray = npt.NDArray[np.float32]

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def maps_of(pixels: FloatArray, amplitude: float) -> dict[str, FloatArray]:
    """Return maps that go with a picture: what is bright is high and smooth."""
    luma = pixels @ LUMA
    height = 0.5 + amplitude * (luma - luma.min()) / np.ptp(luma) - amplitude / 2
    grays = {"roughness": 0.9 - 0.7 * luma, "height": height}
    return {"albedo": pixels} | {
        kind: np.repeat(values[..., None], 3, -1).astype(np.float32)
        for kind, values in grays.items()
    }


def correlations(paths: dict[str, str]) -> dict[str, float]:
    """Return the correlation of each pair of maps."""
    lumas = {kind: (reader.read(path).pixels @ LUMA).ravel() for kind, path in paths.items()}
    return {
        f"{one}, {other}": float(np.corrcoef(lumas[one], lumas[other])[0, 1])
        for one, other in itertools.combinations(lumas, 2)
    }


def result_of(job: Job, model: Path) -> Result:
    *_, result = run(job, model)
    assert isinstance(result, Result)
    return result


def measure(name: str, arguments: argparse.Namespace, folder: Path) -> None:
    """Make one exemplar's maps and print how they go together."""
    model = sources.ensure(None, lambda *_: None)
    whole = reader.read(EXEMPLARS / f"{name}.png").pixels
    cut = min(whole.shape[0], whole.shape[1], 2 * arguments.side)
    pixels = resize(whole[:cut, :cut], arguments.side, arguments.side)
    given: dict[str, str] = {}
    for kind, values in maps_of(pixels, arguments.amplitude).items():
        given[kind] = str(folder / f"{name}_{kind}.png")
        writer.write(given[kind], values, depth="uint8" if kind == "albedo" else "uint16")
    together = result_of(
        MaterialJob(
            maps=given,
            quality=arguments.quality,
            device="cpu",
            output=str(folder / f"{name}_together_<map>.png"),
        ),
        model,
    )
    alone = {
        kind: result_of(
            SynthesizeJob(
                exemplar=path,
                seed=seed,
                quality=arguments.quality,
                device="cpu",
                output=str(folder / f"{name}_alone_{kind}.png"),
            ),
            model,
        ).path
        for seed, (kind, path) in enumerate(given.items())
    }
    columns = [correlations(each) for each in (given, together.maps, alone)]
    for pair in columns[0]:
        print(f"{name:10} {pair:20} " + " ".join(f"{each[pair]:10.3f}" for each in columns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=128, metavar="PIXELS")
    parser.add_argument("--quality", choices=QUALITIES, default="draft")
    parser.add_argument("--amplitude", type=float, default=0.04, help="of the heights around 0.5")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the maps are left")
    parser.add_argument("exemplars", nargs="*", default=["gravel", "bricks"], metavar="EXEMPLAR")
    arguments = parser.parse_args()
    print(f"{'':10} {'maps':20} {'example':>10} {'together':>10} {'one by one':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.exemplars:
            measure(name, arguments, arguments.keep or Path(folder))


if __name__ == "__main__":
    main()
