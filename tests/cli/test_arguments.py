"""What is typed, as the job that it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maya_stylize import __version__, cli
from maya_stylize.cli.batch.items import items
from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, MaterialJob, Style, StylizeJob, SynthesizeJob
from maya_stylize.recipes import Recipe


def job_of(*arguments: str) -> Job:
    parsed = cli._parser(arguments).parse_args(arguments)
    job: Job = parsed.job_of(parsed)
    return job


def test_the_least_that_can_be_typed_gives_the_defaults() -> None:
    assert job_of("synthesize", "e.png", "-o", "o.png") == SynthesizeJob(
        exemplar="e.png", output="o.png"
    )
    assert job_of("stylize", "c.png", "s.png", "-o", "o.png") == StylizeJob(
        content="c.png", styles=(Style("s.png"),), output="o.png"
    )


def test_every_option_arrives_in_its_field() -> None:
    common: dict[str, Any] = {
        "output": "o.exr",
        "seed": 7,
        "quality": "final",
        "pooling": "max",
        "backend": "jax",
        "device": "gpu:1",
    }
    typed = [text for name, value in common.items() for text in (f"--{name}", str(value))]
    assert job_of(
        *("synthesize", "e.png", *typed, "--size", "768x512"),
        *("--no-histogram", "--seamless", "across", "--statistics", "sliced"),
    ) == SynthesizeJob(
        exemplar="e.png",
        size=(768, 512),
        statistics="sliced",
        match_histogram=False,
        seamless="across",
        **common,
    )
    assert job_of(
        *("stylize", "c.png", "a.png:2", "b.png", *typed, "--size", "512", "--start", "noise"),
        *("--style-scale", "0.5", "--keep-colors", "pca", "--content-weight", "1e5"),
        *("--color-strength", "0.25", "--alpha", "ignore", "--statistics", "sliced"),
    ) == StylizeJob(
        content="c.png",
        styles=(Style("a.png", 2.0), Style("b.png", 1.0)),
        size=512,
        start="noise",
        style_scale=0.5,
        keep_colors="pca",
        color_strength=0.25,
        alpha="ignore",
        content_weight=1e5,
        statistics="sliced",
        **common,
    )
    maps = {"albedo": "a.png", "height": "h.png"}
    words = [f"{kind}={path}" for kind, path in maps.items()]
    assert job_of(
        *("material", *words, "--alpha", "mask", "--seed", "3", "-o", "new_<map>.png"),
    ) == MaterialJob(maps=maps, alpha="mask", seed=3, output="new_<map>.png")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512", (512, 512)),
        ("768x512", (768, 512)),
        ("768X512", (768, 512)),
        ("768×512", (768, 512)),
        (" 16x65536 ", (16, 65536)),
        ("0512", (512, 512)),
    ],
)
def test_sizes(text: str, size: tuple[int, int]) -> None:
    job = job_of("synthesize", "e.png", "-o", "o.png", "--size", text)
    assert isinstance(job, SynthesizeJob)
    assert job.size == size


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "x", "512x", "x512", "0x0", "512x0", "15", "65537", "3x3x3", "-512", "1e3"),
        *("512.0", "99999999999", "5 12", "512 x", "512*512", "NaN"),
    ],
)
@pytest.mark.parametrize("command", [["synthesize", "e.png"], ["stylize", "c.png", "s.png"]])
def test_what_is_no_size(command: list[str], text: str) -> None:
    with pytest.raises(JobError, match=r"^size(\[[01]\])?: must be "):
        job_of(*command, "-o", "o.png", f"--size={text}")


def test_the_size_of_a_transfer_is_one_number() -> None:
    with pytest.raises(JobError, match=r"^size: must be the longer side in pixels.*'768x512'"):
        job_of("stylize", "c.png", "s.png", "-o", "o.png", "--size", "768x512")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("a.png", Style("a.png", 1.0)),
        ("a.png:2", Style("a.png", 2.0)),
        ("a.png:0.25", Style("a.png", 0.25)),
        ("a.png:.5", Style("a.png", 0.5)),
        (r"C:\pics\a.png", Style(r"C:\pics\a.png", 1.0)),
        (r"C:\pics\a.png:2", Style(r"C:\pics\a.png", 2.0)),
        ("C:/pics/a.png:0.5", Style("C:/pics/a.png", 0.5)),
        ("take:two.png", Style("take:two.png", 1.0)),
        ("take:two.png:3", Style("take:two.png", 3.0)),
        ("12:30:1", Style("12:30", 1.0)),
        ("a.png:", Style("a.png:", 1.0)),
        ("a.png:x", Style("a.png:x", 1.0)),
        ("a.png:1e1", Style("a.png", 10.0)),
        ("a.png:nan", Style("a.png:nan", 1.0)),
        (":2", Style(":2", 1.0)),
    ],
)
def test_styles_and_their_weights(text: str, style: Style) -> None:
    job = job_of("stylize", "c.png", text, "-o", "o.png")
    assert isinstance(job, StylizeJob)
    assert job.styles == (style,)


def test_a_weight_below_zero_is_refused_as_a_weight() -> None:
    with pytest.raises(JobError, match=r"styles\[0\]\.weight: must be a number from 0"):
        job_of("stylize", "c.png", "a.png:-1", "-o", "o.png")


@given(
    st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1),
    st.decimals(0, 1000, places=3),
)
def test_a_weight_behind_a_colon_is_never_lost(path: str, weight: Any) -> None:
    job = job_of("stylize", "c.png", "s.png", f"{path}:{weight}", "-o", "o.png")
    assert isinstance(job, StylizeJob)
    assert job.styles[1] == Style(path, float(weight))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_a_job_file(tmp_path: Path, mark: bytes) -> None:
    job = StylizeJob(content="ä.png", styles=(Style("b.png", 2.0),), output="o.png", size=64)
    file = tmp_path / "job.json"
    file.write_bytes(mark + json.dumps(job.to_json(), ensure_ascii=False).encode())
    assert job_of("run", str(file)) == job


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["paint"],
        ["synthesize"],
        ["synthesize", "e.png"],
        ["synthesize", "e.png", "f.png", "-o", "o.png"],
        ["synthesize", "e.png", "-o", "o.png", "--quality", "best"],
        ["synthesize", "e.png", "-o", "o.png", "--pooling", "avg"],
        ["synthesize", "e.png", "-o", "o.png", "--backend", "caffe"],
        ["synthesize", "e.png", "-o", "o.png", "--seed", "x"],
        ["synthesize", "e.png", "-o", "o.png", "--seed", "1.5"],
        ["synthesize", "e.png", "-o", "o.png", "--style-scale", "1"],
        ["stylize", "c.png", "-o", "o.png"],
        ["stylize", "c.png", "s.png", "-o", "o.png", "--content-weight", "heavy"],
        ["stylize", "c.png", "s.png", "-o", "o.png", "--keep-colors", "yes"],
        ["run"],
        ["run", "job.json", "-o", "o.png"],
        ["info", "synthesize"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_shows_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("usage: maya-stylize")
    assert "error: " in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ([], ["synthesize", "stylize", "run", "convert", "normalize", "model", "info"]),
        (
            ["synthesize"],
            ["--size", "--no-histogram", "--seamless", "--seed", "--json", "--model", "Example:"],
        ),
        (
            ["stylize"],
            ["STYLE[:WEIGHT]", "--keep-colors", "--color-strength", "--alpha", "Example:"],
        ),
        (["run"], ["JOB.json", "--json"]),
        (["info"], ["--json"]),
    ],
)
def test_help_names_what_there_is(
    command: list[str], wanted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([*command, "--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    for text in wanted:
        assert text in printed


def test_the_examples_in_the_help_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("synthesize", "stylize"):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        example = " ".join(capsys.readouterr().out.partition("Example: maya-stylize ")[2].split())
        assert job_of(*example.split()).kind == command


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"maya-stylize {__version__}\n"


def test_color_spaces_arrive_by_what_is_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)
    job = job_of(
        *("stylize", "c.exr", "s.png", "-o", "o.exr", "--color-space", "ACEScg"),
        *("--color-space", "s.png=Utility - sRGB - Texture", "--color-space", "output=Raw"),
        *("--color-config", "maya.ocio"),
    )
    assert job.color_spaces == {
        "content": "ACEScg",
        "styles[0]": "Utility - sRGB - Texture",
        "output": "Raw",
    }
    assert job.color_config == "maya.ocio"


@pytest.mark.parametrize(
    ("command", "lead"),
    [
        (["synthesize", "e.png", "-o", "o.png"], "exemplar"),
        (["stylize", "c.png", "s.png", "-o", "o.png"], "content"),
        (
            ["repair", "p.png", "--seamless", "both", "--exemplar", "e.png", "-o", "o.png"],
            "picture",
        ),
        (["material", "albedo=a.png", "height=h.png", "-o", "<map>.png"], "albedo"),
    ],
)
def test_a_color_space_alone_is_the_first_picture_s(command: list[str], lead: str) -> None:
    assert job_of(*command, "--color-space", " ACEScg ").color_spaces == {lead: "ACEScg"}
    assert job_of(*command).color_spaces == {}


def test_a_config_is_that_of_the_environment_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OCIO", "studio.ocio")
    command = ("synthesize", "e.png", "-o", "o.png")
    assert job_of(*command).color_config == "studio.ocio"
    assert job_of(*command, "--color-config", "mine.ocio").color_config == "mine.ocio"
    monkeypatch.setenv("OCIO", "")
    assert job_of(*command).color_config is None


def test_a_job_file_and_a_batch_have_the_config_of_the_environment_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OCIO", "studio.ocio")
    data: dict[str, Any] = {"version": 1, "kind": "synthesize", "exemplar": "e.png"}
    data["output"] = "o.png"
    for named, wanted in ({}, "studio.ocio"), ({"color_config": "mine.ocio"}, "mine.ocio"):
        (tmp_path / "job.json").write_text(json.dumps({**data, **named}))
        assert job_of("run", str(tmp_path / "job.json")).color_config == wanted
    # A job that ran has the config that it ran with: none.
    ran = {**data, "resolution": {"color_config": "ocio://default"}}
    (tmp_path / "job.json").write_text(json.dumps(ran))
    assert job_of("run", str(tmp_path / "job.json")).color_config is None
    recipe = Recipe.from_json({"recipe": 1, "job": {"kind": "synthesize"}}, tmp_path)
    (item,) = items(recipe, ["e.png"], tmp_path)
    assert item.job.color_config == "studio.ocio"


@pytest.mark.parametrize("text", ["", "=", "=sRGB", "e.png=", " "])
def test_a_color_space_that_is_none(text: str) -> None:
    with pytest.raises(JobError, match=r"color-space: must be SPACE or PICTURE=SPACE"):
        job_of("synthesize", "e.png", "-o", "o.png", "--color-space", text)
