"""Giving memory back to the system: what was freed stays with the process, or it may not."""

import sys
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Have the allocator give back what nobody holds, where it would keep it (glibc).

    That walks through all that is free, and others may have to wait for it: not after every trifle.
    """
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    if sys.platform != "linux":
        return _nothing
    import ctypes  # noqa: PLC0415 - few servers need it

    trim: Callable[[int], object] = getattr(ctypes.CDLL(None), "malloc_trim", _nothing)
    return trim


def _nothing(_pad: int) -> None:
    """What musl and the other systems need."""
