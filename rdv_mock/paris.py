"""Paris wall time: how the contract writes a day, an hour and a month, and what they are in UTC.

An *instant* is an aware `datetime` in UTC. A *local* is a naive `datetime`: what a clock on a wall
in Paris shows (docs/contract/conventions.md#dates). A *mois* is the text `2026-04`.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

MINUTE = timedelta(minutes=1)

FIRST_YEAR = 1900
LAST_YEAR = 2199
LAST_INSTANT_YEAR = 2299
"""Dates outside the first two are refused: nothing of this trade happened before or is due after.

Instants have a century more, for what follows from a date: the end of a bail, of a token.
"""
FIRST_INSTANT = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
LAST_NOW = datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC)
LAST_INSTANT = datetime(LAST_INSTANT_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC)


REMEMBERED = 4_096
"""How many wall times are looked up once: leçons begin and end at the same times everywhere."""


@lru_cache(maxsize=REMEMBERED)
def to_instant(local: datetime) -> datetime:
    """The instant of a wall time; in the hour that autumn doubles, the first one is meant."""
    return local.replace(tzinfo=PARIS, fold=0).astimezone(UTC)


@lru_cache(maxsize=65_536)
def seconds(local: datetime) -> int:
    """The seconds from 1970 to a wall time.

    Remembered, since leçons begin at the same times everywhere.
    """
    return int(to_instant(local).timestamp())


def to_local(instant: datetime) -> datetime:
    """What the wall clock shows at an instant."""
    return instant.astimezone(PARIS).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=REMEMBERED)
def exists(local: datetime) -> bool:
    """Whether the wall clock ever shows this: not in the hour that spring skips."""
    return _offset(local) >= _offset(local.replace(fold=1))


def _offset(local: datetime) -> timedelta:
    """How far the clock on the wall is ahead of UTC.

    Before and after a change of hour: the fold tells which one an hour is meant by that is doubled,
    or skipped.
    """
    return PARIS.utcoffset(local) or timedelta()


@lru_cache(maxsize=REMEMBERED)
def end_of(local: datetime, *, minutes: int) -> datetime:
    """The wall time once `minutes` have really passed, across a change of hour too."""
    duration = MINUTE * minutes
    end = local + duration
    if _offset(local) == _offset(end.replace(fold=1)):
        return end  # the hour has not been changed in between
    return to_local(to_instant(local) + duration)


def write(instant: datetime) -> str:
    """An instant as the wall clock shows it, with its offset: no hour is meant twice.

    Until 1911 that offset had seconds, which ISO 8601 does not know: they are left out.
    """
    offset = instant.astimezone(PARIS).utcoffset() or timedelta()
    return instant.astimezone(timezone(offset // MINUTE * MINUTE)).isoformat(timespec="seconds")


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Paris."""
    return to_instant(datetime.combine(day, time()))


def day_of(instant: datetime) -> date:
    """The calendar day in Paris at an instant."""
    return to_local(instant).date()


def mois_of(day: date) -> str:
    """The month of a day, as the contract writes it: `2026-04`."""
    return f"{day.year:04}-{day.month:02}"


def first_day(mois: str) -> date:
    """The first day of a month such as `2026-04`."""
    return date.fromisoformat(f"{mois}-01")


def add_months(mois: str, count: int) -> str:
    """The month `count` months later, or earlier when negative."""
    months = int(mois[:4]) * 12 + int(mois[5:]) - 1 + count
    return f"{months // 12:04}-{months % 12 + 1:02}"
