"""Searches by nom and NEPH, and pages of what is found."""

from dataclasses import dataclass, field
from typing import Protocol

from rdv_mock.facts.candidat import fold
from rdv_mock.store.table import F, SqlValue, Table


class Critere(Protocol):
    """A text criterion as it was asked."""

    @property
    def query(self) -> str | None:
        """The text."""

    @property
    def exact(self) -> bool:
        """Whether the whole text must agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearch:
    """A text to look for, whole (`exact`) or contained."""

    query: str
    exact: bool


def text_search(critere: Critere | None) -> TextSearch | None:
    """Give what to look for; without a query there is no criterion.

    See docs/contract/conventions.md#pages.
    """
    if critere is None or not critere.query:
        return None
    return TextSearch(query=critere.query, exact=critere.exact)


def limit_of(page: int, par_page: int, total: int) -> str:
    """Give the LIMIT of one page of `total` rows; a page after the last one has no row."""
    return f"LIMIT {par_page} OFFSET {min((page - 1) * par_page, total)}"


@dataclass(slots=True)
class CandidatSearch:
    """The rows `t` of a table whose candidat `c` meets every condition."""

    auto_ecole_id: str
    nom: TextSearch | None
    numero_dossier: TextSearch | None
    more: dict[str, SqlValue] = field(default_factory=dict)
    """Columns of `t` that must have a value."""

    def _conditions(self) -> tuple[str, list[SqlValue]]:
        conditions = ["t.auto_ecole_id = ?"]
        parameters: list[SqlValue] = [self.auto_ecole_id]
        if self.nom is not None:
            conditions.append("fold(c.nom) = ?" if self.nom.exact else "instr(fold(c.nom), ?)")
            parameters.append(fold(self.nom.query))
        if self.numero_dossier is not None:
            exact = self.numero_dossier.exact
            conditions.append("c.numero_dossier = ?" if exact else "instr(c.numero_dossier, ?)")
            parameters.append(self.numero_dossier.query)
        for column, value in self.more.items():
            conditions.append(f"t.{column} = ?")
            parameters.append(value)
        return " AND ".join(conditions), parameters

    def page(self, table: Table[F], *, order: str, page: int, par_page: int) -> tuple[list[F], int]:
        """Find one page of the rows, and how many there are in all."""
        conditions, parameters = self._conditions()
        matching = (
            f"FROM {table.name} t JOIN candidats c ON c.id = t.candidat_id WHERE {conditions}"
        )
        (total,) = table.sql.execute(f"SELECT COUNT(*) {matching}", parameters).fetchone()
        return self.all(table, order=f"{order} {limit_of(page, par_page, total)}"), total

    def all(self, table: Table[F], *, order: str) -> list[F]:
        """Find all rows."""
        conditions, parameters = self._conditions()
        columns = ", ".join(f"t.{column}" for column in table.columns)
        rows = table.sql.execute(
            f"SELECT {columns} FROM {table.name} t"  # noqa: S608 - names of our own
            f" JOIN candidats c ON c.id = t.candidat_id WHERE {conditions} ORDER BY {order}",
            parameters,
        )
        return [table.read(row) for row in rows]
