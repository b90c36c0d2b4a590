"""What the step *finish* does: checks that all is there, makes `.tx` files, lists what was made."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from maya_stylize import tile_sets
from maya_stylize.errors import ImageError, JobError, StylizeError
from maya_stylize.farm.bundle import Texture
from maya_stylize.farm.standing import entry_of, ledger_of
from maya_stylize.files import replacing
from maya_stylize.images import textures as tx_files
from maya_stylize.job_sources import file_hash
from maya_stylize.ledger import Entry, State

LIST = "maya-stylize-results.json"


def made(textures: Mapping[int, Texture], wanted: Collection[int]) -> dict[int, Entry]:
    """Return what is recorded of each result that is there, by number.

    Args:
        textures: All of a bundle.
        wanted: The numbers of those that have to be there.

    Raises:
        StylizeError: One is not there as it was made.
    """
    entries, missing = {}, []
    for number, texture in textures.items():
        reason = ""
        try:
            entry = entry_of(texture.job)
        except StylizeError as error:
            reason = f" ({error.message})"
        else:
            if entry.state is State.DONE:
                entries[number] = entry
                continue
        if number in wanted:
            missing.append(f"{texture.name}{reason}")
    if missing:
        raise StylizeError(
            f"{len(missing)} of {len(wanted)} textures are not there as they were made: "
            f"{', '.join(missing)}.",
            "Run the step tiles again.",
        )
    return entries


def texture_for(texture: Texture) -> Path | None:
    """Make the `.tx` beside a result; return it, or None where the result is one itself.

    Raises:
        ImageError: It cannot be made, or another one is there that no farm made.
    """
    output = Path(texture.job.output)
    target = output.with_suffix(".tx")
    if target == output:
        return None
    ledger = ledger_of(texture.job)
    with replacing(target, ImageError) as temporary:
        tx_files.make(output, temporary, repeats=not tile_of(texture))
        # The same one may be there from a task that was killed before it could record it.
        known = not os.path.lexists(target) or ledger.made_beside(texture.job, target)
        if not known and file_hash(str(target)) != file_hash(str(temporary)):
            raise ImageError(
                f"{target} is there, and no farm made it as it is.", "Move it away, and run again."
            )
    ledger.record_beside(texture.job, target)
    return target


def write_list(results: Path, textures: Sequence[Texture], tx: bool) -> Path:
    """Write which picture has become which, sets of tiles as sets; return the file.

    Args:
        results: The results' folder.
        textures: What was made.
        tx: Whether each has a `.tx` beside it.

    Raises:
        JobError: It cannot be written.
    """
    sets: dict[tuple[str, str, str], dict[str, Any]] = {}
    for texture in textures:
        tile = tile_of(texture)
        stem = tile_sets.without_tile(texture.name) if tile else texture.name
        key = (str(Path(texture.picture).parent), texture.exemplar or "", stem)
        entry = sets.setdefault(key, {"exemplar": texture.exemplar, "tiles": {}})
        found = {"picture": texture.picture, "result": texture.name}
        if tx:
            found["tx"] = Path(texture.name).with_suffix(".tx").name
        entry["tiles"][tile] = found
    listed = [
        {"exemplar": entry["exemplar"], **entry["tiles"][""]} if "" in entry["tiles"] else entry
        for entry in sets.values()
    ]
    path = results / LIST
    with replacing(path, JobError) as temporary:
        temporary.write_text(json.dumps({"results": listed}, indent=2) + "\n", encoding="utf-8")
    return path


def tile_of(texture: Texture) -> str:
    """Return which tile of a set a texture is, such as "1001"; empty where it is none."""
    name = Path(texture.picture).name
    kinds = (tile_sets.UDIM, tile_sets.MUDBOX)
    return next((tile for kind in kinds if (tile := tile_sets.tile_of(name, kind))), "")
