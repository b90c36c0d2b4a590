"""What is installed, and whether it is whole."""

from __future__ import annotations

from installer import engine, launcher, layout, receipt
from installer.layout import Places
from installer.machine import Machine


def describe(where: Places, machine: Machine) -> tuple[list[str], bool]:
    """Return lines for the user, and whether there is an installation that is whole.

    Args:
        where: Where it lies, or would.
        machine: The machine it is on.

    Raises:
        SetupError: The receipt is damaged.
    """
    found = ", ".join(f"{maya.year} ({maya.mayapy})" for maya in machine.mayas()) or "none"
    there = receipt.read(where.receipt)
    if there is None:
        return [f"Not installed in {where.modules}.", f"Mayas here: {found}"], False
    missing = [name for name in there.files if not (where.modules / name).is_file()]
    folder = where.engines / there.engine
    if not (folder / engine.MARKER).is_file():
        missing.append("the engine's environment")
    model = where.model if where.model.is_file() else "none yet; the panel fetches it"
    command = where.module / layout.COMMANDS / launcher.name(machine.system)
    lines = [
        f"Maya Stylize {there.version} for Maya {', '.join(there.mayas)}",
        f"module      {where.module}",
        f"command     {command if command.is_file() else 'none yet; install again'}",
        f"engine      {folder} ({there.build})",
        f"ran on      {there.device}",
        f"model       {model}",
        f"Mayas here  {found}",
    ]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        lines.append(f"missing     {', '.join(missing[:3])}{more}")
    if missing or not there.complete:
        lines.append("It is not whole: run install again, which mends it.")
    return lines, there.complete and not missing
