"""Watching one call go by, for the journal."""

import asyncio

from starlette.types import Message as AsgiMessage
from starlette.types import Receive, Scope

from rdv_mock.api.access import EMPLOYE_KEY
from rdv_mock.api.call import CODE_KEY
from rdv_mock.api.striking import INCIDENT_KEY
from rdv_mock.journal import (
    LARGEST_BODY,
    Entry,
    Message,
    masked,
    masked_form,
    masked_headers,
)
from rdv_mock.world import World

UNRECORDED = ("/_mock", "/docs", "/swagger-ui", "/openapi.json", "/v3/api-docs", "/favicon.ico")
"""The control plane and the pages: what a vendor's program does not call."""
FORM = "application/x-www-form-urlencoded"
PATIENCE_SECONDS = 1
"""How long a body is waited for that nobody has asked for."""


def is_recorded(path: str) -> bool:
    """Whether calls to an address belong in the journal."""
    return path != "/" and not any(path == one or path.startswith(f"{one}/") for one in UNRECORDED)


class Recorder:
    """Remembers the beginning of both bodies, and the head of the answer."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._request = bytearray()
        self._response = bytearray()
        self._is_heard = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []

    async def receive(self) -> AsgiMessage:
        """What the client sends next."""
        message = await self._receive()
        if message["type"] == "http.request":
            _keep(self._request, message.get("body", b""))
        self._is_heard = not message.get("more_body", False)
        return message

    async def hear_out(self) -> None:
        """Read a small body that the call was answered without: it belongs in the journal."""
        if self._is_heard:
            return
        headers = dict(self._scope["headers"])
        announced = headers.get(b"content-length", b"")
        is_coming = announced.isdigit() and b"expect" not in headers
        if not is_coming or int(announced) > LARGEST_BODY:
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not self._is_heard:
                    await self.receive()
        except TimeoutError:
            return

    def sees(self, message: AsgiMessage) -> None:
        """What the client is sent next."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message["headers"])
        else:
            _keep(self._response, message.get("body", b""))

    def entry(self, served: Scope, world: World, path: str, seconds: float) -> Entry:
        """The call as the journal keeps it; status 0 when it was not answered at all."""
        query = self._scope["query_string"].decode("latin-1")
        return Entry(
            at=world.clock.now(),
            real_at=world.real(),
            method=self._scope["method"],
            path=path,
            operation=served.get("rdv_mock.operation"),
            employe=served.get(EMPLOYE_KEY),
            status=self._status,
            code=served.get(CODE_KEY),
            incident=served.get(INCIDENT_KEY),
            duration_ms=round(seconds * 1000, 3),
            request=_message(self._scope["headers"], self._request, query),
            response=_message(self._headers, self._response),
        )


def _keep(kept: bytearray, more: bytes) -> None:
    kept += more[: LARGEST_BODY - len(kept)]


def _message(headers: list[tuple[bytes, bytes]], body: bytearray, query: str = "") -> Message:
    shown = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
    mask = masked_form if shown.get("content-type", "").lower().startswith(FORM) else masked
    return Message(masked_headers(shown), mask(body.decode(errors="replace")), masked_form(query))
