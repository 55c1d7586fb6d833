"""What all parts of a scenario share: how they are typed, built, and written back."""

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from rdv_mock.chance import seeded_id
from rdv_mock.errors import Detail
from rdv_mock.facts.reference import Reference
from rdv_mock.scenario.source import Place, Source
from rdv_mock.store import Store
from rdv_mock.store.table import Table
from rdv_mock.wire.base import (
    LOCAL_PATTERN,
    MOIS_PATTERN,
    Problem,
    parse_date,
    parse_local,
    within_years,
)

_DATED = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Part(BaseModel):
    """A mapping of a scenario file: camelCase keys, none that it does not know."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


Ref = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Field(description="A short name, unique in the file."),
]
RefOrId = Annotated[str, StringConstraints(min_length=1), Field(description="A ref, or an id.")]


class Named(Part):
    """An object with an id, which other objects may name by its ref."""

    ref: Ref | None = None
    id: str | None = Field(None, min_length=1, description="Given when it must be this one.")


def write_instant_in_full(instant: datetime) -> str:
    """An instant with its fractions, if it has any: a state must come back as it was."""
    return instant.isoformat().replace("+00:00", "Z")


def _no_timestamp(given: object) -> object:
    """`2026` and `20260310` are slips of the pen, not seconds since 1970."""
    if isinstance(given, datetime) or (isinstance(given, str) and _DATED.match(given)):
        return given
    raise PydanticCustomError(Problem.DATE, "doit être une date et une heure ISO 8601 avec fuseau")


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_no_timestamp),
    AfterValidator(within_years),
    PlainSerializer(write_instant_in_full),
]
Local = Annotated[
    datetime,
    PlainValidator(parse_local),
    PlainSerializer(datetime.isoformat),
    WithJsonSchema({"type": "string", "pattern": LOCAL_PATTERN}),
]
Day = Annotated[
    date,
    PlainValidator(parse_date),
    PlainSerializer(date.isoformat),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Mois = Annotated[str, StringConstraints(pattern=MOIS_PATTERN)]


class Build:
    """A scenario on its way into a store: resolves refs, hands out ids, collects problems.

    No fact is written before `finish`. `given` are the ids that the scenario gives itself.
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

    def replace_all(self, table: Table[Any], column: str, owner_id: str) -> None:
        """What is added of a kind for this owner comes in the place of all that he had."""
        self._replaced.append((table, column, owner_id))

    def find(self, table: Table[Any], name: str, place: Place) -> Any:  # noqa: ANN401
        """The fact that a ref or an id names; a problem and None when there is none."""
        reference = self._refs.get(name)
        id_ = reference.target_id if reference and reference.kind == table.name else name
        fact = self._new[table].get(id_) or table.find(id_)
        if fact is None:
            self.problem(place, f"« {name} » ne désigne aucun objet de ce genre")
        return fact

    def finish(self) -> None:
        """Write all that was kept; an object that is given another ref leaves its old one."""
        references = self.store.references
        for reference in self._new[references].values():
            references.remove_where("target_id = ? AND id <> ?", reference.target_id, reference.id)
        for table, column, owner_id in self._replaced:
            table.remove_where(f"{column} = ?", owner_id)
        for table, facts in self._new.items():
            table.save_all(facts.values())

    def refs(self) -> Mapping[str, str]:
        """Every ref with its id, once all is written."""
        return self.store.references.by_ref()
