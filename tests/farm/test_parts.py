"""A bundle's parts, held against Open Job Description's own libraries."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
import OpenImageIO
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openjd.model import (
    IntRangeExpr,
    StepParameterSpaceIterator,
    create_job,
    decode_job_template,
    preprocess_job_parameters,
)
from openjd.sessions import PathFormat, PathMappingRule

from maya_stylize import cli
from maya_stylize.errors import JobError
from maya_stylize.farm import bundle, mapping, ranges
from maya_stylize.farm.template import template
from maya_stylize.images import textures, writer
from maya_stylize.jobs import StylizeJob
from maya_stylize.ledger import Ledger

PART = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="/\\:"),
    min_size=1,
    max_size=4,
)
PARTS = st.lists(PART.filter(lambda part: part not in (".", "..")), min_size=1, max_size=4)


@given(
    count=st.integers(1, 40),
    chunk=st.integers(1, 50),
    memory=st.integers(1, 2**40),
    gpu=st.booleans(),
)
def test_the_template_makes_every_texture_once(
    count: int, chunk: int, memory: int, gpu: bool
) -> None:
    decoded = decode_job_template(
        template=json.loads(json.dumps(template(count, chunk, memory, gpu))),
        supported_extensions=["TASK_CHUNKING"],
    )
    folder = Path("/bundle")
    values = preprocess_job_parameters(
        job_template=decoded,
        job_parameter_values={},
        job_template_dir=folder,
        current_working_dir=folder,
    )
    assert values["ResultsFolder"].value == "/bundle/results"
    job = create_job(job_template=decoded, job_parameter_values=values)
    tiles = job.steps[1]
    assert [each.dependsOn for step in job.steps for each in step.dependencies or ()] == [
        "targets",
        "tiles",
    ]
    tasks = [
        list(IntRangeExpr.from_str(task["Texture"].value))
        for task in StepParameterSpaceIterator(space=tiles.parameterSpace)
    ]
    assert sorted(number for task in tasks for number in task) == list(range(1, count + 1))
    assert len(tasks) == -(-count // chunk)
    amounts = {each.name: float(each.min) for each in tiles.hostRequirements.amounts}
    name = "amount.worker.gpu.memory" if gpu else "amount.worker.memory"
    assert set(amounts) == ({"amount.worker.gpu", name} if gpu else {name})
    assert memory <= amounts[name] * 2**20 < memory + 2**20
    assert not job.steps[0].hostRequirements
    for step in job.steps:
        cancel = step.script.actions.onRun.cancelation
        assert cancel.mode.value == "NOTIFY_THEN_TERMINATE"


@given(
    ranges_=st.lists(
        st.tuples(st.integers(1, 50), st.integers(1, 50), st.integers(-5, 5).filter(bool)),
        min_size=1,
        max_size=3,
    )
)
def test_ranges_are_read_as_the_scheduler_writes_them(
    ranges_: list[tuple[int, int, int]],
) -> None:
    """One that it refuses, as its parts overlap, has each number once here."""
    text = ",".join(
        f"{first}" if first == last else f"{first}-{last}:{step if last > first else -abs(step)}"
        for first, last, step in ranges_
        if first == last or step > 0 or last < first
    )
    try:
        wanted = list(IntRangeExpr.from_str(text))
    except Exception:
        return
    assert sorted(ranges.parse(text)) == sorted(wanted)


@pytest.mark.parametrize(
    "text", ["", "0", "0-3", "a", "1-", "5-1", "1-3:0", "-1", "1,,2", "9999999"]
)
def test_what_are_no_numbers_is_refused(text: str) -> None:
    with pytest.raises(JobError, match="textures"):
        ranges.parse(text)


@given(source=PARTS, rest=PARTS, windows=st.booleans())
def test_paths_are_mapped_as_the_scheduler_maps_its_parameters(
    source: list[str], rest: list[str], windows: bool
) -> None:
    root, kind, written = ("/", PurePosixPath, PathFormat.POSIX)
    if windows:
        root, kind, written = ("C:\\", PureWindowsPath, PathFormat.WINDOWS)
    there = kind(root, *source)
    rule = mapping.Rule(there, "/mnt/here")
    judge = PathMappingRule(
        source_path_format=written,
        source_path=there,
        destination_path=PurePosixPath("/mnt/here"),
    )
    for path in (str(there.joinpath(*rest)), str(there), f"{there}x", str(kind(root, *rest))):
        applies, wanted = judge.apply(path=path)
        assert mapping.mapped(path, [rule]) == (wanted if applies else path)


def test_the_longest_rule_counts(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    rules = [("POSIX", "/a", "/1"), ("POSIX", "/a/b", "/2"), ("URI", "s3://a", "/3")]
    names = ("source_path_format", "source_path", "destination_path")
    entries = [dict(zip(names, rule, strict=True)) for rule in rules]
    file.write_text(json.dumps({"version": "pathmapping-1.0", "path_mapping_rules": entries}))
    found = mapping.read(file)
    assert [mapping.mapped(path, found) for path in ("/a/b/c", "/a/c", "/c")] == [
        "/2/c",
        "/1/c",
        "/c",
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '{"version": "2"}', '{"path_mapping_rules": [{"source_path": 1}]}'),
        '{"path_mapping_rules": 5}',
    ],
)
def test_other_rules_are_refused_by_their_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rules.json"
    file.write_text(text)
    with pytest.raises(JobError, match=r"rules\.json"):
        mapping.read(file)


@pytest.mark.parametrize("depth", ["uint8", "uint16", "half", "float"])
@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize("repeats", [True, False])
def test_a_tx_has_the_pictures_numbers(
    tmp_path: Path, depth: str, opaque: bool, repeats: bool
) -> None:
    random = np.random.default_rng(0)
    pixels = random.uniform(0, 1, (37, 50, 3)).astype(np.float32)
    alpha = None if opaque else random.uniform(0.1, 1, (37, 50)).astype(np.float32)
    suffix = ".exr" if depth in ("half", "float") else ".png"
    source = writer.write(tmp_path / f"a{suffix}", pixels, alpha=alpha, depth=depth).path
    textures.make(source, tmp_path / "a.tx", repeats)
    picture = OpenImageIO.ImageInput.open(str(source))
    texture = OpenImageIO.ImageInput.open(str(tmp_path / "a.tx"))
    np.testing.assert_array_equal(texture.read_image("unknown"), picture.read_image("unknown"))
    mode = "periodic,periodic" if repeats else "clamp,clamp"
    assert texture.spec().get_string_attribute("wrapmodes") == mode
    first = (tmp_path / "a.tx").read_bytes()
    textures.make(source, tmp_path / "a.tx", repeats)
    assert (tmp_path / "a.tx").read_bytes() == first


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two pictures and a recipe, where commands are run in this process."""
    pixels = np.random.default_rng(1).uniform(0, 1, (32, 32, 3)).astype(np.float32)
    for name in ("a.png", "b.png", "rust.png"):
        writer.write(tmp_path / name, pixels)
    recipe = {"recipe": 1, "job": {"kind": "stylize", "styles": ["rust.png"], "quality": "draft"}}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def export(*arguments: str) -> int:
    return cli.main(["farm", "export", "--recipe", "recipe.json", "-o", "bundle", *arguments])


def _full_bundle(folder: Path) -> None:
    (folder / "bundle").mkdir()
    (folder / "bundle" / "note.txt").write_text("mine")


def _bundle_is_file(folder: Path) -> None:
    (folder / "bundle").write_text("mine")


def _result_is_there(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "a_stylized.png").write_bytes((folder / "b.png").read_bytes())


def _tx_is_there(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "a_stylized.tx").write_text("mine")


def _made(folder: Path, result: Path, texture: str) -> None:
    """A result that the ledger knows, and a `.tx` beside it."""
    (folder / "out").mkdir()
    job = StylizeJob(
        str(folder / "out" / "a_stylized.png"), content="a.png", styles=("rust.png",), seed=7
    )
    shutil.copy(result, job.output)
    ledger = Ledger("a model")
    ledger.record(job, ledger.look(job).key)
    tx = Path(job.output).with_suffix(".tx")
    tx.write_text("a farm's")
    ledger.record_beside(job, tx)
    tx.write_text(texture)


def _result_was_painted_over(folder: Path) -> None:
    _made(folder, folder / "a.png", "a farm's")
    (folder / "out" / "a_stylized.png").write_text("painted over")


def _tx_is_another_one(folder: Path) -> None:
    _made(folder, folder / "a.png", "mine")


def _one_tx_for_two(folder: Path) -> None:
    writer.write(folder / "a.tif", np.zeros((32, 32, 3), np.float32))


def _name_leads_out(folder: Path) -> None:
    path = folder / "recipe.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "output": "../{stem}.png"}))


def _nothing(folder: Path) -> None:
    pass


def listing(*outputs: tuple[str, str]) -> str:
    """Return a scene batch's report of (picture, output), with a job where that is left to run."""
    entries = []
    for picture, output in outputs:
        entry: dict[str, Any] = {"nodes": ["file1"], "picture": picture, "output": output}
        if output:
            job = StylizeJob(output, content=picture, styles=("rust.png",), quality="draft")
            entry["jobs"] = [job.to_json()]
        entries.append({**entry, "status": "to make" if output else "there", "message": ""})
    scene = {"ok": True, "scene": "/a.ma", "status": "listed", "textures": entries}
    return json.dumps({"report": 1, "ok": True, "scenes": [scene]})


def _two_folders(folder: Path) -> None:
    text = listing(("a.png", "x/a.png"), ("b.png", "y/b.png"))
    (folder / "list.json").write_text(text)


def _all_made(folder: Path) -> None:
    (folder / "list.json").write_text(listing(("a.png", "")))


def _no_list(folder: Path) -> None:
    (folder / "list.json").write_text('{"report": 1, "scenes": [{"textures": [1]}]}')


@pytest.mark.parametrize(
    ("prepare", "arguments", "told"),
    [
        (_full_bundle, ["a.png"], "bundle is not empty: note.txt is in it"),
        (_bundle_is_file, ["a.png"], "bundle is no folder"),
        (_result_is_there, ["a.png", "--results", "out"], "no batch or farm has made it"),
        (_tx_is_there, ["a.png", "--results", "out", "--tx"], "a_stylized.tx is there"),
        (_result_was_painted_over, ["a.png", "--results", "out"], "no batch or farm has made it"),
        (_tx_is_another_one, ["a.png", "--results", "out", "--tx"], "a_stylized.tx is there"),
        (_one_tx_for_two, ["a.png", "a.tif", "--tx"], "would both have a_stylized.tx"),
        (_name_leads_out, ["a.png"], "output"),
        (_nothing, ["a.png", "missing.png"], "missing.png"),
        (_nothing, [], "nothing to export"),
        (_two_folders, ["--scenes", "list.json"], "into 2 folders"),
        (_all_made, ["--scenes", "list.json"], "nothing left to make"),
        (_no_list, ["--scenes", "list.json"], "not the report of a scene batch"),
        (_all_made, ["a.png", "--scenes", "list.json"], "says what is made"),
    ],
)
def test_a_bundle_that_cannot_be_is_refused_before_it_is_begun(
    there: Path,
    narrow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    prepare: Callable[[Path], Any],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    prepare(there)
    before = sorted(there.rglob("*"))
    assert export(*arguments) in (1, 2)
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert sorted(there.rglob("*")) == before


def test_a_worker_must_have_the_memory_of_the_largest_texture(
    there: Path,
    narrow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As much as a batch's dry run says of it, which rounds."""
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    big = np.random.default_rng(1).uniform(0, 1, (700, 600, 3)).astype(np.float32)
    writer.write(there / "big.png", big)
    names = ["a.png", "big.png", "b.png"]
    assert cli.main(["batch", *names, "--recipe", "recipe.json", "-o", "out", "--dry-run"]) == 0
    (told,) = re.findall(r"^memory +([\d.]+) GiB for the largest", capsys.readouterr().out, re.M)
    assert export(*names) == 0
    step = json.loads((there / "bundle" / "template.json").read_text())["steps"][1]
    (amount,) = step["hostRequirements"]["amounts"]
    assert amount["name"] == "amount.worker.memory"
    assert float(told) == pytest.approx(amount["min"] / 1024, abs=0.06)


def test_a_bundle_has_whole_paths_and_the_files_that_deadline_cloud_names(
    there: Path, narrow_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    assert export("a.png", "b.png", "--results", "out", "--chunk", "3") == 0
    read = {path.name: json.loads(path.read_text()) for path in (there / "bundle").glob("*.json")}
    assert read["parameter_values.json"] == {
        "parameterValues": [{"name": "ResultsFolder", "value": str(there / "out")}]
    }
    assets = read["asset_references.json"]["assetReferences"]
    wanted = [str(there / name) for name in ("a.png", "b.png", "rust.png")]
    assert assets["inputs"] == {"filenames": wanted, "directories": []}
    assert assets["outputs"]["directories"] == [str(there / "out")]
    first, second = (bundle.read(there / "bundle" / "jobs", number) for number in (1, 2))
    assert (first.name, second.name) == ("a_stylized.png", "b_stylized.png")
    assert first.job.resolution["octaves"]
    assert first.job.sources == (str(there / "a.png"), str(there / "rust.png"))


@pytest.mark.parametrize(
    "name", ["../a.png", "b/a.png", "b\\a.png", "..", ".", "a\0.png", "NUL.png"]
)
def test_an_output_never_leaves_the_results(
    there: Path, narrow_model: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    assert export("a.png") == 0
    path = there / "bundle" / "jobs" / "0001.json"
    data = json.loads(path.read_text())
    data["job"]["output"] = name
    path.write_text(json.dumps(data))
    with pytest.raises(JobError, match="output"):
        bundle.read(path.parent, 1)


def test_textures_of_scenes_are_exported_as_their_batch_has_listed_them(
    there: Path, narrow_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is there is left out; what two scenes show is made once."""
    monkeypatch.setenv("MAYA_STYLIZE_MODEL", str(narrow_model))
    one = ("a.png", "new/a_stylized_1f0c9a3e.png")
    text = listing(one, one, ("b.png", ""), ("b.png", "new/other.png"))
    (there / "list.json").write_text(text)
    assert export("--scenes", "list.json") == 0
    jobs = there / "bundle" / "jobs"
    assert bundle.about(jobs).count == 2
    names = [bundle.read(jobs, number).name for number in (1, 2)]
    assert names == ["a_stylized_1f0c9a3e.png", "other.png"]
    values = json.loads((there / "bundle" / "parameter_values.json").read_text())
    assert values["parameterValues"][0]["value"] == str(there / "new")
