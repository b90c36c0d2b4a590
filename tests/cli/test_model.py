"""``model fetch`` and ``model info``, through the argument parser."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from maya_stylize.cli import model
from maya_stylize.convert import sources
from maya_stylize.convert.fingerprint import ACADEMIC_NOTICE, NORMALIZED_VGG19
from maya_stylize.errors import ModelError


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    model.add_parsers(parser.add_subparsers())
    args = parser.parse_args(["model", *arguments])
    code: int = args.run(args)
    return code


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MAYA_STYLIZE_MODEL", raising=False)  # the worker's tests have one
    return tmp_path / "home"


def test_the_notice_is_shown_at_the_first_fetch_and_by_info(
    home: Path, real_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("fetch", "--from", str(real_model)) == 0
    first = capsys.readouterr()
    path = home / "models" / "vgg_normalised.h5"
    assert f"model        {path} (in your own folder)\n" in first.out
    assert "network      normalized VGG-19 (Gatys, Ecker, Bethge 2015)\n" in first.out
    assert f"fingerprint  {NORMALIZED_VGG19} (verified)\n" in first.out
    assert "input        BGR, 0 to 255, minus 103.939, 116.779, 123.68\n" in first.out
    assert "pooling      average, rounding ceil\n" in first.out
    assert ACADEMIC_NOTICE in first.err
    assert run("fetch") == 0
    second = capsys.readouterr()
    assert second.out == first.out
    assert ACADEMIC_NOTICE not in second.err
    for _ in range(2):
        assert run("info") == 0
        assert ACADEMIC_NOTICE in capsys.readouterr().out


def test_info_as_json(home: Path, real_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources.install(real_model)
    assert run("info", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["path"] == str(home / "models" / "vgg_normalised.h5")
    assert printed["origin"] == "cached"
    assert printed["provenance"]["fingerprint"] == NORMALIZED_VGG19
    assert printed["provenance"]["notice"] == ACADEMIC_NOTICE


def test_without_a_model_info_says_how_to_get_one(home: Path) -> None:
    with pytest.raises(ModelError, match=r"no model on this machine.*maya-stylize model fetch"):
        run("info")
    assert not home.exists()


def test_the_bar_shows_what_is_fetched(
    home: Path,
    real_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fetch(report: sources.Report) -> sources.ModelInfo:
        report(40_000_000, 80_000_000, "Downloading from a [lab]")
        return sources.install(real_model, report)

    monkeypatch.setattr(sources, "fetch", fetch)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    assert run("fetch") == 0
    printed = capsys.readouterr()
    assert "Downloading" not in printed.out
    assert "Converting vgg_normalised.h5" in printed.err
    assert "80.0 MB" not in printed.err.partition("Converting")[2]


@pytest.mark.parametrize("arguments", [[], ["fetch", "--from"], ["info", "fetch"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2
