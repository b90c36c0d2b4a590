"""What the machine and CUDA's driver say of their memory."""

import ctypes
import os
import sys

import pytest

from maya_stylize.engine import backend
from maya_stylize.engine.backend import cgroup, cuda, machine
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
    # Less in a container that has a limit.
    assert 0 < found.total <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < found.free < found.total


GROUPS = {
    2: ("", "memory.max", "memory.current", "inactive_file"),
    1: ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}
UNLIMITED = {1: "9223372036854771712", 2: "max"}


def write_group(root, version, group, limit, used=0, cached=0):
    """Make the files of a control group as the kernel has them."""
    tree, limit_file, usage_file, cached_name = GROUPS[version]
    folder = root / tree / group
    folder.mkdir(parents=True, exist_ok=True)
    (folder / limit_file).write_text(f"{limit}\n")
    (folder / usage_file).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\n{cached_name} {cached}\nactive_file 7\n")


def lines(version, group):
    other = "11:cpu,cpuacct:/elsewhere\n1:name=systemd:/elsewhere\n"
    return f"0::/{group}\n" if version == 2 else f"{other}4:memory:/{group}\n"


@pytest.mark.parametrize("version", [1, 2])
def test_a_groups_limit_counts_and_cached_files_are_free(version, tmp_path):
    write_group(tmp_path, version, "", UNLIMITED[version])
    write_group(tmp_path, version, "farm", 8 << 30, used=7 << 30, cached=3 << 30)
    write_group(tmp_path, version, "farm/job", 6 << 30, used=1 << 30)
    found = list(cgroup.limits(lines(version, "farm/job"), tmp_path))
    limited = [memory for memory in found if memory.total < 1 << 60]
    assert limited == [Memory(6 << 30, 5 << 30), Memory(8 << 30, 4 << 30)]
    whole = machine.within(Memory(64 << 30, 50 << 30), found)
    assert whole == Memory(6 << 30, 4 << 30)


@pytest.mark.parametrize("version", [1, 2])
def test_a_container_that_sees_its_group_as_the_top_is_understood(version, tmp_path):
    write_group(tmp_path, version, "", 4 << 30, used=1 << 30)
    found = list(cgroup.limits(lines(version, "docker/0123abcd"), tmp_path))
    assert found == [Memory(4 << 30, 3 << 30)]


@pytest.mark.parametrize("version", [1, 2])
def test_a_full_group_leaves_next_to_nothing_and_that_is_known(version, tmp_path):
    write_group(tmp_path, version, "job", 2 << 30, used=2 << 30)
    (found,) = cgroup.limits(lines(version, "job"), tmp_path)
    assert found == Memory(2 << 30, 1)


def test_without_groups_or_limits_the_machine_counts(tmp_path):
    write_group(tmp_path, 2, "job", "max", used=1 << 30)
    for groups in ("", lines(1, "job"), lines(2, "job"), "3:cpuset:/job\n"):
        assert list(cgroup.limits(groups, tmp_path)) == []
    assert machine.within(Memory(64 << 30, 50 << 30), []) == Memory(64 << 30, 50 << 30)
    assert machine.within(Memory(64 << 30, 0), [Memory(4 << 30, 9)]) == Memory(4 << 30, 9)
    assert machine.within(Memory(0, 0), []) == Memory(0, 0)


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
