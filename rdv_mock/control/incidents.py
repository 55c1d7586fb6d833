"""Incidents and the journal, on the control plane (design.md 7)."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Path, Query
from pydantic_core import to_json
from starlette.responses import Response

from rdv_mock import __version__
from rdv_mock.control.control import find_employe
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.hints import suggestion
from rdv_mock.http.addresses import base_address
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.life import alone_in
from rdv_mock.http.operation import Written
from rdv_mock.http.pieces import in_pieces
from rdv_mock.http.refusals import JSON, bad_parameter
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.incidents import incident_of, write_incident
from rdv_mock.store import Store
from rdv_mock.wire.incidents import IncidentAsked, IncidentOnWire
from rdv_mock.wire.journal import JournalEntry, JournalMessage, JournalOnWire, QueryJournal
from rdv_mock.wire.operations import OPERATIONS
from rdv_mock.wire.problems import BODY
from rdv_mock.worlds.incidents import Armed, fits
from rdv_mock.worlds.journal import Entry, Message
from rdv_mock.worlds.names import Names

router = control_router("Incidents et journal")

IncidentId = Annotated[
    str, Path(alias="id", description="Identifiant de l'incident.", examples=["incident-1"])
]


@router.get(
    "/incidents",
    summary="Lister les incidents",
    description="Dans l'ordre où ils ont été déclarés ; le premier qui convient frappe. Ceux qui"
    " ont frappé autant de fois que demandé restent, `epuise`, jusqu'à une remise à zéro : les"
    " cent derniers.",
)
async def list_incidents(call: Call) -> list[IncidentOnWire]:
    """List what is declared, in its order."""
    incidents, names = list(call.world.incidents), Names(call.store)
    names.read("employe", (armed.incident.employe for armed in incidents))
    names.read("autoEcole", (armed.incident.auto_ecole for armed in incidents))
    return [_incident_on_wire(armed, names) for armed in incidents]


@router.post(
    "/incidents",
    status_code=201,
    summary="Armer un incident",
    description="Pour quels appels (`operation`, `method`, `path`, `employe`, `autoEcole`,"
    " `after`, `times`), et ce qui leur arrive : un refus, un statut, un corps, un délai, une"
    " réponse abîmée, une connexion coupée ; au moins l'un des effets `delaySeconds`, `error`,"
    " `status`, `headers`, `body`, `malformed`, `omit`, `drop`. Il frappe avant tout refus.",
)
@refuses(ApiError.INCIDENT_INVALIDE)
async def declare_incident(asked: IncidentAsked, call: Call) -> IncidentOnWire:
    """Arm one more."""
    problems: list[Detail] = []
    incident = incident_of(
        asked, call.store, lambda champ, why: problems.append(Detail(champ or BODY, why))
    )
    if complaint := call.world.incidents.complaint_of(1):
        problems.append(Detail(BODY, complaint))
    if problems:
        raise Refusal(ApiError.INCIDENT_INVALIDE, details=problems)
    armed = call.world.incidents.declare(incident)
    call.world.save_extras()
    return _incident_on_wire(armed, Names(call.store))


@router.get(
    "/incidents/{id}",
    summary="Lire un incident",
    description="Et combien d'appels il a vus, et frappés.",
)
@control(after=["declareIncident"])
@refuses(ApiError.INCIDENT_INCONNU)
async def get_incident(incident_id: IncidentId, call: Call) -> IncidentOnWire:
    """Read one, and how often it has struck."""
    return _incident_on_wire(call.world.incidents.get(incident_id), Names(call.store))


@router.delete(
    "/incidents",
    status_code=204,
    summary="Désarmer tous les incidents",
    description="Plus aucun ne frappe.",
)
async def clear_incidents(call: Call) -> None:
    """Disarm all."""
    call.world.incidents.clear()
    call.world.save_extras()


@router.delete(
    "/incidents/{id}",
    status_code=204,
    summary="Désarmer un incident",
    description="Les autres restent.",
)
@control(after=["declareIncident"])
@refuses(ApiError.INCIDENT_INCONNU)
async def remove_incident(incident_id: IncidentId, call: Call) -> None:
    """Disarm one."""
    call.world.incidents.remove(incident_id)
    call.world.save_extras()


@router.get(
    "/journal",
    summary="Lire le journal, ou attendre un appel",
    response_model=JournalOnWire,
    description="Les appels des API simulées et du fournisseur OpenID, du plus récent au plus"
    " ancien, secrets masqués. Avec `wait`, la réponse attend qu'un tel appel arrive.",
)
@refuses(ApiError.EMPLOYE_INCONNU)
async def read_journal(query: Annotated[QueryJournal, Query()], call: Call) -> Written:
    """List what was received, newest first."""
    wanted = _filter(query, call)
    found = await call.world.journal.wait_for(wanted, seconds=query.wait)
    shown = found[: query.limit]
    async with alone_in(call.world):
        callers = await aside(_callers_of, shown, call.store)
    return await aside(_journal_of, shown, callers, total=len(found))


def _callers_of(entries: Sequence[Entry], store: Store) -> list[dict[str, str | None]]:
    """Who made each call, as the fields of an entry tell it: ids and what stands beside them."""
    names = Names(store)
    names.read("employe", (entry.employe for entry in entries))
    return [_caller(entry.employe, names) for entry in entries]


def _caller(employe_id: str | None, names: Names) -> dict[str, str | None]:
    employe = names.fact("employe", employe_id)
    auto_ecole_id = employe.auto_ecole_id if employe else None
    return {
        "employe": employe_id,
        "employe_ref": names.ref(employe_id),
        "employe_nom": names.nom("employe", employe_id),
        "auto_ecole": auto_ecole_id,
        "auto_ecole_ref": names.ref(auto_ecole_id),
        "auto_ecole_nom": names.nom("autoEcole", auto_ecole_id),
    }


def _journal_of(
    entries: Sequence[Entry], callers: Sequence[Mapping[str, str | None]], *, total: int
) -> Written:
    shown = map(_entry_on_wire, entries, callers)
    return in_pieces(JournalOnWire(total=total, entries=[]), "entries", shown)


@router.delete(
    "/journal",
    status_code=204,
    summary="Vider le journal",
    description="Les appels passés sont oubliés.",
)
async def clear_journal(call: Call) -> None:
    """Forget what was received."""
    call.world.journal.clear()


@router.get(
    "/journal.har",
    summary="Exporter le journal au format HAR",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
    description="À ouvrir dans les outils de développement d'un navigateur. Les tailles sont les"
    " vraies ; où tout n'a pas été gardé, `comment` le dit.",
)
async def export_journal(call: Call) -> Response:
    """The journal as browsers' tools read it, oldest first."""
    base = base_address(call, call.server.settings) + call.prefix
    return Response(await aside(_har_of, list(call.world.journal), base), media_type=JSON)


def _har_of(journal: Sequence[Entry], base: str) -> bytes:
    """An entry at a time: one large piece of JSON would be written without a pause."""
    entries = b",".join(to_json(_har_entry(entry, base)) for entry in reversed(journal))
    creator = to_json({"name": "rdv-mock", "version": __version__})
    return b'{"log":{"version":"1.2","creator":%b,"entries":[%b]}}' % (creator, entries)


def _incident_on_wire(armed: Armed, names: Names) -> IncidentOnWire:
    incident, beside = armed.incident, dict[str, str | None]()
    for kind, id_ in (("employe", incident.employe), ("autoEcole", incident.auto_ecole)):
        if id_ is not None:
            beside |= names.beside(kind, id_)
    return IncidentOnWire(
        id=armed.id,
        seen=armed.seen,
        struck=armed.struck,
        restants=armed.restants,
        epuise=armed.is_over,
        **write_incident(incident),
        **beside,
    )


def _filter(query: QueryJournal, call: Call) -> Callable[[Entry], bool]:
    """Whether an entry is one of those that are asked for."""
    employe = find_employe(query.employe, call.store).id if query.employe is not None else None
    if query.operation is not None and query.operation not in OPERATIONS:
        hint = suggestion(query.operation, OPERATIONS)
        raise bad_parameter("operation", f"n'est pas une opération connue{hint}")

    def wanted(entry: Entry) -> bool:
        return (
            query.operation in {None, entry.operation}
            and (query.method is None or query.method.upper() == entry.method)
            and (query.path is None or fits(query.path, entry.path))
            and query.status in {None, entry.status}
            and query.code in {None, entry.code}
            and employe in {None, entry.employe}
        )

    return wanted


def _entry_on_wire(entry: Entry, caller: Mapping[str, str | None]) -> JournalEntry:
    return JournalEntry(
        **caller,
        at=entry.at,
        at_paris=entry.at,
        real_at=entry.real_at,
        real_at_paris=entry.real_at,
        method=entry.method,
        path=entry.shown_path,
        operation=entry.operation,
        status=entry.status,
        code=entry.code,
        incident=entry.incident,
        duration_ms=entry.duration_ms,
        request=_message_on_wire(entry.request, query=entry.request.query),
        response=_message_on_wire(entry.response, query=None),
    )


def _message_on_wire(message: Message, *, query: str | None) -> JournalMessage:
    return JournalMessage(
        query=query,
        headers=message.headers,
        body=message.body,
        tronque=True if message.is_cut else None,
        taille=message.size if message.is_cut else None,
    )


def _har_entry(entry: Entry, base: str) -> dict[str, Any]:
    """One call as HAR 1.2 wants it: sizes are true, and a comment says where something was cut."""
    query = entry.request.query
    began = entry.real_at - timedelta(milliseconds=entry.duration_ms)
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    location = next(
        (value for name, value in entry.response.header_list if name.lower() == "location"), ""
    )
    return {
        "startedDateTime": began.isoformat(timespec="milliseconds"),
        "time": entry.duration_ms,
        "request": {
            "method": entry.method,
            "url": base + quote(entry.shown_path, safe="/*") + (f"?{query}" if query else ""),
            "queryString": [{"name": name, "value": value} for name, _, value in pairs],
            **_har_posted(entry.request),
            **_har_message(entry.request),
        },
        "response": {
            "status": entry.status,
            "statusText": entry.code or "",
            "redirectURL": location,
            "content": _har_content(entry.response),
            **_har_message(entry.response),
        },
        "cache": {},
        "timings": {"send": 0, "wait": entry.duration_ms, "receive": 0},
        "comment": entry.operation or "",
    }


def _har_message(message: Message) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in message.header_list]
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "headersSize": -1,
        "bodySize": message.size,
        **_har_cut(message),
    }


def _har_cut(message: Message) -> dict[str, str]:
    """What of a message is not there, in words."""
    if not message.is_cut:
        return {}
    if message.kept == message.size:
        return {"comment": "cut: not all of the headers were kept"}
    return {"comment": f"cut: {message.kept} of {message.size} bytes of the body were kept"}


def _har_content(message: Message) -> dict[str, Any]:
    """The body of an answer; one that is no text in base64, unless there was something to mask."""
    shown = message.shown
    size = shown.size + message.size - message.kept  # of the whole, unpacked as far as it was read
    content = {"size": size, "mimeType": message.media_type, **_har_cut(message)}
    if message.size > message.kept == 0:
        return content
    if shown.is_text or shown.is_masked:
        return {**content, "text": shown.text}
    return {**content, "text": b64encode(message.raw).decode(), "encoding": "base64"}


def _har_posted(message: Message) -> dict[str, Any]:
    """The body of a request, where it has one; HAR has no word for one that is no text."""
    if not message.size:
        return {}
    content = _har_content(message)
    encoding = content.pop("encoding", None)
    del content["size"]
    return {"postData": {"text": "", **content, **({"_encoding": encoding} if encoding else {})}}
