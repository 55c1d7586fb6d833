"""Serving under an overlay: our operations at the addresses and in the names of its contract.

Installed only with an overlay. Bodies, queries and headers are translated on the wire; the control
plane, incidents and the journal keep our names of operations and codes. *Ours* is what this
project calls something, *theirs* what the overlay calls it.
"""

import json
from collections.abc import Iterable
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute, Route, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rdv_mock import api, control, provider
from rdv_mock.clock import real_now
from rdv_mock.document.openapi import document_of
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.answers import Answer
from rdv_mock.http.dispatch import Dispatch
from rdv_mock.http.passage import Passage, passage_of
from rdv_mock.http.refusals import send_refusal
from rdv_mock.http.server import Server
from rdv_mock.http.striking import DroppedConnection
from rdv_mock.http.traits import LARGEST_BODY
from rdv_mock.overlay.bad import BadOverlay
from rdv_mock.overlay.check import compile_overlay
from rdv_mock.overlay.compiled import Overlay, Translation
from rdv_mock.overlay.part import read_part
from rdv_mock.overlay.refusal import refusal_on_wire
from rdv_mock.overlay.translation import query_of_ours, to_ours, to_theirs
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import Source
from rdv_mock.settings import OWN_PATHS
from rdv_mock.wire.statuses import NEVER_WITH_BODY
from rdv_mock.worlds.contents import begin
from rdv_mock.worlds.world import PRINCIPAL, World

OWN = (*OWN_PATHS, "/favicon.ico")


def read_overlay(path: Path, server: Server) -> Overlay:
    """Read the overlay of a file, and check it against the document. Raises BadOverlay."""
    part, source = read_part(path)
    document = _plain_document(server.settings.livret_base_path)
    elsewhere = {route.operation for route in (*provider.ROUTES, *control.ROUTES)}
    overlay, problems = compile_overlay(part, source, document, elsewhere)
    if problems:
        raise BadOverlay(path, problems)
    return overlay


@cache
def _plain_document(livret: str) -> dict[str, Any]:
    """The document of an empty world; cached, since making it takes a while."""
    nothing = load_scenario(Source({"title": "Rien"}), name=PRINCIPAL, now=real_now())
    with closing(World(PRINCIPAL, begin(nothing))) as world:
        return document_of(api.ROUTES, world, "", livret)


def dispatch_under(overlay: Overlay, rest: Iterable[BaseRoute]) -> Dispatch:
    """All addresses under an overlay. `rest`: the routes that it does not move."""
    return Dispatch([*moved_routes(overlay), *rest], unknown=vacated(overlay))


def moved_routes(overlay: Overlay) -> list[Route]:
    """The operations at their addresses; a path with more literal segments comes first."""
    routes, locations = [], Locations(overlay)
    for route in api.ROUTES:
        one = overlay.operations[route.unique_id]
        moved = Route(one.path, Translated(route.serve, one, locations, overlay))
        moved.methods = {one.method}
        routes.append(moved)
    return sorted(routes, key=_literals_first)


def _literals_first(route: Route) -> list[bool]:
    return [part.startswith("{") for part in route.path.split("/")]


def vacated(overlay: Overlay) -> set[str]:
    """Paths without ids that nothing serves any more: none is taken for an id."""
    operations = overlay.operations.values()
    unknown = {overlay.moved(path) for path in api.UNKNOWN} | api.UNKNOWN
    return (unknown | {one.old_path for one in operations}) - {one.path for one in operations}


class Locations:
    """Moves a `Location` to the address that the overlay gives it."""

    def __init__(self, overlay: Overlay) -> None:
        self._moved = [
            (compile_path(one.old_path)[0], one.path)
            for one in overlay.operations.values()
            if one.old_method == "GET" and one.path != one.old_path
        ]

    def moved(self, location: str, prefix: str) -> str:
        """The moved `Location`; both begin with the prefix of the world."""
        path = location.removeprefix(prefix)
        for pattern, moved in self._moved:
            if found := pattern.fullmatch(path):
                return prefix + moved.format_map(found.groupdict())
        return location


class Translated:
    """One operation in their names: it is called in ours."""

    def __init__(
        self, app: ASGIApp, one: Translation, locations: Locations, overlay: Overlay
    ) -> None:
        self._app = app
        self._one = one
        self._locations = locations
        self._overlay = overlay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        passage = passage_of(scope)
        passage.translate = partial(self._translate, passage)
        if any(ours != theirs for ours, theirs in self._one.parameters.items()):
            scope["query_string"] = query_of_ours(scope["query_string"], self._one.parameters)
        heard = _in_our_names(receive, self._one) if self._one.request else receive
        await self._app(scope, heard, send)

    def _translate(self, passage: Passage, answer: Answer) -> Answer:
        if passage.code is not None:
            return translated_refusal(passage, answer, self._overlay, self._one)
        one = self._one
        headers = dict(answer.headers)
        if location := headers.get(b"location"):
            moved = self._locations.moved(location.decode("latin-1"), passage.shown_prefix)
            headers[b"location"] = moved.encode("latin-1")
        status = one.status if answer.status == one.success else answer.status
        translate = partial(to_theirs, node=one.response, codes=self._overlay.codes)
        return _answer(status, headers, _rewritten(answer.body, translate))


def translated_refusal(
    passage: Passage, answer: Answer, overlay: Overlay, one: Translation | None
) -> Answer:
    """A refusal in their names; a status that the scenario has chosen stays."""
    if passage.code is None:
        return answer
    error = ApiError[passage.code]
    is_chosen = passage.world.override_of(error).status is not None
    status = None if is_chosen else overlay.status_of(error.code, one)
    body = _rewritten(answer.body, partial(refusal_on_wire, overlay=overlay, one=one))
    return _answer(status or answer.status, dict(answer.headers), body)


def _rewritten(body: bytes, translate: Any) -> bytes:  # noqa: ANN401 - takes and returns JSON
    """Translate JSON; a body without changes stays the same to the byte."""
    if not body:
        return body
    content = json.loads(body)
    told = translate(content)
    if told == content:
        return body
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(status: int, headers: dict[bytes, bytes], body: bytes) -> Answer:
    """Make an answer whose `Content-Length` is right."""
    if status in NEVER_WITH_BODY:
        body = b""
        headers = {name: one for name, one in headers.items() if not name.startswith(b"content-")}
    else:
        headers[b"content-length"] = str(len(body)).encode()
    return Answer(status, list(headers.items()), body)


def _in_our_names(receive: Receive, one: Translation) -> Receive:
    """Receive the body of a call in our names; one that is too large or no JSON stays as it is."""
    is_heard = False

    async def hear() -> Message:
        nonlocal is_heard
        if is_heard:
            return await receive()
        is_heard = True
        body, more = b"", True
        while more and len(body) <= LARGEST_BODY:
            message = await receive()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
            more = message.get("more_body", False)
        told = body if more else _body_of_ours(body, one)
        return {"type": "http.request", "body": told, "more_body": more}

    return hear


def _body_of_ours(body: bytes, one: Translation) -> bytes:
    try:
        content = json.loads(body.decode())
    except (ValueError, RecursionError):
        return body  # the check of the body says what is wrong with it
    told = to_ours(content, one.request)
    try:
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half an emoji: the check refuses it by its escape
        return json.dumps(told, separators=(",", ":")).encode()


class OverlayLayer:
    """Around all addresses: it translates the answers that no operation has translated."""

    def __init__(self, app: ASGIApp, overlay: Overlay) -> None:
        self._app = app
        self._overlay = overlay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call; the control plane, the provider and the pages stay as they are."""
        if scope["type"] != "http" or _is_own((passage := passage_of(scope)).path):
            await self._app(scope, receive, send)
            return
        passage.translate = partial(translated_refusal, passage, overlay=self._overlay, one=None)
        start: Message = {}
        chunks: list[bytes] = []

        async def send_translated(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                answer = Answer(start["status"], start["headers"], b"".join(chunks))
                translate = passage.take_translate()
                await _send(answer if translate is None else translate(answer), send)

        try:
            await self._app(scope, receive, send_translated)
        except DroppedConnection:
            raise
        except Exception:
            crash = Refusal(ApiError.ERREUR_INTERNE)
            await send_refusal(crash, scope, receive, send_translated)
            raise  # to be logged


async def _send(answer: Answer, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": answer.headers,
        }
    )
    await send({"type": "http.response.body", "body": answer.body})


def _is_own(path: str) -> bool:
    return path == "/" or any(path == one or path.startswith(f"{one}/") for one in OWN)
