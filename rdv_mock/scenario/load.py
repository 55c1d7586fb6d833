"""From a scenario to the pristine state of a world; all or nothing, every problem at once."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from rdv_mock.facts.concurrence import Concurrence
from rdv_mock.facts.incident import Incident
from rdv_mock.facts.world import ErrorOverride, Responses, WorldSettings
from rdv_mock.fixtures import default_limits
from rdv_mock.scenario.access import (
    DEFAULT_CLIENT,
    ClientPart,
    save_baux,
    save_clients,
)
from rdv_mock.scenario.auto_ecoles import save_auto_ecoles
from rdv_mock.scenario.base import Parts
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.candidats import save_candidats
from rdv_mock.scenario.coefficients import save_coefficients
from rdv_mock.scenario.creneaux import save_creneaux
from rdv_mock.scenario.etp import (
    save_autonomies,
    save_etp_calcules,
)
from rdv_mock.scenario.exam_api import save_centres, save_mandats
from rdv_mock.scenario.examens import save_examens
from rdv_mock.scenario.incidents import incident_of
from rdv_mock.scenario.invent import invent
from rdv_mock.scenario.livret import save_contrats, save_lecons
from rdv_mock.scenario.models import (
    ConcurrencePart,
    ErrorPart,
    ResponsesPart,
    ResultatsAutomatiquesPart,
    Scenario,
    ScenarioHead,
)
from rdv_mock.scenario.paniers import save_paniers
from rdv_mock.scenario.parsing import Parsed, parse_apart
from rdv_mock.scenario.prises import save_prises
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from rdv_mock.worlds.draws import draw_prises
from rdv_mock.worlds.events import WorldState
from rdv_mock.worlds.incidents import MOST_INCIDENTS
from rdv_mock.worlds.nuit import replay_nights


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
                where = ("incidents", at, champ) if champ else ("incidents", at)
                complaints.add(where, why)

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
