"""The control plane: how a test steers its world (design.md 7)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field, ValidationError, field_validator
from starlette.responses import Response

from rdv_mock import paris
from rdv_mock.api.shapes import calcul_explique, connexion_on_wire
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.access import SCOPES, Bail, OAuthClient
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.enumerations import GroupePermis, StatutDuResultat
from rdv_mock.facts.incident import Incident
from rdv_mock.hints import suggestion
from rdv_mock.http.addresses import issuer
from rdv_mock.http.aside import aside, take_steps
from rdv_mock.http.call import Call
from rdv_mock.http.life import alone_in, live_until_now
from rdv_mock.http.operation import Written
from rdv_mock.http.pieces import in_pieces, taken_out
from rdv_mock.http.refusals import JSON, bad_parameter
from rdv_mock.http.routers import control_router
from rdv_mock.http.server import Server
from rdv_mock.http.traits import control, refuses
from rdv_mock.provider.tokens import Grant, Issuer, issue, open_bail, tokens_on_wire
from rdv_mock.rules.bail import covers
from rdv_mock.rules.examen import check_entrer_resultat
from rdv_mock.rules.nuit_du_calcul import mois_du_calcul, nuit_du_calcul, periode_of
from rdv_mock.scenario.dump import KINDS, Form, dump_in_pieces
from rdv_mock.scenario.library import LARGEST, ScenarioFile, find_scenario, list_scenarios, title_of
from rdv_mock.scenario.load import load_scenario, parse
from rdv_mock.scenario.models import NamedScenario
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.selection import Selection
from rdv_mock.scenario.source import Source, read_json, read_yaml
from rdv_mock.store import Store
from rdv_mock.wire.base import AskedInQuery
from rdv_mock.wire.calcul import CalculExplique, QueryCalcul
from rdv_mock.wire.clock import Advance, Advanced, ClockOnWire, ClockSetting, EventOnWire
from rdv_mock.wire.connexions import Connexion
from rdv_mock.wire.examen import ResultatEntered
from rdv_mock.wire.problems import details_of
from rdv_mock.wire.provider_states import ProviderState, StateOptions, StateValues
from rdv_mock.wire.scenarios import LoadedScenario, Refs, ScenarioSummary
from rdv_mock.wire.tokens import TokenAnswer, TokenRequest
from rdv_mock.worlds.events import Event
from rdv_mock.worlds.names import Names
from rdv_mock.worlds.nuit import calculate_with, etp_en_vigueur
from rdv_mock.worlds.world import LONGEST_ADVANCE, ResetScope, World

MOST_EVENTS = 1_000
YAML = "application/yaml"

router = control_router("Plan de contrôle")


class ResetQuery(AskedInQuery):
    """Ce qu'il faut remettre."""

    scope: ResetScope = Field(ResetScope.ALL, description="Tout, ou une part.")


class QueryState(AskedInQuery):
    """Quelle part de l'état, et sous quelle forme."""

    format: Form | None = Field(
        None, description="La forme ; par défaut celle que demande `Accept`, sinon YAML."
    )
    kind: list[str] = Field(
        default=[],
        description="Seulement ces clés d'un scénario, `?kind=lecons&kind=paniers` ou"
        " `?kind=lecons,paniers` : un fragment, que reprend `PATCH /_mock/state` (qui arme"
        " `incidents` une fois de plus).",
        examples=[["lecons"]],
        json_schema_extra={"items": {"type": "string", "enum": list(KINDS)}},
    )
    auto_ecole: str | None = Field(
        None,
        alias="autoEcole",
        description="Une réf ou un identifiant : seulement cette auto-école et tout ce qui tient à"
        " elle, avec les candidats, créneaux et centres que cela nomme. Sans `kind`, un scénario"
        " entier, que reprend `PUT /_mock/scenario`.",
    )

    @field_validator("kind")
    @classmethod
    def _repeated_or_comma_separated(cls, given: list[str]) -> list[str]:
        """Both at once too, as the lists in queries of the simulated APIs."""
        return [kind for one in given for kind in one.split(",")]


@router.post(
    "/reset",
    status_code=204,
    summary="Remettre le monde dans l'état de son scénario",
    description="Tout redevient comme le scénario l'a posé : état, horloge, incidents, journal,"
    " fenêtres des limites, jetons ; un monde créé avec `clock` revient à cette heure-là, arrêté"
    " s'il l'était. `scope` n'en choisit qu'une part ; avec `state`, jetons et connexions restent.",
)
async def reset(query: Annotated[ResetQuery, Query()], call: Call) -> None:
    """Be again as the scenario was loaded."""
    async with alone_in(call.world):
        await aside(call.world.reset, query.scope)


@router.get(
    "/scenarios",
    summary="Lister les scénarios que l'on peut charger par leur nom",
    description="Ceux de `RDV_MOCK_SCENARIOS`, puis ceux qui sont livrés.",
)
@control(root_only=True)
async def get_scenarios(call: Call) -> list[ScenarioSummary]:
    """List what can be loaded by name."""
    return await aside(_summaries, call.server)


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
    with closing(await aside(_build_pristine, call)) as pristine:
        async with alone_in(call.world):
            return await aside(_load, call.world, pristine.share())


@router.get(
    "/state",
    summary="Lire l'état du monde, comme un scénario",
    response_class=Response,
    responses={
        200: {
            "content": {
                YAML: {"schema": {"type": "string"}},
                JSON: {
                    "schema": {
                        "type": "object",
                        "description": "Le même, par les clés d'un scénario.",
                        "additionalProperties": True,
                    }
                },
            }
        }
    },
    description="En YAML, ou en JSON avec `format=json` ou `Accept: application/json`, réfs gardées"
    " et identifiants écrits : le recharger par `PUT /_mock/scenario` donne le même monde. `kind`"
    " et `autoEcole` n'en demandent qu'une part.",
)
@refuses(ApiError.GENRE_INCONNU)
async def get_state(query: Annotated[QueryState, Query()], call: Call) -> Response:
    """Write the world as a scenario that loads to the same world, or a part of it."""
    form: Form = query.format or ("json" if _prefers_json(call.header(b"accept")) else "yaml")
    async with alone_in(call.world) as now:
        selection = _selection(query, call)
        frozen = call.world.clock.frozen
        incidents = [armed.left() for armed in call.world.incidents.armed]
        copy = await aside(call.store.copy)
    content = await aside(
        _state_of, copy, now, frozen=frozen, incidents=incidents, selection=selection, form=form
    )
    media_type = JSON if form == "json" else YAML
    return Response(content, headers={"Vary": "Accept"}, media_type=media_type)


def _state_of(
    copy: Store,
    now: datetime,
    *,
    frozen: bool,
    incidents: Iterable[Incident],
    selection: Selection,
    form: Form,
) -> bytes:
    with closing(copy):
        pieces = dump_in_pieces(
            copy, now=now, frozen=frozen, incidents=incidents, selection=selection, form=form
        )
        return b"".join(piece.encode() for piece in pieces)


def _selection(query: QueryState, call: Call) -> Selection:
    """The part of the world that is asked for; GENRE_INCONNU, PARAMETRE_INVALIDE."""
    problems = [
        Detail(f"kind[{index}]", f"« {kind} » n'est pas une clé connue{suggestion(kind, KINDS)}")
        for index, kind in enumerate(query.kind)
        if kind not in KINDS
    ]
    if problems:
        raise Refusal(ApiError.GENRE_INCONNU, details=problems)
    auto_ecole = None if query.auto_ecole is None else find_auto_ecole(query.auto_ecole, call)
    return Selection(frozenset(query.kind), auto_ecole.id if auto_ecole else None)


def _prefers_json(accept: str) -> bool:
    """Whether a client names JSON, and YAML not, or less."""
    weights = {YAML: 0.0, JSON: 0.0}
    for wanted in accept.lower().split(","):
        media_type, *parameters = (part.strip() for part in wanted.split(";"))
        if media_type in weights:
            weights[media_type] = _weight_of(parameters)
    return weights[JSON] > weights[YAML]


def _weight_of(parameters: list[str]) -> float:
    """The `q` of a media type in an Accept header; 1 without one, and without a readable one."""
    written = next((one[len("q=") :] for one in parameters if one.startswith("q=")), "1")
    return float(written) if re.fullmatch(r"[01](\.[0-9]{0,3})?", written) else 1.0


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
    fragment = await aside(_read_body, call)
    async with alone_in(call.world) as now:
        return await aside(_change, call.world, fragment, now=now)


@router.get(
    "/clock",
    summary="Lire l'horloge du monde",
    description="L'heure du monde, en UTC, et si elle est arrêtée.",
)
async def get_clock(call: Call) -> ClockOnWire:
    """Read the clock."""
    return _clock_on_wire(call.now, call.world)


@router.put(
    "/clock",
    summary="Régler l'horloge du monde : en avant seulement",
    description="Mettre l'heure en avant, c'est avancer : tout ce qui échoit arrive, dans"
    " l'ordre. `frozen` arrête l'horloge ou la laisse courir.",
)
@refuses(ApiError.HORLOGE_EN_ARRIERE)
async def put_clock(setting: ClockSetting, call: Call) -> ClockOnWire:
    """Set the clock; forward is an advance."""
    world = call.world
    async with alone_in(world) as now:
        await take_steps(world.advance(setting.now or now, now=now, frozen=setting.frozen))
        return _clock_on_wire(world.clock.now(), world)


def _clock_on_wire(now: datetime, world: World) -> ClockOnWire:
    return ClockOnWire(now=now, now_paris=now, frozen=world.clock.frozen)


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
    world, by = call.world, min(advance.by or timedelta(), 2 * LONGEST_ADVANCE)
    async with alone_in(world) as now:
        end = advance.to or now + by  # no date is beyond that
        events = await take_steps(world.advance(end, now=now))
        return await aside(_advanced, world, events)


def _advanced(world: World, events: Sequence[Event]) -> Advanced:
    now, told, names = world.clock.now(), events[:MOST_EVENTS], Names(world.store)
    names.read_all(event.subject for event in told)
    return Advanced(
        now=now,
        now_paris=now,
        total=len(events),
        events=[_event_on_wire(event, names) for event in told],
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
    if not call.server.signer.is_ready:
        await aside(call.server.signer.get_ready)
        call.now = await live_until_now(call.world)
    employe = find_employe(request.employe, call.store)
    client = _find_client(request.client_id, call)
    scopes = _check_scopes(request.scopes)
    with call.store.transaction():
        at_least = timedelta(seconds=request.expires_in or 0)
        bail = open_bail(call.world, employe, client, now=call.now, at_least=at_least)
        grant = Grant(employe, client, scopes, bail)
        return tokens_on_wire(issue(_issuer(call), grant, expires_in=request.expires_in))


def _issuer(call: Call) -> Issuer:
    return Issuer(call.world, call.server.signer, issuer(call), call.now)


@router.get(
    "/connexions",
    summary="Voir quels bureaux sont connectés, par qui",
    description="Bureau par bureau, les connexions qui le couvrent ou l'ont couvert ; un bureau"
    " qu'aucune ne couvre y est aussi.",
)
async def list_connexions(call: Call) -> list[Connexion]:
    """Tell of each bureau whether a connection covers it, and which ones did."""
    async with alone_in(call.world):
        return await aside(_connexions, call)


def _connexions(call: Call) -> list[Connexion]:
    names = Names(call.store)
    return [
        connexion
        for auto_ecole in call.store.auto_ecoles.all()
        for connexion in _connexions_of(auto_ecole, call, names)
    ]


@router.post(
    "/examens/{examenId}/resultat",
    status_code=204,
    summary="Entrer le résultat d'un examen",
    description="Ce que l'inspecteur a constaté. Il n'est visible qu'à l'heure de sa publication"
    " ; d'ici là, un autre peut le remplacer. `EXAMEN_ANNULE` s'entre à tout moment, les autres"
    " une fois l'examen terminé. En B, les points vont de 0 à {resultat.points.B.maximum}, d'une"
    " réussite à partir de {resultat.points.B.reussite} (officiel) ; un échec peut en avoir plus :"
    " une faute éliminatoire. En A et CE ils sont libres. Qui est absent, ou annulé, n'en a pas.",
)
@refuses(
    ApiError.EXAMEN_INCONNU,
    ApiError.RESULTAT_INVALIDE,
    ApiError.EXAMEN_DEJA_ANNULE,
    ApiError.RESULTAT_DEJA_PUBLIE,
    ApiError.EXAMEN_NON_TERMINE,
)
async def enter_resultat(
    examen_id: Annotated[
        str,
        Path(alias="examenId", description="Sa réf, ou son identifiant.", examples=["e_maelle"]),
    ],
    resultat: ResultatEntered,
    call: Call,
) -> None:
    """Enter what the inspector found; an annulment takes the place away at once."""
    reservation = _find_examen(examen_id, call)

    check_entrer_resultat(reservation, resultat.statut, resultat.points, call.limits, now=call.now)

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


def _connexions_of(auto_ecole: AutoEcole, call: Call, names: Names) -> Iterator[Connexion]:
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
            yield connexion_on_wire(auto_ecole.id, bureau_id, bail, names)
        if not covering:
            yield connexion_on_wire(auto_ecole.id, bureau_id, None, names)


@router.get(
    "/etp",
    summary="Comprendre un calcul d'ETP, leçon par leçon",
    response_model=CalculExplique,
    description="Chaque leçon de l'auto-école et du groupe dans la période, ce qu'elle compte,"
    " et sinon pourquoi. Avant la nuit du calcul, un aperçu. `etp` est ce qui vaut ; `origine` dit"
    " si c'est ce que le scénario donne (`etpDonne`) ou ce qu'une nuit a trouvé (`etpCalcule`).",
)
async def explain_etp(query: Annotated[QueryCalcul, Query()], call: Call) -> Written:
    """Run the calculation of a night again for one école; before the night, a preview."""
    async with alone_in(call.world) as call.now:
        return await aside(_explain_etp, query, call)


def _explain_etp(query: QueryCalcul, call: Call) -> Written:
    store, limits, groupe = call.store, call.limits, query.groupe_permis
    auto_ecole = find_auto_ecole(query.auto_ecole, call)
    month = mois_du_calcul(query.mois, limits)
    periode = periode_of(month, limits)
    lecons = store.lecons.read_by_night(
        auto_ecole.id,
        periode.debut,
        periode.fin,
        received_after=nuit_du_calcul(paris.add_months(month, -1), limits),
    )
    calcul = calculate_with(lecons, store, auto_ecole.id, periode, limits)
    holds = etp_en_vigueur(
        store, auto_ecole, GroupePermis(groupe), query.mois, limits, now=call.now
    )
    told = calcul_explique(
        auto_ecole, query, periode, calcul, limits, Names(store), holds=holds, now=call.now
    )
    shell = told.model_copy(update={"lecons": []})
    return in_pieces(shell, "lecons", taken_out(told.lecons))


@router.post(
    "/provider-states",
    summary="Se mettre dans un état, au sens de Pact",
    description="`state` est le nom ou le titre d'un scénario, `params` un fragment à y changer. La"
    " réponse porte, pour les valeurs que Pact injecte dans ses requêtes, `token`, un jeton"
    " d'accès, et l'identifiant derrière chaque réf, sous son nom. `teardown` ne fait rien.",
)
@control(largest_body=LARGEST, facts_in="params")
@refuses(ApiError.SCENARIO_INCONNU, ApiError.SCENARIO_INVALIDE, ApiError.EMPLOYE_INCONNU)
async def provider_state(asked: ProviderState, call: Call) -> StateValues:
    """Load the scenario with this name or title, and change what `params` say of it."""
    if asked.action == "teardown":
        return StateValues(refs={})
    given = call.facts or (None if asked.params is None else Source(asked.params))
    options, fragment = (StateOptions(), None) if given is None else _options_of(given)
    if asked.state:
        entry = await aside(_entry_called, asked.state, call.server)
        return await _become(call, entry, fragment, options)
    async with alone_in(call.world) as call.now:
        await aside(_try_out, call.store, fragment, options, now=call.now)
        return await aside(_change_for_pact, call, fragment, options)


def _options_of(params: Source) -> tuple[StateOptions, Source | None]:
    """What `params` ask of us, and the fragment that is left of them; PARAMETRE_INVALIDE."""
    ours = {field.alias or name for name, field in StateOptions.model_fields.items()}
    given = {name: value for name, value in params.content.items() if name in ours}
    try:
        options = StateOptions.model_validate(given)
    except ValidationError as error:
        problems = details_of(error.errors(include_url=False))
        details = [one._replace(champ=f"params.{one.champ}") for one in problems]
        raise Refusal(ApiError.PARAMETRE_INVALIDE, details=details) from error
    rest = {name: value for name, value in params.content.items() if name not in ours}
    return options, replace(params, content=rest) if rest else None


def _change_for_pact(call: Call, fragment: Source | None, options: StateOptions) -> StateValues:
    """Change what a fragment names, if there is one; what a verifier is told then."""
    if fragment is not None:
        _change(call.world, fragment, now=call.now)
    return _values_of(call, options)


def _values_of(call: Call, options: StateOptions) -> StateValues:
    """What a verifier may put into its requests; no ref hides what is ours."""
    refs = dict(call.store.references.by_ref())
    first_one = next(iter(call.store.employes.first_ones(1)), None)
    employe = (
        find_employe(options.employe, call.store) if options.employe is not None else first_one
    )
    client = call.store.clients.default()
    ours: dict[str, Any] = {"refs": refs}
    if employe is not None and client is not None:
        with call.store.transaction():
            bail = _living_bail(call, employe, client) or open_bail(
                call.world, employe, client, now=call.now
            )
            grant = Grant(employe, client, list(SCOPES), bail)
            ours["token"] = issue(_issuer(call), grant).access_token
    return StateValues.model_validate({**refs, **ours})


def _living_bail(call: Call, employe: Employe, client: OAuthClient) -> Bail | None:
    """The connection that an employé has through a client: a state opens no other one."""
    return next(
        (
            bail
            for bail in call.store.baux.of(employe.id)
            if bail.client_id == client.id and not bail.termine and bail.fin > call.now
        ),
        None,
    )


def _entry_called(state: str, server: Server) -> ScenarioFile:
    """The scenario with this name or title; SCENARIO_INCONNU without one."""
    known: dict[str, ScenarioFile] = {}
    for entry in list_scenarios(server.settings.scenarios):
        for name in (entry.name, title_of(entry)[0]):
            if name == state:
                return entry
            known[name] = entry
    raise Refusal(ApiError.SCENARIO_INCONNU, hint=suggestion(state, known))


async def _become(
    call: Call, entry: ScenarioFile, fragment: Source | None, options: StateOptions
) -> StateValues:
    """Load a scenario with what a fragment changes in it, both or neither."""
    with closing(await aside(call.server.pristine_of, entry)) as pristine:
        await aside(_try_out, pristine, fragment, options, now=None)
        async with alone_in(call.world):
            await aside(call.world.load, pristine.share(), keep_sessions=options.keep_tokens)
            call.now = call.world.clock.now()
            return await aside(_change_for_pact, call, fragment, options)


def _try_out(
    store: Store, fragment: Source | None, options: StateOptions, *, now: datetime | None
) -> None:
    """Refuse what cannot be, on a copy: what is refused leaves the world untouched.

    Without `now` the fragment is for when the state begins.
    """
    if fragment is None and options.employe is None:
        return
    with closing(store.copy()) as trial:
        if fragment is not None:
            apply_fragment(fragment, trial, now=now or trial.caught_up_until())
        if options.employe is not None:
            find_employe(options.employe, trial)


def _load(world: World, pristine: Store) -> LoadedScenario:
    world.load(pristine)
    return LoadedScenario(title=world.settings.title, refs=_refs_of(world).refs)


def _change(world: World, fragment: Source, *, now: datetime) -> Refs:
    """Change what a fragment names, and arm its incidents."""
    refs = apply_fragment(fragment, world.store, now=now, armed=world.incidents)
    world.reload_settings()
    world.save_extras()
    return Refs(refs=dict(refs))


def _refs_of(world: World) -> Refs:
    return Refs(refs=dict(world.store.references.by_ref()))


def _summaries(server: Server) -> list[ScenarioSummary]:
    return [
        ScenarioSummary(name=entry.name, title=title, description=text, source=entry.source)
        for entry in list_scenarios(server.settings.scenarios)
        for title, text in [title_of(entry)]
    ]


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


def _event_on_wire(event: Event, names: Names) -> EventOnWire:
    told = names.told(event.subject)
    return EventOnWire(at=event.at, at_paris=event.at, type=event.type, **told)


def find_employe(name: str, store: Store) -> Employe:
    """The employé that a ref, an id or an e-mail names; EMPLOYE_INCONNU."""
    employe = store.find_employe(name)
    if employe is None:
        hint = suggestion(name, store.names_of_employes())
        raise Refusal(ApiError.EMPLOYE_INCONNU, hint=hint)
    return employe


def find_auto_ecole(name: str, call: Call) -> AutoEcole:
    """The école that a ref or an id in the query names; PARAMETRE_INVALIDE."""
    store = call.store
    auto_ecole = store.auto_ecoles.find(store.references.id_of(name))
    if auto_ecole is None:
        hint = suggestion(name, store.references.of_kind(store.auto_ecoles.name))
        raise bad_parameter("autoEcole", f"ne désigne aucune auto-école{hint}")
    return auto_ecole


def _find_examen(name: str, call: Call) -> Reservation:
    """The examen that a ref or an id names; EXAMEN_INCONNU."""
    references = call.store.references
    try:
        return call.store.reservations.get(references.id_of(name))
    except Refusal as refusal:
        hint = suggestion(name, references.of_kind(call.store.examens.name))
        raise Refusal(refusal.error, hint=hint) from None


def _find_client(client_id: str | None, call: Call) -> OAuthClient:
    clients = call.store.clients
    client = clients.default() if client_id is None else clients.find(client_id)
    if client is None:
        known = [client.id for client in clients.of_scenario()]
        hint = suggestion(client_id or "", known)
        raise bad_parameter("clientId", f"n'est pas un client du scénario{hint}")
    return client


def _check_scopes(scopes: list[str] | None) -> list[str]:
    if scopes is None:
        return list(SCOPES)
    for index, scope in enumerate(scopes):
        if scope not in SCOPES:
            raise bad_parameter(f"scopes[{index}]", f"doit valoir {', '.join(SCOPES)}")
    return scopes
