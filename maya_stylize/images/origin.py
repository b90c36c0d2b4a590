"""What a picture says of itself: whether a job, and no other, has made it."""

from __future__ import annotations

import json
from pathlib import Path

from maya_stylize import __version__
from maya_stylize.errors import StylizeError
from maya_stylize.images.metadata import read_job
from maya_stylize.job_sources import file_hash, with_sources
from maya_stylize.jobs import Job
from maya_stylize.ledger import Ledger


def is_left(job: Job, key: str, ledger: Ledger) -> bool:
    """Return whether a job's output is there from a process that could not record it any more.

    Args:
        job: The job.
        key: As the ledger told it.
        ledger: Does not know the output.
    """
    return ledger.was_killed(job, key) and is_of(Path(job.output), job, ledger.model)


def is_of(picture: Path, job: Job, model: str) -> bool:
    """Return whether a picture carries this very job: settings, pictures, network and version.

    What was decided as the job ran, such as the size of its tiles, may differ. Somebody who paints
    a picture over may leave in it what it carries.

    Args:
        picture: The file; one that is no picture carries no job.
        job: Names the pictures as they are on this machine.
        model: Fingerprint of the network.
    """
    try:
        carried = read_job(picture)
        data = with_sources(job.to_json(), file_hash)
    except StylizeError:
        return False
    if carried is None:
        return False
    ran = carried.pop("resolution", None)
    if not isinstance(ran, dict) or ran.get("model") != model:
        return False
    versions = ran.get("versions")
    if not isinstance(versions, dict) or versions.get("maya_stylize") != __version__:
        return False
    for name in ("output", "resolution"):
        data.pop(name, None)
    return bool(carried == json.loads(json.dumps(data)))
