"""Jobs in JSON files, and all that is worked out of one before anything runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import judge

from maya_stylize import checks, jobs
from maya_stylize.job_sources import with_sources
from maya_stylize.tile_jobs import each_tile

_USUAL = {"version": 1, "output": "out.png"}
JOBS = (
    {"kind": "synthesize", "exemplar": "a.png", "size": [64, 48], "seamless": "both"},
    {
        "kind": "stylize",
        "content": "a.<UDIM>.png",
        "output": "o.<UDIM>.png",
        "styles": ["b.png", {"path": "c.png", "weight": 2}],
        "regions": [{"target": "m.png", "source": None, "style": 1}],
        "color_spaces": {"content": "ACEScg", "b.png": "sRGB"},
        "style_layers": {"conv1_1": 1e9},
        "start": "noise",
    },
    {"kind": "repair", "picture": "a.png", "mask": "m.png", "extend": [0, 0, 8, 0], "band": 9},
    {
        "kind": "material",
        "maps": {"albedo": "a.png", "height": "h.exr"},
        "output": "new_<map>",
        "joint_layers": ["conv1_1"],
        "color_config": "ocio://default",
    },
)


def seeds() -> Mapping[str, bytes]:
    made = {f"{job['kind']}": json.dumps({**_USUAL, **job}).encode() for job in JOBS}
    for depth in (90, 400, 900, 100_000):
        nested = '{"a":' * depth + "1" + "}" * depth
        data = made["synthesize"][:-1] + f', "resolution": {nested}}}'.encode()
        made[f"deep-{depth}"] = data[:20_000]
    return {**made, "digits": b'{"seed": ' + b"9" * 5000 + b"}", "mark": b"\xef\xbb\xbf{}"}


def feed(data: bytes, folder: Path) -> None:
    path = folder / "job.json"
    path.write_bytes(data)
    job = jobs.from_json(checks.json_file(path))
    plain = job.to_json()
    text = json.dumps(plain, allow_nan=False)
    if jobs.from_json(json.loads(text)) != job:
        raise judge.Misdeed("a job that is another one after JSON")
    jobs.from_json(with_sources(plain, lambda source: source))
    for written in job.outputs:
        if Path(written).parent != Path(job.output).parent:
            raise judge.Misdeed(f"{written} is in another folder than {job.output}")
    for tile in each_tile(job).values():
        if Path(tile.output).parent != Path(job.output).parent:
            raise judge.Misdeed(f"{tile.output} is in another folder than {job.output}")
