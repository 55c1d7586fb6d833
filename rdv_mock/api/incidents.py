"""Incidents and the journal, on the control plane (design.md 7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from rdv_mock import __version__
from rdv_mock.api.addresses import base_address
from rdv_mock.api.call import Call
from rdv_mock.api.control import find_employe
from rdv_mock.api.life import check_exists
from rdv_mock.api.names import Names
from rdv_mock.api.operation import ControlOperation, operation_id, refuses
from rdv_mock.api.refusals import bad_parameter
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.hints import suggestion
from rdv_mock.incidents import Armed, fits
from rdv_mock.journal import Entry, Message
from rdv_mock.scenario.incidents import incident_of, write_incident
from rdv_mock.wire.operations import OPERATIONS
from rdv_mock.wire.problems import BODY
from rdv_mock.wire.steering import (
    IncidentAsked,
    IncidentOnWire,
    JournalEntry,
    JournalMessage,
    JournalOnWire,
    QueryJournal,
)

router = APIRouter(
    prefix="/_mock",
    route_class=ControlOperation,
    generate_unique_id_function=operation_id,
    tags=["Incidents et journal"],
)

IncidentId = Annotated[str, Path(alias="id", description="Identifiant de l'incident.")]


@router.get(
    "/incidents",
    summary="Lister les incidents",
    description="Dans l'ordre où ils ont été déclarés ; le premier qui convient frappe. Ceux qui"
    " ont frappé autant de fois que demandé restent, `epuise`, jusqu'à une remise à zéro : les"
    " cent derniers.",
)
async def list_incidents(call: Call) -> list[IncidentOnWire]:
    """List what is declared, in its order."""
    names = Names(call.store)
    return [_incident_on_wire(armed, names) for armed in call.world.incidents]


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
    call.world.note()
    return _incident_on_wire(armed, Names(call.store))


@router.get(
    "/incidents/{id}",
    summary="Lire un incident",
    description="Et combien d'appels il a vus, et frappés.",
)
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
    call.world.note()


@router.delete(
    "/incidents/{id}",
    status_code=204,
    summary="Désarmer un incident",
    description="Les autres restent.",
)
@refuses(ApiError.INCIDENT_INCONNU)
async def remove_incident(incident_id: IncidentId, call: Call) -> None:
    """Disarm one."""
    call.world.incidents.remove(incident_id)
    call.world.note()


@router.get(
    "/journal",
    summary="Lire le journal, ou attendre un appel",
    description="Les appels des API simulées et du fournisseur OpenID, du plus récent au plus"
    " ancien, sans les secrets. Avec `wait`, la réponse attend qu'un tel appel arrive.",
)
@refuses(ApiError.EMPLOYE_INCONNU)
async def read_journal(query: Annotated[QueryJournal, Query()], call: Call) -> JournalOnWire:
    """List what was received, newest first."""
    wanted = _filter(query, call)
    found = await call.world.journal.wait_for(wanted, seconds=query.wait)
    check_exists(call.world)
    shown, names = found[: query.limit], Names(call.store)
    names.read("employe", (entry.employe for entry in shown))
    return JournalOnWire(
        total=len(found), entries=[_entry_on_wire(entry, names) for entry in shown]
    )


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
    description="À ouvrir dans les outils de développement d'un navigateur.",
)
async def export_journal(call: Call) -> Response:
    """The journal as browsers' tools read it, oldest first."""
    base = base_address(call, call.server.settings) + call.prefix
    entries = [_har_entry(entry, base) for entry in reversed(list(call.world.journal))]
    creator = {"name": "rdv-mock", "version": __version__}
    return JSONResponse({"log": {"version": "1.2", "creator": creator, "entries": entries}})


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


def _entry_on_wire(entry: Entry, names: Names) -> JournalEntry:
    employe = names.fact("employe", entry.employe)
    auto_ecole_id = employe.auto_ecole_id if employe else None
    return JournalEntry(
        at=entry.at,
        at_paris=entry.at,
        real_at=entry.real_at,
        real_at_paris=entry.real_at,
        method=entry.method,
        path=entry.path,
        operation=entry.operation,
        employe=entry.employe,
        employe_ref=names.ref(entry.employe),
        employe_nom=names.nom("employe", entry.employe),
        auto_ecole=auto_ecole_id,
        auto_ecole_ref=names.ref(auto_ecole_id),
        auto_ecole_nom=names.nom("autoEcole", auto_ecole_id),
        status=entry.status,
        code=entry.code,
        incident=entry.incident,
        duration_ms=entry.duration_ms,
        request=JournalMessage(
            query=entry.request.query, headers=dict(entry.request.headers), body=entry.request.body
        ),
        response=JournalMessage(headers=dict(entry.response.headers), body=entry.response.body),
    )


def _har_entry(entry: Entry, base: str) -> dict[str, Any]:
    """One call as HAR 1.2 wants it."""
    url = base + quote(entry.path) + (f"?{entry.request.query}" if entry.request.query else "")
    began = entry.real_at - timedelta(milliseconds=entry.duration_ms)
    pairs = [pair.partition("=") for pair in entry.request.query.split("&") if pair]
    request = _har_message(entry.request)
    response = _har_message(entry.response)
    return {
        "startedDateTime": began.isoformat(timespec="milliseconds"),
        "time": entry.duration_ms,
        "request": {
            "method": entry.method,
            "url": url,
            "queryString": [{"name": name, "value": value} for name, _, value in pairs],
            **_har_posted(entry.request),
            **request,
        },
        "response": {
            "status": entry.status,
            "statusText": entry.code or "",
            "redirectURL": entry.response.headers.get("location", ""),
            "content": {
                "size": entry.response.size,
                "mimeType": entry.response.headers.get("content-type", ""),
                "text": entry.response.body,
            },
            **response,
        },
        "cache": {},
        "timings": {"send": 0, "wait": entry.duration_ms, "receive": 0},
        "comment": entry.operation or "",
    }


def _har_message(message: Message) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in message.headers.items()]
    return {
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "headersSize": -1,
        "bodySize": message.size,
    }


def _har_posted(message: Message) -> dict[str, Any]:
    """The body of a request, where it has one."""
    if not message.size:
        return {}
    mime_type = message.headers.get("content-type", "")
    return {"postData": {"mimeType": mime_type, "text": message.body}}
