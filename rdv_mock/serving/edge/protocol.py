"""uvicorn's protocol over httptools, with limits, and without upgrades.

What llhttp says is what counts: nothing here reads HTTP by itself. A head is counted as it comes,
and measured once it is there. Where a client offers an upgrade, llhttp stops after the head; the
same head without the offer goes through a new parser, which reads on (RFC 9110, 7.8).
"""

import asyncio
import logging
import math
from collections.abc import Iterable
from enum import Enum
from urllib.parse import unquote

import httptools
from typing_extensions import override
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from rdv_mock.errors import ApiError
from rdv_mock.http.passage import TRANSPORT_KEY
from rdv_mock.http.server import Server
from rdv_mock.serving.edge.answers import bytes_of, messages_of
from rdv_mock.serving.edge.crowd import Crowd
from rdv_mock.serving.edge.limits import (
    BODY_SECONDS,
    HEAD_SECONDS,
    KEEP_ALIVE_SECONDS,
    LARGEST_HEAD,
    LINGER_SECONDS,
)
from rdv_mock.serving.transport import Gathering

log = logging.getLogger("rdv_mock")

VERSIONS = {"1.1", "1.0"}


class Stage(Enum):
    """What has come last: all of a message, part of a head, part of a body; or it is all over."""

    BETWEEN = "between"
    HEAD = "head"
    BODY = "body"
    OVER = "over"


class Unacceptable(Exception):  # noqa: N818 - what came, not a fault of ours
    """What came is refused, and nothing of the connection is read any more."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.code)
        self.error = error


class Cycle(RequestResponseCycle):
    """One call and its answer."""

    server: Server

    @override
    async def send_500_response(self) -> None:
        """Answer where the application has not, as it would have."""
        for message in messages_of(self.server, ApiError.ERREUR_INTERNE):
            await self.send(message)  # type: ignore[arg-type] # Starlette's type of the same


class Protocol(HttpToolsProtocol):
    """One connection. It hands out its transport: an incident may drop it."""

    transport: Gathering
    server_state: Crowd
    cycle: Cycle | None  # type: ignore[assignment] # there is none at first

    since: float
    """When it last did what its stage waits for, by the clock of the loop."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """A client is there."""
        super().connection_made(Gathering(transport, self.loop))
        self._stage = Stage.BETWEEN
        self.since = self._answered_at = self.loop.time()
        self._messages = 0  # how many have come whole
        self._head = self._spare = 0  # bytes of the head on its way at most, and too many of them
        self._reach = 0  # bytes of the head that is being read at most
        self._frame = 0  # bytes since the last one of a body, while one is on its way
        self._offered: list[tuple[bytes, bytes]] | None = None  # the headers of an offer
        self._last_words: bytes | None = None
        self.server_state.make_room(self, transport.get_extra_info("socket").fileno())

    # What comes

    @override
    def data_received(self, data: bytes) -> None:
        """Some bytes have come; most often they are one whole call."""
        before, messages = self._stage, self._messages
        if before is Stage.OVER:
            return
        self._reach = self._head + len(data)
        if before is Stage.BODY:
            self._frame += len(data)
        self._feed(data)
        if self._stage is Stage.BETWEEN:
            self._head = 0
        elif self._stage is Stage.BODY:
            self._head = 0
            self.since = self.loop.time()
            if self._frame > LARGEST_HEAD:
                self._refuse(ApiError.EN_TETES_TROP_VOLUMINEUX)
        elif self._stage is Stage.HEAD:
            if (
                before is not Stage.HEAD or messages != self._messages
            ):  # it has begun in these bytes
                self.since = self.loop.time()
                self._head = 0
                is_all = before is Stage.BETWEEN and messages == self._messages
                self._spare = 0 if is_all else len(data)
            self._head += len(data)
            if self._head - self._spare > LARGEST_HEAD:
                self._refuse(self._too_large())

    def _feed(self, data: bytes | memoryview) -> None:
        try:
            self._parse(data)
        except httptools.HttpParserError as problem:
            cause = problem.__context__
            if isinstance(cause, Unacceptable):
                self._refuse(cause.error)
            else:
                if isinstance(problem, httptools.HttpParserCallbackError):
                    log.exception("a call could not be taken in")
                self._refuse(ApiError.REQUETE_ILLISIBLE)

    def _parse(self, data: bytes | memoryview) -> None:
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                data = memoryview(data)[offer.args[0] :]
                self._decline()
            else:
                return

    def _decline(self) -> None:
        """Read the same head again as if nothing had been offered."""
        line = self.parser.get_method(), self.url, self.parser.get_http_version().encode()
        kept = [header for header in self.headers if header[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        lines = b"".join(b"%b: %b\r\n" % header for header in kept)
        self.parser.feed_data(b"%b %b HTTP/%b\r\n%b\r\n" % (*line, lines))

    @override
    def on_message_begin(self) -> None:
        """A call comes in."""
        self._stage = Stage.HEAD
        super().on_message_begin()
        self.scope[TRANSPORT_KEY] = self.transport  # type: ignore[literal-required] # a key of ours

    @override
    def on_headers_complete(self) -> None:
        """The head of a call is there; raises Unacceptable."""
        parser, scope = self.parser, self.scope
        if self._reach > LARGEST_HEAD and self._size() > LARGEST_HEAD:
            raise Unacceptable(self._too_large())
        version = parser.get_http_version()
        if version not in VERSIONS:
            raise Unacceptable(ApiError.REQUETE_ILLISIBLE)
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts != 1 and (hosts or version != "1.0"):  # RFC 9112, 3.2
            raise Unacceptable(ApiError.REQUETE_ILLISIBLE)
        if parser.should_upgrade():
            if parser.get_method() == b"CONNECT":  # nobody's proxy
                raise Unacceptable(ApiError.REQUETE_ILLISIBLE)
            self._offered = self.headers
            return
        if self._offered is not None:  # told as it came
            scope["headers"], self._offered = self._offered, None
        scope["method"] = parser.get_method().decode()
        scope["http_version"] = version
        self._locate()
        self._stage, self._frame = Stage.BODY, 0
        self.headers = []  # trailers are no headers
        last = self.cycle
        cycle = self.cycle = Cycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        cycle.server = self._server
        if last is None or last.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def _locate(self) -> None:
        """Write into the scope what is called; raises Unacceptable."""
        try:
            url = httptools.parse_url(self.url)
        except httptools.HttpParserInvalidURLError:
            raise Unacceptable(ApiError.REQUETE_ILLISIBLE) from None
        raw_path = url.path or b"/"
        path = raw_path.decode("ascii", errors="replace")
        self.scope["path"] = unquote(path) if "%" in path else path
        self.scope["raw_path"] = raw_path
        self.scope["query_string"] = url.query or b""

    @override
    def on_body(self, body: bytes) -> None:
        """Part of a body is there."""
        self._frame = 0
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    @override
    def on_message_complete(self) -> None:
        """All of a call is there; raises Unacceptable."""
        if self._offered is not None:
            return
        if self.headers and _size_of(self.headers) > LARGEST_HEAD:  # its trailers
            raise Unacceptable(ApiError.EN_TETES_TROP_VOLUMINEUX)
        self._stage = Stage.BETWEEN
        self._messages += 1
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return
        cycle.more_body = False
        cycle.message_event.set()

    # What leaves

    @override
    def on_response_complete(self) -> None:
        """A call has been answered."""
        self.transport.send()
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._answered_at = self.loop.time()
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._last_words is not None:
            self._part(self._last_words)
        elif self._stage is Stage.BETWEEN:
            self.since = self._answered_at

    def _refuse(self, error: ApiError) -> None:
        """Refuse what is on its way, after what came before is answered; take in nothing more."""
        stage, cycle = self._stage, self.cycle
        self._stage, self.since = Stage.OVER, math.inf
        words = bytes_of(self._server, error)
        log.info("a call that cannot be read: %d %s", error.status_for(None), error.code)
        if stage is Stage.BODY and cycle is not None:
            if self.pipeline and self.pipeline[0][0] is cycle:
                self.pipeline.popleft()  # others are answered first, it never
            elif cycle.response_started:
                self._last_words = b""
                if cycle.response_complete:
                    self._part(b"")
                return
            else:
                cycle.disconnected = True
                cycle.waiting_for_100_continue = False  # nothing more is wanted
                cycle.message_event.set()
                self._part(words)
                return
        elif cycle is None or cycle.response_complete:
            self._part(words)
            return
        self._last_words = words

    def _part(self, words: bytes) -> None:
        """Say the last thing, and let the client come to his end."""
        if self.transport.is_closing():
            return
        self.transport.write(words)
        self.transport.write_eof()
        self.since = self.loop.time()

    # What takes too long

    def look_after(self, now: float) -> None:
        """End what has taken too long; what is being served never does."""
        stage = self._stage
        if self.transport.is_closing():  # the client does not take what is left
            if now - self._answered_at >= KEEP_ALIVE_SECONDS:
                self.transport.abort()
        elif stage is Stage.OVER:
            if now - self.since >= LINGER_SECONDS:
                self.transport.abort()
        elif self.flow.read_paused:  # it is us who are slow
            self.since = now
        elif stage is Stage.HEAD:
            if now - self.since >= HEAD_SECONDS:
                self._refuse(ApiError.REQUETE_TROP_LENTE)
        elif stage is Stage.BODY:
            self._look_after_body(now)
        else:
            self._look_after_idle(now)

    def _look_after_body(self, now: float) -> None:
        cycle = self.cycle
        if cycle is None or cycle.waiting_for_100_continue:
            self.since = now
        elif cycle.response_complete:
            if now - self._answered_at >= BODY_SECONDS:
                self._refuse(ApiError.REQUETE_TROP_LENTE)
        elif now - self.since >= BODY_SECONDS:
            self._refuse(ApiError.REQUETE_TROP_LENTE)

    def _look_after_idle(self, now: float) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            return
        seconds = HEAD_SECONDS if self.cycle is None else KEEP_ALIVE_SECONDS
        if now - self.since < seconds:
            return
        if self.transport.get_write_buffer_size():  # the client has not even taken his answer
            self.transport.abort()
        else:
            self.transport.close()

    def idleness(self) -> int | None:
        """How soon it makes room for others, 0 first; None: it is being served."""
        cycle = self.cycle
        if self._stage in {Stage.HEAD, Stage.OVER}:
            return 0 if cycle is None or cycle.response_complete else None
        if cycle is None:
            return 0
        if self._stage is Stage.BODY:
            return 2
        return 1 if cycle.response_complete else None

    # Of which it is made

    @property
    def _server(self) -> Server:
        server: Server = self.config.app.server  # type: ignore[union-attr] # our application
        return server

    def _size(self) -> int:
        """Bytes of the head that is there, as it is written plainly."""
        line = len(self.parser.get_method()) + len(self.url) + len("  HTTP/1.1\r\n\r\n")
        return line + _size_of(self.headers)

    def _too_large(self) -> ApiError:
        """What is too large of a head."""
        if len(self.url) > LARGEST_HEAD // 2:
            return ApiError.ADRESSE_TROP_LONGUE
        return ApiError.EN_TETES_TROP_VOLUMINEUX


def _size_of(headers: Iterable[tuple[bytes, bytes]]) -> int:
    return sum([len(name) + len(value) + len(": \r\n") for name, value in headers])
