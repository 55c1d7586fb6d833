"""Read, set and advance the clock of a world."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rdv_mock.http.aside import aside, take_steps
from rdv_mock.http.life import alone_in, live_until_now
from rdv_mock.store import Store
from rdv_mock.worlds.events import Event
from rdv_mock.worlds.names import Names
from rdv_mock.worlds.world import LONGEST_ADVANCE, World

MOST_EVENTS = 1_000
"""Events that are told of one advance."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The instant of a world, in UTC, and whether its clock is stopped."""

    now: datetime
    frozen: bool


@dataclass(frozen=True, slots=True)
class Elapsed:
    """An advance: the instant at its end, and what happened meanwhile.

    `events`: the first `MOST_EVENTS`, in their order; each id has the object's ref and name beside.
    """

    now: datetime
    total: int
    events: Sequence[Event]


async def read_clock(world: World) -> Reading:
    """Read the clock."""
    return Reading(await live_until_now(world), world.clock.frozen)


async def set_clock(
    world: World, *, to: datetime | None = None, frozen: bool | None = None
) -> Reading:
    """Set the clock forward to an aware instant, and stop it or let it run.

    Everything due until then happens. A missing argument changes nothing. Raises HORLOGE_EN_ARRIERE
    when `to` is past, or more than ten years ahead.
    """
    async with alone_in(world) as now:
        await take_steps(world.advance(to or now, now=now, frozen=frozen))
        return Reading(world.clock.now(), world.clock.frozen)


async def advance(
    world: World, *, by: timedelta | None = None, to: datetime | None = None
) -> Elapsed:
    """Let time pass by a span, or until an aware instant; everything due happens.

    Raises HORLOGE_EN_ARRIERE when the end is past, or more than ten years ahead.
    """
    span = min(by or timedelta(), 2 * LONGEST_ADVANCE)  # no date is beyond that
    async with alone_in(world) as now:
        events = await take_steps(world.advance(to or now + span, now=now))
        told = await aside(_told, events[:MOST_EVENTS], world.store)
        return Elapsed(world.clock.now(), len(events), told)


def _told(events: Sequence[Event], store: Store) -> Sequence[Event]:
    """The events, with the refs and names of their objects."""
    names = Names(store)
    names.read_all(event.subject for event in events)
    return [replace(event, subject=names.with_names(event.subject)) for event in events]
