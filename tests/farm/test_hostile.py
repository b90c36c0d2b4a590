"""What somebody else may have put into a bundle, beside its results or into a batch's list."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maya_stylize import checks, cli
from maya_stylize.cli.farm import scenes, tasks
from maya_stylize.errors import JobError
from maya_stylize.farm import bundle, mapping, standing
from maya_stylize.images import writer
from maya_stylize.job_sources import FileHashes
from maya_stylize.jobs import SynthesizeJob
from maya_stylize.ledger import FOLDER
from maya_stylize.recipes import Recipe
from maya_stylize.scenes import report

RECIPE = {"recipe": 1, "job": {"kind": "synthesize", "size": [32, 32]}}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A bundle's folder of jobs, of one texture that is made already."""
    picture = tmp_path / "a.png"
    writer.write(picture, np.full((32, 32, 3), 0.5, np.float32))
    (tmp_path / "results").mkdir()
    job = SynthesizeJob(
        str(tmp_path / "results" / "a_new.png"),
        exemplar=str(picture),
        size=(32, 32),
        resolution={"model": 64 * "0"},
    )
    texture = bundle.Texture(str(picture), None, job, {str(picture): FileHashes()(str(picture))})
    about = bundle.About(1, False, RECIPE)
    bundle.write(tmp_path / "bundle", [texture], about, tmp_path / "results", 1, 1)
    entry = standing.entry_of(job)
    shutil.copy(picture, job.output)
    standing.record(job, entry, {"seconds": 1.5, "loss": 0.25})
    (tmp_path / "rules.json").write_text("{}")
    return tmp_path / "bundle" / "jobs"


def finish(jobs: Path) -> int:
    there = jobs.parents[1]
    return cli.main(
        [
            *("farm", "finish", "--session", str(there), "--jobs", str(jobs)),
            *("--results", str(there / "results"), "--path-mapping", str(there / "rules.json")),
            *("--textures", "1"),
        ]
    )


def change(path: Path, **fields: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def page(jobs: Path) -> str:
    return (jobs.parents[1] / "results" / "maya-stylize-report.html").read_text(encoding="utf-8")


def test_a_number_of_textures_that_no_bundle_has_is_refused(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert finish(made) == 0
    capsys.readouterr()
    for count in (10**12, 10**6 + 1, 0, -1, True, "1", None):
        change(made / bundle.ABOUT, count=count)
        with pytest.raises(JobError, match=r"bundle\.json: count: must be a whole number from 1"):
            bundle.about(made)
    change(made / bundle.ABOUT, count=10**12)
    assert finish(made) == 1
    assert "openjd_fail: " in capsys.readouterr().out


def test_textures_that_are_only_said_to_be_there_take_no_time(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those whose files are there are read, each once, and no others; so are the rules."""
    change(made / bundle.ABOUT, count=10**6)
    (made / "0007.json").write_text("{")
    (made / "0008.jsonx").write_text("{")
    read: list[str] = []
    opened = checks.json_file

    def json_file(path: Path, *rest: Any) -> Any:
        read.append(path.name)
        return opened(path, *rest)

    monkeypatch.setattr(checks, "json_file", json_file)
    assert finish(made) == 0
    of_bundle = [name for name in read if name in ("rules.json", bundle.ABOUT) or name[0] == "0"]
    assert sorted(of_bundle) == ["0001.json", "0007.json", bundle.ABOUT, "rules.json"]
    assert "reading 1 of 2 textures" in capsys.readouterr().out
    assert "1.5 s · loss 0.25" in page(made)


@pytest.mark.parametrize(
    "odd",
    ["x", [1], {}, None, 10**400, float("inf"), float("nan")],
    ids=["text", "list", "object", "nothing", "many digits", "inf", "nan"],
)
def test_an_entry_with_odd_facts_is_shown_without_them(made: Path, odd: Any) -> None:
    assert finish(made) == 0
    assert "1.5 s · loss 0.25" in page(made)
    entry = made.parents[1] / "results" / FOLDER / "a_new.png.json"
    change(entry, facts={"seconds": odd, "loss": odd})
    assert finish(made) == 0
    assert "<p>made · " in page(made)
    assert " s ·" not in page(made)
    assert "loss" not in page(made)


def test_an_error_that_should_not_happen_is_told_to_the_farm_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(_: argparse.Namespace) -> int:
        raise KeyError("x\ny")

    with pytest.raises(KeyError):
        tasks._telling(run)(argparse.Namespace())
    told = "openjd_fail: An error that should not happen: KeyError('x\\ny').\n"
    assert capsys.readouterr().out == told


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (lambda path: bundle.about(path.parent), r"bundle\.json: is larger than 16 MB"),
        (mapping.read, r"bundle\.json: is larger than 16 MB"),
        (lambda path: scenes.items(path, Recipe.from_json(RECIPE, Path())), "larger than 64 MB"),
        (report.check, "is not an earlier report"),
    ],
    ids=["bundle", "mapping", "scenes", "report"],
)
def test_a_file_without_end_is_not_read_to_it(
    tmp_path: Path, read: Callable[[Path], Any], told: str
) -> None:
    path = tmp_path / bundle.ABOUT
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole
    with pytest.raises(JobError, match=told):
        read(path)
