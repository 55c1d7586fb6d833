"""One call, recorded for the journal."""

import asyncio
import re
from collections.abc import Sequence

from starlette.types import Message as AsgiMessage
from starlette.types import Receive, Scope

from rdv_mock.http.passage import Passage
from rdv_mock.worlds.journal import LONGEST_PATH, Entry, Message
from rdv_mock.worlds.world import World

UNRECORDED = ("/_mock", "/docs", "/swagger-ui", "/openapi.json", "/v3/api-docs", "/favicon.ico")
"""The control plane and the pages, which no vendor's program calls."""
_UNRECORDED = re.compile(rf"(?:{'|'.join(map(re.escape, UNRECORDED))})(?:/|\Z)|/\Z")
MOST_DIGITS = 15
"""Digits of a `Content-Length` that is believed."""
PATIENCE_SECONDS = 1
"""How long to wait for a body that the operation has not read."""


def is_recorded(path: str) -> bool:
    """Whether calls to this path belong in the journal."""
    return _UNRECORDED.match(path) is None


class Recorder:
    """Keeps the beginning of both bodies, and the head of the answer."""

    __slots__ = ("_announced", "_headers", "_is_heard", "_largest", "_receive", "_request",
                 "_response", "_scope", "_status")  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive, largest: int) -> None:
        """`largest`: bytes of a body that are kept."""
        self._scope = scope
        self._receive = receive
        self._largest = largest
        self._request = Beginning()
        self._response = Beginning()
        self._status = 0
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._announced = 0
        self._is_heard = False

    async def receive(self) -> AsgiMessage:
        """Receive what the client sends next, and keep it."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._request.add(message.get("body", b""), self._largest)
        self._is_heard = not message.get("more_body", False)
        return message

    async def read_rest(self) -> None:
        """Read what is left of the body of a call that is answered: it belongs in the journal."""
        if self._is_heard:
            return
        headers = dict(self._scope["headers"])
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and len(announced) <= MOST_DIGITS:
            self._announced = int(announced)
        if not 0 < self._announced <= self._largest or b"expect" in headers:
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not self._is_heard:
                    await self.receive()
        except TimeoutError:
            return

    def stop_reading(self) -> None:
        """Treat the body as complete: there is no time to read on."""
        self._is_heard = True

    def record(self, message: AsgiMessage) -> None:
        """Record what the client is sent next."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], message["headers"]
        else:
            self._response.add(message.get("body", b""), self._largest)

    def entry(self, passage: Passage, world: World, seconds: float) -> Entry:
        """The call as the journal keeps it; status 0 when it was not answered."""
        heard = self._request.size
        return Entry(
            at=world.clock.now(),
            real_at=world.real(),
            method=self._scope["method"],
            path=passage.path[:LONGEST_PATH],
            operation=passage.operation,
            employe=None if passage.caller is None else passage.caller.employe.id,
            status=self._status,
            code=passage.code,
            incident=None if passage.struck_by is None else passage.struck_by.id,
            duration_ms=round(seconds * 1000, 3),
            request=Message(
                self._scope["headers"],
                self._request.kept(),
                self._scope["query_string"],
                size=heard if self._is_heard else max(heard, self._announced),
                largest=self._largest,
            ),
            response=Message(
                self._headers,
                self._response.kept(),
                size=self._response.size,
                largest=self._largest,
            ),
        )


class Beginning:
    """The beginning of a body that comes in pieces; most bodies come in one."""

    __slots__ = ("_first", "_more", "size")

    def __init__(self) -> None:
        self._first = b""
        self._more: bytearray | None = None
        self.size = 0

    def add(self, piece: bytes, largest: int) -> None:
        """Add a piece; keep the first `largest` bytes of the whole."""
        if not self.size:
            self._first = piece if len(piece) <= largest else piece[:largest]
        elif piece and self.size < largest:
            if self._more is None:
                self._more = bytearray(self._first)
            self._more += piece[: largest - self.size]
        self.size += len(piece)

    def kept(self) -> bytes:
        """The bytes that are kept."""
        return self._first if self._more is None else bytes(self._more)
