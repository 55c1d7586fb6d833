"""The control plane: how a test steers its world (design.md 7)."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from rdv_mock import paris
from rdv_mock.agenda import Event
from rdv_mock.api.call import Call
from rdv_mock.api.life import alone_in, take_steps
from rdv_mock.api.operation import (
    LARGEST_BODY,
    ControlOperation,
    control,
    operation_id,
    refuses,
)
from rdv_mock.api.refusals import JSON, bad_parameter
from rdv_mock.api.server import Server
from rdv_mock.api.shapes import calcul_explique, connexion_on_wire
from rdv_mock.api.tokens import Grant, issue, open_bail
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import SCOPES, Client
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.facts.enumerations import StatutDuResultat
from rdv_mock.nuit import calculate_with
from rdv_mock.rules.bail import covers
from rdv_mock.rules.examen import check_entrer_resultat
from rdv_mock.rules.nuit_du_calcul import mois_du_calcul, nuit_du_calcul, periode_of
from rdv_mock.scenario.dump import dump_scenario
from rdv_mock.scenario.library import LARGEST, Entry, find_scenario, list_scenarios, title_of
from rdv_mock.scenario.load import load_scenario, parse
from rdv_mock.scenario.models import NamedScenario
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import Source, read_json, read_yaml
from rdv_mock.store import Store
from rdv_mock.wire.base import AskedInQuery
from rdv_mock.wire.calcul import CalculExplique, QueryCalcul
from rdv_mock.wire.control import (
    Advance,
    Advanced,
    ClockOnWire,
    ClockSetting,
    Connexion,
    EventOnWire,
    LoadedScenario,
    Refs,
    ResultatEntered,
    ScenarioSummary,
    TokenAnswer,
    TokenRequest,
)
from rdv_mock.wire.steering import ProviderState
from rdv_mock.world import LONGEST_ADVANCE, ResetScope, World

MOST_EVENTS = 1_000
YAML = "application/yaml"

router = APIRouter(
    prefix="/_mock",
    route_class=ControlOperation,
    generate_unique_id_function=operation_id,
    tags=["Plan de contrôle"],
)


class ResetQuery(AskedInQuery):
    """Ce qu'il faut remettre."""

    scope: ResetScope = Field(ResetScope.ALL, description="Tout, ou une part.")


@router.post(
    "/reset",
    status_code=204,
    summary="Remettre le monde dans l'état de son scénario",
    description="Tout redevient comme le scénario l'a posé : état, horloge, incidents, journal,"
    " fenêtres des limites, jetons. `scope` n'en choisit qu'une part ; avec `state`, jetons et"
    " connexions restent.",
)
async def reset(query: Annotated[ResetQuery, Query()], call: Call) -> None:
    """Be again as the scenario was loaded."""
    call.world.reset(query.scope)


@router.get(
    "/scenarios",
    summary="Lister les scénarios que l'on peut charger par leur nom",
    description="Ceux de `RDV_MOCK_SCENARIOS`, puis ceux qui sont livrés.",
)
@control(root_only=True)
async def get_scenarios(call: Call) -> list[ScenarioSummary]:
    """List what can be loaded by name; each is read once, and a large one takes its time."""
    return await asyncio.to_thread(_summaries, call.server)


def _summaries(server: Server) -> list[ScenarioSummary]:
    return [
        ScenarioSummary(name=entry.name, title=title, description=text, source=entry.source)
        for entry in list_scenarios(server.settings.scenarios)
        for title, text in [title_of(entry)]
    ]


@router.put(
    "/scenario",
    summary="Charger un scénario : son nom (JSON) ou son texte (YAML)",
    description="Tout ou rien : un scénario qui n'est pas valide laisse le monde tel qu'il est,"
    " et `details` dit quoi corriger, ligne par ligne. Les jetons d'avant ne valent plus.",
)
@control(largest_body=LARGEST)
@refuses(ApiError.SCENARIO_INVALIDE, ApiError.SCENARIO_INCONNU)
async def put_scenario(call: Call) -> LoadedScenario:
    """Become the world of another scenario; a bad one leaves the world untouched."""
    with closing(await asyncio.to_thread(_build_pristine, call)) as pristine:
        async with alone_in(call.world):
            call.world.load(pristine.share())
    return LoadedScenario(
        title=call.world.settings.title, refs=dict(call.store.references.by_ref())
    )


@router.get(
    "/state",
    summary="Lire l'état du monde, comme un scénario",
    response_class=Response,
    responses={200: {"content": {"application/yaml": {"schema": {"type": "string"}}}}},
    description="En YAML, réfs gardées et identifiants écrits : le recharger donne le même monde.",
)
async def get_state(call: Call) -> Response:
    """Write the world as a scenario that loads to the same world."""
    incidents = [armed.left() for armed in call.world.incidents if not armed.is_over]
    text = dump_scenario(
        call.store, now=call.now, frozen=call.world.clock.frozen, incidents=incidents
    )
    return Response(text, media_type=YAML)


@router.patch(
    "/state",
    summary="Changer quelques faits : un fragment de scénario",
    description="Un objet dont la réf ou l'identifiant est connu est changé, un autre est ajouté"
    " ; `supprimer` ôte ceux qu'il nomme, `incidents` arme ceux qu'il décrit. Tout ou rien.",
)
@control(largest_body=LARGEST)
@refuses(ApiError.SCENARIO_INVALIDE)
async def patch_state(call: Call) -> Refs:
    """Change what a fragment names, all or nothing."""
    fragment = await asyncio.to_thread(_read_body, call)
    async with alone_in(call.world) as call.now:
        refs = await _change(call, fragment, now=call.now)
    return Refs(refs=dict(refs))


@router.get(
    "/clock",
    summary="Lire l'horloge du monde",
    description="L'heure du monde, en UTC, et si elle est arrêtée.",
)
async def get_clock(call: Call) -> ClockOnWire:
    """Read the clock."""
    return ClockOnWire(now=call.now, frozen=call.world.clock.frozen)


@router.put(
    "/clock",
    summary="Régler l'horloge du monde : en avant seulement",
    description="Mettre l'heure en avant, c'est avancer : tout ce qui échoit arrive, dans"
    " l'ordre. `frozen` arrête l'horloge ou la laisse courir.",
)
@refuses(ApiError.HORLOGE_EN_ARRIERE)
async def put_clock(setting: ClockSetting, call: Call) -> ClockOnWire:
    """Set the clock; forward is an advance."""
    await _advance(call.world, to=setting.now, frozen=setting.frozen)
    return ClockOnWire(now=call.world.clock.now(), frozen=call.world.clock.frozen)


@router.post(
    "/clock/advance",
    summary="Faire avancer l'horloge du monde",
    description="De `by`, une durée ISO 8601 en semaines, jours, heures, minutes et secondes, ou"
    " jusqu'à `to` ; dix ans au plus. Tout ce qui échoit est arrivé, dans l'ordre, avant la"
    " réponse, qui donne les mille premiers événements.",
)
@refuses(ApiError.HORLOGE_EN_ARRIERE)
async def advance_clock(advance: Advance, call: Call) -> Advanced:
    """Let time pass; all that falls due has happened before the answer."""
    events = await _advance(call.world, to=advance.to, by=advance.by)
    return Advanced(
        now=call.world.clock.now(),
        total=len(events),
        events=[_event_on_wire(event) for event in events[:MOST_EVENTS]],
    )


@router.post(
    "/tokens",
    summary="Obtenir des jetons sans navigateur",
    description="Comme ceux du fournisseur OpenID, jeton de rafraîchissement compris. Une"
    " connexion (bail) est ouverte, comme par une vraie connexion.",
)
@refuses(ApiError.EMPLOYE_INCONNU)
async def create_tokens(request: TokenRequest, call: Call) -> TokenAnswer:
    """Hand out tokens as a login would."""
    employe = find_employe(request.employe, call)
    client = _find_client(request.client_id, call)
    scopes = _check_scopes(request.scopes)
    with call.store.transaction():
        at_least = timedelta(seconds=request.expires_in or 0)
        bail = open_bail(call, employe, client, at_least=at_least)
        grant = Grant(employe, client, scopes, bail)
        return issue(call, grant, expires_in=request.expires_in)


@router.get(
    "/connexions",
    summary="Voir quels bureaux sont connectés, par qui",
    description="Bureau par bureau, les connexions qui le couvrent ou l'ont couvert ; un bureau"
    " qu'aucune ne couvre y est aussi.",
)
async def list_connexions(call: Call) -> list[Connexion]:
    """Tell of each bureau whether a connection covers it, and which ones did."""
    return [
        connexion
        for auto_ecole in call.store.auto_ecoles.all()
        for connexion in _connexions_of(auto_ecole, call)
    ]


@router.post(
    "/examens/{examenId}/resultat",
    status_code=204,
    summary="Entrer le résultat d'un examen",
    description="Ce que l'inspecteur a constaté. Il n'est visible qu'à l'heure de sa publication"
    " ; d'ici là, un autre peut le remplacer. `EXAMEN_ANNULE` s'entre à tout moment, les autres"
    " une fois l'examen terminé.",
)
@refuses(
    ApiError.EXAMEN_INCONNU,
    ApiError.EXAMEN_DEJA_ANNULE,
    ApiError.RESULTAT_DEJA_PUBLIE,
    ApiError.EXAMEN_NON_TERMINE,
)
async def enter_resultat(
    examen_id: Annotated[str, Path(alias="examenId", description="Sa réf, ou son identifiant.")],
    resultat: ResultatEntered,
    call: Call,
) -> None:
    """Enter what the inspector found; an annulment takes the place away at once."""
    reservation = call.store.reservations.get(call.store.references.id_of(examen_id))

    check_entrer_resultat(reservation, resultat.statut, call.limits, now=call.now)

    is_annulled = resultat.statut is StatutDuResultat.EXAMEN_ANNULE
    examen = replace(
        reservation.examen,
        resultat=resultat.statut,
        points=resultat.points,
        date_heure_resultat=call.now,
        date_heure_annulation=call.now if is_annulled else None,
    )
    with call.store.transaction():
        call.store.examens.save(examen)


async def _advance(
    world: World,
    *,
    to: datetime | None = None,
    by: timedelta | None = None,
    frozen: bool | None = None,
) -> list[Event]:
    """Move the clock of a world forward; the other calls to it wait."""
    async with alone_in(world) as now:
        end = to or now + min(by or timedelta(), 2 * LONGEST_ADVANCE)  # no date is beyond that
        return await take_steps(world.advance(end, now=now, frozen=frozen))


def _connexions_of(auto_ecole: AutoEcole, call: Call) -> Iterator[Connexion]:
    """Those of an école, bureau by bureau; one without any bureau stands for itself."""
    employes = call.store.employes.of(auto_ecole.id)
    bureaux = [bureau.id for bureau in call.store.bureaux.of(auto_ecole.id)]
    for bureau_id in bureaux or (None,):
        covering = [
            bail
            for employe in employes
            if covers(employe, bureau_id)
            for bail in call.store.baux.of(employe.id)
        ]
        for bail in sorted(covering, key=lambda bail: (bail.debut, bail.id)):
            yield connexion_on_wire(auto_ecole.id, bureau_id, bail)
        if not covering:
            yield connexion_on_wire(auto_ecole.id, bureau_id, None)


@router.get(
    "/etp",
    summary="Comprendre un calcul d'ETP, leçon par leçon",
    description="Chaque leçon de l'auto-école et du groupe dans la période, ce qu'elle compte,"
    " et sinon pourquoi. Avant la nuit du calcul, un aperçu.",
)
async def explain_etp(query: Annotated[QueryCalcul, Query()], call: Call) -> CalculExplique:
    """Run the calculation of a night again for one école; before the night, a preview."""
    store, limits, groupe = call.store, call.limits, query.groupe_permis
    auto_ecole = store.auto_ecoles.find(store.references.id_of(query.auto_ecole))
    if auto_ecole is None:
        raise bad_parameter("autoEcole", "ne désigne aucune auto-école")
    month = mois_du_calcul(query.mois, limits)
    periode = periode_of(month, limits)
    lecons = store.lecons.read_by_night(
        auto_ecole.id,
        periode.debut,
        periode.fin,
        received_after=nuit_du_calcul(paris.add_months(month, -1), limits),
    )
    calcul = calculate_with(lecons, store, auto_ecole.id, periode, limits)
    return calcul_explique(auto_ecole, groupe, query.mois, periode, calcul, limits, now=call.now)


@router.post(
    "/provider-states",
    summary="Se mettre dans un état, au sens de Pact",
    description="`state` est le nom ou le titre d'un scénario, `params` un fragment à y changer."
    " `teardown` ne fait rien.",
)
@control(largest_body=LARGEST, facts_in="params")
@refuses(ApiError.SCENARIO_INCONNU, ApiError.SCENARIO_INVALIDE)
async def provider_state(asked: ProviderState, call: Call) -> Refs:
    """Load the scenario with this name or title, and change what `params` say of it."""
    if asked.action == "teardown":
        return Refs(refs={})
    fragment = call.facts or (None if asked.params is None else Source(asked.params))
    if asked.state:
        entry = await asyncio.to_thread(_entry_called, asked.state, call.server)
        await _become(call, entry, fragment)
    elif fragment is not None:
        async with alone_in(call.world) as call.now:
            await _change(call, fragment, now=call.now)
    return Refs(refs=dict(call.store.references.by_ref()))


def _entry_called(state: str, server: Server) -> Entry:
    """The scenario with this name or title; SCENARIO_INCONNU without one."""
    for entry in list_scenarios(server.settings.scenarios):
        if state in {entry.name, title_of(entry)[0]}:
            return entry
    raise Refusal(ApiError.SCENARIO_INCONNU)


async def _become(call: Call, entry: Entry, fragment: Source | None) -> None:
    """Load a scenario with what a fragment changes in it, both or neither."""
    with closing(await asyncio.to_thread(call.server.pristine_of, entry)) as pristine:
        if fragment is not None:
            with closing(pristine.copy()) as trial:  # a bad fragment leaves the world untouched
                now = trial.lived_until()
                await asyncio.to_thread(apply_fragment, fragment, trial, now=now)
        async with alone_in(call.world):
            call.world.load(pristine.share())
            if fragment is not None:
                await _change(call, fragment, now=call.world.clock.now())


async def _change(call: Call, fragment: Source, *, now: datetime) -> Mapping[str, str]:
    """Change what a fragment names, and arm its incidents; a large one beside the world, in a copy.

    To be called while the world is the call's own.
    """
    world = call.world
    if len(call.raw_body) <= LARGEST_BODY and call.facts is None:
        refs = apply_fragment(fragment, world.store, now=now, armed=world.incidents)
        world.settle()
        world.note()
        return refs
    with closing(world.store.copy()) as state:
        refs = await asyncio.to_thread(
            apply_fragment, fragment, state, now=now, armed=world.incidents
        )
        world.take(state.share())
    return refs


def _build_pristine(call: Call) -> Store:
    """The state of the scenario that a call brings or names; large ones take their time."""
    return state_of_scenario(_read_body(call), call.server)


def state_of_scenario(source: Source, server: Server) -> Store:
    """The state of a scenario that is written out, or named: `{"name": …}`."""
    if isinstance(source.content, dict) and source.content.keys() == {"name"}:
        named = parse(source, NamedScenario)
        return server.pristine_of(find_scenario(named.name, server.settings.scenarios))
    return load_scenario(source, name="sans-nom", now=server.real())


def _read_body(call: Call) -> Source:
    """A scenario or a fragment of one, in JSON or in YAML as the content type says."""
    return read_json(call.raw_body) if call.media_type == JSON else read_yaml(call.raw_body)


def _event_on_wire(event: Event) -> EventOnWire:
    return EventOnWire(at=event.at, type=event.type, **event.subject)


def find_employe(name: str, call: Call) -> Employe:
    """The employé that a ref, an id or an e-mail names; EMPLOYE_INCONNU."""
    employe = call.store.find_employe(name)
    if employe is None:
        raise Refusal(ApiError.EMPLOYE_INCONNU)
    return employe


def _find_client(client_id: str | None, call: Call) -> Client:
    clients = call.store.clients
    client = clients.default() if client_id is None else clients.find(client_id)
    if client is None:
        raise bad_parameter("clientId", "n'est pas un client du scénario")
    return client


def _check_scopes(scopes: list[str] | None) -> list[str]:
    if scopes is None:
        return list(SCOPES)
    for index, scope in enumerate(scopes):
        if scope not in SCOPES:
            raise bad_parameter(f"scopes[{index}]", f"doit valoir {', '.join(SCOPES)}")
    return scopes
