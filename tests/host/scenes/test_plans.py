"""Names of results: whatever was there before, nothing is overwritten and nothing is mixed up."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maya_stylize.errors import ImageError
from maya_stylize.ledger import Ledger
from maya_stylize.recipes import Recipe
from maya_stylize.scenes.plans import Plan, Planner

PICTURES = ("a/wall.png", "b/wall.png", "b/Wall.png", "b/wall.tif", "wall_stylized.png")
NAMES = ("{stem}_stylized{suffix}", "{stem}.png", "wall_new.png")


def recipe(folder: Path, seed: int = 0, output: str = NAMES[0]) -> Recipe:
    job = {"kind": "synthesize", "seed": seed, "quality": "draft"}
    return Recipe.from_json({"recipe": 1, "job": job, "output": output}, folder)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def make(plan: Plan, ledger: Ledger) -> dict[str, str]:
    """Do what the engine would; return what is in each result, by its path."""
    for tile in plan.left:
        job = plan.jobs[tile]
        (source,) = job.sources
        write(Path(job.output), f"{Path(source).read_text()} by {job.seed}")
        ledger.record(job, plan.keys[tile])
    return {job.output: Path(job.output).read_text() for job in plan.jobs.values()}


STEPS = st.one_of(
    st.tuples(st.just("make"), st.sampled_from(PICTURES), st.integers(0, 1)),
    st.tuples(st.just("repaint"), st.sampled_from(PICTURES), st.sampled_from(["x", "y"])),
    st.tuples(st.just("new run"), st.sampled_from(NAMES), st.booleans()),
)


@settings(max_examples=60)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
def test_nothing_is_overwritten_and_nothing_mixed_up(steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for index, picture in enumerate(PICTURES):
            write(folder / picture, f"picture {index}")
        ledger, output, place = Ledger("network"), NAMES[0], folder / "new"
        planners: dict[int, Planner] = {}
        for kind, what, how in steps:
            if kind == "repaint":
                write(folder / what, str(how))
            elif kind == "new run":
                output, place, planners = what, (folder / "new" if how else folder), {}
            else:
                if how not in planners:
                    planners[how] = Planner(recipe(folder, how, output), ledger, place)
                before = {path: path.read_text() for path in folder.rglob("*.[pt][ni][gf]")}
                planner, picture = planners[how], folder / what
                made = make(planner.plan(str(picture)), ledger)
                assert list(made.values()) == [f"{picture.read_text()} by {how}"]
                assert all(path.read_text() == text for path, text in before.items())
                assert planner.plan(str(picture)).left == ()


def test_the_plain_name_is_the_recipe_s(tmp_path: Path) -> None:
    planner = Planner(recipe(tmp_path), Ledger("network"), None)
    plan = planner.plan(str(write(tmp_path / "wall.png", "wall")))
    assert plan.output == str(tmp_path / "wall_stylized.png")


def test_a_result_that_somebody_has_changed_is_not_made_again_over_it(tmp_path: Path) -> None:
    ledger = Ledger("network")
    picture = str(write(tmp_path / "wall.png", "wall"))
    write(tmp_path / "wall_stylized.png", "a stranger's")
    (output,) = make(Planner(recipe(tmp_path), ledger, None).plan(picture), ledger)
    assert Path(output).name.startswith("wall_stylized_")
    write(Path(output), "painted over")
    with pytest.raises(ImageError, match="not as it was made"):
        Planner(recipe(tmp_path), ledger, None).plan(picture)
    assert Path(output).read_text() == "painted over"
