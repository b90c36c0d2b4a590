"""A scene and a client that do as they are told, for the panel's tests and pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from maya_stylize.errors import SceneError, StylizeError
from maya_stylize.host.scene import Texture
from maya_stylize.worker.protocol import VERSION, Device, Hello

MODEL = {
    "path": "/home/artist/models/vgg_normalised.h5",
    "origin": "cached",
    "provenance": {
        "source": "vgg_normalised.caffemodel",
        "identity": "normalized VGG-19 (Gatys, Ecker, Bethge 2015)",
        "fingerprint": "ae90e03877ee0f735a0e55f0ec2bd334333884e8646202b33f3bb1bf6c1ab516",
        "pooling": "average",
        "rounding": "ceil",
        "notice": "For academic and non-commercial use only.",
    },
}


def texture(path: Path, node: str = "", **changes: Any) -> Texture:
    """A texture of a picture, as a scene lists it."""
    plain = Texture(
        node=node or f"{path.stem}_file",
        node_type="file",
        path=str(path),
        pattern=str(path),
        tiling=0,
        tiles=(str(path),),
        color_space="sRGB",
        materials=(f"{path.stem}_mtl",),
        missing=not path.exists(),
    )
    return dataclasses.replace(plain, **changes)


class FakeScene:
    """Keeps a list of textures; applying puts a new one in front."""

    def __init__(self, textures: list[Texture], project: Path | None = None) -> None:
        self.all = textures
        self.selected: list[str] = []
        self.watchers: list[Callable[[], None]] = []
        self.config: str | None = None
        self._project = project
        self.network: dict[str, str] = {}  # the kinds of one material's maps, by node
        self.steps: list[list[tuple[str, str]]] = []  # what was done together

    def textures(self, selected_only: bool = False) -> list[Texture]:
        return [each for each in self.all if not selected_only or each.node in self.selected]

    def material_maps(self, texture: Texture) -> dict[str, Texture]:
        nodes = {kind: each for each in self.all for kind in [self.network.get(each.node)] if kind}
        return nodes if texture in nodes.values() else {}

    def apply_together(self, pictures: Sequence[tuple[Texture, Path]]) -> list[Texture]:
        self.steps.append([(texture.node, picture.name) for texture, picture in pictures])
        return [self.apply(texture, picture) for texture, picture in pictures]

    def revert_together(self, textures: Sequence[Texture]) -> list[Texture]:
        self.steps.append([(texture.node, "") for texture in textures])
        return [self.revert(texture) for texture in textures]

    def apply(self, texture: Texture, picture: Path) -> Texture:
        if texture.refusal:
            raise SceneError(f"{texture.node} cannot be changed: {texture.refusal}.", "Import it.")
        new = dataclasses.replace(
            texture, node=f"{texture.node}_new", path=str(picture), pattern=str(picture),
            tiles=(str(picture),), applied=True,
        )  # fmt: skip
        self.all = [new, *self.all]
        if texture.node in self.network:
            self.network[new.node] = self.network.pop(texture.node)
        return new

    def revert(self, texture: Texture) -> Texture:
        self.all.remove(texture)
        old = next(each for each in self.all if f"{each.node}_new" == texture.node)
        if texture.node in self.network:
            self.network[old.node] = self.network.pop(texture.node)
        return old

    def color_config(self) -> str | None:
        return self.config

    def project(self) -> Path | None:
        return self._project

    def source_images(self) -> Path | None:
        return None if self._project is None else self._project / "sourceimages"

    def saved_as(self) -> Path | None:
        return None

    def program(self) -> str:
        return "Maya 2025"

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self.watchers.append(changed)
        return lambda: self.watchers.remove(changed)


class FakeClient:
    """Answers small commands at once; plans come and jobs end when the test says so."""

    def __init__(self, model: Mapping[str, Any] | None = MODEL) -> None:
        self.changed: Callable[[], None] = lambda: None
        self.hello: Hello | None = Hello(
            VERSION, "0.1.0", {"tensorflow": "2.20.0"}, "a processor", 32 * 2**30, "worker.log"
        )
        self.device: Device | None = None
        self.warmed: list[str] = []
        self.log: Path | None = None
        self.model = model
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.planning: list[Callable[[Any], None]] = []  # what waits for a plan
        self.fetching: tuple[Callable[[Any], None], Callable[[Any], None]] | None = None
        self.jobs: dict[int, tuple[dict[str, Any], Path | None, Callable[[Any], None]]] = {}
        self.resumed: list[int] = []
        self.cancelled: list[int] = []
        self.failure: StylizeError | None = None
        self.ended = False
        self._last = 0

    @property
    def queue(self) -> tuple[int, ...]:
        return tuple(self.jobs)

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        progress: Callable[[Any], None] | None = None,
    ) -> int:
        self.asked.append((command, arguments))
        self._last += 1
        if self.failure is not None:
            answered(self.failure)
        elif command == "probe":
            answered({"width": 256, "height": 256, "channels": 3, "depth": "uint8",
                      "color_space": "sRGB", "format": "PNG"})  # fmt: skip
        elif command == "thumbnail":
            answered({"path": arguments["path"]})
        elif command == "plan":
            self.planning.append(answered)
        elif arguments["action"] == "state":
            answered(self.model)
        else:
            assert progress is not None
            self.fetching = (answered, progress)
        return self._last

    def warm(self, backend: str) -> None:
        self.warmed.append(backend)

    def run(
        self,
        job: Mapping[str, Any],
        previews: Path | None,
        told: Callable[[Any], None],
        resume: bool = False,
    ) -> int:
        self._last += 1
        if resume:
            self.resumed.append(self._last)
        self.jobs[self._last] = (dict(job), previews, told)
        self.changed()
        return self._last

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)
        if number in self.jobs and number != self.queue[0]:
            self.tell(number, event="cancelled")

    def tell(self, number: int, **event: Any) -> None:
        """Say something of a job, as the worker would."""
        told = self.jobs[number][2]
        if event["event"] in ("result", "failure", "cancelled"):
            del self.jobs[number]
        told(event)
        self.changed()

    def tick(self) -> None:
        """Nothing hangs here."""

    def shutdown(self) -> None:
        self.ended = True
