"""A table whose rows are facts of one kind: the dataclass is the schema."""

import json
import sqlite3
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlite_utils import Database

from rdv_mock.errors import ApiError, Refusal

F = TypeVar("F")
SqlValue = str | int | None
Codec = tuple[type, Callable[[Any], SqlValue], Callable[[Any], Any]]


def write_datetime(moment: datetime) -> str:
    """Text that sorts in time order: instants with their offset, wall times without."""
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _write_tuple(parts: Sequence[str]) -> str:
    return json.dumps(parts, ensure_ascii=False)


def _read_tuple(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _codec(hint: Any) -> Codec:  # noqa: ANN401 - a type hint
    """How a field travels to SQLite and back."""
    if get_origin(hint) is tuple:
        return str, _write_tuple, _read_tuple
    if issubclass(hint, StrEnum):
        return str, str, hint
    codecs: dict[type, Codec] = {
        str: (str, str, str),
        int: (int, int, int),
        bool: (int, int, bool),
        Decimal: (str, str, Decimal),
        date: (str, date.isoformat, date.fromisoformat),
        datetime: (str, write_datetime, datetime.fromisoformat),
    }
    return codecs[hint]


def _nullable(codec: Codec) -> Codec:
    kind, write, read = codec
    return (
        kind,
        lambda value: None if value is None else write(value),
        lambda value: None if value is None else read(value),
    )


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

    def __init__(self, db: Database) -> None:
        self.db = db
        self.sql: sqlite3.Connection = db.conn
        self.writes = 0
        hints = get_type_hints(self.fact)
        self.columns = tuple(field.name for field in fields(self.fact))  # type: ignore[arg-type]
        self._codecs = [self._codec_of(hints[column]) for column in self.columns]
        self._writers = [codec[1] for codec in self._codecs]
        self._readers = [codec[2] for codec in self._codecs]
        names = ", ".join(self.columns)
        self.select = f"SELECT {names} FROM {self.name}"  # noqa: S608 - names of our own
        self._insert = (
            f"INSERT INTO {self.name} ({names})"  # noqa: S608 - names of our own
            f" VALUES ({', '.join('?' * len(self.columns))})"
            f" ON CONFLICT (id) DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in self.columns)
        )

    @staticmethod
    def _codec_of(hint: Any) -> Codec:  # noqa: ANN401 - a type hint
        if get_origin(hint) in {Union, types.UnionType}:
            (inner,) = (part for part in get_args(hint) if part is not type(None))
            return _nullable(_codec(inner))
        return _codec(hint)

    def create(self) -> None:
        """Make the table and its indexes."""
        table = self.db.table(self.name)
        table.create(
            {column: codec[0] for column, codec in zip(self.columns, self._codecs, strict=True)},
            pk="id",
        )
        for index in self.indexes:
            table.create_index(index)
        for index in self.unique:
            table.create_index(index, unique=True)

    def read(self, row: Sequence[Any]) -> F:
        """The fact of a row."""
        return self.fact(*[reader(value) for reader, value in zip(self._readers, row, strict=True)])

    def write(self, fact: F) -> list[SqlValue]:
        """The row of a fact."""
        return [
            writer(getattr(fact, column))
            for writer, column in zip(self._writers, self.columns, strict=True)
        ]

    def save(self, fact: F) -> None:
        """Add a fact, or put it in the place of the one with the same id."""
        self.writes += 1
        self.sql.execute(self._insert, self.write(fact))

    def save_all(self, facts: Iterable[F]) -> None:
        """Add many facts at once."""
        self.writes += 1
        self.sql.executemany(self._insert, (self.write(fact) for fact in facts))

    def find(self, id_: str) -> F | None:
        """The fact with this id, if there is one."""
        return self.first("id = ?", id_)

    def get(self, id_: str) -> F:
        """The fact with this id; refuses by itself when there is none."""
        fact = self.find(id_)
        if fact is None:
            raise self._absence(id_)
        return fact

    def _absence(self, id_: str) -> Exception:
        return Refusal(self.unknown) if self.unknown else LookupError(f"{self.name}: {id_}")

    def first(self, where: str, *parameters: SqlValue) -> F | None:
        """The first fact that meets a condition."""
        row = self.sql.execute(f"{self.select} WHERE {where} LIMIT 1", parameters).fetchone()
        return None if row is None else self.read(row)

    def where(self, condition: str, *parameters: SqlValue) -> list[F]:
        """The facts that meet a condition; it may end in an ORDER BY."""
        rows = self.sql.execute(f"{self.select} WHERE {condition}", parameters)
        return [self.read(row) for row in rows]

    def among(self, column: str, values: Sequence[str], order: str = "rowid") -> list[F]:
        """The facts whose column is one of many values."""
        return self.where(
            f"{column} IN (SELECT value FROM json_each(?)) ORDER BY {order}",  # noqa: S608 - ours
            json.dumps(values),
        )

    def all(self) -> Iterator[F]:
        """Every fact, in the order of arrival."""
        return map(self.read, self.sql.execute(f"{self.select} ORDER BY rowid"))

    def count(self) -> int:
        """How many facts there are."""
        return int(self.sql.execute(f"SELECT COUNT(*) FROM {self.name}").fetchone()[0])  # noqa: S608

    def remove(self, id_: str) -> None:
        """Forget the fact with this id."""
        self.remove_where("id = ?", id_)

    def remove_where(self, condition: str, *parameters: SqlValue) -> None:
        """Forget the facts that meet a condition."""
        self.writes += 1
        self.sql.execute(f"DELETE FROM {self.name} WHERE {condition}", parameters)  # noqa: S608
