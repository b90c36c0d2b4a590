"""The first look: fetch the model, make a texture, repaint a picture, lay all side by side."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from maya_stylize import cli
from maya_stylize.images import reader, sheet, writer

EXEMPLARS = Path(__file__).parent / "exemplars"


def main(folder: Path) -> int:
    """Run the demonstration's commands as a user would type them.

    Args:
        folder: Where the pictures go; it is made if it is not there.

    Returns:
        0, or the code of the first command that failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pebbles, coffee, brushwork = (
        EXEMPLARS / f"{name}.png" for name in ("pebbles", "coffee", "brushwork")
    )
    texture, painting = folder / "pebbles_synthesized.png", folder / "coffee_stylized.png"
    commands = [
        ["model", "fetch"],
        ["synthesize", str(pebbles), "--size", "256", "-o", str(texture)],
        ["stylize", str(coffee), str(brushwork), "--content-weight", "5e6", "-o", str(painting)],
    ]
    for command in commands:
        print(f"\n$ maya-stylize {shlex.join(command)}", flush=True)
        code = cli.main(command)
        if code:
            return code
    captions = [
        (pebbles, "exemplar"),
        (texture, "synthesized"),
        (coffee, "content"),
        (brushwork, "style"),
        (painting, "stylized"),
    ]
    overview = folder / "contact_sheet.png"
    pictures = [(reader.read(path).pixels, caption) for path, caption in captions]
    writer.write(overview, sheet.contact_sheet(pictures, columns=5))
    print("\nLook at:")
    for path in (overview, texture, painting):
        print(f"  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo_output")))
