"""One recipe, and the scenes whose textures it is used on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Union

from maya_stylize.errors import ImageError, SceneError, StylizeError
from maya_stylize.files import replacing, unwritable
from maya_stylize.host.scene import SceneFiles, Texture
from maya_stylize.host.scene_colors import of_result
from maya_stylize.jobs import Job
from maya_stylize.ledger import Ledger
from maya_stylize.recipes import Recipe
from maya_stylize.scenes import report, saving, works
from maya_stylize.scenes.choice import EVERYTHING, Choice
from maya_stylize.scenes.interrupt import Stop
from maya_stylize.scenes.plans import Plan, Planner
from maya_stylize.scenes.report import SceneReport, TextureReport
from maya_stylize.scenes.saving import DEFAULT_PATTERN, Record
from maya_stylize.scenes.workers import Workers
from maya_stylize.scenes.works import Work

AnyPath = Union[str, "os.PathLike[str]"]


class Session:
    """Uses a recipe on scene after scene, with the engine kept at hand.

    `api.open_session` makes one.

    Args:
        recipe: What is to be made of each texture.
        files: Maya.
        folder: Where new pictures go; None for beside the old ones.
        told: Called with lines for the user.
        stop: Whether to end.

    Raises:
        StylizeError: There is no engine or no model here, or the recipe is none for scenes.
    """

    def __init__(
        self,
        recipe: Recipe,
        files: SceneFiles,
        folder: Path | None,
        told: Callable[[str], None],
        stop: Stop,
    ) -> None:
        self._files, self._told, self._stop = files, told, stop
        self._folder = folder
        self._workers = Workers(told)
        self._ledger = Ledger(self._workers.model())
        self._planner = Planner(recipe, self._ledger, folder)

    def stylize_scene(
        self,
        scene: AnyPath,
        choice: Choice = EVERYTHING,
        save_as: str = DEFAULT_PATTERN,
        dry_run: bool = False,
    ) -> SceneReport:
        """Open a scene, make its textures anew, relink them, and save it under another name.

        The scene stays open until the next one takes its place. In Maya with a window, unsaved
        changes of the scene that is open before the first one are refused.

        Args:
            scene: A `.ma` or `.mb`.
            choice: Which of its textures are meant.
            save_as: As `api.run` takes it.
            dry_run: Whether only to say what would be done.

        Returns:
            What came of it, a failure too.

        Raises:
            StylizeError: `save_as` is no name for it.
            KeyboardInterrupt: It was broken off; the scene is not saved.
        """
        path = Path(scene).absolute()
        target = saving.targets([path], save_as)[path]
        saved = str(target.path)
        self._stop.check()
        self._told(f"Opening {path}")
        try:
            _check(path)
            record = Record(path, target)
            record.check()
            self._files.open(path)
            notes = tuple(f"The reference {file} is not loaded." for file in self._files.unloaded())
            textures = choice.find(self._files)
        except StylizeError as error:
            return SceneReport(str(path), report.FAILED, message=str(error))
        if dry_run:
            listed = works.of_textures(textures, self._planner, self._stop, self._files)
            outcomes = tuple(work.listed() for work in listed)
            return SceneReport(str(path), report.LISTED, saved, notes=notes, textures=outcomes)
        done = SceneReport(str(path), report.NOTHING, notes=notes)
        try:
            links, outcomes = self._relink(textures)
            done = replace(done, textures=outcomes)
            if not links:
                return done
            if record.is_same(links):
                return replace(done, status=report.UNCHANGED, saved=saved)
            self._stop.check()
            # The record comes first: a run that dies in between finds its own scene again.
            self._files.save(target.path, lambda written: record.write(links, written))
        except StylizeError as error:
            return replace(done, status=report.FAILED, message=str(error))
        return replace(done, status=report.SAVED, saved=saved)

    def stylize_textures(self, textures: Iterable[Texture]) -> tuple[TextureReport, ...]:
        """Make textures of the open scene anew and put the new ones in their place.

        The scene is not saved. Each new node can be undone in Maya, and reverted in the panel.

        Args:
            textures: Some of those that `api.find_textures` returns.

        Returns:
            What came of each picture.

        Raises:
            StylizeError: The folder for new pictures cannot be made.
            KeyboardInterrupt: It was broken off; the scene is as it was.
        """
        return self._relink(textures)[1]

    def end(self) -> None:
        """End the engine's process."""
        self._workers.end()

    def _relink(
        self, textures: Iterable[Texture]
    ) -> tuple[dict[str, str], tuple[TextureReport, ...]]:
        """Return the new pictures by the nodes whose place they took, and what came of all."""
        planned = works.of_textures(textures, self._planner, self._stop, self._files)
        failures = self._make([work.plan for work in planned if work.plan])
        self._stop.check()
        links: dict[str, str] = {}
        for work in planned:
            work.take(failures)
            if work.plan and work.outcome.status != report.FAILED:
                links.update(self._apply(work, work.plan))
        return links, tuple(work.outcome for work in planned)

    def _make(self, plans: list[Plan]) -> dict[str, str]:
        """Run what is left of some plans; return why jobs failed, by their outputs."""
        # Copies of one picture have one job.
        left = {plan.jobs[tile].output: (plan, tile) for plan in plans for tile in plan.left}
        failures = self._copy(plans)

        def ended(job: Job, failure: str) -> None:
            plan, tile = left[job.output]
            try:
                if failure:
                    raise StylizeError(failure)
                self._ledger.record(job, plan.keys[tile])
            except StylizeError as error:
                failures[job.output] = str(error)

        jobs = [plan.jobs[tile] for plan, tile in left.values()]
        if jobs and self._folder:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise unwritable(self._folder, error) from error
        self._workers.make(jobs, ended, self._stop)
        return failures

    def _copy(self, plans: list[Plan]) -> dict[str, str]:
        """Copy what is there under other names; return why that failed, by the jobs' outputs."""
        failures: dict[str, str] = {}
        for plan in plans:
            for tile, picture in plan.copies.items():
                self._stop.check()
                job = plan.jobs[tile]
                try:
                    with replacing(Path(job.output), ImageError) as temporary:
                        shutil.copyfile(picture, temporary)
                    self._ledger.record(job, plan.keys[tile])
                except StylizeError as error:
                    failures[job.output] = str(error)
        return failures

    def _apply(self, work: Work, plan: Plan) -> dict[str, str]:
        """Put a picture in the place of those that show the old one; return by node which."""
        job = next(iter(plan.jobs.values()))
        picture, space = Path(job.output), of_result(job.to_json())
        links, refusals = {}, []
        for texture in work.textures:
            try:
                new = replace(texture, color_space=space or texture.color_space)
                self._files.apply(new, picture)
            except SceneError as error:
                refusals.append(f"{texture.node}: {error}")
            else:
                links[texture.node] = plan.output
        if refusals:
            work.fail(" ".join(refusals))
        return links


def _check(scene: Path) -> None:
    if scene.suffix.lower() not in saving.SUFFIXES:
        raise SceneError(f"{scene} is no scene of Maya.", "Its name must end in .ma or .mb.")
    if not scene.is_file():
        raise SceneError(f"{scene} is not there.", "Check the path.")
