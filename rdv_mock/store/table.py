"""A table whose rows are facts of one kind: the dataclass is the schema."""

import json
import sqlite3
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from typing_extensions import override

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.store.trouble import Damaged

if TYPE_CHECKING:
    from sqlite_utils import Database

F = TypeVar("F")
SqlValue = str | int | None


class Codec(NamedTuple):
    """How the values of a column travel: None for those that SQLite takes and gives as they are."""

    kind: type
    write: Callable[[Any], SqlValue] | None = None
    read: Callable[[Any], Any] | None = None


@lru_cache(maxsize=4_096)
def write_datetime(moment: datetime) -> str:
    """Write a time as text that sorts in time order: instants with offset, wall times without.

    The last ones are cached, since a call writes an instant several times.
    """
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def write_instant_of(local: str) -> str:
    """Write the instant of a wall time that is written already."""
    return write_datetime(paris.to_instant(datetime.fromisoformat(local)))


def _write_tuple(parts: Sequence[str]) -> str:
    return json.dumps(parts, ensure_ascii=False)


def _read_tuple(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


_CODECS: Mapping[type, Codec] = {
    str: Codec(str),
    int: Codec(int),
    bool: Codec(int, int, bool),
    Decimal: Codec(str, str, Decimal),
    date: Codec(str, date.isoformat, date.fromisoformat),
    datetime: Codec(str, write_datetime, datetime.fromisoformat),
}


def _codec_of(hint: Any) -> Codec:  # noqa: ANN401 - a type hint
    """How a field travels to SQLite and back; None is NULL in any column."""
    if get_origin(hint) in {Union, types.UnionType}:
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return Codec(str, _write_tuple, _read_tuple)
    if issubclass(hint, StrEnum):
        return Codec(str, str, {str(member): member for member in hint}.__getitem__)
    return _CODECS[hint]


class Table(Generic[F]):
    """All facts of one kind, in the order of their arrival.

    A subclass names its fact, its indexes, which of them no two facts may share (`unique`), the
    refusal that an unknown id deserves, and the columns that name an owner: with the owner
    (column → table) the fact is forgotten too.
    """

    name: ClassVar[str]
    fact: type[F]
    indexes: ClassVar[Sequence[Sequence[str]]] = ()
    unique: ClassVar[Sequence[Sequence[str]]] = ()
    unknown: ClassVar[ApiError | None] = None
    owners: ClassVar[Mapping[str, str]] = {}

    columns: ClassVar[tuple[str, ...]]
    select: ClassVar[str]
    _select_one: ClassVar[str]
    _select_id: ClassVar[str]
    _values_of: ClassVar["attrgetter[tuple[Any, ...]]"]
    _codecs: ClassVar[Sequence[Codec]]
    _writers: ClassVar[Sequence[tuple[int, Callable[[Any], SqlValue]]]]
    _readers: ClassVar[Sequence[tuple[int, Callable[[Any], Any]]]]
    _insert: ClassVar[str]

    @override
    def __init_subclass__(cls) -> None:
        """Work out once how the facts of a kind travel, for the tables of all worlds."""
        super().__init_subclass__()
        if not hasattr(cls, "fact"):
            return  # what several kinds have in common
        hints = get_type_hints(cls.fact)
        cls.columns = tuple(field.name for field in fields(cls.fact))  # type: ignore[arg-type]
        cls._values_of = attrgetter(*cls.columns)
        cls._codecs = [_codec_of(hints[column]) for column in cls.columns]
        cls._writers = [(at, one.write) for at, one in enumerate(cls._codecs) if one.write]
        cls._readers = [(at, one.read) for at, one in enumerate(cls._codecs) if one.read]
        names = ", ".join(cls.columns)
        cls.select = f"SELECT {names} FROM {cls.name}"  # noqa: S608 - names of our own
        cls._select_one = f"{cls.select} WHERE id = ?"
        cls._select_id = f"SELECT 1 FROM {cls.name} WHERE id = ?"  # noqa: S608 - names of our own
        cls._insert = (
            f"INSERT INTO {cls.name} ({names})"  # noqa: S608 - names of our own
            f" VALUES ({', '.join('?' * len(cls.columns))})"
            f" ON CONFLICT (id) DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in cls.columns)
        )

    def __init__(self, sql: sqlite3.Connection) -> None:
        self.sql = sql
        self._cursor = sql.cursor()  # for what is over at once: another one costs as much again
        self.writes = 0

    def create(self, db: "Database") -> None:
        """Make the table and its indexes."""
        table = db.table(self.name)
        table.create(
            {column: codec.kind for column, codec in zip(self.columns, self._codecs, strict=True)},
            pk="id",
        )
        for index in self.indexes:
            table.create_index(index)
        for index in self.unique:
            table.create_index(index, unique=True)

    def create_bare(self) -> None:
        """Make the table alone, for what is only kept for a while."""
        columns = ", ".join(column for column in self.columns if column != "id")
        self.sql.execute(f"CREATE TABLE {self.name} (id TEXT PRIMARY KEY, {columns})")

    def read(self, row: Sequence[Any]) -> F:
        """Make the fact of a row. Raises Damaged where a row is none."""
        values = list(row)
        try:
            for at, read in self._readers:
                if values[at] is not None:
                    values[at] = read(values[at])
        except (ValueError, KeyError, ArithmeticError) as error:
            raise Damaged(f"{self.name}: {error}") from error
        return self.fact(*values)

    def write(self, fact: F) -> list[SqlValue]:
        """Make the row of a fact."""
        values = list(self._values_of(fact))
        for at, write in self._writers:
            if values[at] is not None:
                values[at] = write(values[at])
        return values

    def save(self, fact: F) -> None:
        """Add a fact, or replace the one that has its id."""
        self.writes += 1
        self._cursor.execute(self._insert, self.write(fact))

    def save_all(self, facts: Iterable[F]) -> None:
        """Add many facts at once."""
        self.writes += 1
        self.sql.executemany(self._insert, (self.write(fact) for fact in facts))

    def take_over(self, other: "Table[F]") -> None:
        """Add all facts of another table of this kind, or replace those that have their ids."""
        self.writes += 1
        self.sql.executemany(self._insert, other.sql.execute(f"{self.select} ORDER BY rowid"))

    def find(self, id_: str) -> F | None:
        """Find the fact with this id."""
        row = self._cursor.execute(self._select_one, (id_,)).fetchone()
        return None if row is None else self.read(row)

    def has(self, id_: str) -> bool:
        """Whether there is a fact with this id."""
        return self._cursor.execute(self._select_id, (id_,)).fetchone() is not None

    def get(self, id_: str) -> F:
        """Find the fact with this id. Raises the refusal `unknown`, or LookupError without one."""
        fact = self.find(id_)
        if fact is None:
            raise self._absence(id_)
        return fact

    def _absence(self, id_: str) -> Exception:
        return Refusal(self.unknown) if self.unknown else LookupError(f"{self.name}: {id_}")

    def first(self, where: str, *parameters: SqlValue) -> F | None:
        """Find the first fact that meets a condition."""
        row = self._cursor.execute(f"{self.select} WHERE {where} LIMIT 1", parameters).fetchone()
        return None if row is None else self.read(row)

    def where(self, condition: str, *parameters: SqlValue) -> list[F]:
        """Find the facts that meet a condition, which may end in an ORDER BY."""
        return list(self.stream(condition, *parameters))

    def stream(self, condition: str, *parameters: SqlValue) -> Iterator[F]:
        """The facts that meet a condition, one by one: many would take memory at once."""
        return map(self.read, self.sql.execute(f"{self.select} WHERE {condition}", parameters))

    def among(self, column: str, values: Sequence[str], order: str = "rowid") -> list[F]:
        """Find the facts whose column is one of many values."""
        return self.where(
            f"{column} IN (SELECT value FROM json_each(?)) ORDER BY {order}",  # noqa: S608 - ours
            json.dumps(values),
        )

    def all(self) -> Iterator[F]:
        """Give every fact, in the order of arrival."""
        return self.stream("TRUE ORDER BY rowid")

    def count(self) -> int:
        """Count the facts."""
        return int(self.sql.execute(f"SELECT COUNT(*) FROM {self.name}").fetchone()[0])  # noqa: S608

    def remove(self, id_: str) -> None:
        """Forget the fact with this id."""
        self.remove_where("id = ?", id_)

    def remove_where(self, condition: str, *parameters: SqlValue) -> None:
        """Forget the facts that meet a condition."""
        self.writes += 1
        self.sql.execute(f"DELETE FROM {self.name} WHERE {condition}", parameters)  # noqa: S608
