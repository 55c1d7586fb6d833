"""What of a world is written beside its tables, where it outlives the process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pydantic import TypeAdapter

from rdv_mock.worlds.incidents import Armed


@dataclass(frozen=True, slots=True)
class SavedSnapshot:
    """The file of a snapshot, and the time of its world."""

    name: str
    file: str
    now: datetime
    frozen: bool


@dataclass(frozen=True, slots=True)
class OwnClock:
    """The clock with which a world was made: where it begins instead of its scenario's `now`.

    Without `now` the world begins when its scenario does.
    """

    now: datetime | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class Extras:
    """The scenario that a world began with, its clock, its incidents, its other files.

    `incidents` are those that may still strike: each struck call writes them. `now` is the time
    of the world when this was written: a world that is restored begins no earlier. The names of
    the fields are the keys in the folder.
    """

    begun_as: str
    offset: timedelta
    stands_at: datetime | None
    incidents: tuple[Armed, ...]
    incident_count: int
    pristine: str
    snapshots: tuple[SavedSnapshot, ...]
    beginning: OwnClock | None = None
    now: datetime | None = None


@cache
def _extras() -> TypeAdapter[Extras]:
    """What reads and writes extras; made only where there is a data folder."""
    return TypeAdapter(Extras)


@cache
def _spent() -> TypeAdapter[tuple[Armed, ...]]:
    """What reads and writes spent incidents."""
    return TypeAdapter(tuple[Armed, ...])


def write_extras(extras: Extras) -> str:
    """The extras as text, for the database."""
    return _extras().dump_json(extras).decode()


def read_extras(text: str) -> Extras:
    """The extras of a text. Raises pydantic's ValidationError."""
    return _extras().validate_json(text)


def write_spent(spent: Iterable[Armed]) -> str:
    """Spent incidents as text, for the database."""
    return _spent().dump_json(tuple(spent)).decode()


def read_spent(text: str | None) -> Sequence[Armed]:
    """The spent incidents of a text, if there is one. Raises pydantic's ValidationError."""
    return () if text is None else _spent().validate_json(text)
