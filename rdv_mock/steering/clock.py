"""The clock of a world: to read it, to set it, to let time pass."""

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
    """The instant of a world, in UTC, and whether its clock stands still."""

    now: datetime
    frozen: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """What has happened while time passed.

    `events`: the first thousand, in their order; beside each id, the ref and name of the object.
    """

    now: datetime
    total: int
    events: Sequence[Event]


async def read_clock(world: World) -> Reading:
    """Read the clock, once all has happened that is due."""
    return Reading(await live_until_now(world), world.clock.frozen)


async def set_clock(
    world: World, *, to: datetime | None = None, frozen: bool | None = None
) -> Reading:
    """Set the clock forward, which is an advance, and stop it or let it run.

    `to` is an aware instant; without it, or without `frozen`, that stays as it is. Raises
    HORLOGE_EN_ARRIERE when `to` is past, or more than ten years ahead.
    """
    async with alone_in(world) as now:
        await take_steps(world.advance(to or now, now=now, frozen=frozen))
        return Reading(world.clock.now(), world.clock.frozen)


async def advance(
    world: World, *, by: timedelta | None = None, to: datetime | None = None
) -> Passage:
    """Let time pass by a span, or until an aware instant; all that falls due has happened then.

    Raises HORLOGE_EN_ARRIERE when the end is past, or more than ten years ahead.
    """
    span = min(by or timedelta(), 2 * LONGEST_ADVANCE)  # no date is beyond that
    async with alone_in(world) as now:
        events = await take_steps(world.advance(to or now + span, now=now))
        told = await aside(_told, events[:MOST_EVENTS], world.store)
        return Passage(world.clock.now(), len(events), told)


def _told(events: Sequence[Event], store: Store) -> Sequence[Event]:
    """The events, with the refs and names of what they are about."""
    names = Names(store)
    names.read_all(event.subject for event in events)
    return [replace(event, subject=names.with_names(event.subject)) for event in events]
