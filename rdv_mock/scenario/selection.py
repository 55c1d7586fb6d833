"""Which part of a world is written: some keys of a scenario, one école and what hangs on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rdv_mock.facts.incident import Incident
from rdv_mock.store import Store
from rdv_mock.store.table import Table


@dataclass(frozen=True, slots=True)
class Selection:
    """What to write: without anything, the whole world.

    `kinds` are keys of a scenario; what is written of them is a fragment, without clock and seed.
    With `auto_ecole_id`, of each kind only what hangs on that école, and what that names in turn
    (its candidats, créneaux, centres); clients and coefficients are everybody's.
    """

    kinds: Collection[str] = ()
    auto_ecole_id: str | None = None

    def asks_for(self, key: str) -> bool:
        """Whether a key is named, so that it is written even with nothing in it."""
        return key in self.kinds

    def holds(self, key: str) -> bool:
        """Whether a key is written."""
        return not self.kinds or key in self.kinds


def facts_by_table(store: Store, selection: Selection) -> "Facts":
    """What to read the selected facts from."""
    if selection.auto_ecole_id is None:
        return Facts(store, None)
    return Facts(store, ids_around(store, selection.auto_ecole_id))


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a world, or those whose ids are given for their table."""

    store: Store
    ids: Mapping[str, Collection[str]] | None

    def of(self, table: str) -> Iterable[Any]:
        """The facts of a table, in the order of their arrival."""
        if self.ids is None or table in EVERYBODYS:
            return self.store.table(table).all()
        return self.store.table(table).among("id", sorted(self.ids.get(table, ())))

    def concern(self, incident: Incident) -> bool:
        """Whether an incident is about calls of those who are selected, or of anybody."""
        return self.ids is None or (
            (incident.auto_ecole is None or incident.auto_ecole in self.ids["auto_ecoles"])
            and (incident.employe is None or incident.employe in self.ids.get("employes", ()))
        )


EVERYBODYS = {"clients", "coefficients"}
"""Tables of what no école owns, and every one lives by."""


def ids_around(store: Store, auto_ecole_id: str) -> Mapping[str, Collection[str]]:
    """The ids of an école, of all that it owns, and of what these name, table by table."""
    found: dict[str, set[str]] = defaultdict(set)
    found[store.auto_ecoles.name].add(auto_ecole_id)
    _add_owned(store, store.auto_ecoles.name, [auto_ecole_id], found)
    for table in store.tables:
        _add_owners(store, table, found[table.name], found)
    return found


def _add_owned(store: Store, owner: str, ids: list[str], found: dict[str, set[str]]) -> None:
    for table in store.tables:
        for column, of in table.owners.items():
            if of == owner:
                new = {fact.id for fact in table.among(column, ids)} - found[table.name]
                if new:
                    found[table.name] |= new
                    _add_owned(store, table.name, sorted(new), found)


def _add_owners(
    store: Store, table: Table[Any], ids: Collection[str], found: dict[str, set[str]]
) -> None:
    facts = table.among("id", sorted(ids)) if table.owners and ids else ()
    for column, owner in table.owners.items():
        new = {getattr(fact, column) for fact in facts} - found[owner] - {None}
        if new:
            found[owner] |= new
            _add_owners(store, store.table(owner), new, found)
