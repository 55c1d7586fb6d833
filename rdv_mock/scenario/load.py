"""From a scenario to the pristine state of a world; all or nothing, every problem at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rdv_mock.agenda import Life, draw_prises
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.concurrence import Concurrence
from rdv_mock.facts.incident import Incident
from rdv_mock.facts.world import ErrorOverride, Responses, WorldSettings
from rdv_mock.fixtures import default_limits
from rdv_mock.hints import suggestion
from rdv_mock.nuit import replay_nights
from rdv_mock.scenario.access import save_baux, save_clients
from rdv_mock.scenario.auto_ecoles import save_auto_ecoles
from rdv_mock.scenario.base import Build, Named
from rdv_mock.scenario.candidats import save_candidats
from rdv_mock.scenario.etp import save_autonomies, save_etp_calcules
from rdv_mock.scenario.exam_api import save_centres, save_mandats
from rdv_mock.scenario.incidents import IncidentPart, incident_of
from rdv_mock.scenario.invent import invent
from rdv_mock.scenario.livret import save_contrats, save_lecons
from rdv_mock.scenario.models import (
    ConcurrencePart,
    ErrorPart,
    Fragment,
    ResponsesPart,
    ResultatsAutomatiquesPart,
    Scenario,
)
from rdv_mock.scenario.places import (
    save_coefficients,
    save_creneaux,
    save_examens,
    save_paniers,
    save_prises,
)
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from rdv_mock.wire.problems import message_of

M = TypeVar("M", bound=BaseModel)


def parse(source: Source, model: type[M]) -> M:
    """The content as a model says it; SCENARIO_INVALIDE with every problem and its line."""
    try:
        return model.model_validate(source.content, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise _invalid([_detail(problem, source, model) for problem in problems]) from error


def _invalid(details: list[Detail]) -> Refusal:
    details = sorted(details, key=lambda detail: detail.ligne or 0)
    return Refusal(ApiError.SCENARIO_INVALIDE, details=details)


def _detail(problem: ErrorDetails, source: Source, model: type[BaseModel]) -> Detail:
    place = tuple(part for part in problem["loc"] if part != "[key]")
    message = message_of(problem)
    if problem["type"] == "extra_forbidden":
        message = "n'est pas une clé connue" + suggestion(
            str(place[-1]), _known_keys(model, place[:-1])
        )
    return source.detail(place, message)


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
    scenario = parse(source, Scenario)
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
        resultats_automatiques=part_of(scenario.resultats_automatiques),
    )
    start = clock.now or now
    store = Store.new(settings, now=start)
    try:
        with store.transaction():
            store.save_counters(scenario.counters)
            save_parts(scenario, source, store, settings, now=start)
            incidents = incidents_of(scenario.incidents, source, store)
            store.save_settings(replace(settings, incidents=incidents))
            if scenario.etp_calcules is None:
                replay_nights(store, default_limits().overridden(settings.limits), now=start)
    except BaseException:
        store.close()
        raise
    return store


def incidents_of(
    parts: Iterable[IncidentPart], source: Source, store: Store
) -> tuple[Incident, ...]:
    """The incidents of a scenario; SCENARIO_INVALIDE where one of them makes no sense."""
    problems: list[Detail] = []
    incidents = []
    for index, part in enumerate(parts):

        def complain(champ: str, why: str, at: int = index) -> None:
            place = ("incidents", at, champ) if champ else ("incidents", at)
            problems.append(source.detail(place, why))

        incidents.append(incident_of(part, store, complain))
    if problems:
        raise _invalid(problems)
    return tuple(incidents)


def save_parts(
    parts: Scenario | Fragment,
    source: Source,
    store: Store,
    settings: WorldSettings,
    *,
    now: datetime,
) -> Mapping[str, str]:
    """Write what a scenario or a fragment describes; the refs it knows, with their ids.

    To be called inside a transaction: raises SCENARIO_INVALIDE when something does not fit.
    """
    limits = default_limits().overridden(settings.limits)
    build = Build(store, source, seed=settings.seed, now=now, given=_given_ids(parts))
    save_clients(parts.clients, build, ("clients",))
    save_centres(parts.centres, build, ("centres",))
    save_auto_ecoles(parts.auto_ecoles, build, ("autoEcoles",))
    save_candidats(parts.candidats, build, ("candidats",))
    save_mandats(parts.mandats, build, ("mandats",))
    save_creneaux(parts.creneaux, build, ("creneaux",), limits)
    save_examens(parts.examens, build, ("examens",), limits)
    save_paniers(parts.paniers, build, ("paniers",), limits)
    save_coefficients(parts.coefficients, build, ("coefficients",))
    save_prises(parts.prises or [], build, ("prises",))
    save_contrats(parts.contrats_de_formation, build, ("contratsDeFormation",))
    save_lecons(parts.lecons, build, ("lecons",))
    save_etp_calcules(parts.etp_calcules or [], build, ("etpCalcules",))
    save_autonomies(parts.autonomies, build, ("autonomies",))
    save_baux(parts.baux, build, ("baux",), limits)
    if isinstance(parts, Scenario) and parts.invent:
        invent(parts.invent, build, limits)
    build.check_holders()
    if build.problems:
        raise _invalid(build.problems)
    build.finish()
    if parts.prises is None:
        appearing = [
            creneau
            for creneau in store.creneaux.published_at(now)
            if creneau.id not in build.published_before
        ]
        draw_prises(Life(store, limits, settings), appearing)
    return build.refs()


def _given_ids(parts: Scenario | Fragment) -> set[str]:
    """The ids that stand in the file: none of them is handed out to something else."""
    of_ecoles = [
        [*ecole.bureaux, *(ecole.employes or []), *ecole.formateurs] for ecole in parts.auto_ecoles
    ]
    lists: list[Sequence[Named]] = [
        parts.centres,
        parts.auto_ecoles,
        *of_ecoles,
        parts.candidats,
        parts.mandats,
        parts.creneaux,
        parts.examens,
        parts.paniers,
        parts.contrats_de_formation,
        parts.lecons,
        parts.baux,
    ]
    return {part.id for one in lists for part in one if part.id}


def concurrence_of(part: ConcurrencePart | None) -> Concurrence | None:
    """The virtual écoles, as the world knows them."""
    return Concurrence(part.auto_ecoles, part.delai_secondes, part.part) if part else None


def part_of(part: ResultatsAutomatiquesPart | None) -> float | None:
    """Which part of the examens is passed, where results are drawn."""
    return part.part if part else None


def responses_of(part: ResponsesPart) -> Responses:
    """How answers are formed, as the world knows it."""
    return Responses(**part.model_dump())


def errors_of(parts: Mapping[str, ErrorPart]) -> Mapping[str, ErrorOverride]:
    """The overrides of the catalogue, as the world knows them."""
    return {code: ErrorOverride(part.status, part.message) for code, part in parts.items()}
