"""``python -m maya_stylize`` is the command line."""

from maya_stylize.cli import program

if __name__ == "__main__":
    program()
