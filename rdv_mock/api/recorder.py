"""Watching one call go by, for the journal."""

import asyncio
import re
from collections.abc import Sequence

from starlette.types import Message as AsgiMessage
from starlette.types import Receive, Scope

from rdv_mock.api.access import EMPLOYE_KEY
from rdv_mock.api.call import CODE_KEY
from rdv_mock.api.striking import INCIDENT_KEY
from rdv_mock.journal import LARGEST_BODY, Entry, Message
from rdv_mock.world import World

UNRECORDED = ("/_mock", "/docs", "/swagger-ui", "/openapi.json", "/v3/api-docs", "/favicon.ico")
"""The control plane and the pages: what a vendor's program does not call."""
_UNRECORDED = re.compile(rf"(?:{'|'.join(map(re.escape, UNRECORDED))})(?:/|\Z)|/\Z")
PATIENCE_SECONDS = 1
"""How long a body is waited for that nobody has asked for."""


def is_recorded(path: str) -> bool:
    """Whether calls to an address belong in the journal."""
    return _UNRECORDED.match(path) is None


class Recorder:
    """Remembers the beginning of both bodies, and the head of the answer."""

    __slots__ = ("_headers", "_is_heard", "_receive", "_request", "_response", "_scope", "_status")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._request = b""
        self._response = b""
        self._status = 0
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._is_heard = False

    async def receive(self) -> AsgiMessage:
        """What the client sends next."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._request = _more(self._request, message.get("body", b""))
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

    def listen_no_more(self) -> None:
        """Take what has come for all there is: there is no time left."""
        self._is_heard = True

    def sees(self, message: AsgiMessage) -> None:
        """What the client is sent next."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], message["headers"]
        else:
            self._response = _more(self._response, message.get("body", b""))

    def entry(self, served: Scope, world: World, path: str, seconds: float) -> Entry:
        """The call as the journal keeps it; status 0 when it was not answered at all."""
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
            request=Message(self._scope["headers"], self._request, self._scope["query_string"]),
            response=Message(self._headers, self._response),
        )


def _more(kept: bytes, more: bytes) -> bytes:
    return kept + more[: LARGEST_BODY - len(kept)]
