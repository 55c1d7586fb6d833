"""Letting a world live, a step at a time, while other worlds are served."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

from rdv_mock.agenda import Event
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.world import World

R = TypeVar("R")


async def live_until_now(world: World) -> datetime:
    """The present instant of a world, once all has happened that is due.

    Calls to a world that lives through something long wait here. Nothing is awaited between this
    instant and what the call does with it. Raises MONDE_INCONNU when the world was dropped.
    """
    check_exists(world)
    if not world.lock.locked() and not world.is_due(now := world.clock.now()):
        return now
    async with world.lock:
        return await _live(world)


@asynccontextmanager
async def alone_in(world: World) -> AsyncIterator[datetime]:
    """Its present instant as above, and the world to oneself, even where something is awaited."""
    async with world.lock:
        yield await _live(world)


def check_exists(world: World) -> None:
    """Raise MONDE_INCONNU when the world was dropped while a call was on its way."""
    if world.is_dropped:
        raise Refusal(ApiError.MONDE_INCONNU)


async def _live(world: World) -> datetime:
    check_exists(world)
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
