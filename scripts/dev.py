"""The newcomer's command: ``python scripts/dev.py demo`` or ``python scripts/dev.py test``.

Every Python since 2.7 can read this file, so that an old one says what is missing instead of
showing a syntax error. The work itself is in dev_tasks.py, run by a Python that is supported.
"""

import os
import subprocess
import sys

SUPPORTED = ("3.13", "3.12", "3.11", "3.10")
# Debian leaves ensurepip out of its python3, and no environment can be made without it.
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
TASKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dev_tasks.py")


def version_of(command):
    # type: (list[str]) -> str | None
    """Return the version of a Python that can make environments, else None."""
    try:
        process = subprocess.Popen(
            command + ["-E", "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError:
        return None
    printed = process.communicate()[0].decode("ascii", "replace").strip()
    return printed if process.returncode == 0 else None


def find_python():
    # type: () -> list[str] | None
    """Return the command of a supported Python, this one where it is; None if there is none."""
    commands = [[sys.executable]]
    commands += [["python" + version] for version in SUPPORTED]
    if os.name == "nt":
        commands += [["py", "-" + version] for version in SUPPORTED]
    for command in commands:
        if version_of(command) in SUPPORTED:
            return command
    return None


def call(command):
    # type: (list[str]) -> int
    """Run a command to its end; return its exit code, 130 after Ctrl-C.

    Ctrl-C reaches the command too, which tidies up in its own time; subprocess.call would kill
    it after a quarter of a second.
    """
    process = subprocess.Popen(command)
    interrupted = False
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            interrupted = True
        else:
            return 130 if interrupted else code


def main():
    # type: () -> int
    """Hand the command line over; return the exit code."""
    command = find_python()
    if command is None:
        sys.stderr.write(
            "error: Python 3.10, 3.11, 3.12 or 3.13 with its venv and ensurepip modules is needed; "
            "this is Python " + sys.version.split()[0] + ", and none was found on the PATH.\n"
            "Install one of them (on Debian and Ubuntu with its -venv package) and run this again "
            "with it.\n"
        )
        return 1
    if command != [sys.executable]:
        version = sys.version.split()[0]
        sys.stderr.write("Python " + version + " will not do; using " + " ".join(command) + ".\n")
    return call(command + ["-E", TASKS] + sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
