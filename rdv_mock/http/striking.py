"""What an incident does to a call (docs/contract/control_plane.md#incidents)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.http.access import authenticate
from rdv_mock.http.answers import Answer
from rdv_mock.http.call import Head
from rdv_mock.http.passage import Passage
from rdv_mock.http.refusals import JSON
from rdv_mock.wire.statuses import NEVER_WITH_BODY
from rdv_mock.worlds.incidents import Armed, Target

LENGTH = b"content-length"
SANDBOX = (b"content-security-policy", b"sandbox")
"""The header of a page made by an incident: the page runs no script and has no origin."""
MAY_HOLD_SCRIPTS = ("html", "xml", "multipart/")
"""Parts of the media types that a browser shows as a page."""


class DroppedConnection(Exception):  # noqa: N818 - what happens, not a fault of ours
    """The connection ends here, without another byte."""


def find_incident(head: Head, operation: str) -> Armed | None:
    """The incident that strikes a call, if any does. Authentication is tried, and never refuses."""
    world, passage = head.world, head.passage
    if not world.incidents:
        return None
    try:
        caller = authenticate(head, now=world.clock.now())
    except Refusal:
        caller = None
    passage.struck_by = world.strike(
        Target(
            operation=operation,
            method=head.scope["method"],
            path=passage.path,
            employe_id=caller.employe.id if caller else None,
            auto_ecole_id=caller.auto_ecole.id if caller else None,
        )
    )
    return passage.struck_by


async def strike(
    incident: Incident,
    passage: Passage,
    answer: Callable[[], Awaitable[Response]],
    refuse: Callable[[Refusal], Response],
) -> Response:
    """The answer to a call that an incident strikes. Raises DroppedConnection.

    `answer` serves the call as if there were no incident; `refuse` refuses it as its operation
    does.
    """
    if incident.delay_seconds:
        await asyncio.sleep(incident.delay_seconds)
    if incident.drop == "before":
        raise DroppedConnection
    if incident.error is not None:
        response = translated(refuse(Refusal(ApiError[incident.error])), passage)
        response.status_code = incident.status or response.status_code
    elif incident.status is None and incident.body is None:
        response = translated(await answer(), passage)
    else:
        response = _made_up(incident)
        passage.take_translate()  # it is sent as it stands
    if incident.drop == "after":
        raise DroppedConnection
    return _changed(response, incident)


def translated(response: Response, passage: Passage) -> Response:
    """An answer in the names of the overlay, if there is one: incidents change that answer."""
    translate = passage.take_translate()
    if translate is None:
        return response
    answer = translate(Answer(response.status_code, response.raw_headers, bytes(response.body)))
    told = Response(answer.body)
    told.status_code, told.raw_headers = answer.status, answer.headers
    return told


def _made_up(incident: Incident) -> Response:
    """The answer that the incident itself gives."""
    if isinstance(incident.body, str):
        return Response(incident.body, incident.status or 200)
    content = None if incident.body is None else json.dumps(incident.body, ensure_ascii=False)
    return Response(content, incident.status or 200, media_type=JSON if content else None)


def _changed(response: Response, incident: Incident) -> Response:
    """An answer with the changes that the incident makes."""
    content = bytes(response.body)
    if incident.omit:
        content = _without(content, incident.omit)
    if incident.malformed:
        content = content[: len(content) // 2]
    is_empty = response.status_code in NEVER_WITH_BODY
    changed = Response(b"" if is_empty else content)
    changed.status_code = response.status_code
    own = [] if is_empty else changed.raw_headers
    changed.raw_headers = [*own, *(one for one in response.raw_headers if one[0] != LENGTH)]
    for name, value in (incident.headers or {}).items():
        changed.headers[name] = value
    if _is_page_of(incident, changed):
        changed.raw_headers.append(SANDBOX)
    return changed


def _is_page_of(incident: Incident, response: Response) -> bool:
    """Whether the incident has made an answer that a browser may show as a page."""
    kind = response.headers.get("content-type", "").lower()
    is_its_own = incident.body is not None or any(
        name.lower() == "content-type" for name in incident.headers or {}
    )
    return is_its_own and any(one in kind for one in MAY_HOLD_SCRIPTS)


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
