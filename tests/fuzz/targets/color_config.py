"""OpenColorIO's configs, and the tables of every kind that they name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import judge
import numpy as np
import PyOpenColorIO

from maya_stylize.images import color_config

_CONFIG = """ocio_profile_version: 2
roles: {scene_linear: linear, default: linear}
displays:
  screen:
    - !<View> {name: plain, colorspace: tabled}
colorspaces:
  - !<ColorSpace>
    name: linear
    aliases: [lin_rec709_scene]
  - !<ColorSpace>
    name: tabled
    to_scene_reference: !<FileTransform> {src: TABLE, interpolation: linear}
  - !<ColorSpace>
    name: graded
    isdata: false
    to_scene_reference: !<GroupTransform>
      children:
        - !<ExponentTransform> {value: [2.2, 2.2, 2.2, 1]}
        - !<MatrixTransform> {matrix: [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]}
        - !<AllocationTransform> {allocation: lg2, vars: [-8, 5, 0.00390625]}
"""
_OLD = """ocio_profile_version: 1
search_path: [luts, "..", /]
strictparsing: false
roles: {default: tabled}
displays: {screen: [!<View> {name: plain, colorspace: tabled}]}
colorspaces:
  - !<ColorSpace> {name: tabled, allocation: uniform}
"""
_CLF = """<?xml version="1.0" encoding="UTF-8"?>
<ProcessList id="a" compCLFversion="3"><Matrix inBitDepth="32f" outBitDepth="32f">
<Array dim="3 3">1 0 0 0 1 0 0 0 1</Array></Matrix>
<LUT1D inBitDepth="32f" outBitDepth="32f"><Array dim="2 1">0 1</Array></LUT1D></ProcessList>
"""
_CDL = """<ColorCorrection id="a"><SOPNode><Slope>1 1 2</Slope><Offset>0 0 0</Offset>
<Power>1 1 1</Power></SOPNode><SatNode><Saturation>1</Saturation></SatNode></ColorCorrection>
"""
_CORNERS = "\n".join(f"{index & 1} {index >> 1 & 1} {index >> 2}" for index in range(8))
_PLACES = "\n".join(f"{x} {y} {z} {x} {y} {z}" for x in (0, 1) for y in (0, 1) for z in (0, 1))
_TABLES = {
    "spi1d": "Version 1\nFrom 0.0 1.0\nLength 2\nComponents 1\n{\n0.0\n1.0\n}\n",
    "spi3d": f"SPILUT 1.0\n3 3\n2 2 2\n{_PLACES}\n",
    "spimtx": "1 0 0 0\n0 1 0 0\n0 0 1 0\n",
    "cube": f"LUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n{_CORNERS}\n",
    "csp": "CSPLUTV100\n3D\n" + 3 * "2\n0 1\n0 1\n" + f"\n2 2 2\n{_CORNERS}\n",
    "vf": "#Inventor V2.1 ascii\ngrid_size 2 2 2\n"
    f"global_transform 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1\ndata\n{_CORNERS}\n",
    "lut": "Version\t\t1\nFormat\t\tany\nType\t\tC\nFrom\t\t0 1\nTo\t\t0 1\n"
    "Black\t\t0\nWhite\t\t1\nLength\t\t2\nLUT:\nRGB {\n0\n1\n}\n",
    "clf": _CLF,
    "ctf": _CLF.replace('compCLFversion="3"', 'version="1.8"'),
    "cc": _CDL,
    "ccc": f"<ColorCorrectionCollection>{_CDL}</ColorCorrectionCollection>",
    "itx": f"LUT_3D_SIZE 2\n{_CORNERS}\n",
    "icc": "",
}
_SUFFIXES = tuple(_TABLES)
_CONFIGS = 255  # by the first byte; below, the table's suffix
_COLORS = np.array([[0, 0.5, 1], [-1, 2, np.inf], [np.nan, 1e-9, 1e9]], np.float32)


def seeds() -> Mapping[str, bytes]:
    tables = {
        suffix: bytes([index]) + text.encode()
        for index, (suffix, text) in enumerate(_TABLES.items())
    }
    large = {
        "cube": "LUT_3D_SIZE 100000\n0 0 0\n",
        "spi1d": "Version 1\nFrom 0 1\nLength 2000000000\nComponents 3\n{\n",
    }
    bombs = {
        f"large-{suffix}": bytes([_SUFFIXES.index(suffix)]) + text.encode()
        for suffix, text in large.items()
    }
    configs = {
        "config": _CONFIG,
        "config-old": _OLD,
        "config-raw": "ocio_profile_version: 2\ncolorspaces: [!<ColorSpace> {name: r}]",
        "config-odd": _CONFIG.replace("plain", "pläin").replace("linear}", "\\xff}"),
        "config-deep": "ocio_profile_version: 2\nroles: " + "[" * 2000,
    }
    made = {name: bytes([_CONFIGS]) + text.encode() for name, text in configs.items()}
    return {**tables, **bombs, **made}


def feed(data: bytes, folder: Path) -> None:
    PyOpenColorIO.ClearAllCaches()  # it knows a table by its path
    kind = data[0] if data else _CONFIGS
    suffix = _SUFFIXES[kind] if kind < len(_SUFFIXES) else "spi1d"
    config, table = folder / "config.ocio", folder / f"table.{suffix}"
    content, text = data[1:], _CONFIG.replace("TABLE", table.name)
    if kind < len(_SUFFIXES):
        table.write_bytes(content)
        config.write_text(text, encoding="ascii")
    else:
        table.write_text(_TABLES["spi1d"], encoding="ascii")
        config.write_bytes(content.replace(b"TABLE", table.name.encode()))
    color_config.content_of(str(config))
    loaded = color_config.load(str(config))
    names = ("tabled", "graded", "linear", "ACEScg", "default", "no such space")
    judge.attempt(loaded.view, *(lambda name=name: _use(loaded, name) for name in names))


def _use(config: color_config.ColorConfig, name: str) -> None:
    space = config.space(name)
    for made in (space.into(_COLORS), space.back(_COLORS)):
        if made.shape != _COLORS.shape:
            raise judge.Misdeed(f"{made.shape} colors of {_COLORS.shape}")
