"""How a world stands besides its tables: what is written beside them when it is to last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from rdv_mock.worlds.incidents import Armed


@dataclass(frozen=True, slots=True)
class KeptSnapshot:
    """In which file a snapshot is, and the time it was."""

    name: str
    file: str
    now: datetime
    frozen: bool


@dataclass(frozen=True, slots=True)
class Beginning:
    """When a world begins that was made with a clock of its own, and whether it stands there.

    Without `now` it begins when its scenario does.
    """

    now: datetime | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The scenario that it began with, its clock, its incidents, and the files it goes back to.

    Of the incidents, those that may still strike: each struck call writes them.
    `now` is the time that it was when this was written: it is not earlier when the world goes on.
    """

    begun_as: str
    offset: timedelta
    stands_at: datetime | None
    incidents: tuple[Armed, ...]
    incident_count: int
    pristine: str
    snapshots: tuple[KeptSnapshot, ...]
    beginning: Beginning | None = None
    now: datetime | None = None


_STANDING = TypeAdapter(Standing)
_SPENT = TypeAdapter(tuple[Armed, ...])


def write_standing(standing: Standing) -> str:
    """As text, for the database."""
    return _STANDING.dump_json(standing).decode()


def read_standing(text: str) -> Standing:
    """Back from its text; pydantic's ValidationError when it is none."""
    return _STANDING.validate_json(text)


def write_spent(spent: Iterable[Armed]) -> str:
    """Spent incidents as text, for the database."""
    return _SPENT.dump_json(tuple(spent)).decode()


def read_spent(text: str | None) -> Sequence[Armed]:
    """Back from their text, if there is any; pydantic's ValidationError when it is none."""
    return () if text is None else _SPENT.validate_json(text)
