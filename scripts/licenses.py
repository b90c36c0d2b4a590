"""List the license of every pinned package: run this to write docs/licenses.md anew.

Run it with .venv's Python. What that environment has tells its license by its own metadata. For
the rest (CUDA's libraries, other systems' and other Pythons' packages) pip is asked for its
metadata alone, which downloads no package.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from installer.builds import TORCH

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licenses.md"
USES = {
    "requirements/pip.txt": "installing",
    "requirements/engine.txt": "engine",
    "requirements/engine-cuda.txt": "engine, TensorFlow on NVIDIA",
    "requirements/engine-torch.txt": "engine, PyTorch",
    "requirements/test.txt": "tests",
    "requirements/maya2024.txt": "tests, Maya 2024",
    "requirements/maya2025.txt": "tests, Maya 2025",
    "requirements/maya2027.txt": "tests, Maya 2027",
    "requirements/fuzz.txt": "fuzzing",
    "benchmarks/peers.txt": "benchmarks",
    "benchmarks/curves.txt": "benchmarks",
}
# Where metadata says nothing that fits a table: the license, and where it was read instead.
OVERRIDES = {
    "atheris": (
        "Apache-2.0",
        "its metadata has no field for it; read in its LICENSE file.",
    ),
    "namex": ("Apache-2.0", "its metadata has no field for it; read in its LICENSE file."),
    "opencolorio": (
        "BSD-3-Clause",
        "its metadata has a copyright line there; read in its LICENSE.",
    ),
}
LONGEST = 60
PIN = re.compile(r"^([\w.-]+)==([\w.]+)( ; sys_platform == 'win32')?", re.M)
ROW = re.compile(r"^\| ([\w.-]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", re.M)
HEAD = """\
# Licenses

Of Maya Stylize's own code and computed pictures: no license has been chosen yet.

- The photographs among the example pictures are CC0: [origin and license of each](../maya_stylize/exemplars/LICENSE.md).
- The published weights of the normalized VGG-19 are for academic and non-commercial use only,
  whichever file or package they came in (`maya-stylize model info` shows the notice; a package made
  with `--with-model` has it beside the model). `maya-stylize normalize` makes a network of your own from
  weights whose license allows more.
- No package is part of the download: the installer gets them for the engine's own environment, and
  Maya's Python gets none.

Every package that is pinned, with the license that its own metadata names. Each comes with the full
text of it. This page is made by `python scripts/licenses.py`, and a test compares it with the pins.

| package | versions | license | for |
|---|---|---|---|
"""  # noqa: E501


@dataclass
class Pin:
    """A package that some requirements pin.

    Attributes:
        versions: All that are pinned, for different Pythons and systems.
        uses: What for.
        windows: Whether it is for Windows alone.
    """

    versions: list[str] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    windows: bool = False


def pins(root: Path) -> dict[str, Pin]:
    """Return what the checkout's requirements pin, by package."""
    found: dict[str, Pin] = {}
    texts = [(use, (root / name).read_text("utf-8")) for name, use in USES.items()]
    texts.append(("engine, PyTorch", f"torch=={TORCH}"))
    for use, text in texts:
        for name, version, windows in PIN.findall(text):
            pin = found.setdefault(_normal(name), Pin(windows=bool(windows)))
            if version not in pin.versions:
                pin.versions.append(version)
            # What the engine needs is in the tests' requirements again.
            if use not in pin.uses and (pin.uses[:1] != ["engine"] or not use.startswith("tests")):
                pin.uses.append(use)
    return dict(sorted(found.items()))


def page(found: Mapping[str, Pin], licenses: Mapping[str, str]) -> str:
    """Return the page's text.

    Args:
        found: What is pinned.
        licenses: The license of each package.
    """
    rows = [
        f"| {name} | {', '.join(pin.versions)} | {licenses[name]} | {'; '.join(pin.uses)} |\n"
        for name, pin in found.items()
    ]
    reasons = [
        f"- {name}: {reason}\n" for name, (_, reason) in sorted(OVERRIDES.items()) if name in found
    ]
    notes = ["\nWhere the metadata names no license in a few words:\n\n", *reasons]
    return HEAD + "".join(rows) + "".join(notes if reasons else [])


def listed(text: str, found: Mapping[str, Pin]) -> dict[str, str]:
    """Return the license of each package that a page lists with the versions that are pinned."""
    rows = ROW.findall(text.partition("|---|")[2])
    versions = {name: ", ".join(pin.versions) for name, pin in found.items()}
    return {name: told for name, told_of, told in rows if versions.get(name) == told_of}


def installed(found: Mapping[str, Pin]) -> dict[str, str]:
    """Return the licenses of those packages whose pinned version this environment has."""
    licenses = {}
    for distribution in metadata.distributions():
        name = _normal(distribution.metadata["Name"])
        if name in found and distribution.version.partition("+")[0] in found[name].versions:
            told = distribution.metadata.json
            licenses[name] = license_of(name, told)
    return licenses


def license_of(name: str, told: Mapping[str, str | list[str]]) -> str:
    """Return a package's license in a few words.

    Args:
        name: The package.
        told: Its metadata in the form that pip reports.

    Raises:
        LookupError: Neither the metadata nor OVERRIDES name one.
    """
    if name in OVERRIDES:
        return OVERRIDES[name][0]
    classifiers = [
        str(line).split(" :: ")[-1]
        for line in told.get("classifier", [])
        if str(line).startswith("License :: ") and line != "License :: OSI Approved"
    ]
    if told.get("license_expression"):
        return str(told["license_expression"])
    for text in (str(told.get("license", "")), ", ".join(classifiers)):
        if (
            text
            and len(text) <= LONGEST
            and not re.search(r"[\n|]|UNKNOWN|^Copyright|^Dual License$", text)
        ):
            return text
    raise LookupError(f"The metadata of {name} names no license in a few words: see OVERRIDES.")


def asked(found: Mapping[str, Pin]) -> dict[str, str]:
    """Ask pip for the licenses of packages that need not run here.

    Raises:
        LookupError: pip finds one of them nowhere, or it names no license.
    """
    windows = {name: pin for name, pin in found.items() if pin.windows}
    others = {name: pin for name, pin in found.items() if not pin.windows}
    options = ["--dry-run", "--no-deps", "--ignore-installed", "--ignore-requires-python"]
    licenses = {}
    with tempfile.TemporaryDirectory() as folder:
        there = ["--platform", "win_amd64", "--only-binary", ":all:", "--target", folder]
        for chosen, platform in ((windows, there), (others, [])):
            if not chosen:
                continue
            wanted = [f"{name}=={pin.versions[-1]}" for name, pin in chosen.items()]
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--retries",
                "1",
                *options,
                *platform,
            ]
            report = Path(folder, "report.json")
            done = subprocess.run([*command, "--report", str(report), *wanted])
            if done.returncode:
                raise LookupError(f"pip cannot tell of {', '.join(wanted)}.")
            for item in json.loads(report.read_text("utf-8"))["install"]:
                name = _normal(item["metadata"]["name"])
                licenses[name] = license_of(name, item["metadata"])
    return licenses


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Write the page; return the exit code."""
    argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0]).parse_args()
    found = pins(ROOT)
    licenses = {**listed(PAGE.read_text("utf-8"), found), **installed(found)}
    licenses |= asked({name: pin for name, pin in found.items() if name not in licenses})
    PAGE.write_text(page(found, licenses), encoding="utf-8", newline="\n")
    print(f"{PAGE} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
