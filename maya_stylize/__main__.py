"""``python -m maya_stylize`` is the command line."""

import sys

from maya_stylize.cli import main

if __name__ == "__main__":
    sys.exit(main())
