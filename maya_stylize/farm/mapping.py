"""Where a worker finds what lay elsewhere on the machine that exported: path mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from maya_stylize import checks
from maya_stylize.errors import JobError

VERSION = "pathmapping-1.0"
_FORMATS: dict[str, type[PurePath]] = {"POSIX": PurePosixPath, "WINDOWS": PureWindowsPath}


@dataclass(frozen=True)
class Rule:
    """A folder, or a file, that is elsewhere on the worker.

    Attributes:
        source: Where it is on the machine that exported, in that system's way of writing paths.
        destination: Where it is here.
    """

    source: PurePath
    destination: str

    def apply(self, path: str) -> str | None:
        """Return where a path is here; None where the rule says nothing of it."""
        try:
            rest = type(self.source)(path).relative_to(self.source)
        except ValueError:
            return None
        return str(Path(self.destination, *rest.parts))


def read(path: Path) -> list[Rule]:
    """Read a session's rules.

    Args:
        path: The file that the session's ``PathMappingRulesFile`` names.

    Returns:
        Those with the longest source first, the order in which they count.

    Raises:
        JobError: The file cannot be read or is of another form.
    """
    data = checks.json_file(path, _IS)
    if not isinstance(data, dict) or data.get("version", VERSION) != VERSION:
        raise JobError(f"{path}: holds no path mapping rules of {VERSION}.", _IS)
    entries = data.get("path_mapping_rules", [])
    if not isinstance(entries, list):
        raise JobError(f"{path}: its path_mapping_rules are no list.", _IS)
    rules = [rule for entry in entries for rule in _rules(path, entry)]
    return sorted(rules, key=lambda rule: len(rule.source.parts), reverse=True)


def mapped(path: str, rules: Sequence[Rule]) -> str:
    """Return where a path is on this machine: by the first rule that knows, else as it is."""
    found = (rule.apply(path) for rule in rules)
    return next((place for place in found if place is not None), path)


def _rules(path: Path, entry: Any) -> list[Rule]:
    """Return an entry's rule; none where it is of addresses, which no texture has."""
    names = ("source_path_format", "source_path", "destination_path")
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in names):
        raise JobError(f"{path}: a rule does not have the texts {', '.join(names)}.", _IS)
    written = _FORMATS.get(entry["source_path_format"])
    if written is None:
        return []
    return [Rule(written(entry["source_path"]), entry["destination_path"])]


_IS = "It is the file that Session.PathMappingRulesFile names in the job template."
