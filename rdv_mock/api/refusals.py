"""A refusal on the wire: one body for every surface (design.md 3)."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from rdv_mock.errors import ApiError, Refusal, fill
from rdv_mock.facts.world import ErrorOverride, Responses
from rdv_mock.world import World

JSON = "application/json"


def status_of(error: ApiError, operation: str | None, override: ErrorOverride) -> int:
    """The status of a code on an operation, as the scenario or else the catalogue says."""
    return override.status or error.status_for(operation)


def body_of(
    refusal: Refusal, operation: str | None, override: ErrorOverride, responses: Responses
) -> dict[str, Any]:
    """The body of a refusal."""
    error = refusal.error
    body: dict[str, Any] = {}
    if responses.error_keys != "erreur":
        body["code"] = error.code
    if responses.error_keys != "code":
        body["erreur"] = error.code
    body["message"] = (
        fill(override.message, {**error.value.defaults, **refusal.values})
        if override.message
        else error.message_for(operation, refusal.values)
    )
    if refusal.details:
        body["details"] = [
            {"champ": detail.champ, **_line(detail.ligne), "message": detail.message}
            for detail in refusal.details
        ]
    return body


def _line(line: int | None) -> dict[str, int]:
    return {} if line is None else {"ligne": line}


def refuse(
    refusal: Refusal,
    operation: str | None,
    world: World | None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that a refusal becomes; without a world, the catalogue speaks."""
    override = world.override_of(refusal.error) if world else ErrorOverride()
    responses = world.responses if world else Responses()
    body = body_of(refusal, operation, override, responses)
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        status_of(refusal.error, operation, override),
        headers,
        JSON,
    )
