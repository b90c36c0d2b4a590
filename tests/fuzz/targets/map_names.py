"""A studio's file of words for kinds of maps."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import judge

from maya_stylize import map_names

_NAMES = ("wall_gls.png", "Wall_2K_NormalGL.png", "basecolor.1001.tif", "of_gls_map", "", ".png")


def seeds() -> Mapping[str, bytes]:
    made = {
        "words": {"roughness": ["gls", "Gloss"], "height": ["hgt", "dpl"], "albedo": []},
        "no-kind": {"gloss": ["gls"]},
        "no-list": {"roughness": "gls"},
        "no-word": {"roughness": ["two words", 5, None]},
        "a-size": {"roughness": ["2k"]},
        "half": {"roughness": ["\ud800"]},
        "long": {"roughness": ["x" * 5000, "é" * 5000]},
        "list": [],
    }
    texts = {key: json.dumps(value).encode() for key, value in made.items()}
    deep = b'{"roughness": ' + b"[" * 5000
    return {**texts, "marked": b"\xef\xbb\xbf" + texts["words"], "deep": deep, "empty": b"{}"}


def feed(data: bytes, folder: Path) -> None:
    path = folder / "words.json"
    path.write_bytes(data)
    os.environ[map_names.VARIABLE] = str(path)
    map_names._with_those_of.cache_clear()
    for name in _NAMES:
        for kind in (map_names.kind_of(name), map_names.data_kind_of(name)):
            if kind not in (None, *map_names.KINDS):
                raise judge.Misdeed(f"{kind!r} for a kind")
        map_names.without_kind(name)
