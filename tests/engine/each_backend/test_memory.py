"""A card's memory, put together from what CUDA and the backend say; no card is needed."""

from types import SimpleNamespace

import pytest

from maya_stylize.engine import backend
from maya_stylize.engine.backend.types import Memory

GB = 1 << 30
TOTAL, FREE, KEPT, USED = 24 * GB, 10 * GB, 8 * GB, 3 * GB  # kept by this process, used of that


@pytest.fixture
def card(engine_backend, monkeypatch):
    """Let the backend under test believe in a card."""
    module = backend._framework(engine_backend.name)
    if engine_backend.name == "torch":
        cuda = module.torch.cuda
        monkeypatch.setattr(cuda, "mem_get_info", lambda _: (FREE, TOTAL))
        monkeypatch.setattr(cuda, "memory_reserved", lambda _: KEPT)
        monkeypatch.setattr(cuda, "memory_allocated", lambda _: USED)
        return SimpleNamespace()
    monkeypatch.setattr(module.cuda, "memory", lambda _: Memory(TOTAL, FREE))
    if engine_backend.name == "tensorflow":
        said = {"peak": KEPT, "current": USED}
        monkeypatch.setattr(module.tf.config.experimental, "get_memory_info", lambda _: said)
        return said
    said = {"bytes_limit": 20 * GB, "pool_bytes": KEPT, "bytes_in_use": USED}
    device = SimpleNamespace(memory_stats=lambda: said)
    monkeypatch.setattr(module, "_accelerators", lambda: [device])
    return said


def test_what_the_process_keeps_unused_is_free(card):
    assert backend.memory("gpu:0") == Memory(TOTAL, FREE + KEPT - USED)
    assert backend.free_memory("gpu:0") == FREE + KEPT - USED


def test_a_limit_of_the_backends_own_counts(card, engine_backend):
    if engine_backend.name != "jax":
        pytest.skip("only JAX has a limit of its own")
    card["bytes_limit"] = 12 * GB
    assert backend.free_memory("gpu:0") == 12 * GB - USED
    card.clear()  # a device that tells nothing
    assert backend.free_memory("gpu:0") == FREE


def test_what_cuda_does_not_tell_is_not_known(card, engine_backend, monkeypatch):
    if engine_backend.name == "torch":
        pytest.skip("PyTorch asks CUDA by itself")
    monkeypatch.setattr(
        backend._framework(engine_backend.name).cuda, "memory", lambda _: Memory(0, 0)
    )
    assert backend.memory("gpu:0") == Memory(0, 0)


def test_the_cpu_has_the_machines_memory(engine_backend):
    found = backend.memory("cpu:0")
    assert found.total > GB / 4
    assert 0 < found.free < found.total
