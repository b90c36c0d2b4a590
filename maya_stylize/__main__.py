"""``python -m maya_stylize`` is the command line, and so is this file by its path."""

import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # its own folder is no place for imports

from maya_stylize.cli import program

if __name__ == "__main__":
    program()
