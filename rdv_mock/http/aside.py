"""Working aside: what may take long is done in a thread, and everybody else is served meanwhile.

Whoever works on a world aside has its lock (`life.alone_in`): no call touches a world that is
locked, so that its database never meets two threads.
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
"""Who comes after that waits for a thread; there are only as many as were needed at once."""
QUIET_SECONDS = 0.5
"""After so long without any work, what all of it has left free goes back to the system."""

_THREADS = ThreadPoolExecutor(MOST_THREADS, "aside", initializer=share_arenas)
_under_way: set[asyncio.Future[Any]] = set()


def is_anybody_working() -> bool:
    """Whether something is still being done, which nobody can stop."""
    return bool(_under_way)


async def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What some work comes to that is done in a thread.

    Who is cancelled meanwhile ends only with it: what it works on is not free before.
    """
    return await _aside(partial(work, *args, **kwargs), Event())


async def take_steps(steps: Generator[object, None, R]) -> R:
    """Take all steps in a thread; what they come to. Who is cancelled ends with the present one."""
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
    """Have something done that nobody has to wait for."""
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
            working.exception()  # nobody is left who wants to know
        raise


_quiet: asyncio.TimerHandle | None = None


def _has_worked(working: asyncio.Future[Any]) -> None:
    global _quiet  # noqa: PLW0603 - there is one process, whose memory it is
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
