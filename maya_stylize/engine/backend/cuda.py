"""An NVIDIA card's memory, asked of CUDA's driver: TensorFlow and JAX do not tell all of it."""

from __future__ import annotations

import ctypes
import sys

from maya_stylize.engine.backend.types import Memory


def memory(ordinal: int) -> Memory:
    """Return a card's memory in bytes; 0 where there is no such card, or no driver.

    Args:
        ordinal: Its number among those that CUDA shows this process.
    """
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return Memory(0, 0)
    card, context = ctypes.c_int(), ctypes.c_void_p()
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    if driver.cuInit(0) or driver.cuDeviceGet(ctypes.byref(card), ordinal):
        return Memory(0, 0)
    # The context that the framework uses too, so that this takes no memory of its own.
    if driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), card):
        return Memory(0, 0)
    try:
        if driver.cuCtxPushCurrent_v2(context):
            return Memory(0, 0)
        driver.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total))  # both stay 0 if it fails
        driver.cuCtxPopCurrent_v2(ctypes.byref(context))
    finally:
        driver.cuDevicePrimaryCtxRelease_v2(card)
    return Memory(total.value, free.value)
