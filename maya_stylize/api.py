"""Many textures of many scenes, for a pipeline's own scripts in mayapy or in Maya.

Everything here runs in Maya's process and imports nothing of the engine, which works in a process
of its own. ``docs/scenes.md`` shows how to use it::

    from maya_stylize import api

    report = api.run(["wall.ma", "roof.ma"], "rust.json", api.Choice(materials=("brick*",)))
    for scene in report.scenes:
        print(scene.scene, scene.status, scene.saved)

For the main thread only. Errors are `StylizeError`, with a sentence on what to do; what goes wrong
with one scene or one texture is in the report instead, and the others go on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Union

from maya_stylize import recipes
from maya_stylize.errors import SceneError, StylizeError
from maya_stylize.host.scene import SceneFiles, Texture
from maya_stylize.recipes import Recipe
from maya_stylize.scenes import interrupt, report, saving
from maya_stylize.scenes.choice import EVERYTHING, Choice
from maya_stylize.scenes.report import Report, SceneReport, TextureReport
from maya_stylize.scenes.saving import DEFAULT_PATTERN
from maya_stylize.scenes.session import AnyPath, Session

__all__ = [
    "Choice",
    "Recipe",
    "Report",
    "SceneReport",
    "Session",
    "StylizeError",
    "Texture",
    "TextureReport",
    "find_textures",
    "load_recipe",
    "open_session",
    "run",
    "stylize_scene",
]

AnyRecipe = Union[Recipe, str, "os.PathLike[str]"]


def load_recipe(path: AnyPath) -> Recipe:
    """Return the recipe in a JSON file; its paths are relative to the file's folder.

    Raises:
        StylizeError: It cannot be read, or is no recipe.
    """
    return recipes.load(Path(path))


def find_textures(choice: Choice = EVERYTHING) -> list[Texture]:
    """Return the textures of the open scene that a choice means.

    Raises:
        StylizeError: The scene has no set of a name in the choice.
    """
    return choice.find(_maya())


@contextmanager
def open_session(
    recipe: AnyRecipe,
    folder: AnyPath | None = None,
    told: Callable[[str], None] = lambda line: None,
) -> Iterator[Session]:
    """Keep the engine at hand for several scenes, and end it with the block.

    Ctrl-C and SIGTERM end the block at the next place where nothing is half done.

    Args:
        recipe: What is made of each texture: a recipe, or a file that holds one.
        folder: Where new pictures go, made where it is missing; None for beside each old one.
        told: Called with lines on what is being done.

    Raises:
        StylizeError: The recipe cannot be used, or there is no engine or no model here.
        KeyboardInterrupt: It was broken off.
    """
    loaded = recipe if isinstance(recipe, Recipe) else load_recipe(recipe)
    place = None if folder is None else Path(folder).absolute()
    files = _maya()
    with interrupt.listening() as stop:
        session = Session(loaded, files, place, told, stop)
        try:
            yield session
        finally:
            session.end()


def stylize_scene(
    scene: AnyPath,
    recipe: AnyRecipe,
    choice: Choice = EVERYTHING,
    save_as: str = DEFAULT_PATTERN,
    dry_run: bool = False,
) -> SceneReport:
    """Do for one scene what `Session.stylize_scene` does.

    Raises:
        StylizeError: The recipe or `save_as` cannot be used, or there is no engine here.
        KeyboardInterrupt: It was broken off.
    """
    with open_session(recipe) as session:
        return session.stylize_scene(scene, choice, save_as, dry_run)


def run(
    scenes: Iterable[AnyPath],
    recipe: AnyRecipe,
    choice: Choice = EVERYTHING,
    save_as: str = DEFAULT_PATTERN,
    folder: AnyPath | None = None,
    dry_run: bool = False,
    report_to: AnyPath | None = None,
    told: Callable[[str], None] = lambda line: None,
    ended: Callable[[SceneReport], None] = lambda scene: None,
) -> Report:
    """Make textures of many scenes anew; a scene that fails does not keep the others.

    Args:
        scenes: Each `.ma` or `.mb`.
        recipe: What is made of each texture: a recipe, or a file that holds one.
        choice: Which textures of each scene are meant.
        save_as: Where each scene is saved: a name, or a path relative to the scene's folder, with
            "{stem}" and "{suffix}" of the scene's own name. A file that is there already, and is
            not an earlier run's, is overwritten only where this names it without such a field.
        folder: Where new pictures go; None for beside each old one. None is ever overwritten.
        dry_run: Whether only to open the scenes and to say what would be done.
        report_to: A file for the report as JSON, written after every scene; its name ends in
            .json. Only an earlier report is overwritten.
        told: Called with lines on what is being done.
        ended: Called with what came of each scene, as it ends.

    Returns:
        What came of all of them.

    Raises:
        StylizeError: Nothing can be begun: the recipe or `save_as` cannot be used, there is no
            engine or no model here, or the report cannot be written at the start. Where that
            fails later, the work goes on, and what is returned is not `ok`.
        KeyboardInterrupt: It was broken off; the report is written, and the next run does only
            what is left.
    """
    paths = list(dict.fromkeys(Path(scene).absolute() for scene in scenes))
    saving.targets(paths, save_as)  # refuses what would go wrong between two scenes
    loaded = recipe if isinstance(recipe, Recipe) else load_recipe(recipe)
    done, target = Report(), None if report_to is None else Path(report_to).absolute()
    if target is not None:
        report.check(target)
    with open_session(loaded, folder, told) as session:
        if target is not None:
            done.write(target)  # so that its folder is not found wrong at the end
        for path in paths:
            try:
                came = session.stylize_scene(path, choice, save_as, dry_run)
            except KeyboardInterrupt:
                _with(done, SceneReport(str(path), report.INTERRUPTED), target, told)
                raise
            except Exception as error:  # of any kind: the other scenes shall not suffer for it
                message = f"An error that should not happen: {error!r}. Please report it."
                came = SceneReport(str(path), report.FAILED, message=message)
            done = _with(done, came, target, told)
            ended(came)
    return done


def _with(
    done: Report, scene: SceneReport, target: Path | None, told: Callable[[str], None]
) -> Report:
    """Return a report with another scene in it, written where that can be: the work goes on."""
    done = Report((*done.scenes, scene))
    if target is None:
        return done
    try:
        done.write(target)
    except StylizeError as error:
        told(str(error))
        return replace(done, unwritten=str(error))
    return done


def _maya() -> SceneFiles:
    """Return Maya, started where this is mayapy.

    Raises:
        SceneError: This Python has no Maya, or Maya cannot start.
    """
    try:
        from maya_stylize.host import standalone  # what is imported here needs Maya's own modules
    except ImportError as error:
        raise SceneError(
            f"This Python has no Maya: {error}.",
            "Run it with: maya-stylize mayapy -m maya_stylize.batch ..., or mayapy and a script.",
        ) from error
    standalone.start()
    from maya_stylize.host.scene_files import MayaSceneFiles

    return MayaSceneFiles()
