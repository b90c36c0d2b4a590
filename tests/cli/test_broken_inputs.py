"""Broken inputs at the command line: the exit code, one clear message, nothing left behind."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO
import pytest

from maya_stylize import cli
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine import backend
from maya_stylize.images import reader, writer

FAILED, WRONG = 1, 2


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, real_model: Path) -> Path:
    """A folder of good pictures and bad ones."""
    folder = tmp_path_factory.mktemp("broken")
    pixels = reader.read(EXEMPLARS / "rust.png").pixels[:32, :48]
    good = writer.write(folder / "good.png", pixels).path.read_bytes()
    writer.write(folder / "other.png", pixels[::-1])
    writer.write(folder / "dot.png", pixels[:1, :1])
    writer.write(folder / "line.png", pixels[:15])
    (folder / "link.png").symlink_to(folder / "good.png")
    (folder / "empty.png").write_bytes(b"")
    (folder / "cut.png").write_bytes(good[: len(good) // 2])
    (folder / "flipped.png").write_bytes(good[:60] + bytes([good[60] ^ 1]) + good[61:])
    (folder / "text.png").write_text("a shopping list")
    (folder / "noise.tga").write_bytes(bytes(range(100, 200)))
    (folder / "folder.png").mkdir()
    _write(folder / "nan.exr", np.full((32, 32, 3), np.nan, np.float32), "half")
    _write(folder / "cmyk.tif", np.full((32, 32, 4), 99, np.uint8), "uint8", list("CMYK"))
    _write(folder / "depth.exr", np.full((32, 32, 1), 0.5, np.float32), "half", ["Z"])
    (folder / "text.h5").write_text("a shopping list")
    (folder / "cut.h5").write_bytes(real_model.read_bytes()[:100_000])
    (folder / "damaged.h5").write_bytes(_damaged(real_model.read_bytes()))
    return folder


def _write(path: Path, values: Any, depth: str, channels: Sequence[str] = ()) -> None:
    height, width, count = values.shape
    spec = OpenImageIO.ImageSpec(width, height, count, depth)
    if channels:
        spec.channelnames = tuple(channels)
    if "K" in channels:
        spec.attribute("tiff:ColorSpace", "CMYK")
    output = OpenImageIO.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(values)
    assert output.close()


def _damaged(model: bytes) -> bytes:
    """Change one byte in the middle of the weights."""
    middle = len(model) // 2
    return model[:middle] + bytes([model[middle] ^ 0xFF]) + model[middle + 1 :]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the output goes: a file and a folder lie there."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "file").write_bytes(b"somebody's")
    (folder / "folder.png").mkdir()
    return folder


def contents(folder: Path) -> dict[str, bytes | int | None]:
    """Return what is in every file, and of a model when it was changed."""

    def content(path: Path) -> bytes | int | None:
        if not path.is_file():
            return None
        about = path.stat()
        return path.read_bytes() if about.st_size < 1_000_000 else about.st_mtime_ns

    return {str(path.relative_to(folder)): content(path) for path in sorted(folder.rglob("*"))}


def refuse(
    arguments: list[str],
    code: int,
    wanted: list[str],
    folders: list[Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Run a command that must be refused and check all that every refusal has."""
    before = [contents(folder) for folder in folders]
    assert cli.main(arguments) == code
    printed = capsys.readouterr()
    first, *rest = printed.err.splitlines()
    assert first.startswith("maya-stylize: ")
    for text in wanted:
        assert text in printed.err
    # What to do is said in a sentence of its own.
    assert len(rest) == 1
    assert rest[0].startswith("  ")
    assert rest[0].rstrip().endswith((".", ":"))
    assert "Traceback" not in printed.err
    assert "should not happen" not in printed.err
    assert printed.out == ""
    assert [contents(folder) for folder in folders] == before


# What stands for {in} and {out} is filled in by the test.
TEXTURE = ["synthesize", "{in}/good.png", "-o", "{out}/o.png"]
TRANSFER = ["stylize", "{in}/good.png", "{in}/other.png", "-o", "{out}/o.png"]


def exemplar(name: str) -> list[str]:
    return ["synthesize", f"{{in}}/{name}", "-o", "{out}/o.png"]


def output(name: str) -> list[str]:
    return ["synthesize", "{in}/good.png", "-o", name]


CASES: dict[str, tuple[int, list[str], list[str]]] = {
    # Pictures that are read.
    "missing exemplar": (FAILED, exemplar("no.png"), ["no.png does not exist", "typing mistake"]),
    "missing folder": (FAILED, exemplar("no/good.png"), ["no/good.png does not exist"]),
    "empty file": (FAILED, exemplar("empty.png"), ["empty.png is empty", "Export"]),
    "truncated PNG": (FAILED, exemplar("cut.png"), ["cut.png", "cut short", "Export"]),
    "flipped bit": (FAILED, exemplar("flipped.png"), ["flipped.png", "checksum"]),
    "text named .png": (FAILED, exemplar("text.png"), ["text.png is not a PNG"]),
    "noise named .tga": (FAILED, exemplar("noise.tga"), ["noise.tga is not a TGA"]),
    "folder": (FAILED, exemplar("folder.png"), ["folder.png is a folder"]),
    "NaN EXR": (FAILED, exemplar("nan.exr"), ["nan.exr has NaN", "Render or export it again"]),
    "CMYK TIFF": (FAILED, exemplar("cmyk.tif"), ["cmyk.tif is a CMYK picture", "RGB"]),
    "EXR of depths": (FAILED, exemplar("depth.exr"), ["depth.exr has the channels Z", "R, G"]),
    "1x1 picture": (FAILED, exemplar("dot.png"), ["dot.png: 1x1 pixels", "at least 16"]),
    "flat picture": (FAILED, exemplar("line.png"), ["line.png: 48x15 pixels", "at least 16"]),
    "a model as exemplar": (FAILED, exemplar("text.h5"), ["text.h5 is not a PNG"]),
    "overlong name": (FAILED, exemplar("n" * 300 + ".png"), ["nnn", ".png"]),
    "missing style": (
        FAILED,
        ["stylize", "{in}/good.png", "{in}/other.png:2", "{in}/no.png:2", "-o", "{out}/o.png"],
        ["no.png does not exist"],
    ),
    "a weight below zero": (
        WRONG,
        ["stylize", "{in}/good.png", "{in}/other.png:-1", "-o", "{out}/o.png"],
        ["styles[0].weight: must be a number from 0"],
    ),
    "missing start": (FAILED, [*TRANSFER, "--start", "{in}/no.png"], ["no.png does not exist"]),
    "broken start": (FAILED, [*TRANSFER, "--start", "{in}/cut.png"], ["cut.png", "cut short"]),
    "a result too small": (FAILED, [*TRANSFER, "--size", "20"], ["side of 13 pixels", "16"]),
    "strokes too fine": (
        FAILED,
        [*TRANSFER, "--style-scale", "0.2"],
        ["side of 6 pixels", "at least 16"],
    ),
    # The picture that is written.
    "output folder is missing": (FAILED, output("{out}/no/o.png"), ["/no is not a folder", "Make"]),
    "output folder is a file": (FAILED, output("{out}/file/o.png"), ["/file is not a folder"]),
    "output is a folder": (
        FAILED,
        output("{out}/folder.png"),
        ["folder.png is a folder", "inside"],
    ),
    "output suffix unknown": (FAILED, output("{out}/o.gif"), ["o.gif has the suffix .gif", ".png"]),
    "output without suffix": (FAILED, output("{out}/o"), ["suffix of no format", ".png"]),
    "output name too long": (FAILED, output("{out}/" + "n" * 300 + ".png"), ["cannot be written"]),
    "output is empty": (WRONG, output(""), ["output: must be a path, got ''"]),
    "output has NUL": (WRONG, output("{out}/a\0.png"), ["output: must be a path"]),
    "output is the exemplar": (WRONG, output("{in}/good.png"), ["output: ", "good.png", "another"]),
    "output is a link to it": (WRONG, output("{in}/link.png"), ["output: ", "link.png", "another"]),
    "output is a style": (
        WRONG,
        ["stylize", "{in}/good.png", "{in}/other.png", "-o", "{in}/other.png"],
        ["output: ", "other.png is a picture that the job reads"],
    ),
    "output is the start": (
        WRONG,
        [
            *("stylize", "{in}/good.png", "{in}/good.png", "-o", "{in}/other.png"),
            *("--start", "{in}/other.png"),
        ],
        ["output: ", "other.png is a picture that the job reads"],
    ),
    # What is typed.
    "size 0": (WRONG, [*TEXTURE, "--size", "0"], ["size[0]: must be", "got 0"]),
    "size x": (WRONG, [*TEXTURE, "--size", "x"], ["size: must be", "768x512", "got 'x'"]),
    "size of a transfer": (
        WRONG,
        [*TRANSFER, "--size", "64x64"],
        ["size: must be the longer side"],
    ),
    "seed below zero": (WRONG, [*TEXTURE, "--seed", "-1"], ["seed: must be", "got -1"]),
    "seed of 400 digits": (WRONG, [*TEXTURE, "--seed", "9" * 400], ["seed: must be", "got 999"]),
    "content weight nan": (WRONG, [*TRANSFER, "--content-weight", "nan"], ["content_weight: must"]),
    "style scale inf": (WRONG, [*TRANSFER, "--style-scale", "inf"], ["style_scale: must be"]),
    "device of another kind": (
        WRONG,
        [*TEXTURE, "--device", "cuda"],
        ["device: must be", "'cuda'"],
    ),
    "no style has weight": (
        WRONG,
        ["stylize", "{in}/good.png", "{in}/other.png:0", "-o", "{out}/o.png"],
        ["styles: must be given at least one weight above 0"],
    ),
    "endless weight": (
        WRONG,
        ["stylize", "{in}/good.png", "{in}/other.png:" + "9" * 400, "-o", "{out}/o.png"],
        ["styles[0].weight: must be", "got inf"],
    ),
    # The model and what computes.
    "missing model": (FAILED, [*TEXTURE, "--model", "{in}/no.h5"], ["no.h5", "No such file"]),
    "model is text": (FAILED, [*TEXTURE, "--model", "{in}/text.h5"], ["text.h5: it is a text"]),
    "model is a picture": (FAILED, [*TEXTURE, "--model", "{in}/good.png"], ["good.png: it is not"]),
    "model is cut short": (FAILED, [*TEXTURE, "--model", "{in}/cut.h5"], ["cut.h5", "cut short"]),
    "model is damaged": (
        FAILED,
        [*TEXTURE, "--model", "{in}/damaged.h5"],
        ["damaged.h5: the weights are not those that were converted", "sound copy"],
    ),
    "color space that there is none of": (
        FAILED,
        [*TEXTURE, "--color-space", "sRBG"],
        ["OpenColorIO's own config has no color space 'sRBG'", "sRGB"],
    ),
    "color config that is not there": (
        FAILED,
        [*TEXTURE, "--color-config", "{in}/nothing.ocio"],
        ["nothing.ocio: there is no such color config"],
    ),
    "color space of another picture": (
        WRONG,
        [*TEXTURE, "--color-space", "other.png=sRGB"],
        ["color_spaces: the job has no picture 'other.png'", "exemplar, output"],
    ),
    "model is a folder": (FAILED, [*TEXTURE, "--model", "{out}"], ["Is a directory"]),
    "GPU that is not there": (
        FAILED,
        [*TEXTURE, "--device", "gpu:99"],
        ["tensorflow finds no device gpu:99; it finds:", "cpu:0", "--device"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_broken_inputs(
    name: str,
    broken: Path,
    out: Path,
    narrow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    code, pattern, wanted = CASES[name]
    arguments = [part.replace("{in}", str(broken)).replace("{out}", str(out)) for part in pattern]
    refuse(arguments, code, wanted, [broken, out], capsys)


@pytest.mark.parametrize("as_json", [False, True])
def test_without_a_model_one_is_told_how_to_get_it(
    as_json: bool,
    broken: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_HOME", str(out / "home"))
    monkeypatch.delenv("MAYA_STYLIZE_MODEL", raising=False)  # the worker's tests have one
    arguments = ["synthesize", str(broken / "good.png"), "-o", str(out / "o.png")]
    before = contents(out)
    assert cli.main([*arguments, "--json"] if as_json else arguments) == FAILED
    printed = capsys.readouterr()
    assert "There is no model on this machine yet." in printed.err
    assert "Run: maya-stylize model fetch." in printed.err
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert [line["event"] for line in lines] == (["failure"] if as_json else [])
    if as_json:
        assert lines[0]["kind"] == "model"
        assert "model fetch" in lines[0]["hint"]
    assert contents(out) == before


def test_a_studios_model_that_is_not_there_is_named(
    broken: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(out / "share"))
    for command in (["synthesize", str(broken / "good.png"), "-o", str(out / "o.png")], ["info"]):
        refuse(command, FAILED, ["MAYA_STYLIZE_MODEL names", "share"], [out], capsys)


def test_a_backend_that_is_not_installed_is_named(
    broken: Path,
    out: Path,
    narrow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    monkeypatch.setattr(backend, "installed", lambda: {"tensorflow": "2.20"})
    arguments = ["synthesize", str(broken / "good.png"), "-o", str(out / "o.png")]
    wanted = ["The backend torch is not installed here.", "pip install torch", "tensorflow"]
    refuse([*arguments, "--backend", "torch"], FAILED, wanted, [out], capsys)


def test_a_failure_is_told_on_both_streams(
    broken: Path,
    out: Path,
    narrow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    command = ["synthesize", str(broken / "cut.png"), "-o", str(out / "o.png"), "--json"]
    assert cli.main(command) == FAILED
    printed = capsys.readouterr()
    (line,) = map(json.loads, printed.out.splitlines())
    assert line["event"] == "failure"
    assert line["kind"] == "image"
    assert printed.err == f"maya-stylize: {line['message']}\n  {line['hint']}\n"


# Job files: their text, or what differs from a good job; and what the message says.
JOB_FILES: dict[str, tuple[str | bytes | dict[str, Any], list[str]]] = {
    "empty": (b"", ["job.json: is not JSON", "Correct it"]),
    "not JSON": ("{'kind': 'synthesize'}", ["job.json: is not JSON (Expecting property name"]),
    "cut short": ('{"kind": "synthesize", ', ["job.json: is not JSON"]),
    "UTF-16": ('{"kind": "synthesize"}'.encode("utf-16"), ["job.json: is not JSON", "utf-8"]),
    "a picture": (b"\x89PNG\r\n\x1a\n", ["job.json: is not JSON"]),
    "nested without end": ("[" * 200_000, ["job.json: is not JSON"]),
    "a number of 5000 digits": ('{"seed": ' + "9" * 5000 + "}", ["job.json: "]),
    "array": ("[]", ["job.json: The job is not a JSON object.", "kind"]),
    "null": ("null", ["job.json: The job is not a JSON object."]),
    "wrong kind": ({"kind": "tile"}, ["job.json: kind: must be one of synthesize, stylize"]),
    "wrong version": ({"version": 2}, ["job.json: version: must be 1, got 2."]),
    "bad field": ({"seed": -1}, ["job.json: seed: must be a whole number", "Correct seed"]),
    "NaN": ({"layers": {"pool1": float("nan")}}, ["layers.pool1: must be a number", "got nan"]),
    "unknown field": ({"sizes": 5}, ["job.json: sizes: a synthesize job has no such field."]),
    "field of the other kind": ({"styles": []}, ["styles: a synthesize job has no such field."]),
    "half a character": ({"output": "\ud800.png"}, ["output: must be a path"]),
    "resolution is a number": ({"resolution": 5}, ["resolution: must be what an earlier run"]),
    "threads": ({"resolution": {"threads": "x"}}, ["resolution.threads: must be", "got 'x'"]),
    "no threads": ({"resolution": {"threads": 0}}, ["resolution.threads: must be", "Remove"]),
    "threads yes": ({"resolution": {"threads": True}}, ["resolution.threads: must be", "True"]),
    "history 0": ({"resolution": {"history": 0}}, ["resolution.history: must be", "Remove"]),
    "history null": ({"resolution": {"history": None}}, ["resolution.history: must be", "None"]),
    "octaves none": ({"resolution": {"octaves": []}}, ["resolution.octaves: must be", "Remove"]),
    "octaves 5": ({"resolution": {"octaves": 5}}, ["resolution.octaves: must be", "got 5"]),
    "octaves text": ({"resolution": {"octaves": ["5"]}}, ["resolution.octaves[0]: must be"]),
    "octave short": ({"resolution": {"octaves": [[48, 32]]}}, ["resolution.octaves[0]: must be"]),
    "octave of nothing": (
        {"resolution": {"octaves": [[0, 0, 1, 15, "true"], [48, 32, 1, 15, "true"]]}},
        ["resolution.octaves[0]: must be a whole number from 1", "got 0"],
    ),
    "octave of a planet": (
        {"resolution": {"octaves": [[10**9, 10**9, 1, 15, "true"], [48, 32, 1, 15, "true"]]}},
        ["resolution.octaves[0]: must be a whole number", "got 1000000000"],
    ),
    "octave of no loss": (
        {"resolution": {"octaves": [[48, 32, 1, 15, ["true"]]]}},
        ["resolution.octaves[0]: must be lists of", "and loss"],
    ),
    "octaves of another size": (
        {"size": [64, 64], "resolution": {"octaves": [[48, 32, 1, 15, "true"]]}},
        ["resolution.octaves: they end at 48x32, but the result has 64x64 pixels.", "Remove"],
    ),
}


@pytest.mark.parametrize("name", JOB_FILES)
def test_broken_job_files(
    name: str,
    broken: Path,
    out: Path,
    narrow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    content, wanted = JOB_FILES[name]
    if isinstance(content, dict):
        good = {"kind": "synthesize", "version": 1, "output": str(out / "o.png")}
        content = json.dumps({**good, "exemplar": str(broken / "good.png"), **content})
    file = out / "job.json"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    refuse(["run", str(file)], WRONG, wanted, [broken, out], capsys)


@pytest.mark.parametrize(
    ("path", "reason"),
    [("no.json", "No such file"), ("folder.png", "Is a directory"), ("file/job.json", "Not a dir")],
)
def test_job_files_that_cannot_be_read(
    path: str, reason: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse(["run", str(out / path)], WRONG, [f"{path}: cannot be read", reason], [out], capsys)


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="needs permissions")
def test_a_folder_that_may_not_be_written(
    broken: Path,
    out: Path,
    narrow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    out.chmod(0o500)
    command = ["synthesize", str(broken / "good.png"), "-o", str(out / "o.png")]
    refuse(command, FAILED, ["o.png cannot be written: Permission denied"], [out], capsys)


def test_what_should_not_happen_is_kept_in_a_file(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("maya_stylize.convert.sources.locate", fail)
    monkeypatch.setattr("tempfile.tempdir", str(out))
    assert cli.main(["synthesize", "e.png", "-o", "o.png"]) == FAILED
    printed = capsys.readouterr().err
    (report,) = out.glob("maya-stylize-*.log")
    assert "ZeroDivisionError('a bug')" in printed
    assert str(report) in printed
    assert "Traceback" not in printed
    assert "Traceback" in report.read_text()
