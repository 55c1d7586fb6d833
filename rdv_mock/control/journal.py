"""Read and empty the journal of a world, in JSON."""

from typing import Annotated

from fastapi import Query

from rdv_mock.control.named import beside
from rdv_mock.errors import ApiError
from rdv_mock.http.answers import Written
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.pieces import in_pieces
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import refuses
from rdv_mock.steering import journal
from rdv_mock.steering.journal import Found, Received, Wanted
from rdv_mock.wire.journal import JournalEntry, JournalMessage, JournalOnWire, QueryJournal
from rdv_mock.worlds.journal import Message

router = control_router("Incidents et journal")


@router.get(
    "/journal",
    summary="Lire le journal, ou attendre un appel",
    response_model=JournalOnWire,
    description="Les appels des API simulées et du fournisseur OpenID, du plus récent au plus"
    " ancien, secrets masqués. Avec `wait`, la réponse attend qu'un tel appel arrive.",
)
@refuses(ApiError.EMPLOYE_INCONNU)
async def read_journal(query: Annotated[QueryJournal, Query()], call: Call) -> Written:
    """List the calls received, newest first."""
    found = await journal.read_journal(
        call.world, _wanted(query), limit=query.limit, seconds=query.wait
    )
    return await aside(_journal_on_wire, found)


@router.delete(
    "/journal",
    status_code=204,
    summary="Vider le journal",
    description="Les appels passés sont oubliés.",
)
async def clear_journal(call: Call) -> None:
    """Forget the calls received."""
    journal.clear_journal(call.world)


def _wanted(query: QueryJournal) -> Wanted:
    return Wanted(
        operation=query.operation,
        method=query.method,
        path=query.path,
        status=query.status,
        code=query.code,
        employe=query.employe,
    )


def _journal_on_wire(found: Found) -> Written:
    shown = map(_entry_on_wire, found.calls)
    return in_pieces(JournalOnWire(total=found.total, entries=[]), "entries", shown)


def _entry_on_wire(received: Received) -> JournalEntry:
    entry = received.entry
    return JournalEntry(
        **beside("employe", received.employe),
        **beside("auto_ecole", received.auto_ecole),
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
