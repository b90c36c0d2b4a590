"""The pictures that a scene's textures show, each once, and what stands in the way of a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from maya_stylize import tile_sets
from maya_stylize.errors import StylizeError
from maya_stylize.host.scene import Scene, Texture
from maya_stylize.host.scene_colors import SceneColors
from maya_stylize.scenes import report
from maya_stylize.scenes.interrupt import Stop
from maya_stylize.scenes.plans import Plan, Planner
from maya_stylize.scenes.report import TextureReport


@dataclass
class Work:
    """A picture on its way.

    Attributes:
        textures: Those that show it.
        outcome: What came of it so far.
        plan: What is made of it; None where that is nothing.
    """

    textures: list[Texture]
    outcome: TextureReport
    plan: Plan | None = None

    def take(self, failures: Mapping[str, str]) -> None:
        """Take what came of the plan's jobs.

        Args:
            failures: Why jobs failed, by their outputs.
        """
        if self.plan is None:
            return
        failed = [
            f"Tile {tile}: {failures[job.output]}" if tile else failures[job.output]
            for tile, job in self.plan.jobs.items()
            if job.output in failures
        ]
        if failed:
            self.fail(" ".join(failed))
        elif self.plan.left:
            self.outcome = replace(self.outcome, status=report.MADE)

    def listed(self) -> TextureReport:
        """Return the outcome with the jobs that are left to run."""
        if self.plan is None:
            return self.outcome
        jobs = tuple(self.plan.jobs[tile].to_json() for tile in self.plan.left)
        return replace(self.outcome, jobs=jobs)

    def fail(self, message: str) -> None:
        """Take note that no new picture takes the place of this one, at least not everywhere."""
        self.outcome = replace(self.outcome, status=report.FAILED, message=message)


def of_textures(
    textures: Iterable[Texture], planner: Planner, stop: Stop, scene: Scene
) -> list[Work]:
    """Return the pictures that textures show, each once in each color space, planned.

    Raises:
        KeyboardInterrupt: It was broken off.
    """
    textures = list(textures)
    works: dict[tuple[str, str, str], Work] = {}
    for texture in textures:
        status, why = _hindrance(texture)
        # Those that something hinders are told of node by node.
        key = (texture.pattern, texture.color_space, texture.node if why else "")
        before = works.get(key, Work([], TextureReport((), texture.pattern, status, message=why)))
        nodes = (*before.outcome.nodes, texture.node)
        works[key] = Work([*before.textures, texture], replace(before.outcome, nodes=nodes))
    for work in works.values():
        stop.check()
        if work.outcome.status == report.TO_MAKE:
            _plan(work, planner, _colors(scene, textures, work))
    return list(works.values())


def _colors(scene: Scene, textures: list[Texture], work: Work) -> SceneColors:
    return SceneColors(scene, lambda: textures, lambda: work.textures[0])


def _plan(work: Work, planner: Planner, colors: SceneColors) -> None:
    try:
        work.plan = planner.plan(work.outcome.picture, colors.told)
    except StylizeError as error:
        work.fail(str(error))
    else:
        status = report.TO_MAKE if work.plan.left else report.THERE
        work.outcome = replace(work.outcome, status=status, output=work.plan.output)


def _hindrance(texture: Texture) -> tuple[str, str]:
    """Return a texture's status before anything is done, and why it is not to be made anew."""
    if texture.applied:
        return report.SKIPPED, "It is a result already; revert it in the panel to make another."
    if texture.frame:
        return report.SKIPPED, "It is an image sequence, of which only one frame would be made."
    if texture.tiling == tile_sets.EXPLICIT:
        return report.SKIPPED, "Its tiles are named one by one, which a set of results cannot be."
    if texture.missing:
        return report.FAILED, "Its picture is not there. Restore the file, or correct its path."
    if texture.refusal:
        return report.FAILED, texture.refusal
    return report.TO_MAKE, ""
