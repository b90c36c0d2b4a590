"""One way of making a texture as data: its pictures, its settings, and how they make a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, Style
from maya_stylize.ui.fields import Field

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
    """

    name: str
    label: str
    tooltip: str
    many: bool = False
    follows: bool = False


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
    """

    name: str
    title: str
    tooltip: str
    wells: tuple[Well, ...]
    fields: tuple[Field, ...]
    make: Callable[[Pictures, Mapping[str, Any], dict[str, Any]], Job]

    def job(self, pictures: Pictures, values: Mapping[str, Any], output: str, backend: str) -> Job:
        """Return the job that the panel shows.

        Args:
            pictures: What is in the wells.
            values: Of the settings, checked.
            output: The picture to write.
            backend: What to compute with.

        Raises:
            JobError: A well is empty, or a setting is not what the job takes.
        """
        self.check(pictures)
        common = {name: values[name] for name in ("seed", "quality", "pooling", "device")}
        return self.make(pictures, values, {**common, "output": output, "backend": backend})

    def check(self, pictures: Pictures) -> None:
        """Raise `JobError` where a well is empty."""
        for well in self.wells:
            if not pictures.get(well.name):
                raise JobError(
                    f"No picture in “{plain(well.label)}”.",
                    "Drop one there, or take it from the texture list.",
                )


def plain(label: str) -> str:
    """Return a label without the mark of its letter."""
    return label.replace("&", "")
