"""The builds of the engine that can be installed, and which one suits a machine."""

from __future__ import annotations

from dataclasses import dataclass

from installer.machine import Machine

TORCH = "2.13.0"
CUDA = "cu130"
# PyTorch's own package index; the ordinary one has no CUDA for Windows, and only CUDA for Linux.
PYTORCH_INDEX = "https://download.pytorch.org/whl"


@dataclass(frozen=True)
class Build:
    """A backend and where it comes from.

    Attributes:
        backend: "tensorflow" or "torch".
        requirements: The hash-pinned file, in requirements/.
        torch: The build of torch to install after it, "cpu" or CUDA's; empty for none.
    """

    backend: str
    requirements: str
    torch: str = ""

    def torch_arguments(self, system: str, offline: bool) -> list[str]:
        """Return what pip needs to install torch on a system, besides a folder of wheels."""
        if system == "darwin":
            return [f"torch=={TORCH}"]  # the ordinary build runs on Metal
        requirement = f"torch=={TORCH}+{self.torch}"
        if offline:
            return [requirement]
        return [requirement, "--extra-index-url", f"{PYTORCH_INDEX}/{self.torch}"]


BUILDS = {
    "tensorflow": Build("tensorflow", "engine.txt"),
    "tensorflow-cuda": Build("tensorflow", "engine-cuda.txt"),
    "torch": Build("torch", "engine-torch.txt", "cpu"),
    "torch-cuda": Build("torch", "engine-torch.txt", CUDA),
}


def choose(machine: Machine) -> str:
    """Return the name of the build that uses a machine best.

    TensorFlow has had no GPU support on native Windows since 2.10, and none on Apple's processors.
    """
    if machine.nvidia and machine.system == "win32":
        return "torch-cuda"
    if machine.nvidia and machine.system == "linux":
        return "tensorflow-cuda"
    return "torch" if machine.apple_silicon else "tensorflow"
