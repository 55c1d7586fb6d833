"""A refusal on the wire: the same body from every part of the server.

See docs/contract/conventions.md#refusals.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rdv_mock.errors import ApiError, Detail, Refusal, fill
from rdv_mock.facts.world import ErrorKeys, ErrorOverride
from rdv_mock.fixtures import default_limits
from rdv_mock.http.passage import passage_of
from rdv_mock.wire.problems import BODY
from rdv_mock.worlds.world import World

JSON = "application/json"
MOST_DETAILS = 100


def status_of(error: ApiError, operation: str | None, world: World | None) -> int:
    """The status of a code on an operation: the scenario's, else the catalogue's."""
    override = world.override_of(error) if world else ErrorOverride()
    return override.status or error.status_for(operation)


def message_of(refusal: Refusal, operation: str | None, world: World | None) -> str:
    """The sentence of a refusal on an operation: the scenario's, else the catalogue's."""
    error = refusal.error
    override = world.override_of(error) if world else ErrorOverride()
    limits = world.limits if world else default_limits()
    told = fill(
        override.message or error.message_for(operation),
        {**error.numbers_in(limits), **refusal.values},
    )
    return told + refusal.hint


def body_of(
    refusal: Refusal, operation: str | None, world: World | None, keys: ErrorKeys
) -> dict[str, Any]:
    """The body of a refusal; without a world, the catalogue's."""
    error = refusal.error
    body: dict[str, Any] = {}
    if keys != "erreur":
        body["code"] = error.code
    if keys != "code":
        body["erreur"] = error.code
    body["message"] = message_of(refusal, operation, world)
    if refusal.details:
        body["details"] = list(_details(refusal.details))
    return body


def _details(details: Sequence[Detail]) -> Iterator[dict[str, Any]]:
    """The first hundred problems, and the number of the others."""
    for detail in details[:MOST_DETAILS]:
        yield {"champ": detail.champ, **_line(detail.ligne), "message": detail.message}
    if len(details) > MOST_DETAILS:
        more = len(details) - MOST_DETAILS
        yield {"champ": BODY, "message": f"et {more} autre(s) problème(s)"}


def _line(line: int | None) -> dict[str, int]:
    return {} if line is None else {"ligne": line}


def refuse(
    refusal: Refusal,
    operation: str | None,
    world: World,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for a refusal on an operation."""
    return _answer(refusal, operation, world, world.error_keys, headers)


async def send_refusal(
    refusal: Refusal,
    scope: Scope,
    receive: Receive,
    send: Send,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer a call that no operation serves; its world may be unknown."""
    passage = passage_of(scope)
    passage.code = refusal.error.code
    world = passage.found
    keys = world.error_keys if world else passage.server.settings.error_keys
    await _answer(refusal, None, world, keys, headers)(scope, receive, send)


async def refused(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers with the refusal of the passage."""
    refusal = passage_of(scope).refusal or Refusal(ApiError.ERREUR_INTERNE)
    await send_refusal(refusal, scope, receive, send)


def _answer(
    refusal: Refusal,
    operation: str | None,
    world: World | None,
    keys: ErrorKeys,
    headers: Mapping[str, str] | None,
) -> Response:
    body = body_of(refusal, operation, world, keys)
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        status_of(refusal.error, operation, world),
        headers,
        JSON,
    )
