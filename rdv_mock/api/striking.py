"""What an incident does to a call (design.md 7)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from rdv_mock.api.access import authenticate, headers_of
from rdv_mock.api.call import CODE_KEY, PATH_KEY, Call
from rdv_mock.api.refusals import JSON, refuse
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.incidents import Armed, Target

TRANSPORT_KEY = "rdv_mock.transport"
INCIDENT_KEY = "rdv_mock.incident"
LENGTH = b"content-length"
NEVER_WITH_BODY = {204, 304}


class DroppedConnection(Exception):  # noqa: N818 - what happens, not a fault of ours
    """The connection ends here, without a byte."""


def find_incident(call: Call, operation: str) -> Armed | None:
    """The incident that strikes a call, once authentication has been tried without refusing."""
    incidents = call.world.incidents
    if not incidents:
        return None
    try:
        caller = authenticate(call)
    except Refusal:
        caller = None
    armed = call.world.strike(
        Target(
            operation=operation,
            method=call.method,
            path=call.scope[PATH_KEY],
            employe_id=caller.employe.id if caller else None,
            auto_ecole_id=caller.auto_ecole.id if caller else None,
        )
    )
    if armed is not None:
        call.scope[INCIDENT_KEY] = armed.id
    return armed


async def strike(
    incident: Incident, call: Call, operation: str, answer: Callable[[], Awaitable[Response]]
) -> Response:
    """The answer to a call that is struck; `answer` serves it as if nothing were wrong."""
    if incident.delay_seconds:
        await asyncio.sleep(incident.delay_seconds)
    if incident.drop == "before":
        raise DroppedConnection
    made_up = _made_up(incident, call, operation)
    response = await answer() if made_up is None else made_up
    if incident.drop == "after":
        raise DroppedConnection
    return _changed(response, incident)


def _made_up(incident: Incident, call: Call, operation: str) -> Response | None:
    """What the incident answers by itself, if it does."""
    if incident.error is not None:
        refusal = Refusal(ApiError[incident.error])
        call.scope[CODE_KEY] = refusal.error.code
        response = refuse(refusal, operation, call.world, headers_of(call, refusal.error))
        response.status_code = incident.status or response.status_code
        return response
    if incident.status is None and incident.body is None:
        return None
    if isinstance(incident.body, str):
        return Response(incident.body, incident.status or 200)
    content = None if incident.body is None else json.dumps(incident.body, ensure_ascii=False)
    return Response(content, incident.status or 200, media_type=JSON if content else None)


def _changed(response: Response, incident: Incident) -> Response:
    """An answer with what the incident adds to it and takes from it."""
    content = bytes(response.body)
    if incident.omit:
        content = _without(content, incident.omit)
    if incident.malformed:
        content = content[: len(content) // 2]
    changed = Response(b"" if response.status_code in NEVER_WITH_BODY else content)
    changed.status_code = response.status_code
    own = [] if changed.status_code in NEVER_WITH_BODY else changed.raw_headers
    changed.raw_headers = [*own, *(one for one in response.raw_headers if one[0] != LENGTH)]
    for name, value in (incident.headers or {}).items():
        changed.headers[name] = value
    return changed


def _without(content: bytes, keys: tuple[str, ...]) -> bytes:
    """A JSON object without some of its keys; anything else as it is."""
    try:
        known: Any = json.loads(content)
    except ValueError:
        return content
    if not isinstance(known, dict):
        return content
    rest = {key: value for key, value in known.items() if key not in keys}
    return json.dumps(rest, ensure_ascii=False).encode()
