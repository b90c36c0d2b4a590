"""The job template, as Open Job Description's revision 2023-09 has it.

No name of a file or a folder is written into it, for "{{" in one would be taken for the template's
own. What differs from bundle to bundle is in its parameters and in the files beside it.
"""

from __future__ import annotations

from typing import Any

REVISION = "jobtemplate-2023-09"
TARGETS, TILES, FINISH = "targets", "tiles", "finish"
# The parameters, by what they are called in the template.
COMMAND, JOBS, RESULTS, TEXTURES, CHUNK = (
    "MayaStylize",
    "JobsFolder",
    "ResultsFolder",
    "Textures",
    "TexturesPerTask",
)
TEXTURE = "Texture"
# Folders in a bundle.
JOBS_FOLDER, RESULTS_FOLDER = "jobs", "results"
# A tile of a large picture may take as long until a cancelled job can leave its checkpoint.
NOTICE_SECONDS = 120


def template(count: int, chunk: int, memory: int, gpu: bool = False) -> dict[str, Any]:
    """Return a job template.

    Args:
        count: How many textures there are.
        chunk: How many of them one task makes, unless the farm is told otherwise.
        memory: Bytes that the largest one takes at its peak; of a GPU's memory with one.
        gpu: Whether a worker needs a GPU.
    """
    return {
        "specificationVersion": REVISION,
        "extensions": ["TASK_CHUNKING"],
        "name": f"Maya Stylize: {count} textures",
        "parameterDefinitions": _parameters(count, chunk),
        "jobEnvironments": [_environment()],
        "steps": [
            {"name": TARGETS, "script": _script("targets", f"{{{{Param.{TEXTURES}}}}}")},
            {
                "name": TILES,
                "dependencies": [{"dependsOn": TARGETS}],
                "hostRequirements": {"amounts": _amounts(memory, gpu)},
                "parameterSpace": {"taskParameterDefinitions": [_textures()]},
                "script": _script("tiles", f"{{{{Task.Param.{TEXTURE}}}}}"),
            },
            {
                "name": FINISH,
                "dependencies": [{"dependsOn": TILES}],
                "script": _script("finish", f"{{{{Param.{TEXTURES}}}}}"),
            },
        ],
    }


def _parameters(count: int, chunk: int) -> list[dict[str, Any]]:
    return [
        {
            "name": JOBS,
            "type": "PATH",
            "objectType": "DIRECTORY",
            "dataFlow": "IN",
            "default": JOBS_FOLDER,
            "description": "What is made: a resolved job for each texture.",
        },
        {
            "name": RESULTS,
            "type": "PATH",
            "objectType": "DIRECTORY",
            "dataFlow": "OUT",
            "default": RESULTS_FOLDER,
            "description": "Where the new textures and the report go.",
        },
        {
            "name": TEXTURES,
            "type": "STRING",
            "default": f"1-{count}",
            "description": "Which textures are made, such as 1-10 or 3,5; all unless changed.",
        },
        {
            "name": CHUNK,
            "type": "INT",
            "default": chunk,
            "minValue": 1,
            "description": "How many textures one task makes.",
        },
        {
            "name": COMMAND,
            "type": "STRING",
            "default": "maya-stylize",
            "description": "The command on the workers, by its whole path where it is on no PATH.",
        },
    ]


def _environment() -> dict[str, Any]:
    """A process that loads the engine and the model once for all tasks of a session."""
    return {
        "name": "warm",
        "description": "Keeps the engine and the model loaded from task to task.",
        "script": {"actions": {"onEnter": _action("start"), "onExit": _action("stop")}},
    }


def _amounts(memory: int, gpu: bool) -> list[dict[str, Any]]:
    """What a worker must have for a texture; memory is counted in MiB there."""
    wanted = {"amount.worker.memory": -(-memory // 2**20)}
    if gpu:
        wanted = {"amount.worker.gpu": 1, "amount.worker.gpu.memory": -(-memory // 2**20)}
    return [{"name": name, "min": amount} for name, amount in wanted.items()]


def _textures() -> dict[str, Any]:
    return {
        "name": TEXTURE,
        "type": "CHUNK[INT]",
        "range": f"{{{{Param.{TEXTURES}}}}}",
        "chunks": {
            "defaultTaskCount": f"{{{{Param.{CHUNK}}}}}",
            "rangeConstraint": "NONCONTIGUOUS",
        },
    }


def _script(name: str, textures: str) -> dict[str, Any]:
    arguments = (
        "--jobs",
        f"{{{{Param.{JOBS}}}}}",
        "--results",
        f"{{{{Param.{RESULTS}}}}}",
        "--path-mapping",
        "{{Session.PathMappingRulesFile}}",
        "--textures",
        textures,
    )
    action = _action(name, *arguments)
    action["cancelation"] = {
        "mode": "NOTIFY_THEN_TERMINATE",
        "notifyPeriodInSeconds": NOTICE_SECONDS,
    }
    return {"actions": {"onRun": action}}


def _action(name: str, *arguments: str) -> dict[str, Any]:
    return {
        "command": f"{{{{Param.{COMMAND}}}}}",
        "args": ["farm", name, "--session", "{{Session.WorkingDirectory}}", *arguments],
    }
