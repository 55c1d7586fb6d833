"""Work that may take long is done in a thread, and other calls are served meanwhile.

Work on a world holds its lock (`life.alone_in`). No call touches a world that is locked, so its
database never meets two threads.
"""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any, ParamSpec, TypeVar

from rdv_mock.memory import give_back, share_arenas, small_searches

P = ParamSpec("P")
R = TypeVar("R")

MOST_THREADS = 64
"""Further work waits for a thread. Threads are started when they are needed."""
QUIET_SECONDS = 0.5
"""After this time without any work, freed memory goes back to the system."""

_THREADS = ThreadPoolExecutor(MOST_THREADS, "aside", initializer=share_arenas)
_under_way: set[asyncio.Future[Any]] = set()


def is_anybody_working() -> bool:
    """Whether a thread still works: nothing can stop it."""
    return bool(_under_way)


async def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do some work in a thread; return its result.

    A caller that is cancelled meanwhile ends with the work: until then the work uses its objects.
    """
    return await _aside(partial(work, *args, **kwargs), Event())


async def take_steps(steps: Generator[object, None, R]) -> R:
    """Drive a generator to its end in a thread; return its value. Cancelling waits for one step."""
    given_up = Event()

    def take() -> R:
        try:
            while not given_up.is_set():
                next(steps)
        except StopIteration as stop:
            result: R = stop.value
            return result
        finally:
            steps.close()
        raise asyncio.CancelledError

    return await _aside(take, given_up)


def behind(work: Callable[[], R]) -> Future[R]:
    """Start some work in a thread without waiting for it."""
    return _THREADS.submit(work)


async def _aside(work: Callable[[], R], given_up: Event) -> R:
    working = asyncio.get_running_loop().run_in_executor(_THREADS, _with_small_searches, work)
    _under_way.add(working)
    working.add_done_callback(_has_worked)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        given_up.set()
        while not working.done():
            await _ignoring_impatience(working)
        if not working.cancelled():
            working.exception()  # the caller is gone
        raise


_quiet: asyncio.TimerHandle | None = None


def _has_worked(working: asyncio.Future[Any]) -> None:
    global _quiet  # noqa: PLW0603 - the memory is the process's
    _under_way.discard(working)
    if _quiet is not None:
        _quiet.cancel()
    _quiet = working.get_loop().call_later(QUIET_SECONDS, behind, give_back)


async def _ignoring_impatience(working: asyncio.Future[R]) -> None:
    try:
        await asyncio.wait([working])
    except asyncio.CancelledError:
        return


def _with_small_searches(work: Callable[[], R]) -> R:
    with small_searches():
        return work()
