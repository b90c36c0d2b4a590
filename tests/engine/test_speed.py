"""What jobs took tells what others will take."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize import settings
from maya_stylize.engine import speed
from maya_stylize.engine.backend.types import Unit
from maya_stylize.engine.plan import REACH
from maya_stylize.engine.schedule import Octave
from maya_stylize.engine.speed import Speed, Stint
from maya_stylize.engine.tiles import tiles
from maya_stylize.engine.vgg19 import Geometry

UNIT = Unit("tensorflow", "cpu:0", "a processor", 2)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    folder = tmp_path / "user"
    monkeypatch.setenv(settings.HOME_VARIABLE, str(folder))
    return folder


def machine(pixels):
    """Seconds of an evaluation on an imaginary machine."""
    return 0.02 + 7e-6 * pixels


def stint(side, evaluations=10, tile=0):
    wholes, pixels = speed.split((side, side), tile)
    return Stint((side, side), tile, evaluations, evaluations * wholes * machine(pixels))


def test_the_same_job_again_takes_as_long_as_it_took():
    stints = [stint(64, 60), stint(128, 60), stint(256, 15)]
    once = [each.seconds / each.evaluations for each in stints]
    # Each octave has a first evaluation, which is not in its stint, and its statistics.
    whole = 9.0 + sum(each.seconds for each in stints) + (1 + speed.BESIDE) * sum(once)
    assert speed.known(UNIT, False) is None
    speed.remember(UNIT, False, stints, whole)
    octaves = [Octave(*each.size, 1, each.evaluations + 1) for each in stints]
    found = speed.known(UNIT, False)
    assert found.start == pytest.approx(9.0)
    assert found.seconds(octaves, 0) == pytest.approx(whole)


@pytest.mark.parametrize("side", [32, 80, 100, 300, 500, 800])
def test_other_sizes_are_told_from_those_seen(side):
    speed.remember(UNIT, False, [stint(32), stint(64), stint(128), stint(256)], None)
    found = speed.known(UNIT, False).at(side * side)
    assert found == pytest.approx(machine(side * side), rel=0.1)


def test_tiles_are_told_from_whole_pictures_and_the_other_way_round():
    tiled = stint(1024, 15, tile=256)
    speed.remember(UNIT, False, [tiled], None)
    found = speed.known(UNIT, False)
    wanted = tiled.seconds / 15 * (15 + speed.BESIDE)
    assert found.seconds([Octave(1024, 1024, 1, 15)], 256) == pytest.approx(wanted)
    side = 256 + 2 * REACH
    assert found.points == {side * side: pytest.approx(machine(side * side))}
    assert found.seconds([Octave(1024, 1024, 1, 15)], 0) < tiled.seconds / 2


@given(st.integers(16, 3000), st.integers(16, 3000), st.sampled_from([128, 256, 512, 1024]))
def test_pieces_are_those_that_the_engine_cuts(width, height, tile):
    wholes, pixels = speed.split((width, height), tile)
    geometry = Geometry(strides={"deepest": 16}, stride=16, reach=REACH)
    cut = tiles((height, width), tile, geometry, (False, False))
    if len(cut) == 1:
        assert (wholes, pixels) == (1, width * height)
        return
    assert wholes == pytest.approx(speed.PASSES * len(cut))
    crops = [
        (piece.rows.crop[1] - piece.rows.crop[0]) * (piece.columns.crop[1] - piece.columns.crop[0])
        for piece in cut
    ]
    # Crops begin on multiples of the stride, and the last may be that much longer.
    assert pixels <= max(crops) <= pixels * 1.2


def test_a_later_job_replaces_what_was_seen_at_its_sizes_only():
    speed.remember(UNIT, False, [stint(64), stint(256)], 100.0)
    start = speed.known(UNIT, False).start
    speed.remember(UNIT, False, [Stint((250, 250), 0, 10, 50.0)], None)
    found = speed.known(UNIT, False)
    assert found == Speed(start, {64 * 64: pytest.approx(machine(64 * 64)), 250 * 250: 5.0})


def test_each_device_and_way_has_its_own():
    others = [(UNIT, True), (UNIT._replace(threads=8), False), (UNIT._replace(backend="jax"), True)]
    speed.remember(UNIT, False, [stint(64)], None)
    assert [speed.known(unit, fast) for unit, fast in others] == [None] * 3
    speed.remember(*others[0], [stint(128)], None)
    assert list(speed.known(UNIT, False).points) == [64 * 64]
    assert list(speed.known(*others[0]).points) == [128 * 128]


def test_a_job_without_a_step_tells_nothing(home):
    assert not speed.remember(UNIT, False, [], 5.0).points
    assert speed.known(UNIT, False) is None
    assert not home.exists()


@pytest.mark.parametrize(
    "kept",
    [
        "not JSON",
        "[]",
        json.dumps({speed._key(UNIT, False): 5}),
        json.dumps({speed._key(UNIT, False): {"start": 1}}),
        json.dumps({speed._key(UNIT, False): {"start": 1, "points": []}}),
        json.dumps({speed._key(UNIT, False): {"start": 1, "points": [[4096, "soon"]]}}),
        json.dumps({speed._key(UNIT, False): {"start": float("nan"), "points": [[4096, 1]]}}),
        json.dumps({speed._key(UNIT, False): {"start": 1, "points": [[4096, -1]]}}),
    ],
)
def test_a_damaged_file_is_written_anew(kept, home):
    home.mkdir()
    (home / "speed.json").write_text(kept)
    assert speed.known(UNIT, False) is None
    speed.remember(UNIT, False, [stint(64)], None)
    assert list(speed.known(UNIT, False).points) == [64 * 64]


def test_a_folder_that_cannot_be_made_does_not_fail_the_job(home):
    home.write_text("a file where the folder should be")
    found = speed.remember(UNIT, False, [stint(64)], None)
    assert found == Speed(0.0, {64 * 64: pytest.approx(machine(64 * 64))})
    assert speed.known(UNIT, False) is None
