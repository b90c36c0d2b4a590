"""A result's job once more: as it was, under a name of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from maya_stylize.jobs import MAP, Job, MaterialJob, from_json
from maya_stylize.ui.history import Entry
from maya_stylize.ui.output_form import OutputForm


def renamed(entry: Entry, output: OutputForm, taken: list[Path]) -> Job:
    """Return an entry's job with the next output in its format.

    Args:
        entry: A result, or an unfinished job.
        output: Says where results go.
        taken: What waiting jobs are going to write.

    Raises:
        StylizeError: The job is damaged, or there is no place to write to.
    """
    job = from_json(entry.job)
    each = MAP if isinstance(job, MaterialJob) else ""
    own = bool(each) and "." not in Path(job.output).name.rpartition(each)[2]
    suffix = "" if own else Path(job.output).suffix
    path = output.next_output(entry.source, entry.mode, taken, suffix, each)
    return dataclasses.replace(job, output=str(path))
