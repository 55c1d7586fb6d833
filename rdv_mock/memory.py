"""Giving memory back to the system: what was freed stays with the process, or it may not."""

import sys
from functools import cache
from typing import Any

_M_ARENA_MAX = -8
FEW_ARENAS = 3
"""The loop's, that of the thread which loads, and one for all others."""


def give_back() -> None:
    """Have the allocator give back what nobody holds, where it would keep it (glibc).

    That walks through all that is free, and others may have to wait for it: not after every trifle.
    """
    if (trim := getattr(libc(), "malloc_trim", None)) is not None:
        trim(0)


def share_arenas() -> None:
    """Let threads take memory from the same few places, where each would have its own (glibc).

    What one of them has freed would be of no use to the others.
    """
    if (tune := getattr(libc(), "mallopt", None)) is not None:
        tune(_M_ARENA_MAX, FEW_ARENAS)


@cache
def libc() -> Any:  # noqa: ANN401 - a library
    """The C library of this process; None where memory goes back by itself."""
    if sys.platform != "linux":
        return None
    import ctypes  # noqa: PLC0415 - not before it is needed

    return ctypes.CDLL(None)
