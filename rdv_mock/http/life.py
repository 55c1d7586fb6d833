"""Letting a world live, and being alone in it, while other worlds are served."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.aside import take_steps
from rdv_mock.worlds.events import Event
from rdv_mock.worlds.world import World


async def undisturbed(world: World) -> None:
    """Wait until nobody has the world to himself: only then may it be looked at."""
    while world.lock.locked():
        async with world.lock:
            pass


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
