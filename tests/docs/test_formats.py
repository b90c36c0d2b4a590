"""The pages on the job format and on the protocol say what the code says, and all of it."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest
from doc_pages import ROOT

from maya_stylize import errors, events, jobs
from maya_stylize.errors import JobError
from maya_stylize.worker import protocol

JOBS = (ROOT / "docs" / "jobs.md").read_text(encoding="utf-8")
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
COMMON = {field.name for field in dataclasses.fields(jobs._Job)}
EVENTS = {
    "job": (events.Progress, events.Log, events.Preview, events.Result, events.Failure),
    "protocol": tuple(protocol._EVENTS.values()),
}
Row = tuple[str, ...]


def section(text: str, heading: str) -> dict[str, Row]:
    """The table under a heading: each row's other cells by what is in its first."""
    body = re.split(r"^## ", text.partition(f"\n## {heading}")[2], maxsplit=1, flags=re.M)[0]
    rows = re.findall(r"^\| `([\w]+)` \| (.*) \|$", body, re.M)
    return {name: tuple(cell.strip() for cell in cells.split(" | ")) for name, cells in rows}


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def parts() -> dict[str, tuple[set[str], dict[str, Row], Any]]:
    """Each part of the format: its fields in the code, its table, and its dataclass."""
    found: dict[str, tuple[set[str], dict[str, Row], Any]] = {
        "Every kind": (COMMON, section(JOBS, "Every kind"), jobs.SynthesizeJob)
    }
    for kind, job in jobs.KINDS.items():
        own = {field.name for field in dataclasses.fields(job)} - COMMON
        found[kind] = (own, section(JOBS, f"`{kind}`"), job)
    return found


PARTS = parts()
FIELDS = [(part, name) for part, (names, _, _) in PARTS.items() for name in sorted(names)]


@pytest.mark.parametrize("part", PARTS)
def test_a_kind_has_the_fields_that_its_table_has(part: str) -> None:
    names, rows, _ = PARTS[part]
    assert set(rows) == names


def test_regions_have_the_fields_that_their_table_has() -> None:
    rows = section(JOBS, "Regions and layers")
    assert list(rows) == [field.name for field in dataclasses.fields(jobs.Region)]
    assert [rows[name][1] for name in rows] == ["needed", "`null`", "`0`"]


@pytest.mark.parametrize(("part", "name"), FIELDS)
def test_a_default_is_the_one_that_is_told(part: str, name: str) -> None:
    _, rows, job = PARTS[part]
    (field,) = (field for field in dataclasses.fields(job) if field.name == name)
    told = rows[name][1]
    if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
        assert told == "needed"
        return
    made = field.default is dataclasses.MISSING
    value = field.default_factory() if made else field.default
    assert json.loads(code(told)[0]) == json.loads(json.dumps(value)), told
    kinds = {"whole": int, "number": float, "text": str, "true": bool, "object": dict}
    words = rows[name][0].split()
    if value is not None and words[0] in kinds:
        assert type(value) is kinds[words[0]]
    assert (value is None) == ("null" in words)


@pytest.mark.parametrize(("part", "name"), FIELDS)
def test_a_field_takes_what_is_told_and_nothing_beyond(part: str, name: str) -> None:
    _, rows, job = PARTS[part]
    (field,) = (field for field in dataclasses.fields(job) if field.name == name)
    kind, _, values, _ = rows[name]
    check = field.metadata["check"]
    bounds = re.fullmatch(r"(each )?([\d.]+) to ([\d.]+)", values)
    if bounds:
        each, *ends = bounds.groups()
        lowest, highest = (float(end) if kind == "number" else int(end) for end in ends)
        count = {"two": 2, "four": 4}.get(kind.split()[0], 1) if each else 0
        for value in (lowest, highest):
            check(name, [value] * count if count else value)
        for value in (lowest - 1, highest + 1):
            with pytest.raises(JobError):
                check(name, [value] * count if count else value)
    elif values.startswith("`"):
        for value in code(values):
            assert check(name, json.loads(value)) == json.loads(value)
        if "a path" not in values:
            with pytest.raises(JobError) as refused:
                check(name, "something else")
            named = re.findall(r"\w+", str(refused.value))
            assert {json.loads(value).partition(":")[0] for value in code(values)} <= set(named)
    elif values == "a path":
        with pytest.raises(JobError):
            check(name, "")


def test_every_choice_is_told() -> None:
    """What the code lists, the tables list."""
    for choices in (
        *(jobs.QUALITIES, jobs.SEAMLESS, jobs.KEEP_COLORS),
        *(jobs.ALPHA, jobs.BACKENDS, jobs.STATISTICS),
    ):
        assert ", ".join(f'`"{choice}"`' for choice in choices) in JOBS
    assert ", ".join(f"`{kind}`" for kind in jobs.MAPS) in JOBS


@pytest.mark.parametrize(
    ("text", "heading", "kinds"),
    [(JOBS, "The result", EVENTS["job"]), (PROTOCOL, "Events", EVENTS["protocol"])],
    ids=["jobs", "protocol"],
)
def test_events_have_the_fields_that_are_told(
    text: str, heading: str, kinds: tuple[Any, ...]
) -> None:
    rows = section(text, heading)
    assert set(rows) == {kind.event for kind in kinds}
    for kind in kinds:
        assert code(rows[kind.event][0]) == [field.name for field in dataclasses.fields(kind)]


def test_every_kind_of_failure_is_told() -> None:
    kinds = {kind.kind for kind in (errors.StylizeError, *errors.StylizeError.__subclasses__())}
    told = re.search(r"^`kind` is one of (.+)\.$", JOBS, re.M)
    assert told
    assert kinds <= set(code(told[1]))


def test_every_command_is_told_and_takes_what_is_told() -> None:
    rows = section(PROTOCOL, "Commands")
    assert tuple(rows) == protocol.COMMANDS
    assert protocol.__doc__
    described = protocol.__doc__.partition("Commands, with")[2]
    for name, (arguments, _) in rows.items():
        own = re.search(rf"^    {name}: \{{(.*?)\}}\.", described, re.M | re.S)
        assert own, name
        named = re.findall(r'"(\w+)"', own[1])
        told = code(arguments.partition(",")[0]) + code(arguments.partition(";")[2])
        assert {word for word in told if word.isidentifier()} <= set(named), name
        assert [word for word in named if f"`{word}`" not in arguments] == [
            word for word in named if f'`"{word}"`' in arguments
        ], name


def test_the_version_and_the_longest_line_are_told() -> None:
    assert f"Version {protocol.VERSION}." in PROTOCOL
    assert protocol.LONGEST_LINE == 1 << 20
    assert "at most 1 MiB" in PROTOCOL
    assert f'`"version": {jobs.VERSION}`' in JOBS


def test_the_lines_that_are_shown_are_the_protocols() -> None:
    shown = re.search(r"^< \{\"event\": \"hello\".*?^```", PROTOCOL, re.M | re.S)
    assert shown
    for line in shown[0].splitlines()[:-1]:
        message = json.loads(re.sub(r", \.\.\.", "", line[2:]))
        if line.startswith(">"):
            assert message["command"] in protocol.COMMANDS
        else:
            kind = protocol._EVENTS[message.pop("event")]
            names = {field.name for field in dataclasses.fields(kind)} | {"id"}
            assert set(message) <= names
            if "..." not in line:
                protocol.decode_event(json.dumps({"event": kind.event, **message}).encode())
