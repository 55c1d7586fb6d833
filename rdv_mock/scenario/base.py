"""What all parts of a scenario share: how they are typed, built, and written back."""

from collections import defaultdict
from collections.abc import Mapping, Set
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

from rdv_mock.chance import seeded_id
from rdv_mock.errors import Detail
from rdv_mock.facts.reference import Reference, canonical
from rdv_mock.hints import suggestion
from rdv_mock.scenario.source import Place, Source
from rdv_mock.store import Store
from rdv_mock.store.table import Table
from rdv_mock.wire.base import ID_PATTERN, AskedInstant


class Part(BaseModel):
    """A mapping of a scenario file: camelCase keys, none that it does not know."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        defer_build=True,
    )


Ref = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Field(description="A short name, unique in the file."),
]
RefOrId = Annotated[str, StringConstraints(min_length=1), Field(description="A ref, or an id.")]


GivenId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    AfterValidator(canonical),
    Field(description="Given when it must be this one; as it can stand in an address."),
]


class Named(Part):
    """An object with an id, which other objects may name by its ref."""

    ref: Ref | None = None
    id: GivenId | None = None


def write_instant_in_full(instant: datetime) -> str:
    """An instant with its fractions, if it has any: a state must come back as it was."""
    return instant.isoformat().replace("+00:00", "Z")


Instant = Annotated[AskedInstant, PlainSerializer(write_instant_in_full)]


_STREAMED_AT_ONCE = 5_000


class Build:
    """A scenario on its way into a store: resolves refs, hands out ids, collects problems.

    No fact that a file describes is written before `finish`. `given` are the ids that it gives
    itself.
    """

    def __init__(
        self, store: Store, source: Source, *, seed: int, now: datetime, given: Set[str]
    ) -> None:
        self.store = store
        self.source = source
        self.seed = seed
        self.now = now
        self.problems: list[Detail] = []
        self._given = given
        self._occupied = [
            table for table in store.tables if table is not store.references and table.count()
        ]
        self._refs = {reference.ref: reference for reference in store.references.all()}
        self._new: dict[Table[Any], dict[str, Any]] = defaultdict(dict)
        self._replaced: list[tuple[Table[Any], str, str]] = []
        self._streams: dict[Table[Any], list[Any]] = defaultdict(list)
        self._held: list[tuple[str, str, Place]] = []
        self.published_before: set[str] = set()

    def problem(self, place: Place, message: str) -> None:
        """Note what is wrong, and go on to find more."""
        self.problems.append(self.source.detail(place, message))

    def id_of(self, item: Named, table: Table[Any], place: Place) -> str:
        """The id of an object: its own, that of its ref, or the next one of its kind."""
        if item.ref is None:
            id_ = item.id or self._new_id(table)
        else:
            id_ = self._id_of_ref(item.ref, item.id, table, place)
        if item.id and self._is_of_another_kind(item.id, table):
            self.problem((*place, "id"), f"« {item.id} » est déjà l'id d'un autre objet")
        self.once(table, id_, place)
        return id_

    def once(self, table: Table[Any], id_: str, place: Place) -> None:
        """Note a problem when something of this kind and id is described already."""
        if id_ in self._new[table]:
            self.problem(place, "est décrit deux fois")

    def hold(self, creneau_id: str, holder_id: str, place: Place) -> None:
        """Give a créneau to an examen or a panier; `check_holders` sees that it has one alone."""
        self._held.append((creneau_id, holder_id, place))

    def check_holders(self) -> None:
        """Note a problem where a créneau has two examens or paniers."""
        store, holders = self.store, dict[str, str]()
        for creneau_id, holder_id, place in self._held:
            known = {holders.setdefault(creneau_id, holder_id)}
            examen = store.examens.find_on(creneau_id)
            if examen and examen.id not in self._new[store.examens]:
                known.add(examen.id)
            element = store.elements_du_panier.find_on(creneau_id)
            if element and element.panier_id not in self._new[store.paniers]:
                known.add(element.panier_id)
            if known != {holder_id}:
                self.problem(place, "a déjà un examen ou un panier")

    def check_owner(self, table: Table[Any], id_: str, auto_ecole_id: str, place: Place) -> None:
        """Note a problem when something that is known already belongs to another école."""
        known = table.find(id_)
        if known is not None and known.auto_ecole_id != auto_ecole_id:
            self.problem(place, "appartient à une autre auto-école")

    def _new_id(self, table: Table[Any]) -> str:
        while (id_ := self.store.new_id(table, seed=self.seed)) in self._given:
            pass
        return id_

    def _is_of_another_kind(self, id_: str, table: Table[Any]) -> bool:
        others = {table, self.store.references}
        return any(
            id_ in facts for other, facts in self._new.items() if other not in others
        ) or any(other.find(id_) for other in self._occupied if other not in others)

    def _id_of_ref(self, ref: str, id_: str | None, table: Table[Any], place: Place) -> str:
        known = self._refs.get(ref)
        id_ = id_ or (known.target_id if known else self.part_id(table, ref))
        if known and (known.kind, known.target_id) != (table.name, id_):
            self.problem((*place, "ref"), f"« {ref} » désigne déjà un autre objet")
        self._refs[ref] = Reference(ref, table.name, id_)
        self.add(self.store.references, self._refs[ref])
        return id_

    def part_id(self, table: Table[Any], *names: object) -> str:
        """The id of what is known by its place in something else."""
        return seeded_id(self.seed, table.name, "/".join(map(str, names)))

    def add(self, table: Table[Any], fact: Any) -> None:  # noqa: ANN401 - any fact
        """Keep a fact until the end."""
        self._new[table][fact.id] = fact

    def stream(self, table: Table[Any], fact: Any) -> None:  # noqa: ANN401 - any fact
        """Write a fact soon: one of very many, which no other part of the file names."""
        waiting = self._streams[table]
        waiting.append(fact)
        if len(waiting) == _STREAMED_AT_ONCE:
            table.save_all(waiting)
            waiting.clear()

    def replace_all(self, table: Table[Any], column: str, owner_id: str) -> None:
        """What is added of a kind for this owner comes in the place of all that he had."""
        self._replaced.append((table, column, owner_id))

    def find(self, table: Table[Any], name: str, place: Place) -> Any:  # noqa: ANN401
        """The fact that a ref or an id names; a problem and None when there is none."""
        reference = self._refs.get(name)
        id_ = canonical(name)
        if reference is not None and reference.kind == table.name:
            id_ = reference.target_id
        fact = self._new[table].get(id_) or table.find(id_)
        if fact is None:
            known = [ref for ref, one in self._refs.items() if one.kind == table.name]
            hint = suggestion(name, known)
            self.problem(place, f"« {name} » ne désigne aucun objet de ce genre{hint}")
        return fact

    def all(self, table: Table[Any]) -> list[Any]:
        """Every fact of a kind, known already or described here."""
        return list(({fact.id: fact for fact in table.all()} | self._new[table]).values())

    def id_named(self, name: str) -> str:
        """The id behind a ref; any other name is one."""
        return self._refs[name].target_id if name in self._refs else canonical(name)

    def finish(self) -> None:
        """Write all that was kept; an object that is given another ref leaves its old one."""
        references = self.store.references
        for reference in self._new[references].values():
            references.remove_where("target_id = ? AND id <> ?", reference.target_id, reference.id)
        for table, column, owner_id in self._replaced:
            table.remove_where(f"{column} = ?", owner_id)
        for table, facts in self._new.items():
            table.save_all(facts.values())
        for table, waiting in self._streams.items():
            table.save_all(waiting)

    def refs(self) -> Mapping[str, str]:
        """Every ref with its id, once all is written."""
        return self.store.references.by_ref()
