"""Every file that a job reads is found in its plain data, and nothing else is taken for one."""

from __future__ import annotations

import hashlib
import os

import pytest

from maya_stylize.errors import ImageError
from maya_stylize.job_sources import FileHashes, file_hash, with_sources
from maya_stylize.jobs import MaterialJob, RepairJob, StylizeJob, SynthesizeJob, from_json

REGIONS = ({"target": "t.png", "source": "s.png"}, {"target": "u.png"})
JOBS = {
    "synthesize": SynthesizeJob(exemplar="e.png", output="o.png", regions=REGIONS),
    "stylize": StylizeJob(
        content="c.png", styles=["a.png", "b.png"], start="i.png", output="o.png", regions=REGIONS
    ),
    "from noise": StylizeJob(content="noise", styles=["content"], start="noise", output="o.png"),
    "repair": RepairJob(picture="p.png", mask="m.png", exemplar="e.png", output="o.png"),
    "seam": RepairJob(picture="p.png", seamless="both", output="o.png"),
    "material": MaterialJob(maps={"albedo": "a.png", "height": "h.png"}, output="<map>.png"),
}


@pytest.mark.parametrize("name", JOBS)
def test_every_source_is_changed_and_nothing_else(name):
    job = JOBS[name]
    before = job.to_json()
    changed = from_json(with_sources(before, lambda path: f"new/{path}"))
    assert changed.sources == tuple(f"new/{path}" for path in job.sources)
    assert job.sources
    assert changed.outputs == job.outputs
    assert from_json(with_sources(changed.to_json(), lambda path: path.removeprefix("new/"))) == job
    assert before == job.to_json()


def test_a_file_is_known_by_its_content(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"content")
    expected = "sha256:" + hashlib.sha256(b"content").hexdigest()
    assert file_hash(str(path)) == expected
    hashes = FileHashes()
    assert hashes(str(path)) == expected
    path.write_bytes(b"another")
    os.utime(path, ns=(1, 1))
    assert hashes(str(path)) == "sha256:" + hashlib.sha256(b"another").hexdigest()


def test_a_file_is_read_once_while_it_stays_as_it_is(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"content")
    os.utime(path, ns=(1, 1))
    hashes = FileHashes()
    before = hashes(str(path))
    path.write_bytes(b"CONTENT")
    os.utime(path, ns=(1, 1))
    assert hashes(str(path)) == before


def test_a_file_that_is_gone_is_not_known_any_more(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"content")
    hashes = FileHashes()
    hashes(str(path))
    path.unlink()
    with pytest.raises(ImageError, match=r"a\.png: cannot be read \(No such file"):
        hashes(str(path))
