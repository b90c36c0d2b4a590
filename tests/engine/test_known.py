"""Statistics kept for other jobs: the same bytes, and only where they would be computed so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.known import Known
from maya_stylize.engine.run import learn, run
from maya_stylize.images import reader, writer
from maya_stylize.jobs import Job, Region, StylizeJob, SynthesizeJob

LAYERS = {"conv1_1": 1e9, "conv2_1": 1e9}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("rust", "bricks"):
        pixels = reader.read(EXEMPLARS / f"{name}.png").pixels[:40, :48]
        writer.write(folder / f"{name}.png", pixels)
    mask = np.zeros((40, 48, 3), np.float32)
    mask[:, 20:] = 1
    writer.write(folder / "mask.png", mask)
    return folder


def shortened(job: Job, sides: tuple[int, int] = (48, 40)) -> Job:
    octaves = [[*sides, 1, 3, "true"]]
    return dataclasses.replace(job, resolution={"octaves": octaves})


def jobs(folder: Path) -> dict[str, Job]:
    rust, bricks, mask = (str(folder / f"{name}.png") for name in ("rust", "bricks", "mask"))
    out = str(folder / "out.png")
    stylize = StylizeJob(
        out, content=bricks, styles=(rust,), style_layers=LAYERS, content_layers={"conv2_1": 1.0}
    )
    synthesize = SynthesizeJob(out, exemplar=rust, layers=LAYERS)
    return {
        "stylize": stylize,
        "regions": dataclasses.replace(stylize, regions=(Region(mask, mask),)),
        "synthesize": synthesize,
        "sliced": dataclasses.replace(synthesize, statistics="sliced"),
        "seamless": dataclasses.replace(synthesize, seamless="both", size=(48, 48)),
    }


def made(job: Job, model: Path, statistics: Path | None) -> bytes:
    for _ in run(job, model, statistics=statistics):
        pass
    return Path(job.output).read_bytes()


@pytest.mark.parametrize("name", ["stylize", "regions", "synthesize", "sliced", "seamless"])
def test_what_was_learned_for_another_job_gives_the_same_bytes(
    pictures: Path, real_model: Path, tmp_path: Path, name: str
) -> None:
    plain = jobs(pictures)[name]
    job = shortened(plain, (48, 48) if name == "seamless" else (48, 40))
    wanted = made(job, real_model, None)
    assert made(job, real_model, tmp_path / "none") == wanted
    assert not (tmp_path / "none").exists()  # a job keeps nothing: only what is shared is worth it
    for _ in learn(job, real_model, tmp_path):
        pass
    files = sorted(tmp_path.glob("*.npz"))
    assert files
    assert made(job, real_model, tmp_path) == wanted
    # They are used: others give another picture. A torn one is as good as none.
    for file in files:
        with np.load(file) as kept:
            other = {layer: 2 * kept[layer] for layer in kept.files}
        np.savez(file, **other)
    assert made(job, real_model, tmp_path) != wanted
    for file in files:
        file.write_bytes(file.read_bytes()[:-40])
    assert made(job, real_model, tmp_path) == wanted


def test_another_setting_picture_guide_or_tile_has_another_name(tmp_path: Path) -> None:
    picture = np.zeros((1, 4, 6, 3), np.float32)
    known = Known(tmp_path, {"threads": 2})
    other = picture.copy()
    other[0, 0, 0, 0] = 1e-7
    guide = np.ones((1, 4, 6, 1), np.float32)
    names = {
        known.name(picture, {}, {}, 0),
        known.name(other, {}, {}, 0),
        known.name(picture.reshape(1, 6, 4, 3), {}, {}, 0),
        known.name(picture, {"conv1_1": guide}, {}, 0),
        known.name(picture, {"conv2_1": guide}, {}, 0),
        known.name(picture, {}, {"conv1_1": guide}, 0),
        known.name(picture, {}, {}, 64),
        Known(tmp_path, {"threads": 4}).name(picture, {}, {}, 0),
    }
    assert len(names) == 8
    assert known.name(picture.copy(), {}, {}, 0) == Known(tmp_path, {"threads": 2}).name(
        picture, {}, {}, 0
    )


def test_what_was_kept_is_found_to_the_bit(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    grams = {layer: random.normal(size=(3, 3)).astype(np.float32) for layer in ("pool1", "a")}
    known = Known(tmp_path / "new", {}, grows=True)
    assert known.find("name") is None
    known.keep("name", grams)
    found = known.find("name")
    assert found is not None
    assert list(found) == list(grams)
    assert all(found[layer].tobytes() == grams[layer].tobytes() for layer in grams)
