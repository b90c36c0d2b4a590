"""Color spaces as the scene has them: of its textures, for the jobs and for the screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maya_stylize.host.scene import Scene, Texture
from maya_stylize.jobs import MAP, Job
from maya_stylize.map_names import ALBEDO

# Arnold's nodes may leave it to the file.
_UNTOLD = ("", "auto")
_LEADS = {"synthesize": "exemplar", "stylize": "content", "repair": "picture"}


class SceneColors:
    """Knows the color spaces of the pictures that the scene shows, and of results.

    Args:
        scene: Has the config.
        textures: Gives its textures.
        selected: Gives the one of them that is selected, which goes before others with its file.
        job_of: Gives the job that made a picture, as plain data; None where there is none.
    """

    def __init__(
        self,
        scene: Scene,
        textures: Callable[[], list[Texture]],
        selected: Callable[[], Texture | None],
        job_of: Callable[[str], Mapping[str, Any] | None] = lambda _: None,
    ) -> None:
        self._scene, self._textures, self._selected = scene, textures, selected
        self._job_of = job_of

    def of(self, path: str) -> str | None:
        """Return the color space of a picture; None where neither scene nor results say."""
        selected = self._selected()
        for texture in (*([] if selected is None else [selected]), *self._textures()):
            files = (texture.path, texture.pattern, *texture.tiles)
            if path in files and texture.color_space not in _UNTOLD:
                return texture.color_space
        job = self._job_of(path)
        return None if job is None else of_result(job, _map_of(job, path))

    def config(self) -> str | None:
        """Return the scene's config; None where it has none."""
        return self._scene.color_config()

    def for_thumbnail(self, path: str) -> dict[str, Any]:
        """Return what the worker is told of a picture's colors to show it."""
        space = self.of(path)
        return {} if space is None else {"color_space": space, "color_config": self.config()}

    def told(self, job: Job) -> Job:
        """Return a job with what the scene says of its pictures; what it says itself stays."""
        found = {role: self.of(path) for role, path in job.roles.items()}
        spaces = {role: space for role, space in found.items() if space is not None}
        config = job.color_config or self.config()
        return dataclasses.replace(
            job, color_spaces={**spaces, **job.color_spaces}, color_config=config
        )


def of_result(job: Mapping[str, Any], kind: str = "") -> str | None:
    """Return the color space that a job's result is in; None where its file tells.

    Args:
        job: As plain data.
        kind: Which of a material's maps it is; those with data keep their numbers, and with them
            their space.
    """
    spaces = job.get("color_spaces") or {}
    named = spaces.get("output") if kind in ("", ALBEDO) else None
    space = named or spaces.get(kind or _LEADS.get(str(job.get("kind")), ""))
    return None if space is None else str(space)


def _map_of(job: Mapping[str, Any], path: str) -> str:
    """Return which of a material's maps a job's result is; "" for that of another job."""
    output = Path(str(job.get("output", ""))).name
    names: dict[str, str] = {output.replace(MAP, kind): kind for kind in job.get("maps", ())}
    own = "." not in output.rpartition(MAP)[2]  # each map has its own suffix
    return names.get(Path(path).stem if own else Path(path).name, "")
