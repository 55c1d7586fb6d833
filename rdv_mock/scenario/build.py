"""A scenario on its way into a store."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from datetime import datetime
from typing import Any

from rdv_mock.chance import seeded_id
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.reference import Reference, canonical
from rdv_mock.scenario.base import Complaints, NamedPart
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.store.table import Table

_STREAMED_AT_ONCE = 5_000


class Build:
    """A scenario on its way into a store: resolves refs, hands out ids, collects problems.

    Facts of a kind that the store has already are kept beside it until `finish` writes them; facts
    of other kinds are written as they come. Either way only the last few thousand facts are
    objects, and refs are facts like any other. `given` tells the hashes of the ids that a file
    gives itself; with `draws`, virtual écoles choose among what is published now. Close it.
    """

    def __init__(
        self,
        store: Store,
        complaints: Complaints,
        *,
        seed: int,
        now: datetime,
        given: Callable[[], Set[int]],
        draws: bool,
    ) -> None:
        self.store = store
        self.complaints = complaints
        self.seed = seed
        self.now = now
        self._given = given
        self._ids: Set[int] | None = None
        self._draws = draws
        self._published_before: set[int] = set()
        self._occupied = {table for table in store.tables if table.count()}
        self._waiting: dict[Table[Any], dict[str, Any]] = defaultdict(dict)
        self._begun: dict[Table[Any], Table[Any]] = {}
        self._beside: dict[Table[Any], Store] = {}
        self._looked_through = self._occupied - {store.references}
        self._replaced: list[tuple[Table[Any], str, str]] = []
        self._holders: dict[int, int] = {}
        self._held_twice: list[tuple[Where, bool, list[tuple[Table[Any], str]]]] = []

    def close(self) -> None:
        """Give back the tables beside the store."""
        for table in [*self._beside]:
            self._beside.pop(table).close()

    def problem(self, where: Where, message: str) -> None:
        """Note what is wrong, and go on to find more."""
        self.complaints.add(where, message)

    def id_of(self, item: NamedPart, table: Table[Any], where: Where) -> str:
        """The id of an object: its own, its ref's, or the next one of its kind."""
        if item.ref is None:
            id_ = item.id or self._new_id(table)
        else:
            id_ = self._id_of_ref(item.ref, item.id, table, where)
        if item.id and self._is_of_another_kind(item.id, table):
            self.problem((*where, "id"), f"« {item.id} » est déjà l'id d'un autre objet")
        self.once(table, id_, where)
        return id_

    def once(self, table: Table[Any], id_: str, where: Where) -> None:
        """Note a problem when something of this kind and id is described already."""
        if self._is_described(table, id_):
            self.problem(where, "est décrit deux fois")

    def _is_described(self, table: Table[Any], id_: str) -> bool:
        """Whether the file has described something of this kind and id."""
        return id_ in self._waiting[table] or (table in self._begun and self._begun[table].has(id_))

    def hold(self, creneau_id: str, holder_id: str, where: Where) -> None:
        """Give a créneau to an examen or a panier; `check_holders` sees that it has one alone."""
        holder = hash(holder_id)  # the words of a million take their place
        is_given = self._holders.setdefault(hash(creneau_id), holder) != holder
        others = [one for one in self._known_holders(creneau_id) if one[1] != holder_id]
        if is_given or others:
            self._held_twice.append((where, is_given, others))

    def _known_holders(self, creneau_id: str) -> Iterator[tuple[Table[Any], str]]:
        """The examen and the panier that had a créneau before."""
        store = self.store
        if store.examens in self._occupied and (examen := store.examens.find_on(creneau_id)):
            yield store.examens, examen.id
        elements = store.elements_du_panier
        if elements in self._occupied and (element := elements.find_on(creneau_id)):
            yield store.paniers, element.panier_id

    def check_holders(self) -> None:
        """Note a problem where a créneau has two examens or paniers."""
        for where, is_given, others in self._held_twice:
            if is_given or not all(self._is_described(*other) for other in others):
                self.problem(where, "a déjà un examen ou un panier")

    def check_owner(self, table: Table[Any], id_: str, auto_ecole_id: str, where: Where) -> None:
        """Note a problem when something that is known already belongs to another école."""
        known = table.find(id_)
        if known is not None and known.auto_ecole_id != auto_ecole_id:
            self.problem(where, "appartient à une autre auto-école")

    def note_published_before(self, creneau_id: str) -> None:
        """Have a créneau drawn by nobody: who was there at its publication did not take it."""
        if self._draws:
            self._published_before.add(hash(creneau_id))

    def appearing(self) -> Iterator[Creneau]:
        """The créneaux that are published now, once all is written."""
        for creneau in self.store.creneaux.published_at(self.now) if self._draws else ():
            if hash(creneau.id) not in self._published_before:
                yield creneau

    def _new_id(self, table: Table[Any]) -> str:
        if self._ids is None:
            self._ids = self._given()
        while (id_ := self.store.new_id(table, seed=self.seed)) and hash(id_) in self._ids:
            pass
        return id_

    def _is_of_another_kind(self, id_: str, table: Table[Any]) -> bool:
        others = {table, self.store.references}
        return any(
            id_ in facts for other, facts in self._waiting.items() if other not in others
        ) or any(other.name != table.name and other.has(id_) for other in self._looked_through)

    def _id_of_ref(self, ref: str, id_: str | None, table: Table[Any], where: Where) -> str:
        known = self._find_reference(ref)
        id_ = id_ or (known.target_id if known else self.part_id(table, ref))
        if known and (known.kind, known.target_id) != (table.name, id_):
            self.problem((*where, "ref"), f"« {ref} » désigne déjà un autre objet")
        self.add(self.store.references, Reference(ref, table.name, id_))
        return id_

    def _find_reference(self, name: str) -> Reference | None:
        """What a ref names, as it is described, or else as it is known already."""
        references = self.store.references
        reference: Reference | None = self._find_described(references, name)
        return reference or (references.find(name) if references in self._occupied else None)

    def _find_described(self, table: Table[Any], id_: str) -> Any:  # noqa: ANN401 - any fact
        """The fact of this kind and id that the file has described."""
        fact = self._waiting[table].get(id_)
        if fact is None and table in self._begun:
            fact = self._begun[table].find(id_)
        return fact

    def part_id(self, table: Table[Any], *names: object) -> str:
        """The id of what is known by its place in something else."""
        return seeded_id(self.seed, table.name, "/".join(map(str, names)))

    def add(self, table: Table[Any], fact: Any) -> None:  # noqa: ANN401 - any fact
        """Keep a fact until there are many of its kind."""
        waiting = self._waiting[table]
        waiting[fact.id] = fact
        if len(waiting) >= _STREAMED_AT_ONCE:
            if table not in self._begun:
                self._begun[table] = self._beside_of(table) if table in self._occupied else table
                if table is not self.store.references:
                    self._looked_through.add(self._begun[table])
            self._begun[table].save_all(waiting.values())
            waiting.clear()

    def _beside_of(self, table: Table[Any]) -> Table[Any]:
        """A table like one of the store, for facts that the store must not hold yet."""
        self._beside[table] = Store()
        beside = self._beside[table].table(table.name)
        beside.create_bare()
        return beside

    def has_before(self, table: Table[Any]) -> bool:
        """Whether the store had something of a kind before."""
        return table in self._occupied

    def replace_all(self, table: Table[Any], column: str, owner_id: str) -> None:
        """What is added of a kind for this owner comes in the place of all that he had."""
        if table in self._occupied and table.first(f"{column} = ?", owner_id) is not None:
            self._replaced.append((table, column, owner_id))

    def find(self, table: Table[Any], name: str, where: Where) -> Any:  # noqa: ANN401
        """The fact that a ref or an id names; a problem and None when there is none."""
        reference = self._find_reference(name)
        is_of_kind = reference is not None and reference.kind == table.name
        id_ = reference.target_id if reference and is_of_kind else canonical(name)
        fact = self._find_described(table, id_) or table.find(id_)
        if fact is None and not is_of_kind and name not in self.complaints.broken:
            references: Iterator[Reference] = self.all(self.store.references)
            known = (one.ref for one in references if one.kind == table.name)
            hint = self.complaints.hint(name, known)
            self.problem(where, f"« {name} » ne désigne aucun objet de ce genre{hint}")
        return fact

    def all(self, table: Table[Any]) -> Iterator[Any]:
        """Every fact of a kind, known already or described here; to be used before more come."""
        for fact in table.all():
            yield (
                self._find_described(table, fact.id) if table in self._occupied else None
            ) or fact
        for fact in self._described(table):
            if table not in self._occupied or not table.has(fact.id):
                yield fact

    def _described(self, table: Table[Any]) -> Iterator[Any]:
        """What the file describes of a kind, and the store does not hold yet."""
        waiting, beside = self._waiting[table], self._begun.get(table)
        if beside is not None and beside is not table:
            for fact in beside.all():
                yield waiting.get(fact.id, fact)
            yield from (fact for fact in waiting.values() if not beside.has(fact.id))
        else:
            yield from waiting.values()

    def id_named(self, name: str) -> str:
        """The id behind a ref; any other name is one."""
        reference = self._find_reference(name)
        return reference.target_id if reference else canonical(name)

    def finish(self) -> None:
        """Write all that was kept; an object that is given another ref leaves its old one."""
        references = self.store.references
        if references in self._occupied:
            for reference in self._described(references):
                references.remove_where(
                    "target_id = ? AND id <> ?", reference.target_id, reference.id
                )
        for table, column, owner_id in self._replaced:
            table.remove_where(f"{column} = ?", owner_id)
        for table in [*self._waiting]:
            if table in self._beside:
                table.take_over(self._begun[table])
                self._beside.pop(table).close()
            table.save_all(self._waiting.pop(table).values())
