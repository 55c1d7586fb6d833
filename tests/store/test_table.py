import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.store.table import Table, write_datetime


class Colour(StrEnum):
    RED = "RED"
    GREEN = "VÉRT"


@dataclass(frozen=True, slots=True)
class Thing:
    """One column of every type that a fact may have, and each once more where it may be empty."""

    id: str
    text: str
    number: int
    flag: bool
    amount: Decimal
    day: date
    local: datetime
    instant: datetime
    colour: Colour
    names: tuple[str, ...]
    text_or_none: str | None
    number_or_none: int | None
    flag_or_none: bool | None
    amount_or_none: Decimal | None
    day_or_none: date | None
    moment_or_none: datetime | None
    colour_or_none: Colour | None
    names_or_none: tuple[str, ...] | None


class Things(Table[Thing]):
    name = "things"
    fact = Thing
    indexes = (("text", "number"),)


class NamedThings(Table[Thing]):
    name = "named_things"
    fact = Thing
    unknown = ApiError.LECON_INCONNUE


THING = Thing(
    id="t1",
    text="É'\";\x00\N{GRINNING FACE}",
    number=-(2**63),
    flag=True,
    amount=Decimal("1.10"),
    day=date(2026, 3, 10),
    local=datetime(2026, 3, 10, 9, 30, 1),
    instant=datetime(2026, 3, 10, 8, 30, 0, 1, tzinfo=UTC),
    colour=Colour.GREEN,
    names=("a", 'b"', ""),
    text_or_none=None,
    number_or_none=None,
    flag_or_none=None,
    amount_or_none=None,
    day_or_none=None,
    moment_or_none=None,
    colour_or_none=None,
    names_or_none=None,
)

FILLED = replace(
    THING,
    names=(),
    flag=False,
    text_or_none="",
    number_or_none=0,
    flag_or_none=False,
    amount_or_none=Decimal(0),
    day_or_none=THING.day,
    moment_or_none=THING.instant,
    colour_or_none=Colour.RED,
    names_or_none=(),
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
INSTANTS = st.datetimes(timezones=st.just(UTC))


@pytest.fixture
def things() -> Iterator[Things]:
    with closing(sqlite3.connect(":memory:")) as sql:
        table = Things(sql)
        table.create(Database(table.sql))
        yield table


@pytest.mark.parametrize("thing", [THING, FILLED], ids=["empty", "filled"])
def test_a_fact_comes_back_as_it_was_in_value_and_type(things: Things, thing: Thing) -> None:
    things.save(thing)

    read = things.get(thing.id)

    assert read == thing
    for field in fields(Thing):
        assert type(getattr(read, field.name)) is type(getattr(thing, field.name))


def test_an_empty_column_is_null(things: Things) -> None:
    things.save(THING)

    assert things.first("text_or_none IS NULL AND names_or_none IS NULL") == THING


def test_a_decimal_keeps_its_zeros(things: Things) -> None:
    things.save(THING)

    assert str(things.get("t1").amount) == "1.10"


@given(
    text=TEXT,
    number=st.integers(-(2**63), 2**63 - 1),
    amount=st.decimals(allow_nan=False, allow_infinity=False),
    instant=INSTANTS,
    local=st.datetimes().map(lambda local: local.replace(microsecond=0)),
    names=st.lists(TEXT).map(tuple),
)
def test_any_value_comes_back_as_it_was(
    text: str,
    number: int,
    amount: Decimal,
    instant: datetime,
    local: datetime,
    names: tuple[str, ...],
) -> None:
    thing = replace(
        THING, text=text, number=number, amount=amount, instant=instant, local=local, names=names
    )
    with closing(sqlite3.connect(":memory:")) as sql:
        things = Things(sql)
        things.create(Database(sql))
        things.save(thing)

        assert things.get("t1") == thing


@given(one=INSTANTS, other=INSTANTS)
def test_instants_are_written_so_that_texts_sort_in_time_order(
    one: datetime, other: datetime
) -> None:
    assert (write_datetime(one) < write_datetime(other)) == (one < other)


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    paris = datetime(2026, 3, 10, 9, tzinfo=timezone(timedelta(hours=1)))

    assert write_datetime(paris) == "2026-03-10T08:00:00.000000+00:00"


def test_saving_again_replaces_and_keeps_the_place(things: Things) -> None:
    things.save_all([THING, replace(THING, id="t2")])

    things.save(replace(FILLED, id="t1", text="neu"))

    assert [(thing.id, thing.text) for thing in things.all()] == [("t1", "neu"), ("t2", THING.text)]
    assert things.get("t1") == replace(FILLED, text="neu")


def test_facts_stand_in_the_order_of_their_arrival(things: Things) -> None:
    things.save_all(replace(THING, id=id_) for id_ in "cab")

    assert [thing.id for thing in things.all()] == ["c", "a", "b"]
    assert things.count() == 3


def test_facts_are_found_by_what_they_are(things: Things) -> None:
    things.save_all(replace(THING, id=str(number), number=number) for number in range(5))

    assert [thing.id for thing in things.where("number > ? ORDER BY number DESC", 2)] == ["4", "3"]
    assert things.first("number = ?", 9) is None
    assert things.find("9") is None


def test_what_is_removed_is_gone(things: Things) -> None:
    things.save_all(replace(THING, id=str(number), number=number) for number in range(5))

    things.remove("0")
    things.remove("unknown")
    things.remove_where("number > ?", 2)

    assert [thing.id for thing in things.all()] == ["1", "2"]


def test_a_table_has_the_indexes_that_it_names(things: Things) -> None:
    assert [
        index.columns
        for index in Database(things.sql).table("things").indexes
        if index.origin == "c"
    ] == [["text", "number"]]


def test_an_unknown_id_is_a_fault_where_the_api_has_no_answer_for_it(things: Things) -> None:
    with pytest.raises(LookupError, match="things: t9"):
        things.get("t9")


def test_an_unknown_id_is_refused_with_the_code_of_the_table(things: Things) -> None:
    table = NamedThings(things.sql)
    table.create(Database(table.sql))

    with pytest.raises(Refusal) as refusal:
        table.get("t9")

    assert refusal.value.error is ApiError.LECON_INCONNUE
