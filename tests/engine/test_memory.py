"""What the machine and CUDA's driver say of their memory."""

import ctypes
import os
import sys

import pytest

from maya_stylize.engine import backend
from maya_stylize.engine.backend import cuda, machine
from maya_stylize.engine.backend.types import Memory

VM_STAT = """\
Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            300000.
Pages inactive:                           20000.
Pages speculative:                         3000.
Pages wired down:                        100000.
"Translation faults":                 123456789.
"""


@pytest.mark.skipif(sys.platform != "linux", reason="free(1) and /proc are Linux's")
def test_the_machine_tells_what_the_kernel_says():
    found = machine.memory()
    assert found.total == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < found.free < found.total


def test_linux_and_macos_are_understood():
    told = "MemTotal:       32000000 kB\nMemFree:          500000 kB\nMemAvailable:   20000000 kB\n"
    assert machine.free_on_linux(told) == 20_000_000 * 1024
    assert machine.free_on_macos(VM_STAT) == 33_000 * 16384


@pytest.mark.parametrize("read", [machine.free_on_linux, machine.free_on_macos])
@pytest.mark.parametrize("told", ["", "MemFree: 5 kB\n", "Pages free: 5.\n"])
def test_what_is_not_told_is_not_known(read, told):
    assert read(told) == 0


def test_no_backend_no_card(monkeypatch):
    # Other tests of this process may have loaded a backend that it does not run.
    for name in ("", "caffe", *{"jax", "torch"}.difference(sys.modules)):
        monkeypatch.setenv("KERAS_BACKEND", name)
        assert backend.memory("gpu:0") == Memory(0, 0)


class Driver:
    """CUDA's driver with one card; the call named in `failing` returns an error."""

    def __init__(self, failing=""):
        self.failing = failing
        self.retained = self.pushed = 0

    def __getattr__(self, name):
        def call(*arguments):
            if name == self.failing:
                return 2
            return getattr(self, f"_{name.partition('_')[0]}")(*arguments) or 0

        return call

    def _cuInit(self, flags):
        assert flags == 0

    def _cuDeviceGet(self, card, ordinal):
        card._obj.value = 7
        return 101 if ordinal else 0

    def _cuDevicePrimaryCtxRetain(self, context, card):
        assert card.value == 7
        context._obj.value = 0x1234
        self.retained += 1

    def _cuCtxPushCurrent(self, context):
        assert context.value == 0x1234
        self.pushed += 1

    def _cuMemGetInfo(self, free, total):
        assert self.pushed == 1
        free._obj.value, total._obj.value = 5 << 30, 24 << 30

    def _cuCtxPopCurrent(self, context):
        self.pushed -= 1

    def _cuDevicePrimaryCtxRelease(self, card):
        assert card.value == 7
        self.retained -= 1


@pytest.mark.parametrize(
    ("failing", "ordinal", "found"),
    [
        ("", 0, Memory(24 << 30, 5 << 30)),
        ("", 1, Memory(0, 0)),
        ("cuInit", 0, Memory(0, 0)),
        ("cuDevicePrimaryCtxRetain", 0, Memory(0, 0)),
        ("cuCtxPushCurrent_v2", 0, Memory(0, 0)),
        ("cuMemGetInfo_v2", 0, Memory(0, 0)),
    ],
)
def test_the_card_is_asked_and_let_go(failing, ordinal, found, monkeypatch):
    driver = Driver(failing)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: driver)

    assert cuda.memory(ordinal) == found
    assert (driver.retained, driver.pushed) == (0, 0)


def test_without_a_driver_nothing_is_known(monkeypatch):
    def none(name):
        raise OSError(f"{name}: not found")

    monkeypatch.setattr(ctypes, "CDLL", none)

    assert cuda.memory(0) == Memory(0, 0)
