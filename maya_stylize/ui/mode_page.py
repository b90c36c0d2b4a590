"""One mode in the panel: its wells, its settings, its regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maya_stylize.errors import JobError
from maya_stylize.jobs import Job, Style
from maya_stylize.ui import look
from maya_stylize.ui.form import Form
from maya_stylize.ui.found_maps import FoundMaps
from maya_stylize.ui.ground import Ground
from maya_stylize.ui.mask_well import MaskWell
from maya_stylize.ui.mode import Mode
from maya_stylize.ui.qt import QtWidgets, Signal
from maya_stylize.ui.regions import Regions
from maya_stylize.ui.slots import slot
from maya_stylize.ui.thumbnails import Thumbnails
from maya_stylize.ui.wells import PictureWell


class ModePage(QtWidgets.QWidget):
    """One mode: its wells above its settings.

    What was painted belongs to the picture in the first well: where another one comes, it is put
    aside until the picture is back.

    Signals:
        changed: A picture, a mask or a region is another.
    """

    changed = Signal()

    def __init__(
        self, mode: Mode, thumbnails: Thumbnails, selected: Callable[[], str | None]
    ) -> None:
        super().__init__()
        self.mode = mode
        self.wells: dict[str, PictureWell] = {}
        for well in mode.wells:
            self.wells[well.name] = (
                MaskWell(well, thumbnails, self.wells[well.over])
                if well.over
                else PictureWell(well, thumbnails, selected)
            )
        self.maps = FoundMaps(mode.found, self.wells) if mode.found is not None else None
        self.form = Form(mode.fields)
        self.regions: Regions | None = None
        if mode.guidance is not None:
            examples = self.wells[mode.guidance.examples]
            self.regions = Regions(self._ground, examples, thumbnails)
        self._source = ""
        self._aside: dict[str, dict[str, Any]] = {}
        self._lay_out()
        self.wells[mode.wells[0].name].changed.connect(self._swap)
        for each in self.wells.values():
            each.changed.connect(self.changed)
        if self.regions is not None:
            self.regions.changed.connect(self.changed)

    def _lay_out(self) -> None:
        column = QtWidgets.QVBoxLayout(self)
        column.setSpacing(look.em(self) // 2)
        wells = [self.maps] if self.maps is not None else self.wells.values()
        for widget in filter(None, (*wells, self.form, self.regions)):
            column.addWidget(widget)
        column.addStretch(1)

    def pictures(self) -> dict[str, tuple[Style, ...]]:
        """Return what is in the wells."""
        return {name: well.pictures() for name, well in self.wells.items()}

    def job(self, pictures: dict[str, tuple[Style, ...]], output: str, backend: str) -> Job:
        """Return the job that is shown, of these pictures.

        Raises:
            JobError: Something is missing or wrong.
        """
        self.mode.check(pictures)
        regions = self.regions.regions() if self.regions is not None else ()
        return self.mode.job(pictures, self.form.values(), output, backend, regions)

    def source(self) -> str:
        """Return the picture that results are compared with; "" where its well is empty.

        It is the first well's, or where that need not be filled, the next one's that is.
        """
        for well in self.mode.wells:
            pictures = self.wells[well.name].pictures()
            if pictures or not well.empty:
                return pictures[0].path if pictures else ""
        return ""

    def sources(self) -> dict[str, tuple[str, str]]:
        """Return what results are compared with, without one: by the kind of map, or by ""."""
        if self.maps is None:
            return {"": (self.source(), "")} if self.source() else {}
        pictures = self.pictures()
        return {kind: (styles[0].path, "") for kind, styles in pictures.items() if styles}

    def tile(self) -> str:
        """Return the picture that is made with the rest of its set of tiles; "" for none."""
        painted = self.regions is not None and self.regions.rows()
        return self.source() if self.mode.whole_sets and not painted else ""

    def learned(self) -> list[str]:
        """Return the maps that a material is learned from; none in other modes."""
        return [path for path, _ in self.sources().values()] if self.maps is not None else []

    def follow(self, path: str, network: Mapping[str, str]) -> None:
        """Put the texture selected in the list into the wells that follow it.

        Args:
            path: Its picture.
            network: The pictures of its material's maps by kind, as far as the scene knows them.
        """
        for well in self.mode.wells:
            if well.follows:
                self.wells[well.name].set_pictures((Style(path),))
        if self.maps is not None:
            self.maps.follow(path, network)

    def state(self) -> dict[str, Any]:
        """Return settings, pictures and regions as plain data."""
        return {
            "settings": self.form.raw_values(),
            "pictures": {
                name: [[style.path, style.weight] for style in styles]
                for name, styles in self.pictures().items()
            },
            "regions": self.regions.state() if self.regions is not None else [],
        }

    def set_state(self, state: Any) -> None:
        """Set what `state` returned, here or in a version without regions.

        Raises:
            JobError: The data is something else.
        """
        try:
            self.form.set_values(state["settings"])
            for name, pictures in state["pictures"].items():
                styles = tuple(Style(str(path), float(weight)) for path, weight in pictures)
                self.wells[name].set_pictures(styles)
            if self.regions is not None:
                self.regions.set_state(state.get("regions", []))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise JobError("The settings of the last session are damaged.") from error

    def _ground(self) -> Ground:
        """Return what is under a mask over the result."""
        assert self.mode.guidance is not None
        return self.mode.guidance.ground(self.pictures(), self.form.values())

    @slot
    def _swap(self) -> None:
        """Put aside what was painted for the last picture; take up what was for this one."""
        last, self._source = self._source, self.source()
        if last == self._source:
            return
        painted = self._painted()
        if last:
            self._aside[last] = painted
        if last or not any(painted.values()):
            self._set_painted(self._aside.get(self._source, {}))

    def _painted(self) -> dict[str, Any]:
        pictures = self.pictures()
        return {
            **{well.name: pictures[well.name] for well in self.mode.wells if well.over},
            "regions": self.regions.state() if self.regions is not None else [],
        }

    def _set_painted(self, painted: dict[str, Any]) -> None:
        for well in self.mode.wells:
            if well.over:
                self.wells[well.name].set_pictures(painted.get(well.name, ()))
        if self.regions is not None:
            self.regions.set_state(painted.get("regions", []))
