"""Write the journal of a world as HAR 1.2, for the tools of browsers."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json
from starlette.responses import Response

from rdv_mock import __version__
from rdv_mock.http.addresses import base_address
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.refusals import JSON
from rdv_mock.http.routers import control_router
from rdv_mock.worlds.journal import Entry, Message

router = control_router("Incidents et journal")


@router.get(
    "/journal.har",
    summary="Exporter le journal au format HAR",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
    description="À ouvrir dans les outils de développement d'un navigateur. Les tailles sont les"
    " vraies ; où tout n'a pas été gardé, `comment` le dit.",
)
async def export_journal(call: Call) -> Response:
    """Export the journal, oldest call first."""
    base = base_address(call, call.server.settings) + call.prefix
    return Response(await aside(_har_of, list(call.world.journal), base), media_type=JSON)


def _har_of(journal: Sequence[Entry], base: str) -> bytes:
    """Write the entries one by one: a large piece of JSON would hold up other calls."""
    entries = b",".join(to_json(_har_entry(entry, base)) for entry in reversed(journal))
    creator = to_json({"name": "rdv-mock", "version": __version__})
    return b'{"log":{"version":"1.2","creator":%b,"entries":[%b]}}' % (creator, entries)


def _har_entry(entry: Entry, base: str) -> dict[str, Any]:
    """One call in HAR 1.2: sizes are those of the wire, a comment tells what was cut."""
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
    """A comment on what was cut, if anything was."""
    if not message.is_cut:
        return {}
    if message.kept == message.size:
        return {"comment": "cut: not all of the headers were kept"}
    return {"comment": f"cut: {message.kept} of {message.size} bytes of the body were kept"}


def _har_content(message: Message) -> dict[str, Any]:
    """The body of an answer: as text, or in base64 when it is no text and nothing is masked."""
    shown = message.shown
    size = shown.size + message.size - message.kept  # of the whole, unpacked as far as it was read
    content = {"size": size, "mimeType": message.media_type, **_har_cut(message)}
    if message.size > message.kept == 0:
        return content
    if shown.is_text or shown.is_masked:
        return {**content, "text": shown.text}
    return {**content, "text": b64encode(message.raw).decode(), "encoding": "base64"}


def _har_posted(message: Message) -> dict[str, Any]:
    """The body of a request, if any; base64 is told in `_encoding`, which HAR does not know."""
    if not message.size:
        return {}
    content = _har_content(message)
    encoding = content.pop("encoding", None)
    del content["size"]
    return {"postData": {"text": "", **content, **({"_encoding": encoding} if encoding else {})}}
