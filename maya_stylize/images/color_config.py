"""OpenColorIO's configs: the color spaces that a studio, Maya or OpenColorIO itself defines.

What the network sees is defined by the sRGB standard alone, so a space is brought to linear Rec.709
by its config, and from there on the curve by our own formula. A space that differs from sRGB or
from linear Rec.709 by no more than rounding becomes exactly that, so that its numbers come back as
they were.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from maya_stylize import settings
from maya_stylize.errors import ImageError
from maya_stylize.images import space_names
from maya_stylize.images.color import linear_to_srgb, srgb_to_linear
from maya_stylize.images.spaces import LINEAR, RAW, SRGB, Change, Space
from maya_stylize.job_sources import FileHashes

FloatArray = npt.NDArray[np.float32]

# One of fixed content, that every later version has too.
BUILT_IN = "ocio://studio-config-v5.0.0_aces-v2.1_ocio-v2.6"
_OWN = {space_names.SRGB: SRGB, space_names.LINEAR: LINEAR, space_names.DATA: RAW}
_ROUNDING = 1e-5
_HASHES = FileHashes()


class ColorConfig:
    """A config, read when it is first needed.

    Args:
        name: A file, or one of OpenColorIO's own, such as "ocio://default".
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._title = "OpenColorIO's own config" if name == BUILT_IN else name

    def space(self, name: str) -> Space:
        """Return a color space.

        Args:
            name: Of a space, of an alias or of a role in the config; or what Maya or another config
                calls one of them.

        Raises:
            ImageError: There is none of that name, or the config says nothing usable of it.
        """
        with self._telling(f"the color space {name!r} cannot be used"):
            return self._space(name)

    def _space(self, name: str) -> Space:
        own = _OWN.get(space_names.identifier(name) or "")
        if self._name == BUILT_IN and own is not None:
            return replace(own, name=name)
        found = self._find(name)
        if found is None:
            raise ImageError(
                f"{self._title} has no color space {name!r}; {self._near(name)}.",
                "Choose one that it has, or the config that has this one.",
            )
        if found.isData():
            return replace(RAW, name=name)
        forward = self._processor(found.getName(), True)
        samples = _samples()
        linear = _applied(forward(), samples)
        if np.abs(linear_to_srgb(linear) - samples).max() < _ROUNDING:
            return replace(SRGB, name=name)
        if np.abs(linear - samples).max() < _ROUNDING:
            return replace(LINEAR, name=name)
        backward = self._processor(found.getName(), False)
        return Space(
            name,
            lambda values: linear_to_srgb(_applied(forward(), values)),
            lambda pixels: _applied(backward(), srgb_to_linear(pixels)),
        )

    def view(self) -> Change:
        """Return what brings the numbers that the network sees to the config's usual screen.

        That is its default view of its default display: with ACES a tone curve. Where the config
        has no display, they stay as they are, on the sRGB curve.

        Raises:
            ImageError: The config says nothing usable of it.
        """
        with self._telling("nothing can be shown by its usual view"):
            shown = self._shown()
        if shown is None:
            return SRGB.into
        return lambda pixels: _applied(shown, srgb_to_linear(pixels))

    def _shown(self) -> Any:
        """Return the processor of the usual view of linear Rec.709; None where there is no view."""
        ocio, config = _ocio(), self._config
        display = config.getDefaultDisplay()
        view = config.getDefaultView(display)
        if not view:
            return None
        with self._telling(f"nothing can be shown by the view {view} of the display {display}"):
            if self._linear is not None:
                processor = config.getProcessor(
                    ocio.DisplayViewTransform(self._linear, display, view)
                )
            else:
                forward = ocio.TRANSFORM_DIR_FORWARD
                linear, built_in = space_names.LINEAR, _built_in()._config
                processor = ocio.Config.GetProcessorFromConfigs(
                    built_in, linear, config, display, view, forward
                )
            return processor.getDefaultCPUProcessor()

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        """Tell what cannot be done where OpenColorIO refuses it."""
        try:
            yield
        except _refusals() as error:
            raise ImageError(
                f"{self._title}: {what}: {_reason(error)}.", "Mend the config, or choose another."
            ) from error

    @cached_property
    def _config(self) -> Any:
        ocio = _ocio()
        ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)
        if not self._name.startswith("ocio://") and not Path(self._name).is_file():
            raise ImageError(
                f"{self._name}: there is no such color config.", self._hint("Choose a file")
            )
        try:
            config = ocio.Config.CreateFromFile(self._name)
        except _refusals() as error:
            raise ImageError(
                f"{self._name} cannot be used as a color config: {_reason(error)}.",
                self._hint("Choose another"),
            ) from error
        return config

    def _hint(self, first: str) -> str:
        """Return what to do about a config that is of no use."""
        said = settings.color_config()
        if said is not None and Path(said).absolute() == Path(self._name).absolute():
            return (
                f"The environment variable {settings.COLOR_CONFIG_VARIABLE} names it: correct or "
                "unset that, or name another config in the job."
            )
        return f"{first} such as config.ocio, or none to take OpenColorIO's own."

    def _find(self, name: str) -> Any:
        """Return OpenColorIO's space of a name, or of another name of the same; None for none."""
        found = self._config.getColorSpace(name)
        key = space_names.identifier(name)
        if found is None and self._name != BUILT_IN:
            known = _built_in()._find(name)
            names = () if known is None else (known.getName(), *known.getAliases())
            found = self._first((*names, *space_names.names_of(key or "")))
        elif found is None and key is not None:
            found = self._config.getColorSpace(key)
        return found

    def _first(self, names: tuple[str, ...]) -> Any:
        spaces = map(self._config.getColorSpace, filter(None, names))
        return next((space for space in spaces if space is not None), None)

    def _near(self, name: str) -> str:
        names = {}
        for space in self._config.getColorSpaces():
            for each in (space.getName(), *space.getAliases()):
                names[each.casefold()] = space.getName()
        near = difflib.get_close_matches(name.casefold(), names, 5, 0.5)
        if near:
            return "near ones are " + ", ".join(dict.fromkeys(names[each] for each in near))
        listed = list(dict.fromkeys(names.values()))
        return "it has " + ", ".join(listed[:12]) + (", ..." if len(listed) > 12 else "")

    def _processor(self, name: str, forward: bool) -> Callable[[], Any]:
        """Return what makes the conversion of a space to linear Rec.709, or from it."""

        @lru_cache(maxsize=1)
        def made() -> Any:
            ocio = _ocio()
            try:
                processor = self._to_linear(name) if forward else self._from_linear(name)
                f32 = ocio.BIT_DEPTH_F32
                return processor.getOptimizedCPUProcessor(f32, f32, ocio.OPTIMIZATION_LOSSLESS)
            except _refusals() as error:
                way = "from" if forward else "to"
                raise ImageError(
                    f"{self._title}: colors cannot be converted {way} {name}: {_reason(error)}.",
                    "Choose another color space, or mend the config.",
                ) from error

        return made

    def _to_linear(self, name: str) -> Any:
        if self._linear is not None:
            return self._config.getProcessor(name, self._linear)
        built_in = _built_in()._config
        return _ocio().Config.GetProcessorFromConfigs(
            self._config, name, built_in, space_names.LINEAR
        )

    def _from_linear(self, name: str) -> Any:
        if self._linear is not None:
            return self._config.getProcessor(self._linear, name)
        built_in = _built_in()._config
        return _ocio().Config.GetProcessorFromConfigs(
            built_in, space_names.LINEAR, self._config, name
        )

    @cached_property
    def _linear(self) -> str | None:
        """The config's own linear Rec.709; None where another config has to help."""
        names = [name for name in space_names.names_of(space_names.LINEAR) if name != "linear"]
        found = self._first(tuple(names))
        return None if found is None else str(found.getName())


def load(name: str | None) -> ColorConfig:
    """Return a config.

    Args:
        name: A file, or one of OpenColorIO's own, such as "ocio://default"; None for `BUILT_IN`.

    Raises:
        ImageError: It cannot be read; one that is built in is not read yet.
    """
    if name is None or name == BUILT_IN:
        return _built_in()
    config = ColorConfig(name)
    config._config  # noqa: B018  # so that what is wrong with it is told now
    return config


def content_of(name: str | None) -> str:
    """Return what tells a config from others: its hash, or OpenColorIO's name of it.

    The hash is that of its file and of the tables that it keeps in other files.

    Raises:
        ImageError: The file cannot be read.
    """
    if name is None or name.startswith("ocio://"):
        return name or BUILT_IN
    return _HASHES(name)


@lru_cache(maxsize=1)
def _built_in() -> ColorConfig:
    return ColorConfig(BUILT_IN)


def _ocio() -> Any:
    try:
        import PyOpenColorIO
    except ImportError as error:
        raise ImageError(
            "OpenColorIO is not installed beside the engine.",
            "Run the installer again, or: python -m pip install opencolorio.",
        ) from error
    return PyOpenColorIO


def _refusals() -> tuple[type[Exception], ...]:
    """Return what OpenColorIO raises of a config or a table that it cannot use."""
    ocio = _ocio()
    # The latter are its own errors in C++, and names or messages that are no UTF-8.
    return (
        ocio.Exception,
        ocio.ExceptionMissingFile,
        *(MemoryError, IndexError, RuntimeError, ValueError),
    )


def _applied(processor: Any, values: FloatArray) -> FloatArray:
    """Return values (..., 3) converted."""
    changed = np.array(values, np.float32, order="C")
    if changed.size:
        processor.applyRGB(changed.reshape(-1))
    return changed


def _samples() -> FloatArray:
    """Return grays and colors, (N, 3), by which spaces are compared."""
    steps = np.linspace(0, 1, 9, dtype=np.float32)
    return np.stack(np.meshgrid(steps, steps, steps), -1).reshape(-1, 3)


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "what it says there is no text in UTF-8"
    if isinstance(error, MemoryError):
        return "it asks for more memory than there is"
    text = re.sub(r"^(Error: )?Loading the OCIO profile '.*?' failed\. ", "", str(error).strip())
    return (text.splitlines() or ["it is damaged"])[0].strip().rstrip(".")
