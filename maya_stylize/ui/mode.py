"""One way of making a texture as data: its pictures, its settings, and how they make a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, Region, Style
from maya_stylize.ui.fields import Field
from maya_stylize.ui.ground import Ground

# By well name: the pictures in it with their weights.
Pictures = Mapping[str, Sequence[Style]]


@dataclass(frozen=True)
class Well:
    """A place to drop pictures on.

    Attributes:
        name: Its key.
        label: For people; "&" before the letter that reaches it.
        tooltip: What the picture in it does to the result.
        many: Whether it takes several, with weights.
        follows: Whether it shows the texture that is selected in the list.
        small: Whether two of its kind share a row.
        empty: What it means when it is empty, for people; "" where it must not be.
        over: The well over whose picture one paints a mask here; "" where this is no mask's.
        inside: What happens inside that mask, in a sentence.
    """

    name: str
    label: str
    tooltip: str
    many: bool = False
    follows: bool = False
    small: bool = False
    empty: str = ""
    over: str = ""
    inside: str = ""


@dataclass(frozen=True)
class Guidance:
    """How areas of the result are told which areas of the examples to look like.

    Attributes:
        ground: Gives what is under a mask over the result, of pictures and settings.
        examples: The well with the pictures that a region can look like.
    """

    ground: Callable[[Pictures, Mapping[str, Any]], Ground]
    examples: str


@dataclass(frozen=True)
class Mode:
    """One way of making a texture.

    Attributes:
        name: Its key, also in file names.
        title: For people; "&" before the letter that reaches it.
        tooltip: What it makes.
        wells: The pictures it asks for; the first is the one that results are compared with.
        fields: Its settings.
        make: Makes a job's own settings out of pictures and values.
        whole_sets: Whether all tiles of a set can be made one after the other.
        guidance: How its regions are painted; None where it has none.
        found: Gives the pictures of all wells that go with a texture's picture, by well, of that
            picture and of those that the scene's shading network names; None where wells are
            filled one by one. Such a mode writes a picture for each of its wells.
    """

    name: str
    title: str
    tooltip: str
    wells: tuple[Well, ...]
    fields: tuple[Field, ...]
    make: Callable[[Pictures, Mapping[str, Any], dict[str, Any]], Job]
    whole_sets: bool = False
    guidance: Guidance | None = None
    found: Callable[[str, Mapping[str, str]], dict[str, str]] | None = None

    def job(
        self,
        pictures: Pictures,
        values: Mapping[str, Any],
        output: str,
        backend: str,
        regions: tuple[Region, ...] = (),
    ) -> Job:
        """Return the job that the panel shows.

        Args:
            pictures: What is in the wells.
            values: Of the settings, checked.
            output: The picture to write.
            backend: What to compute with.
            regions: What was painted, where the mode has guidance.

        Raises:
            JobError: A well is empty, or a setting is not what the job takes.
        """
        self.check(pictures)
        names = ("seed", "quality", "pooling", "device")
        common = {name: values[name] for name in names if name in values}
        lead = self.wells[0].name
        if values.get("color_space") and pictures.get(lead):
            common["color_spaces"] = {lead: values["color_space"]}
        if self.guidance is not None:
            common["regions"] = regions
        return self.make(pictures, values, {**common, "output": output, "backend": backend})

    def check(self, pictures: Pictures) -> None:
        """Raise `JobError` where a well is empty that must not be."""
        for well in self.wells:
            if not well.empty:
                first(pictures, well)


def first(pictures: Pictures, well: Well) -> str:
    """Return the first picture in a well.

    Raises:
        JobError: There is none.
    """
    if not pictures.get(well.name):
        raise JobError(
            f"No picture in “{plain(well.label)}”.",
            "Drop one there, or take it from the texture list.",
        )
    return pictures[well.name][0].path


def plain(label: str) -> str:
    """Return a label without the mark of its letter."""
    return label.replace("&", "")
