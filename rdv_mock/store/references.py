"""The table of refs: the short names of a scenario."""

from collections.abc import Iterator, Mapping

from rdv_mock.facts.reference import Reference, canonical
from rdv_mock.store.table import Table

MOST_HINTED = 1_000
"""How many names of a kind are compared with a misspelt one."""

AT_ONCE = 5_000


class References(Table[Reference]):
    """What each ref names."""

    name = "refs"
    fact = Reference
    indexes = (("target_id",),)

    def by_ref(self) -> Mapping[str, str]:
        """The id of every ref."""
        return {reference.ref: reference.target_id for reference in self.all()}

    def in_pieces(self) -> Iterator[Mapping[str, str]]:
        """The id of every ref, some thousands at a time: a million at once would take memory."""
        rows = self.sql.execute("SELECT id, target_id FROM refs ORDER BY rowid")
        while some := rows.fetchmany(AT_ONCE):
            yield dict(some)

    def first_ones(self) -> Iterator[str]:
        """The first refs of a scenario, as many as anybody would read for a hint; read if asked."""
        for one in self.where("TRUE ORDER BY rowid LIMIT ?", MOST_HINTED):
            yield one.ref

    def of_kind(self, kind: str) -> Iterator[str]:
        """The first refs of a kind, as many; read if asked."""
        for one in self.where("kind = ? ORDER BY rowid LIMIT ?", kind, MOST_HINTED):
            yield one.ref

    def id_of(self, name: str) -> str:
        """Give the id behind a ref; any other name is an id."""
        reference = self.find(name)
        return reference.target_id if reference else canonical(name)

    def ref_of(self, target_id: str) -> str | None:
        """Find the ref of an object."""
        reference = self.first("target_id = ?", target_id)
        return None if reference is None else reference.ref
