"""Recipes, and the names of their results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import judge

from maya_stylize import recipes

_PICTURES = ("a.png", "in/wall.1001.exr", "b.<UDIM>.tif", "../c.tga", "C:d.png", "no suffix", "..")


def seeds() -> Mapping[str, bytes]:
    texture = {"kind": "synthesize", "size": [64, 64], "layers": {"pool1": 1}}
    style = {"kind": "stylize", "styles": ["b.png"], "keep_colors": "pca"}
    many = {"kind": "stylize", "regions": [{"target": "m.png"}]}
    name = "{stem}_{exemplar}{suffix}"
    made = {
        "texture": {"recipe": 1, "job": texture},
        "style": {"recipe": 1, "job": style, "output": "x_{stem}.tif"},
        "many": {"recipe": 1, "job": many, "output": name, "exemplars": ["s/r.png", "t.png"]},
        "repair": {"recipe": 1, "job": {"kind": "repair", "seamless": "both"}},
        "out": {"recipe": 1, "job": texture, "output": "../{stem}{suffix}"},
        "dots": {"recipe": 1, "job": texture, "output": "{stem}{stem}..{suffix}"},
        "deep": {"recipe": 1, "job": texture, "output": [[[]]]},
    }
    return {key: json.dumps(value).encode() for key, value in made.items()}


def feed(data: bytes, folder: Path) -> None:
    path = folder / "recipe.json"
    path.write_bytes(data)
    recipe = recipes.load(path)
    again = recipes.Recipe.from_json(json.loads(json.dumps(recipe.to_json())), folder)
    if again != recipe:
        raise judge.Misdeed("a recipe that is another one after JSON")
    results = folder / "results"
    judge.attempt(*(lambda picture=each: _name(recipe, picture, results) for each in _PICTURES))


def _name(recipe: recipes.Recipe, picture: str, results: Path) -> None:
    for exemplar in recipe.exemplars or (None,):
        job = recipe.job_for(picture, results, exemplar)
        if (results / job.output).resolve().parent != results or "\\" in job.output:
            raise judge.Misdeed(f"{job.output} is outside the folder of the results")
