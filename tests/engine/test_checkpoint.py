"""A job that is broken off goes on to the same bytes, or says why not."""

import dataclasses
import io
import json
import os
import random
import signal
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from maya_stylize import events
from maya_stylize.demo import EXEMPLARS
from maya_stylize.engine import checkpoint
from maya_stylize.engine.run import run
from maya_stylize.errors import EngineError, ImageError
from maya_stylize.files import checkpoint_of
from maya_stylize.images import reader, writer
from maya_stylize.jobs import StylizeJob, SynthesizeJob


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("rust", "bricks"):
        writer.write(
            folder / f"{name}.png", reader.read(EXEMPLARS / f"{name}.png").pixels[:64, :48]
        )
    return {name: str(folder / f"{name}.png") for name in ("rust", "bricks")}


def make(kind, pictures, output, tile=0):
    """Return a job of few and cheap evaluations."""
    width, height = (50, 46) if kind == "synthesize" else (48, 64)
    octaves = [
        [width // 2, height // 2, 2, 14, "flat"],
        [width, height, 1, 12, "level"],
        [width, height, 1, 8, "true"],
    ]
    resolution = {"tile": tile, "octaves": octaves}
    common = {"output": str(output), "device": "cpu", "seed": 3, "resolution": resolution}
    layers = {"conv1_1": 1e9, "pool1": 1e9, "pool2": 1e9}
    if kind == "synthesize":
        return SynthesizeJob(
            exemplar=pictures["rust"], size=(width, height), layers=layers, **common
        )
    return StylizeJob(
        content=pictures["bricks"],
        styles=(pictures["rust"],),
        content_layers={"conv2_2": 1.0},
        style_layers=layers,
        **common,
    )


def is_step(event):
    return isinstance(event, events.Progress) and event.loss is not None


def break_off(job, model, after, every=60.0):
    """Run a job for some steps and stop it; return its checkpoint's path."""
    stream, seen = run(job, model, every=every), 0
    for event in stream:
        seen += is_step(event)
        if seen == after:
            break
    stream.close()
    return checkpoint_of(job.output)


@pytest.mark.parametrize("kind", ["synthesize", "stylize"])
@pytest.mark.parametrize("tile", [0, 24])
def test_it_goes_on_to_the_same_bytes_from_anywhere(kind, tile, pictures, narrow_model, tmp_path):
    whole = make(kind, pictures, tmp_path / "whole.png", tile)
    found = list(run(whole, narrow_model))
    steps = sum(map(is_step, found))
    job = dataclasses.replace(whole, output=str(tmp_path / "broken.png"))
    wanted = (tmp_path / "whole.png").read_bytes()

    for after in random.Random(f"{kind}{tile}").sample(range(2, steps), 2 if tile else 4):
        kept = checkpoint.read(break_off(job, narrow_model, after))
        *_, result = run(kept.job, narrow_model, resume=kept)

        assert (tmp_path / "broken.png").read_bytes() == wanted, after
        assert result.loss == found[-1].loss
        assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.png", "whole.png"]
        (tmp_path / "broken.png").unlink()


def test_it_may_be_broken_off_again_and_again(pictures, narrow_model, tmp_path):
    whole = make("synthesize", pictures, tmp_path / "whole.png")
    list(run(whole, narrow_model))
    job = dataclasses.replace(whole, output=str(tmp_path / "broken.png"))
    path = break_off(job, narrow_model, 5)
    for _ in range(3):
        kept = checkpoint.read(path)
        stream, seen = run(kept.job, narrow_model, resume=kept), 0
        for event in stream:
            seen += is_step(event)
            if seen == 6:
                break
        stream.close()

    kept = checkpoint.read(path)
    list(run(kept.job, narrow_model, resume=kept))

    assert (tmp_path / "broken.png").read_bytes() == (tmp_path / "whole.png").read_bytes()
    assert not path.exists()


def test_a_crash_at_any_moment_loses_no_more_than_the_interval(
    pictures, narrow_model, tmp_path, monkeypatch
):
    """What lies on the disk at twenty random moments leads to the same bytes."""
    monkeypatch.setattr(checkpoint, "LARGEST_SHARE", 1e9)  # the interval is that asked for
    job = make("synthesize", pictures, tmp_path / "t.png")
    path, moments, done = checkpoint_of(job.output), [], 0.0
    for event in run(job, narrow_model, every=0.0):
        if path.exists() and is_step(event):
            # What was told before this event is in the file.
            moments.append((done, path.read_bytes()))
        done = getattr(event, "fraction", done)
    wanted = (tmp_path / "t.png").read_bytes()

    for told, content in random.Random(2).sample(moments, 20):
        path.write_bytes(content)
        kept = checkpoint.read(path)
        first, *_ = (event for event in run(kept.job, narrow_model, resume=kept) if is_step(event))
        assert first.fraction >= told - 1e-9
        assert (tmp_path / "t.png").read_bytes() == wanted


def test_a_result_that_could_not_be_written_is_written_later(
    pictures, narrow_model, tmp_path, monkeypatch
):
    """As on a full disk: all is computed, and only the writing is left to do."""
    whole, job = (
        make("synthesize", pictures, tmp_path / name) for name in ("whole.png", "late.png")
    )
    *_, wanted = run(whole, narrow_model)

    def full(*_arguments, **_settings):
        raise ImageError("No space left.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "write", full)
        with pytest.raises(ImageError):
            list(run(job, narrow_model))
    kept = checkpoint.read(checkpoint_of(job.output))
    *_, result = run(kept.job, narrow_model, resume=kept)

    assert (result.loss, result.layer_errors) == (wanted.loss, wanted.layer_errors)
    assert (tmp_path / "late.png").read_bytes() == (tmp_path / "whole.png").read_bytes()


def test_a_killed_process_leaves_a_checkpoint_to_go_on_from(pictures, real_model, tmp_path):
    script = (
        "import json, sys, time\n"
        "from pathlib import Path\n"
        "from maya_stylize import jobs\n"
        "from maya_stylize.engine import backend\n"
        "backend.choose('tensorflow')\n"
        "from maya_stylize.engine.run import run\n"
        "for event in run(jobs.from_json(json.loads(sys.argv[1])), Path(sys.argv[2]), every=0.0):\n"
        "    print(getattr(event, 'fraction', 1.0), flush=True)\n"
        "    if getattr(event, 'fraction', 1.0) > 0.6:\n"
        "        time.sleep(600)\n"  # to be killed
    )
    *_, result = run(make("synthesize", pictures, tmp_path / "whole.png"), real_model)
    job = {**result.job, "output": str(tmp_path / "killed.png")}
    command = [sys.executable, "-c", script, json.dumps(job), str(real_model)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if float(line) > 0.6:
                os.kill(process.pid, signal.SIGKILL)
                break

    kept = checkpoint.read(tmp_path / "killed.png.checkpoint")
    list(run(kept.job, real_model, resume=kept))

    names = sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".part")
    assert names == ["killed.png", "whole.png"]
    assert (tmp_path / "killed.png").read_bytes() == (tmp_path / "whole.png").read_bytes()


def test_a_checkpoint_in_between_changes_nothing(pictures, narrow_model, tmp_path):
    once, often = (
        make("synthesize", pictures, tmp_path / name) for name in ("once.png", "often.png")
    )
    list(run(once, narrow_model))

    path = checkpoint_of(often.output)
    assert sum(path.exists() for _ in run(often, narrow_model, every=0.0)) > 5

    assert (tmp_path / "once.png").read_bytes() == (tmp_path / "often.png").read_bytes()


def test_a_torn_file_is_refused_by_name(pictures, narrow_model, tmp_path):
    path = break_off(make("synthesize", pictures, tmp_path / "t.png"), narrow_model, 10)
    content = path.read_bytes()
    chance = random.Random(1)
    damaged = [content[: chance.randrange(len(content))] for _ in range(20)]
    for place in (chance.randrange(200, len(content) - 1000) for _ in range(20)):
        damaged.append(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
    damaged += [b"", b"not a zip", b"PK\x03\x04"]

    whole = checkpoint.read(path)
    refused = []
    for bad in damaged:
        path.write_bytes(bad)
        try:
            found = checkpoint.read(path)
        except EngineError as error:
            refused.append(error.message)
        else:  # a byte that says nothing, such as a member's time
            assert (found.job, found.sources) == (whole.job, whole.sources)
            assert np.array_equal(found.kept.pixels, whole.kept.pixels)
            assert all(map(np.array_equal, found.kept.vectors, whole.kept.vectors))
    assert len(refused) >= len(damaged) - 3
    assert all("t.png.checkpoint" in message for message in refused)


def test_one_whose_directory_lies_about_its_size_is_refused(tmp_path):
    """Some 200 bytes that say they are 256 GB of numbers."""
    path, head = tmp_path / "t.png.checkpoint", io.BytesIO()
    said = {"descr": "<f4", "fortran_order": False, "shape": (1 << 36,)}
    np.lib.format.write_array_header_1_0(head, said)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("facts.npy", head.getvalue())
        file.getinfo("facts.npy").file_size = 1 << 39
    with pytest.raises(EngineError, match=r"t\.png\.checkpoint is torn, or no checkpoint"):
        checkpoint.read(path)


def test_one_of_another_version_is_refused(pictures, narrow_model, tmp_path):
    path = break_off(make("synthesize", pictures, tmp_path / "t.png"), narrow_model, 5)
    with np.load(path) as file:
        arrays = dict(file)
    facts = json.loads(arrays["facts"].tobytes())
    facts["format"] += 1
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez(file, **arrays)

    with pytest.raises(EngineError, match=r"t\.png\.checkpoint is of another version"):
        checkpoint.read(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"versions": {"keras": "1"}}, "versions"),
        ({"model": "0" * 64}, "model"),
        ({"history": 7}, "history"),
        ({"color_config": "sha256:0"}, "color_config"),
    ],
)
def test_one_of_another_run_is_refused(change, message, pictures, narrow_model, tmp_path):
    path = break_off(make("synthesize", pictures, tmp_path / "t.png"), narrow_model, 5)
    kept = checkpoint.read(path)
    resolution = {**kept.job.resolution, **change}
    other = dataclasses.replace(kept, job=dataclasses.replace(kept.job, resolution=resolution))
    fresh = dataclasses.replace(kept.job, resolution={})

    with pytest.raises(EngineError, match=rf"t\.png\.checkpoint is of another run.*{message}"):
        list(run(fresh, narrow_model, resume=other))

    assert path.exists()


def test_another_picture_of_the_same_name_is_refused(pictures, narrow_model, tmp_path):
    exemplar = tmp_path / "exemplar.png"
    pixels = reader.read(pictures["rust"]).pixels
    writer.write(exemplar, pixels)
    job = make("synthesize", {"rust": str(exemplar)}, tmp_path / "t.png")
    kept = checkpoint.read(break_off(job, narrow_model, 5))
    writer.write(exemplar, pixels[::-1])

    with pytest.raises(EngineError, match=r"the content of .*exemplar\.png"):
        list(run(kept.job, narrow_model, resume=kept))


def test_a_missing_one_is_named(tmp_path):
    with pytest.raises(EngineError, match=r"none\.checkpoint cannot be read: No such file"):
        checkpoint.read(tmp_path / "none.checkpoint")
