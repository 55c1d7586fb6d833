"""A text as a scenario or a fragment says it: typed item by item, every problem at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from rdv_mock.pointers import target_of
from rdv_mock.scenario.access import (
    BailPart,
    ClientPart,
)
from rdv_mock.scenario.auto_ecoles import AutoEcolePart
from rdv_mock.scenario.base import MOST_PROBLEMS, Complaints, Part
from rdv_mock.scenario.candidats import CandidatPart
from rdv_mock.scenario.coefficients import CoefficientPart
from rdv_mock.scenario.creneaux import CreneauPart
from rdv_mock.scenario.etp import (
    AutonomiePart,
    EtpCalculePart,
)
from rdv_mock.scenario.exam_api import CentrePart, MandatPart
from rdv_mock.scenario.examens import ExamenPart
from rdv_mock.scenario.incidents import IncidentPart
from rdv_mock.scenario.items import FACTS, Items
from rdv_mock.scenario.livret import ContratPart, LeconPart
from rdv_mock.scenario.models import (
    FragmentHead,
    ScenarioHead,
)
from rdv_mock.scenario.paniers import PanierPart
from rdv_mock.scenario.prises import PrisePart
from rdv_mock.scenario.source import Source
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.wire.problems import message_of

M = TypeVar("M", bound=BaseModel)
H = TypeVar("H", ScenarioHead, FragmentHead)
P = TypeVar("P", bound=Part)

NO_TITLE = "?"


def parse(source: Source, model: type[M]) -> M:
    """The content as a model says it; SCENARIO_INVALIDE with every problem and its line."""
    complaints = Complaints(source)
    try:
        return model.model_validate(
            source.content, by_alias=True, by_name=False, context=complaints.hint
        )
    except ValidationError as error:
        _complain(error, complaints, model)
        complaints.break_off()
        raise


def _complain(
    error: ValidationError,
    complaints: Complaints,
    model: type[BaseModel],
    at: Where = (),
) -> None:
    """Note what pydantic found wrong at a place of a model."""
    for problem in error.errors(include_url=False):
        where = (*at, *(part for part in problem["loc"] if part != "[key]"))
        message = message_of(problem)
        if problem["type"] == "extra_forbidden":
            message = "n'est pas une clé connue" + complaints.hint(
                str(where[-1]), _known_keys(model, where[:-1])
            )
        complaints.add(where, message)


class Listed(Generic[P]):
    """A list of facts: its good parts, each typed when it is its turn; the others are noted."""

    def __init__(
        self,
        items: list[Any] | Items,
        key: str,
        part: type[P],
        whole: type[BaseModel],
        complaints: Complaints,
    ) -> None:
        self._items = items
        self._key = key
        self._part = part
        self._whole = whole
        self._complaints = complaints

    def __len__(self) -> int:
        """How many there are, good or not."""
        return len(self._items)

    def __iter__(self) -> Iterator[tuple[int, P]]:
        """Each good one, with its place."""
        for index, item in enumerate(self._items):
            if not _check_size(item, self._complaints, (self._key, index)):
                continue
            try:
                part = self._part.model_validate(
                    item, by_alias=True, by_name=False, context=self._complaints.hint
                )
            except ValidationError as error:
                _complain(error, self._complaints, self._whole, (self._key, index))
                self._complaints.broken.update(_names_in(item, _HANDLES))
            else:
                yield index, part

    def ids(self) -> Iterator[str]:
        """The ids in the list."""
        for item in self._items:
            yield from _names_in(item, ("id",))


def _check_size(value: Any, complaints: Complaints, where: Where) -> bool:  # noqa: ANN401
    """Whether an object has no more keys than problems are told: pydantic may find one in each."""
    is_small = not isinstance(value, dict) or len(value) <= MOST_PROBLEMS
    if not is_small:
        complaints.add(where, f"a plus de {MOST_PROBLEMS} clés")
    return is_small


_HANDLES = ("ref", "id", "clientId")


def _names_in(item: Any, handles: Sequence[str]) -> Iterator[str]:  # noqa: ANN401 - whatever was sent
    """What an object, and each that it holds, is called."""
    for value in item.values() if isinstance(item, dict) else ():
        if isinstance(value, list):
            for one in value:
                yield from _names_in(one, handles)
    for handle in handles:
        name = item.get(handle) if isinstance(item, dict) else None
        if isinstance(name, str):
            yield name


_PARTS: Mapping[str, type[Part]] = {
    "clients": ClientPart,
    "centres": CentrePart,
    "autoEcoles": AutoEcolePart,
    "candidats": CandidatPart,
    "mandats": MandatPart,
    "creneaux": CreneauPart,
    "examens": ExamenPart,
    "paniers": PanierPart,
    "coefficients": CoefficientPart,
    "prises": PrisePart,
    "etpCalcules": EtpCalculePart,
    "autonomies": AutonomiePart,
    "contratsDeFormation": ContratPart,
    "lecons": LeconPart,
    "baux": BailPart,
    "incidents": IncidentPart,
}
"""How the items of each list of facts are typed."""


@dataclass(frozen=True, slots=True)
class Parsed(Generic[H]):
    """A scenario or a fragment: what it says at once, and the lists of facts that it has."""

    head: H
    lists: Mapping[str, Listed[Any]]
    complaints: Complaints

    def parts(self, key: str) -> Listed[Any] | tuple[()]:
        """The parts of a list; none of a list that there is not."""
        return self.lists.get(key, ())


def parse_apart(
    source: Source,
    head: type[H],
    whole: type[BaseModel],
    *,
    nullable: Collection[str] = (),
) -> Parsed[H]:
    """The settings of a scenario, and its lists, still to be typed.

    What is wrong is noted, and the rest taken as if it were not there, so that all is told at once;
    raises SCENARIO_INVALIDE where nothing more can be said.
    """
    complaints, content = Complaints(source), source.content
    if not isinstance(content, dict):
        complaints.add((), "doit être un objet")
        complaints.break_off()
    _check_size(content, complaints, ())
    for key in content:
        _check_size(content[key], complaints, (key,))
    complaints.break_off()
    settings = {key: value for key, value in content.items() if key not in FACTS}
    lists = {}
    for key, items in content.items():
        if isinstance(items, list | Items) and key in FACTS:
            lists[key] = Listed(items, key, _PARTS[key], whole, complaints)
        elif key in FACTS and not (items is None and key in nullable):
            complaints.add((key,), "doit être une liste")
    is_hopeless = bool(complaints)  # nobody knows what is in such a list, and refs may mean it
    try:
        parsed = head.model_validate(
            settings, by_alias=True, by_name=False, context=complaints.hint
        )
    except ValidationError as error:
        _complain(error, complaints, whole)
        for problem in error.errors(include_url=False):
            settings.pop(str(problem["loc"][0]), None)
        parsed = head.model_validate({"title": NO_TITLE, **settings}, by_alias=True, by_name=False)
    if is_hopeless:
        complaints.break_off()
    return Parsed(parsed, lists, complaints)


def _known_keys(model: type[BaseModel], where: tuple[str | int, ...]) -> list[str]:
    """The keys that a scenario may have at a place."""
    schema = _schema_of(model)
    here: dict[str, Any] = schema
    for part in where:
        here = _resolve(here, schema)
        if isinstance(part, int):
            here = here["items"]
        else:
            here = here.get("properties", {}).get(part) or here["additionalProperties"]
    return list(_resolve(here, schema).get("properties", {}))


@cache
def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Slow to make, and asked for at every misspelt key."""
    return model.model_json_schema(by_alias=True)


def _resolve(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference, or its one non-null alternative, followed."""
    for option in schema.get("anyOf", []):
        if option.get("type") != "null":
            schema = option
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = target_of(root, schema["$ref"])
    return found
