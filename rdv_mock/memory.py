"""The memory of the process: when garbage is looked for, and what goes back to the system.

A search for garbage keeps every call waiting: a third of a second for a few million objects. So
none happens during a start, none ever walks through what a start has made, and long work in a
thread makes the searches small.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

SEARCH_AFTER = 10_000
"""Objects made between two searches: a call keeps some ten, in the journal, hardly ever a cycle."""
OFTEN, RARELY = 3, 1_000
"""During long work: searches through new objects for one through those that outlived them, and
searches through these for one through all objects."""
FEW_ARENAS = 3
"""One for the loop, one for the thread that loads, one for all other threads."""
_M_ARENA_MAX = -8

_counting = Lock()
_workers = 0
_thresholds = (0, 0, 0)


@contextmanager
def quiet_start() -> Iterator[None]:
    """Import what is never garbage: no search meanwhile, and later ones leave it out."""
    with no_search():
        yield
        gc.freeze()


def finish_start() -> None:
    """Search from now on, but never through what the server has made until now.

    These are some hundred thousand objects.
    """
    gc.freeze()
    gc.set_threshold(SEARCH_AFTER)
    gc.enable()


def leave() -> None:
    """Spare the end of the process its last search, which would take most of the time to stop."""
    gc.freeze()


@contextmanager
def no_search() -> Iterator[None]:
    """Look for no garbage meanwhile, where many objects are made and nearly all are kept."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def small_searches() -> Iterator[None]:
    """Look for garbage in small steps meanwhile; several threads may ask for this at once."""
    global _workers, _thresholds  # noqa: PLW0603 - there is one interpreter, and one of each
    with _counting:
        _workers += 1
        if _workers == 1:
            _thresholds = gc.get_threshold()
            gc.set_threshold(_thresholds[0], OFTEN, RARELY)
    try:
        yield
    finally:
        with _counting:
            _workers -= 1
            if not _workers:
                gc.set_threshold(*_thresholds)


def give_back() -> None:
    """Have the allocator give free memory back to the system, where it would keep it (glibc).

    The allocator walks through all free memory, and threads may wait for it: do so rarely.
    """
    if (trim := getattr(libc(), "malloc_trim", None)) is not None:
        trim(0)


def share_arenas() -> None:
    """Let all threads take memory from a few arenas instead of one each (glibc).

    A thread cannot use what another thread has freed in its own arena.
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
