"""Letting a world live, a step at a time, while other worlds are served."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

from rdv_mock.agenda import Event
from rdv_mock.world import World

R = TypeVar("R")


async def live_until_now(world: World) -> datetime:
    """The present instant of a world, once all has happened that is due.

    Calls to a world that lives through something long wait here. Nothing is awaited between this
    instant and what the call does with it.
    """
    async with world.lock:
        return await _catch_up(world)


@asynccontextmanager
async def holding(world: World) -> AsyncIterator[datetime]:
    """Keep the other calls to a world waiting; its present instant, once all is caught up.

    For who had to wait himself: the instant of his call may be past by now.
    """
    async with world.lock:
        yield await _catch_up(world)


async def _catch_up(world: World) -> datetime:
    while world.is_due(now := world.clock.now()):
        await take_steps(_silent(world.catch_up(now)))
    return now


def _silent(events: Iterator[Event]) -> Generator[Event, None, None]:
    yield from events


async def take_steps(steps: Generator[Event, None, R]) -> R:
    """Take all steps, and let others have their turn in between; what they come to."""
    try:
        while True:
            next(steps)
            await asyncio.sleep(0)
    except StopIteration as stop:
        result: R = stop.value
        return result
    finally:
        steps.close()
