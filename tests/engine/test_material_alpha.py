"""Materials whose maps have alpha: leaves, chain links, islands."""

from __future__ import annotations

import numpy as np
import pytest

from maya_stylize import events
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine.backend import unit_for
from maya_stylize.engine.estimate import estimate
from maya_stylize.engine.run import run
from maya_stylize.engine.tasks import read
from maya_stylize.errors import ImageError, JobError
from maya_stylize.images import reader, writer
from maya_stylize.images.resize import resize
from maya_stylize.jobs import MaterialJob

SIDE = 48
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@pytest.fixture(scope="module")
def pebbles():
    """Pebbles that lie in nothing: colors, heights, and where there is a pebble."""
    pixels = resize(reader.read(EXEMPLARS / "pebbles.png").pixels[:128, :128], SIDE, SIDE)
    height = pixels @ LUMA
    return pixels, height, np.float32(height > np.quantile(height, 0.4))


def save(folder, pebbles, *, albedo="a_albedo.png", height="a_height.png", both=False, **like):
    """Write the maps; return their paths by kind."""
    pixels, heights, alpha = pebbles
    gray = np.repeat(heights[..., None], 3, -1)
    alphas = (alpha, alpha if both else None)
    paths = {"albedo": str(folder / albedo), "height": str(folder / height)}
    for path, values, each in zip(paths.values(), (pixels, gray), alphas, strict=True):
        writer.write(path, values, alpha=each, **like)
    return paths


def make(folder, maps, name="new_<map>.png", **settings):
    settings = {"quality": "draft", "device": "cpu", **settings}
    return MaterialJob(maps=maps, output=str(folder / name), **settings)


def messages(notes):
    return [note.message for note in notes if isinstance(note, events.Log)]


def test_an_alpha_is_made_together_with_the_maps(pebbles, real_model, tmp_path):
    maps = save(tmp_path, pebbles, albedo="a_albedo.exr")
    job = make(tmp_path, maps, "new_<map>", size=(SIDE, 40))

    found = list(run(job, real_model, tmp_path))

    result = found[-1]
    albedo, height = (reader.read(result.maps[kind]) for kind in ("albedo", "height"))
    assert albedo.alpha.shape == (40, SIDE)
    assert height.alpha is None
    _, heights, alpha = pebbles
    assert albedo.alpha.mean() == pytest.approx(alpha.mean(), abs=0.02)
    hard = np.mean((albedo.alpha < 0.02) | (albedo.alpha > 0.98))
    assert hard > 0.9
    wanted = np.corrcoef(alpha.ravel(), heights.ravel())[0, 1]
    together = np.corrcoef(albedo.alpha.ravel(), height.pixels[..., 0].ravel())[0, 1]
    assert together > 0.75 * wanted
    assert f"{maps['albedo']}: its alpha is made anew with the maps." in messages(found)
    last = [event.path for event in found if isinstance(event, events.Preview)][-1]
    assert reader.read(last).alpha.mean() == pytest.approx(alpha.mean(), abs=0.02)


def test_what_is_hidden_is_not_seen_and_one_alpha_serves_all_that_have_it(pebbles, tmp_path):
    pixels, heights, alpha = pebbles
    red = np.where(alpha[..., None] > 0, pixels, np.float32([1, 0, 0]))
    maps = save(tmp_path, (red, heights, alpha), both=True)

    task = read(make(tmp_path, maps))

    assert task.problem.kinds == ("albedo", "height", "alpha")
    assert [output.alpha for output in task.outputs] == [2, 2]
    assert (task.problem.exemplar[..., 6:] == alpha[..., None]).all()
    hidden = task.problem.exemplar[..., :3][alpha == 0]
    assert np.ptp(hidden, axis=-1).max() < 0.5
    assert task.count == 3
    made = np.zeros((2, 2, 9), np.float32)
    made[..., 6:] = 0.25
    assert (task.outputs[1].alpha_in(made) == 0.25).all()


def test_other_alphas_are_made_each_and_opaque_ones_not_at_all(pebbles, tmp_path):
    pixels, heights, alpha = pebbles
    maps = save(tmp_path, pebbles, both=True)
    writer.write(maps["albedo"], pixels, alpha=alpha[::-1].copy())
    assert read(make(tmp_path, maps)).problem.kinds == ("albedo", "height", "alpha", "alpha")
    maps = save(tmp_path, (pixels, heights, np.ones_like(alpha)), both=True)
    task = read(make(tmp_path, maps))
    assert task.problem.kinds == ("albedo", "height")
    assert not messages(task.notes)


def test_a_smaller_map_s_alpha_is_brought_to_the_others_size(pebbles, tmp_path):
    maps = save(tmp_path, pebbles)
    half = np.zeros((SIDE // 2, SIDE // 2), np.float32)
    half[:, SIDE // 4 :] = 1
    writer.write(maps["height"], np.full((SIDE // 2, SIDE // 2, 3), 0.5, np.float32), alpha=half)
    task = read(make(tmp_path, maps))
    alpha = task.problem.exemplar[..., 9]
    assert alpha.shape == (SIDE, SIDE)
    assert (alpha[:, : SIDE // 2 - 2] == 0).all()
    assert (alpha[:, SIDE // 2 + 2 :] == 1).all()


def test_a_format_without_alpha_is_refused_unless_there_is_to_be_none(pebbles, tmp_path):
    maps = save(tmp_path, pebbles)
    with pytest.raises(JobError, match=r"^output: .*new_albedo\.jpg cannot hold the alpha") as told:
        read(make(tmp_path, maps, "new_<map>.jpg"))
    assert "ignore" in told.value.hint
    for choice in ("mask", "ignore"):
        task = read(make(tmp_path, maps, "new_<map>.jpg", alpha=choice))
        assert [output.alpha for output in task.outputs] == [None, None]
        assert task.problem.kinds == ("albedo", "height")


def test_as_a_mask_alpha_keeps_the_rest_out(pebbles, real_model, tmp_path):
    pixels, heights, _ = pebbles
    alpha = np.ones((SIDE, SIDE), np.float32)
    alpha[:, 27:] = 0
    red = np.where(alpha[..., None] > 0, pixels, np.float32([1, 0, 0]))
    maps = save(tmp_path, (red, heights, alpha))
    job = make(tmp_path, maps, alpha="mask", joint_layers=["pool1"])

    *_, result = run(job, real_model)

    albedo = reader.read(result.maps["albedo"])
    assert albedo.alpha is None
    opaque = pixels[:, :27]
    assert np.abs(albedo.pixels.mean((0, 1)) - opaque.mean((0, 1))).max() < 0.02
    assert np.abs(albedo.pixels.std((0, 1)) / opaque.std((0, 1)) - 1).max() < 0.1
    # As much grain on the right as in what was learned from: nothing of a smooth filling.
    grain, wanted = (np.abs(np.diff(each, axis=0)).mean() for each in (albedo.pixels, opaque))
    assert 0.8 * wanted < grain < 2 * wanted


def test_maps_of_which_nothing_is_opaque_together_are_refused_as_masks(pebbles, tmp_path):
    maps = save(tmp_path, pebbles)
    left = np.zeros((SIDE, SIDE), np.float32)
    left[:, : SIDE // 2] = 1
    for path, alpha in zip(maps.values(), (left, 1 - left), strict=True):
        writer.write(path, pebbles[0], alpha=alpha)
    with pytest.raises(ImageError, match="no pixel is opaque in all maps"):
        read(make(tmp_path, maps, alpha="mask"))


def test_the_plan_counts_the_alpha(pebbles, tmp_path):
    maps = save(tmp_path, pebbles)
    counts = {
        choice: estimate(
            make(tmp_path, maps, alpha=choice), unit_for("tensorflow", "cpu")
        ).plan.maps
        for choice in ("keep", "mask", "ignore")
    }
    assert counts == {"keep": 3, "mask": 2, "ignore": 2}
