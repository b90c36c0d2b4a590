"""Whole jobs on pictures with islands, small: colors on the real network, else on a narrow one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maya_stylize import events
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine import tasks
from maya_stylize.engine.run import run
from maya_stylize.errors import ImageError, JobError
from maya_stylize.images import reader, writer
from maya_stylize.images.resize import resize
from maya_stylize.jobs import MaterialJob, RepairJob, StylizeJob, SynthesizeJob

SIDE, RADIUS = 64, 24
Y, X = np.mgrid[:SIDE, :SIDE] + 0.5 - SIDE / 2
DISTANCE = np.hypot(X, Y)
ALPHA = (DISTANCE < RADIUS).astype(np.float32)
RING = (DISTANCE < RADIUS) & (DISTANCE > RADIUS - 5)


@pytest.fixture(scope="module")
def colors():
    """A light orange with some grain, and a piece of brushwork."""
    grain = np.random.default_rng(0).normal(0, 0.04, (SIDE, SIDE, 1))
    brushwork = reader.read(EXEMPLARS / "brushwork.png").pixels
    return {
        "wall": np.float32(np.float32([0.85, 0.6, 0.35]) + grain),
        "brushwork": resize(brushwork[:256, :256], SIDE, SIDE),
    }


def on_black(pixels):
    return pixels * ALPHA[..., None]


def finish(job, model):
    """Run a job to its end; return every event but progress, and the result's picture."""
    found = [event for event in run(job, model) if not isinstance(event, events.Progress)]
    return found, reader.read(job.output)


@pytest.fixture
def stylize(colors, narrow_model, tmp_path):
    def stylize(name, *, model=narrow_model, content="content.png", style="style.png", **settings):
        if not (tmp_path / "style.png").exists():
            writer.write(tmp_path / "style.png", colors["brushwork"])
        # Painted in the content's own light colors, so that what bleeds in is darker.
        settings = {"quality": "draft", "device": "cpu", "keep_colors": "symmetric", **settings}
        job = StylizeJob(
            output=str(tmp_path / name),
            content=str(tmp_path / content),
            styles=(str(tmp_path / style),),
            **settings,
        )
        return finish(job, model)

    return stylize


def test_an_islands_border_is_as_if_its_colors_went_on(colors, stylize, real_model, tmp_path):
    writer.write(tmp_path / "whole.png", colors["wall"])
    writer.write(tmp_path / "island.png", on_black(colors["wall"]), alpha=ALPHA)

    _, whole = stylize("a.png", model=real_model, content="whole.png")
    found, island = stylize("b.png", model=real_model, content="island.png")
    _, bled = stylize("c.png", model=real_model, content="island.png", alpha="ignore")

    assert [event for event in found if isinstance(event, events.Log)] == []
    (wanted, got, black) = (each.pixels[RING].mean(0) for each in (whole, island, bled))
    assert np.abs(got - wanted).max() < 0.01
    assert (wanted - black).max() > 0.05
    assert whole.alpha is None
    assert bled.alpha is None
    assert (island.alpha == ALPHA).all()
    assert (island.pixels[ALPHA == 0] == 0).all()


@pytest.mark.parametrize(
    ("suffix", "depth"),
    [("png", "uint16"), ("tif", "float"), ("exr", "half"), ("tga", "uint8"), ("tx", "uint8")],
)
def test_alpha_and_what_it_hides_are_the_contents(suffix, depth, colors, stylize, tmp_path):
    random = np.random.default_rng(3)
    content = tmp_path / f"content.{suffix}"
    soft = ALPHA * random.uniform(0.1, 1, ALPHA.shape).astype(np.float32)
    under = random.random(colors["wall"].shape, dtype=np.float32)
    writer.write(content, colors["wall"], alpha=soft, under=under, depth=depth)
    before = reader.read(content)

    _, after = stylize(f"out.{suffix}", content=content.name)

    assert after.depth == before.depth == depth
    assert (after.alpha == before.alpha).all()
    assert (after.own[ALPHA == 0] == before.own[ALPHA == 0]).all()
    assert before.own[ALPHA == 0].std() > 0.2
    assert np.abs(after.pixels - before.pixels)[ALPHA > 0].mean() > 0.01


def test_at_another_size_alpha_is_resampled(colors, stylize, tmp_path):
    writer.write(tmp_path / "content.png", on_black(colors["wall"]), alpha=ALPHA)

    _, picture = stylize("out.png", size=40)

    assert picture.alpha.shape == (40, 40)
    assert picture.alpha.mean() == pytest.approx(ALPHA.mean(), rel=0.02)
    assert picture.pixels[picture.alpha == 0].max() < 0.02
    edge = (picture.alpha > 0) & (picture.alpha < 1)
    assert edge.any()
    wanted = colors["wall"].mean((0, 1))
    assert picture.pixels[edge].mean(0) == pytest.approx(wanted, abs=0.06)


def test_previews_have_the_alpha_too(colors, stylize, narrow_model, tmp_path):
    writer.write(tmp_path / "content.png", on_black(colors["wall"]), alpha=ALPHA)
    writer.write(tmp_path / "style.png", colors["brushwork"])
    job = StylizeJob(
        output=str(tmp_path / "out.png"),
        content=str(tmp_path / "content.png"),
        styles=(str(tmp_path / "style.png"),),
        quality="draft",
        device="cpu",
    )

    found = [event for event in run(job, narrow_model, tmp_path) if event.event == "preview"]

    assert found
    for event in found:
        assert (reader.read(event.path).alpha == ALPHA).all()


def test_a_format_without_alpha_is_refused_before_anything_is_done(colors, stylize, tmp_path):
    writer.write(tmp_path / "content.png", on_black(colors["wall"]), alpha=ALPHA)

    with pytest.raises(JobError, match=r"^output: .*out\.jpg cannot hold the alpha") as caught:
        stylize("out.jpg")
    assert "PNG" in caught.value.hint
    assert "ignore" in caught.value.hint
    assert not (tmp_path / "out.jpg").exists()
    assert not (tmp_path / "out.jpg.checkpoint").exists()

    stylize("out.jpg", alpha="ignore")
    writer.write(tmp_path / "content.png", colors["wall"], alpha=np.ones_like(ALPHA))
    stylize("opaque.jpg")


def test_a_content_of_which_nothing_is_seen_is_refused(colors, stylize, tmp_path):
    writer.write(tmp_path / "content.png", colors["wall"], alpha=0 * ALPHA)

    with pytest.raises(ImageError, match=r"content\.png: every pixel is transparent"):
        stylize("out.png")


def test_what_can_be_done_about_it_goes_by_the_kind_of_job(colors, tmp_path):
    """Only a stylization and a material can ignore alpha."""
    path, whole = str(tmp_path / "none.png"), str(tmp_path / "whole.png")
    writer.write(path, colors["wall"], alpha=0 * ALPHA)
    writer.write(whole, colors["wall"])
    output = str(tmp_path / "o.png")
    jobs = (
        StylizeJob(content=whole, styles=(path,), output=output),
        SynthesizeJob(exemplar=path, output=output),
        RepairJob(picture=path, seamless="both", output=output),
        MaterialJob(maps={"albedo": path, "height": whole}, output=str(tmp_path / "o_<map>.png")),
    )
    hints = {}
    for job in jobs:
        with pytest.raises(ImageError, match=r"none\.png: every pixel is transparent") as caught:
            tasks.read(job)
        hints[job.kind] = caught.value.hint
    assert [kind for kind, hint in hints.items() if "ignore" in hint] == ["stylize", "material"]
    assert len(set(hints.values())) == len(jobs)
    ignoring = replace(jobs[0], alpha="ignore")
    assert tasks.read(ignoring).problem.size == (SIDE, SIDE)


def test_black_that_nobody_sees_is_no_part_of_a_style(colors, stylize, real_model, tmp_path):
    writer.write(tmp_path / "content.png", colors["wall"])
    writer.write(tmp_path / "hole.png", on_black(colors["brushwork"]), alpha=ALPHA)
    made = {"start": "noise", "content_weight": 0.0, "style": "hole.png", "keep_colors": "no"}
    made["model"] = real_model

    found, picture = stylize("a.png", **made)
    ignoring, black = stylize("b.png", alpha="ignore", **made)

    path = tmp_path / "hole.png"
    assert found[0] == events.Log(
        f"{path}: its alpha is left out, and its transparent pixels are filled with the colors "
        "around them.",
        "warning",
    )
    assert ignoring[0] == events.Log(f"{path}: its alpha is left out.")
    wanted = colors["brushwork"][ALPHA == 1].mean(0)
    assert np.abs(picture.pixels.mean((0, 1)) - wanted).max() < 0.06
    assert np.abs(black.pixels.mean((0, 1)) - wanted).max() > 0.12


def test_an_exemplars_holes_are_filled(colors, real_model, tmp_path):
    writer.write(tmp_path / "e.png", on_black(colors["wall"]), alpha=ALPHA)
    job = SynthesizeJob(
        exemplar=str(tmp_path / "e.png"),
        output=str(tmp_path / "out.jpg"),
        quality="draft",
        device="cpu",
    )

    (note, *_), picture = finish(job, real_model)

    assert "only what is opaque is learned from" in note.message
    assert picture.alpha is None
    assert picture.pixels.min() > 0.15
    assert picture.pixels.mean((0, 1)) == pytest.approx([0.85, 0.6, 0.35], abs=0.03)


def test_a_texture_is_learned_from_what_is_opaque(real_model, tmp_path):
    """Transparent pixels of another color leave no trace, nor does what fills them."""
    granite = reader.read(EXEMPLARS / "granite.png").pixels[:64, :64]
    alpha = np.ones((64, 64), np.float32)
    alpha[:, 40:] = 0
    exemplar = np.where(alpha[..., None] > 0, granite, np.float32([0.9, 0.1, 0.1]))
    writer.write(tmp_path / "exemplar.png", exemplar, alpha=alpha)
    job = SynthesizeJob(
        exemplar=str(tmp_path / "exemplar.png"),
        output=str(tmp_path / "out.png"),
        device="cpu",
    )

    found, result = finish(job, real_model)

    opaque = granite[:, :40]
    assert result.alpha is None
    assert np.abs(result.pixels.mean((0, 1)) - opaque.mean((0, 1))).max() < 0.02
    assert np.abs(result.pixels.std((0, 1)) / opaque.std((0, 1)) - 1).max() < 0.1
    # As much grain as a texture of the opaque part alone has.
    writer.write(tmp_path / "opaque.png", opaque)
    alone = replace(job, exemplar=str(tmp_path / "opaque.png"), size=(64, 64))
    _, plain = finish(alone, real_model)
    grain, wanted = (np.abs(np.diff(each.pixels, axis=0)).mean() for each in (result, plain))
    assert grain == pytest.approx(wanted, rel=0.05)
    assert "only what is opaque is learned from" in found[0].message


def test_as_a_mask_alpha_keeps_the_rest_of_a_style_out(stylize, real_model, colors, tmp_path):
    alpha = np.zeros((SIDE, SIDE), np.float32)
    alpha[:, : SIDE // 3] = 1
    style = np.where(alpha[..., None] > 0, colors["brushwork"], np.float32([1, 0, 0]))
    writer.write(tmp_path / "content.png", colors["wall"])
    writer.write(tmp_path / "style.png", style, alpha=alpha)
    results = {
        name: stylize(
            f"{name}.png", model=real_model, alpha=name, content_weight=0.0, keep_colors="no"
        )[1].pixels
        for name in ("mask", "ignore")
    }
    opaque = style[:, : SIDE // 3].mean((0, 1))
    apart = {name: np.abs(each.mean((0, 1)) - opaque).max() for name, each in results.items()}
    assert apart["mask"] < 0.05 < apart["ignore"]
