"""Installing, step by step; each step may be the last one, and doing it all again mends it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from installer import bases, builds, engine, identity, launcher, layout, receipt, removal
from installer.engine import Engine
from installer.errors import SetupError
from installer.layout import Places
from installer.machine import Machine
from installer.receipt import Receipt
from maya_stylize import __version__, settings
from maya_stylize.files import replacing, unwritable
from maya_stylize.mayas import YEARS
from maya_stylize.worker import launch

Say = Callable[[str], None]
SCRATCH = removal.SCRATCH


@dataclass(frozen=True)
class Request:
    """What the user asks for.

    Attributes:
        mayas: Years of the Mayas to serve; empty for all that are installed.
        python: The Python to make the engine's environment with; None to have one looked for.
        wheelhouse: A folder of wheels to take in place of any index.
        model: A model file to convert and put in place.
        build: A name in `builds.BUILDS`; None for the one that suits the machine.
        shared: A studio's folder, to be named in MAYA_MODULE_PATH; None for this user alone.
    """

    mayas: tuple[str, ...] = ()
    python: str | None = None
    wheelhouse: Path | None = None
    model: Path | None = None
    build: str | None = None
    shared: Path | None = None


def install(source: Path, request: Request, machine: Machine, say: Say) -> None:
    """Install, or mend or change what is installed.

    The module file comes last, so that no Maya sees half an installation.

    Args:
        source: The folder that holds the package, requirements/ and shelf/.
        request: What to install.
        machine: For which machine and user.
        say: Called with each line for the user.

    Raises:
        SetupError: Something cannot be installed.
        StylizeError: A file cannot be written.
    """
    where = layout.places(machine, request.shared)
    old = receipt.read(where.receipt)
    years = _years(request, machine, old)
    build = request.build or builds.choose(machine)
    say(f"Maya Stylize {__version__} for Maya {', '.join(years)}, engine: {build}")
    files = layout.contents(source)
    command = f"{layout.NAME}/{layout.COMMANDS}/{launcher.name(machine.system)}"
    names = sorted([*files, command, layout.MODULE_FILE])
    state = _claim(where, old, Receipt(__version__, False, years, where.shared, build, files=names))
    found = _provide_engine(source, build, request, machine, where)
    proof = engine.prove(found, source, build)
    device = f"{proof['backend']} {proof['version']} on {proof['device']} ({proof['device_name']})"
    say(f"One convolution was right: {device}")
    if build.endswith("cuda") and proof["device"].startswith("cpu"):
        say("warning: no GPU was found; see that its driver is up to date, then install again.")
    put(files, where.modules)
    if request.model:
        state = _put_model(source, request.model, found, where, state, say)
    variables: list[str] = []
    if where.shared:
        variables = layout.engine_variables(where, found.python, found.packages)
        if state.model:
            variables.append(f"MAYA_STYLIZE_MODEL:={layout.MODEL_FOLDER}")
    else:
        settings.remember(_settings(found))
    launcher.write(where.modules / command, _command(found, machine, where, state))
    text = layout.module_file(__version__, years, machine.system, variables)
    with replacing(where.modules / layout.MODULE_FILE) as temporary:
        temporary.write_text(text, encoding="ascii")
    removal.remove_files(where.modules, set(state.files) - set(names))
    _remove_older_engines(where, found, say)
    done = replace(state, complete=True, engine=found.folder.name, device=device, files=names)
    receipt.write(where.receipt, done)
    say(f"Installed in {where.module}")
    say(f"The command line: {where.modules / command}")
    if where.shared:
        say(f"Set MAYA_MODULE_PATH={where.modules} for everybody who is to have it.")


def put(files: dict[str, Path], folder: Path) -> None:
    """Copy files into a folder, each as a whole; those that are there already stay untouched.

    Args:
        files: Each one's source by its path below the folder.
        folder: Where they go.

    Raises:
        StylizeError: One cannot be written.
    """
    for name, path in files.items():
        target = folder / name
        content = path.read_bytes()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_file() and target.read_bytes() == content:
                continue
        except OSError as error:
            raise unwritable(target, error) from error
        with replacing(target) as temporary:
            temporary.write_bytes(content)


def _years(request: Request, machine: Machine, old: Receipt | None) -> list[str]:
    years = {*request.mayas} or {maya.year for maya in machine.mayas()}
    years |= {*old.mayas} if old else set()
    if not years:
        raise SetupError(
            f"No Maya {YEARS[0]} to {YEARS[-1]} was found on this machine.\n"
            f"Name one to install for it all the same: --maya {YEARS[1]}."
        )
    return sorted(years)


def _claim(where: Places, old: Receipt | None, new: Receipt) -> Receipt:
    """Write down what will be there before the first of it is."""
    wanted = [where.module, where.engines, where.model.parent]
    missing = [path for folder in wanted for path in _missing(folder)]
    folders = list(dict.fromkeys(str(path) for path in missing))
    names = [] if where.shared else [launch.PACKAGES_SETTING, launch.PYTHON_SETTING]
    new = replace(new, folders=folders, settings=names)
    state = receipt.extend(old, new)
    removal.sweep(where)
    try:
        _write_first_receipt(where, state)
    except OSError as error:
        raise unwritable(where.module, error) from error
    return state


def _write_first_receipt(where: Places, state: Receipt) -> None:
    """Write the receipt, and make its folders in the same instant where they are missing."""
    missing = _missing(where.module)
    if not missing:
        receipt.write(where.receipt, state)
        return
    scratch = missing[0].with_name(SCRATCH)
    if scratch.exists():
        shutil.rmtree(scratch)
    inner = scratch / where.module.relative_to(missing[0])
    inner.mkdir(parents=True)
    receipt.write(inner / where.receipt.name, state)
    scratch.rename(missing[0])


def _missing(folder: Path) -> list[Path]:
    return [path for path in reversed([folder, *folder.parents]) if not path.exists()]


def _provide_engine(
    source: Path, build: str, request: Request, machine: Machine, where: Places
) -> Engine:
    found = engine.find(source, build, where.engines)
    if found and not request.python:
        return found
    base = bases.choose(request.python, machine.mayas())
    if found and found.version == base.version:
        return found
    return engine.make(source, build, base, where.engines, request.wheelhouse)


def _settings(found: Engine) -> dict[str, str | None]:
    packages = str(found.packages) if found.packages else None
    return {launch.PYTHON_SETTING: str(found.python), launch.PACKAGES_SETTING: packages}


def _command(found: Engine, machine: Machine, where: Places, state: Receipt) -> str:
    variables = {}
    if found.packages:
        variables[launch.PYTHON_VARIABLE] = found.python
        variables[launch.PACKAGES_VARIABLE] = found.packages
    if where.shared and state.model:
        variables[settings.MODEL_VARIABLE] = where.model.parent
    local = machine.environment.get("LOCALAPPDATA", "")
    return launcher.text(machine.system, where.module, found.python, variables, local)


def _put_model(
    source: Path, model: Path, found: Engine, where: Places, state: Receipt, say: Say
) -> Receipt:
    target, folder = where.model, where.model.parent
    if not target.exists():  # else it is the user's, and stays when we go
        state = replace(state, model=True)
        receipt.write(where.receipt, state)
    home = folder / SCRATCH
    try:
        home.mkdir(parents=True)
        variables = {settings.HOME_VARIABLE: str(home), settings.MODEL_VARIABLE: ""}
        command = ("-m", "maya_stylize", "model")
        found.call(source, *command, "fetch", "--from", str(model.absolute()), **variables)
        described = found.call(source, *command, "info", "--json", **variables)
        (home / "models" / settings.MODEL_NAME).replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        shutil.rmtree(home, ignore_errors=True)
    facts = json.loads("\n".join(described))["provenance"]
    say(f"Model converted: {target}")
    say(f"Network: {identity.told(facts)}.")
    say(facts["notice"])
    return state


def _remove_older_engines(where: Places, found: Engine, say: Say) -> None:
    for folder in where.engines.iterdir():
        if folder != found.folder:
            try:
                engine.remove(folder)
            except SetupError as error:
                say(f"warning: {error}")
