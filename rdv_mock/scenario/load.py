"""From a scenario to the pristine state of a world; all or nothing, every problem at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from rdv_mock.facts.concurrence import Concurrence
from rdv_mock.facts.incident import Incident
from rdv_mock.facts.world import ErrorOverride, Responses, WorldSettings
from rdv_mock.fixtures import default_limits
from rdv_mock.scenario.access import (
    DEFAULT_CLIENT,
    BailPart,
    ClientPart,
    save_baux,
    save_clients,
)
from rdv_mock.scenario.auto_ecoles import AutoEcolePart, save_auto_ecoles
from rdv_mock.scenario.base import MOST_PROBLEMS, Complaints, Part, Parts
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.candidats import CandidatPart, save_candidats
from rdv_mock.scenario.coefficients import CoefficientPart, save_coefficients
from rdv_mock.scenario.creneaux import CreneauPart, save_creneaux
from rdv_mock.scenario.etp import (
    AutonomiePart,
    EtpCalculePart,
    save_autonomies,
    save_etp_calcules,
)
from rdv_mock.scenario.exam_api import CentrePart, MandatPart, save_centres, save_mandats
from rdv_mock.scenario.examens import ExamenPart, save_examens
from rdv_mock.scenario.incidents import IncidentPart, incident_of
from rdv_mock.scenario.invent import invent
from rdv_mock.scenario.items import FACTS, Items
from rdv_mock.scenario.livret import ContratPart, LeconPart, save_contrats, save_lecons
from rdv_mock.scenario.models import (
    ConcurrencePart,
    ErrorPart,
    FragmentHead,
    ResponsesPart,
    ResultatsAutomatiquesPart,
    Scenario,
    ScenarioHead,
)
from rdv_mock.scenario.paniers import PanierPart, save_paniers
from rdv_mock.scenario.prises import PrisePart, save_prises
from rdv_mock.scenario.source import Source
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.problems import message_of
from rdv_mock.worlds.draws import draw_prises
from rdv_mock.worlds.events import WorldState
from rdv_mock.worlds.incidents import MOST_INCIDENTS
from rdv_mock.worlds.nuit import replay_nights

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
        place = (*at, *(part for part in problem["loc"] if part != "[key]"))
        message = message_of(problem)
        if problem["type"] == "extra_forbidden":
            message = "n'est pas une clé connue" + complaints.hint(
                str(place[-1]), _known_keys(model, place[:-1])
            )
        complaints.add(place, message)


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
        """The ids that stand in it."""
        for item in self._items:
            yield from _names_in(item, ("id",))


def _check_size(value: Any, complaints: Complaints, place: Where) -> bool:  # noqa: ANN401
    """Whether an object has no more keys than problems are told: pydantic may find one in each."""
    is_small = not isinstance(value, dict) or len(value) <= MOST_PROBLEMS
    if not is_small:
        complaints.add(place, f"a plus de {MOST_PROBLEMS} clés")
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


def _known_keys(model: type[BaseModel], place: tuple[str | int, ...]) -> list[str]:
    """The keys that a scenario may have at a place."""
    schema = _schema_of(model)
    here: dict[str, Any] = schema
    for part in place:
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
    reference = schema.get("$ref")
    return root["$defs"][reference.rsplit("/", 1)[1]] if reference else schema


def load_scenario(source: Source, *, name: str, now: datetime) -> Store:
    """The pristine state that a scenario describes.

    `now` is where the world's clock starts unless the scenario says so itself.
    """
    parsed = parse_apart(source, ScenarioHead, Scenario, nullable=_WRITTEN)
    scenario = parsed.head
    clock = scenario.clock
    settings = WorldSettings(
        scenario=name,
        title=scenario.title,
        description=scenario.description,
        seed=scenario.seed,
        clock_now=clock.now,
        clock_frozen=clock.now is not None if clock.frozen is None else clock.frozen,
        limits=scenario.limits,
        responses=responses_of(scenario.responses),
        errors=errors_of(scenario.errors),
        concurrence=concurrence_of(scenario.concurrence),
        resultats_automatiques=share_of(scenario.resultats_automatiques),
    )
    start = clock.now or now
    store = Store.new(settings, now=start)
    try:
        with store.transaction():
            store.save_counters(scenario.counters)
            save_parts(parsed, store, settings, now=start)
            incidents = incidents_of(parsed, store)
            store.save_settings(replace(settings, incidents=incidents))
            if "etpCalcules" not in parsed.lists:
                replay_nights(store, default_limits().overridden(settings.limits), now=start)
    except BaseException:
        store.close()
        raise
    return store


_WRITTEN = ("prises", "etpCalcules")
"""What `GET /_mock/state` writes of the past: without it, it is drawn or calculated."""


def incidents_of(parsed: Parsed[Any], store: Store) -> tuple[Incident, ...]:
    """The incidents of a scenario whose facts are in the store.

    Raises SCENARIO_INVALIDE where one of them makes no sense, or anything else did not.
    """
    complaints, incidents = parsed.complaints, []
    listed = parsed.parts("incidents")
    if len(listed) > MOST_INCIDENTS:
        complaints.add(("incidents",), f"compte plus de {MOST_INCIDENTS} incidents")
        complaints.break_off()
    unknown = _NAMED if complaints else ()  # of facts that are not there, since something is wrong
    for index, part in listed:

        def complain(champ: str, why: str, at: int = index) -> None:
            if champ not in unknown:
                place = ("incidents", at, champ) if champ else ("incidents", at)
                complaints.add(place, why)

        incidents.append(incident_of(part, store, complain, complaints.hint))
    complaints.break_off()
    return tuple(incidents)


_NAMED = ("employe", "autoEcole")
"""What an incident names of the facts."""


def save_parts(
    parsed: Parsed[Any], store: Store, settings: WorldSettings, *, now: datetime
) -> None:
    """Write what a scenario or a fragment describes.

    To be called inside a transaction, and `incidents_of` after it: what does not fit is noted, and
    then not all is written.
    """
    limits = default_limits().overridden(settings.limits)
    complaints, parts = parsed.complaints, parsed.parts
    is_scenario = isinstance(parsed.head, ScenarioHead)
    build = Build(
        store,
        complaints,
        seed=settings.seed,
        now=now,
        given=lambda: _given_ids(parsed),
        draws=is_scenario and "prises" not in parsed.lists and settings.concurrence is not None,
    )
    with closing(build):
        save_clients(_clients_of(parsed), build, ("clients",))
        save_centres(parts("centres"), build, ("centres",))
        save_auto_ecoles(parts("autoEcoles"), build, ("autoEcoles",))
        save_candidats(parts("candidats"), build, ("candidats",))
        save_mandats(parts("mandats"), build, ("mandats",))
        save_creneaux(parts("creneaux"), build, ("creneaux",), limits)
        save_examens(parts("examens"), build, ("examens",), limits)
        save_paniers(parts("paniers"), build, ("paniers",), limits)
        save_coefficients(parts("coefficients"), build, ("coefficients",))
        save_prises(parts("prises"), build, ("prises",))
        save_contrats(parts("contratsDeFormation"), build, ("contratsDeFormation",))
        save_lecons(parts("lecons"), build, ("lecons",))
        save_etp_calcules(parts("etpCalcules"), build, ("etpCalcules",))
        save_autonomies(parts("autonomies"), build, ("autonomies",))
        save_baux(parts("baux"), build, ("baux",), limits)
        if is_scenario and parsed.head.invent and not complaints:
            invent(parsed.head.invent, build, limits)
        build.check_holders()
        if complaints:
            return
        build.finish()
        draw_prises(WorldState(store, limits, settings), build.appearing())


def _clients_of(parsed: Parsed[Any]) -> Parts[ClientPart]:
    """The clients of a scenario: that of the demonstration, unless it has a list of them."""
    if "clients" not in parsed.lists and isinstance(parsed.head, ScenarioHead):
        return [(0, DEFAULT_CLIENT)]
    return parsed.parts("clients")


def _given_ids(parsed: Parsed[Any]) -> set[int]:
    """The hashes of the ids in the file: none of them is handed out to something else."""
    return {hash(id_) for listed in parsed.lists.values() for id_ in listed.ids()}


def concurrence_of(part: ConcurrencePart | None) -> Concurrence | None:
    """The virtual écoles, as the world knows them."""
    return Concurrence(part.auto_ecoles, part.delai_secondes, part.part) if part else None


def share_of(part: ResultatsAutomatiquesPart | None) -> float | None:
    """Which part of the examens is passed, where results are drawn."""
    return part.part if part else None


def responses_of(part: ResponsesPart) -> Responses:
    """How answers are formed, as the world knows it."""
    return Responses(**part.model_dump())


def errors_of(parts: Mapping[str, ErrorPart]) -> Mapping[str, ErrorOverride]:
    """The overrides of the catalogue, as the world knows them."""
    return {code: ErrorOverride(part.status, part.message) for code, part in parts.items()}
