"""A world lives up to the present, or is one caller's alone, while other worlds are served."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.aside import take_steps
from rdv_mock.worlds.events import Event
from rdv_mock.worlds.world import World


async def undisturbed(world: World) -> None:
    """Wait until nobody holds the lock of a world: only then may it be read."""
    while world.lock.locked():
        async with world.lock:
            pass


async def live_until_now(world: World) -> datetime:
    """The present instant of a world, once all due events have happened.

    A call waits here while its world lives through something long. The call awaits nothing between
    this instant and its use. Raises MONDE_INCONNU when the world was dropped.
    """
    check_exists(world)
    if not world.lock.locked() and not world.is_due(now := world.clock.now()):
        return now
    async with world.lock:
        return await _live(world)


@asynccontextmanager
async def alone_in(world: World) -> AsyncIterator[datetime]:
    """Hold the lock of a world, whatever is awaited; the value is its present instant, as above."""
    async with world.lock:
        yield await _live(world)


def check_exists(world: World) -> None:
    """Raise MONDE_INCONNU when the world was dropped after the call had come in."""
    if world.is_dropped:
        raise Refusal(ApiError.MONDE_INCONNU)


async def _live(world: World) -> datetime:
    check_exists(world)
    while world.is_due(now := world.clock.now()):
        await take_steps(_silent(world.catch_up(now)))
    return now


def _silent(events: Iterator[Event]) -> Generator[Event, None, None]:
    yield from events
