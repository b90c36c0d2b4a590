"""Specks: fine chroma that an exemplar has not, left in the few evaluations of a draft."""

import numpy as np
from scipy.ndimage import gaussian_filter

from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine import tasks
from maya_stylize.engine.beats import finish
from maya_stylize.engine.climb import Climb
from maya_stylize.engine.evaluation import Evaluation
from maya_stylize.engine.prepare import prepare
from maya_stylize.jobs import SynthesizeJob

GREENS = np.array([1, -2, 1]) / np.sqrt(6)


def fine_chroma(pixels):
    """How far green against red and blue goes from that of the neighborhood."""
    green = pixels @ GREENS
    return float(np.std(green - gaussian_filter(green, 1.5)))


def test_the_coarsest_octave_of_pebbles_has_few_specks_and_comes_far(real_model, tmp_path):
    exemplar = EXEMPLARS / "pebbles.png"
    job = SynthesizeJob(
        exemplar=str(exemplar),
        output=str(tmp_path / "new.png"),
        size=(64, 64),
        quality="draft",
        device="cpu",
    )
    task = tasks.read(job)
    ready = prepare(job, task, real_model)
    with ready.backend.scope():
        encoder, _ = ready.encoder()
        evaluation = Evaluation(encoder, ready.tile, None)
        climb = Climb(task.problem, evaluation, ready.octaves, ready.history, job.seed)
        octave = next(climb.octaves())

        finish(climb.climb(octave))

    assert (octave.width, octave.evaluations) == (32, 40)
    # Channel by channel, and with curvature by color, it was 24 times, and the loss 1.5e8 after 60.
    assert fine_chroma(climb.pixels) < 8 * fine_chroma(task.problem.example(octave))
    assert climb.loss < 1.3e8
