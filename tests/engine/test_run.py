"""Whole jobs, small: how they look on the real network, the rest on a narrow one."""

import dataclasses
import json

import numpy as np
import pytest

from maya_stylize import events, settings
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine import speed
from maya_stylize.engine.beats import finish as run_through
from maya_stylize.engine.encoder import Encoder
from maya_stylize.engine.estimate import estimate
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.objective import Targets
from maya_stylize.engine.run import run
from maya_stylize.engine.texture import style
from maya_stylize.errors import EngineError, ImageError, JobError, ModelError
from maya_stylize.images import metadata, reader, writer
from maya_stylize.images.resize import resize
from maya_stylize.jobs import Style, StylizeJob, SynthesizeJob, from_json

LUMA = np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Small pieces of the pictures that ship, by name."""
    folder = tmp_path_factory.mktemp("pictures")
    pieces = {
        "rust": reader.read(EXEMPLARS / "rust.png").pixels[:64, :48],
        "bricks": reader.read(EXEMPLARS / "bricks.png").pixels[:64, :64],
        "coffee": resize(reader.read(EXEMPLARS / "coffee.png").pixels, 72, 48),
    }
    for name, pixels in pieces.items():
        writer.write(folder / f"{name}.png", pixels)
    return {name: str(folder / f"{name}.png") for name in pieces}


def finish(job, model):
    """Run a job to its end; return every event."""
    return list(run(job, model))


def synthesize(pictures, output, **settings):
    settings = {"exemplar": pictures["rust"], "quality": "draft", "device": "cpu", **settings}
    return SynthesizeJob(output=str(output), **settings)


def stylize(pictures, output, **settings):
    settings = {
        "content": pictures["coffee"],
        "styles": (pictures["rust"],),
        "quality": "draft",
        "device": "cpu",
        **settings,
    }
    return StylizeJob(output=str(output), **settings)


def test_a_job_tells_how_long_the_next_takes(
    pictures, quick_model, tmp_path, monkeypatch, engine_backend
):
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    job = synthesize(pictures, tmp_path / "a.png", size=(96, 80), backend=engine_backend.name)
    assert estimate(job, engine_backend.unit).seconds is None
    finish(job, quick_model)
    seen = speed.known(engine_backend.unit, fast=False)
    assert sorted(seen.points) == [48 * 40, 96 * 80]
    told = estimate(job, engine_backend.unit)
    assert told.seconds == seen.seconds(told.plan.octaves, 0) > seen.start
    # The second job finds everything compiled, and tells nothing of what a start takes.
    finish(dataclasses.replace(job, output=str(tmp_path / "b.png")), quick_model)
    assert speed.known(engine_backend.unit, fast=False).start == seen.start


def test_a_texture_of_another_odd_size_has_the_exemplars_look(pictures, real_model, tmp_path):
    output = tmp_path / "texture.png"

    *_, result = finish(synthesize(pictures, output, size=(67, 53)), real_model)

    pixels, exemplar = reader.read(output).pixels, reader.read(pictures["rust"]).pixels
    assert pixels.shape == (53, 67, 3)
    assert max(result.layer_errors.values()) < 0.5
    assert result.layer_errors["conv1_1"] < 0.05
    for channel in range(3):
        shares = np.linspace(0.02, 0.98, 25)
        got, wanted = (np.quantile(item[..., channel], shares) for item in (pixels, exemplar))
        assert np.abs(got - wanted).max() < 0.02


def test_events_tell_a_job_from_beginning_to_end(pictures, narrow_model, tmp_path):
    previews = tmp_path / "previews"
    previews.mkdir()
    job = synthesize(pictures, tmp_path / "texture.png", size=(64, 64))

    found = list(run(job, narrow_model, previews))

    progress = [event for event in found if isinstance(event, events.Progress)]
    fractions = [event.fraction for event in progress]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert list(dict.fromkeys(event.stage for event in progress)) == [
        "octave 32x32",
        "octave 64x64",
        "writing",
    ]
    left = [event.seconds_left for event in progress]
    known = left.index(next(seconds for seconds in left if seconds is not None))
    assert known < len(left) / 4
    assert all(seconds >= 0 for seconds in left[known:])
    shown = [event.path for event in found if isinstance(event, events.Preview)]
    assert [reader.read(path).pixels.shape for path in shown] == [(64, 64, 3)] * 3
    assert isinstance(found[-1], events.Result)
    assert sum(isinstance(event, events.Result) for event in found) == 1
    for event in found:
        assert json.loads(json.dumps(events.to_json(event)))["event"] == event.event


def test_the_picture_carries_its_job_without_paths(pictures, quick_model, tmp_path):
    output = tmp_path / "texture.png"

    *_, result = finish(synthesize(pictures, output, seed=5), quick_model)

    carried = metadata.read_job(output)
    assert carried["exemplar"].startswith("sha256:")
    assert "output" not in carried
    assert carried["seed"] == 5
    assert carried["resolution"] == result.job["resolution"]
    assert str(tmp_path) not in json.dumps(carried)


def test_a_resolved_job_run_again_gives_the_same_bytes(pictures, quick_model, tmp_path):
    first, second, other = (tmp_path / f"{name}.png" for name in ("first", "second", "other"))
    *_, result = finish(synthesize(pictures, first), quick_model)
    again = dataclasses.replace(from_json(result.job), output=str(second))

    found = finish(again, quick_model)
    finish(synthesize(pictures, other, seed=1), quick_model)

    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()
    assert not [event for event in found if isinstance(event, events.Log)]


def test_a_job_resolved_elsewhere_says_what_differs(pictures, quick_model, tmp_path):
    job = synthesize(pictures, tmp_path / "texture.png")
    *_, result = finish(job, quick_model)
    resolution = {
        **result.job["resolution"],
        "model": "0" * 64,
        "octaves": [[48, 64, 1, 3, "true"]],
    }

    found = finish(dataclasses.replace(job, resolution=resolution), quick_model)

    (warning,) = [event for event in found if isinstance(event, events.Log)]
    assert "model: '0000" in warning.message
    assert "octaves" not in warning.message
    assert found[-1].job["resolution"]["octaves"] == [[48, 64, 1, 3, "true"]]


def test_a_style_transfer_keeps_the_content_and_takes_the_style(pictures, narrow_model, tmp_path):
    outputs = [tmp_path / f"{weight}.png" for weight in ("light", "heavy")]
    results = []
    for output, weight in zip(outputs, (1e4, 1e11), strict=True):
        job = stylize(pictures, output, content_weight=weight)
        *_, result = finish(job, narrow_model)
        results.append(result)

    content = reader.read(pictures["coffee"]).pixels
    distances = [np.abs(reader.read(output).pixels - content).mean() for output in outputs]
    light, heavy = (sum(result.layer_errors.values()) for result in results)
    assert distances[1] < 0.5 * distances[0]
    assert light < 0.5 * heavy


def test_a_style_of_weight_zero_is_no_style(pictures, narrow_model, tmp_path):
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    *_, alone = finish(stylize(pictures, one, seed=3), narrow_model)
    styles = (Style(pictures["rust"], 2.0), Style(pictures["bricks"], 0.0))

    *_, beside = finish(stylize(pictures, two, seed=3, styles=styles), narrow_model)

    assert beside.loss == pytest.approx(alone.loss, rel=1e-3)
    assert np.abs(reader.read(one).pixels - reader.read(two).pixels).mean() < 0.01


def test_two_styles_end_between_the_two(pictures, narrow_model, tmp_path):
    def colors(*styles):
        output = tmp_path / f"{len(list(tmp_path.iterdir()))}.png"
        job = stylize(pictures, output, styles=styles, content_weight=0.0, start="noise")
        finish(job, narrow_model)
        return reader.read(output).pixels.mean((0, 1))

    rust, bricks = colors(pictures["rust"]), colors(pictures["bricks"])
    both = colors(pictures["rust"], pictures["bricks"])

    assert np.linalg.norm(both - rust) < np.linalg.norm(bricks - rust)
    assert np.linalg.norm(both - bricks) < np.linalg.norm(bricks - rust)


def test_with_luminance_every_color_stays_in_its_place(pictures, narrow_model, tmp_path):
    output = tmp_path / "kept.png"
    job = stylize(pictures, output, content_weight=1e4, keep_colors="luminance")

    found = list(run(job, narrow_model, tmp_path))

    (*_, shown) = [event.path for event in found if isinstance(event, events.Preview)]
    content = reader.read(pictures["coffee"]).pixels
    for path in (output, shown):
        pixels = reader.read(path).pixels
        luma, before = (each @ LUMA for each in (pixels, content))
        chroma, wanted = pixels - luma[..., None], content - before[..., None]
        fits = ((luma[..., None] + wanted >= 0.01) & (luma[..., None] + wanted <= 0.99)).all(-1)
        assert fits.mean() > 0.5
        assert np.abs(chroma - wanted)[fits].max() < 2 / 255
        assert np.abs(luma - before).mean() > 0.03
        assert abs(luma.mean() - before.mean()) < 0.05


@pytest.mark.parametrize(
    ("method", "off"),
    [("symmetric", 0.03), ("pca", 0.03), ("cholesky", 0.06)],
)
def test_with_matched_colors_the_palette_is_the_contents(
    method, off, pictures, real_model, tmp_path
):
    output = tmp_path / "matched.png"

    finish(stylize(pictures, output, content_weight=1e3, keep_colors=method), real_model)

    result, content, style = (
        reader.read(path).pixels.mean((0, 1))
        for path in (output, pictures["coffee"], pictures["rust"])
    )
    assert np.linalg.norm(result - content) < off
    assert np.linalg.norm(style - content) > 0.1
    assert metadata.read_job(output)["keep_colors"] == method


@pytest.mark.parametrize("method", ["luminance", "symmetric"])
def test_half_the_strength_is_between_all_and_nothing(method, pictures, narrow_model, tmp_path):
    made = {}
    for name, how in {
        "no": {},
        "none": {"keep_colors": method, "color_strength": 0.0},
        "half": {"keep_colors": method, "color_strength": 0.5},
        "all": {"keep_colors": method},
    }.items():
        output = tmp_path / f"{name}.png"
        finish(stylize(pictures, output, content_weight=1e3, **how), narrow_model)
        made[name] = reader.read(output).pixels
        assert metadata.read_job(output)["color_strength"] == how.get("color_strength", 1.0)

    assert (made["none"] == made["no"]).all()
    no, half, whole = (made[name].mean((0, 1)) for name in ("no", "half", "all"))
    assert np.linalg.norm(no - whole) > 0.08
    assert np.linalg.norm(half - (no + whole) / 2) < 0.2 * np.linalg.norm(no - whole)


def test_a_gray_picture_stays_gray_where_colors_are_matched(pictures, real_model, tmp_path):
    content, output = tmp_path / "gray.png", tmp_path / "result.png"
    gray = reader.read(pictures["coffee"]).pixels[..., :1].repeat(3, axis=-1)
    writer.write(content, gray)

    finish(stylize(pictures, output, content=str(content), keep_colors="symmetric"), real_model)

    pixels = reader.read(output).pixels
    assert np.ptp(pixels, axis=-1).mean() < 0.06
    assert np.ptp(pixels.mean((0, 1))) < 0.01
    assert np.abs(pixels - gray).mean() > 0.02


def test_the_longer_side_is_the_size_and_the_shape_is_the_contents(pictures, quick_model, tmp_path):
    output = tmp_path / "small.png"

    finish(stylize(pictures, output, size=45, start=pictures["bricks"]), quick_model)

    assert reader.read(output).pixels.shape == (30, 45, 3)


def test_the_result_has_the_sources_depth(pictures, quick_model, tmp_path):
    pixels = reader.read(pictures["rust"]).pixels
    for name, depth, wanted in (("a.png", "uint16", "uint16"), ("b.exr", "half", "half")):
        exemplar, output = tmp_path / name, tmp_path / f"out_{name}"
        writer.write(exemplar, pixels, depth=depth)

        finish(synthesize(pictures, output, exemplar=str(exemplar)), quick_model)

        result = reader.read(output)
        assert result.depth == wanted
        assert abs(result.pixels.mean() - pixels.mean()) < 0.01


def test_a_job_stopped_before_its_first_evaluation_leaves_nothing(pictures, quick_model, tmp_path):
    stream = run(synthesize(pictures, tmp_path / "texture.png"), quick_model)
    next(stream)

    stream.close()

    assert list(tmp_path.iterdir()) == []


def test_a_source_is_never_overwritten(pictures, narrow_model):
    before = reader.Path(pictures["rust"]).read_bytes()

    with pytest.raises(JobError, match=r"output: .*rust\.png is a picture that the job reads"):
        finish(synthesize(pictures, pictures["rust"]), narrow_model)

    assert reader.Path(pictures["rust"]).read_bytes() == before


def test_of_an_exemplars_alpha_it_says_what_becomes_of_it(pictures, quick_model, tmp_path):
    exemplar, output = tmp_path / "alpha.png", tmp_path / "texture.png"
    pixels = reader.read(pictures["rust"]).pixels
    writer.write(exemplar, pixels, alpha=np.full(pixels.shape[:2], 0.5, np.float32))

    first, *_ = finish(synthesize(pictures, output, exemplar=str(exemplar)), quick_model)

    assert first == events.Log(f"{exemplar}: only what is opaque is learned from.")


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"size": (16, 4096), "layers": {"conv9_1": 1.0}}, EngineError, "no layer conv9_1"),
        ({"resolution": {"threads": "x"}}, JobError, "resolution.threads"),
        ({"resolution": {"octaves": []}}, JobError, "resolution.octaves"),
        ({"resolution": {"octaves": [[1, 2]]}}, JobError, "resolution.octaves"),
        ({"resolution": {"history": 0}}, JobError, "resolution.history"),
    ],
)
def test_a_job_that_cannot_be_run_says_why(
    settings, error, message, pictures, narrow_model, tmp_path
):
    with pytest.raises(error, match=message):
        finish(synthesize(pictures, tmp_path / "texture.png", **settings), narrow_model)

    assert list(tmp_path.iterdir()) == []


def test_a_single_pixel_has_no_texture(pictures, narrow_model, tmp_path):
    exemplar = tmp_path / "one.png"
    writer.write(exemplar, np.full((1, 1, 3), 0.5, np.float32))

    with pytest.raises(ImageError, match=r"one\.png: 1x1 pixels are too few"):
        finish(synthesize(pictures, tmp_path / "texture.png", exemplar=str(exemplar)), narrow_model)


def test_a_missing_model_is_named(pictures, tmp_path):
    with pytest.raises(ModelError, match=r"nowhere\.h5"):
        finish(synthesize(pictures, tmp_path / "texture.png"), tmp_path / "nowhere.h5")


def test_coarse_to_fine_beats_the_published_recipe(pictures, real_model, engine_backend, tmp_path):
    """The small version of benchmarks/quality.py: as many evaluations, no higher a loss."""
    from keras import ops
    from scipy.optimize import minimize

    from maya_stylize.convert import keras_h5
    from maya_stylize.engine import vgg19
    from maya_stylize.jobs import TEXTURE_LAYERS

    job = synthesize(pictures, tmp_path / "texture.png", exemplar=pictures["bricks"])
    *_, result = finish(dataclasses.replace(job, quality="normal"), real_model)
    data_format = engine_backend.data_format
    pixels = reader.read(pictures["bricks"]).pixels
    network = keras_h5.read(real_model)
    evaluation = Evaluation(Encoder(network, list(TEXTURE_LAYERS), "average", engine_backend))
    targets = Targets.of([run_through(style(evaluation, pixels, TEXTURE_LAYERS))])
    picture = vgg19.to_network(pixels, data_format)

    def function(flat):
        x = ops.convert_to_tensor(flat.reshape(picture.shape), "float32")
        value, gradient = run_through(evaluation.value_and_gradient(x, targets))
        return value, ops.convert_to_numpy(gradient).ravel().astype(np.float64)

    limits = zip(picture.min((0, 1, 2)), picture.max((0, 1, 2)), strict=True)
    spent = sum(octave[3] for octave in result.job["resolution"]["octaves"])
    recipe = minimize(
        function,
        np.random.default_rng(0).normal(size=picture.size),
        jac=True,
        method="L-BFGS-B",
        bounds=list(limits) * (picture.size // 3),
        options={"maxcor": 20, "maxfun": spent, "ftol": 0, "gtol": 0},
    )

    assert result.loss < recipe.fun


def test_a_texture_has_its_exemplars_highlights(pictures, quick_model, tmp_path):
    """In what is made of a float picture, lamps are as bright and as many as in it."""
    pixels = reader.read(pictures["rust"]).pixels.copy()
    pixels[::8, ::6] = 4.5
    pixels[4::8, ::6] = -1.0
    source, output = tmp_path / "lamps.exr", tmp_path / "texture.exr"
    writer.write(source, pixels, depth="half")

    note, *_ = finish(synthesize(pictures, output, exemplar=str(source)), quick_model)

    assert note.level == "info"
    assert "values from -1 to 4.5 on the sRGB curve" in note.message
    made = reader.read(output)
    assert made.depth == "half"
    assert made.pixels.max() == pytest.approx(4.5, rel=1e-3)
    assert made.pixels.min() == pytest.approx(-1, rel=1e-3)
    # The texture has the exemplar's histogram.
    assert (made.pixels > 1).mean() == pytest.approx((pixels > 1).mean(), rel=0.2)
