"""Facts of several tables out of one query."""

from collections.abc import Iterator, Sequence
from typing import Any

from rdv_mock.store.table import Table


def columns_of(tables: Sequence[Table[Any]], aliases: Sequence[str]) -> str:
    """The columns of several tables, one after the other."""
    return ", ".join(
        f"{alias}.{column}"
        for table, alias in zip(tables, aliases, strict=True)
        for column in table.columns
    )


def facts_of(tables: Sequence[Table[Any]], row: Sequence[Any]) -> Iterator[Any]:
    """The facts of a row; None where an outer join found nothing."""
    start = 0
    for table in tables:
        end = start + len(table.columns)
        yield None if row[start] is None else table.read(row[start:end])
        start = end
