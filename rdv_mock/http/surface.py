"""The outermost layer: it finds the world of a path, and stamps every answer."""

import asyncio
import logging
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from math import floor

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rdv_mock.clock import stopwatch
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.hints import suggestion
from rdv_mock.http.addresses import LIVRET, REALM
from rdv_mock.http.doors import Doors
from rdv_mock.http.passage import PASSAGE_KEY, TRANSPORT_KEY, Passage
from rdv_mock.http.recorder import Recorder, is_recorded
from rdv_mock.http.server import Server
from rdv_mock.http.striking import DroppedConnection
from rdv_mock.store.trouble import trouble_of
from rdv_mock.worlds.world import PRINCIPAL, World

log = logging.getLogger("rdv_mock")

OLD_REALM = f"/auth{REALM}"
"""The path of the realm on older Keycloak servers; both paths answer alike."""

_WORLD = re.compile(r"^/w/([^/]*)(?=/|$)")
_ALWAYS = {"/_mock/health", "/_mock/ready"}
_STAMPS = {b"x-rdv-mock", b"date", b"x-content-type-options"}


class Surface:
    """Finds the world, hands the call on, and stamps the answer.

    Every answer says that it comes from a simulator, and tells the time of its world
    (docs/contract/surfaces.md#headers). `refused` answers when `app` does not: the world is
    unknown, or `app` has crashed.
    """

    def __init__(self, app: ASGIApp, refused: ASGIApp, server: Server) -> None:
        self.app = app
        self._refused = refused
        self.server = server
        moved = server.overlay is not None  # then the routes are where they are reached
        self._largest = server.settings.journal_bodies
        self._livret = LIVRET if moved else server.settings.livret_base_path
        self._doors = Doors.of(server.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = stopwatch()
        status = 0
        recorder = Recorder(scope, receive, self._largest)
        name, prefix, path = _split(scope["path"])
        world = self._find_world(name, started)
        is_head = scope["method"] == "HEAD"
        realm = OLD_REALM if path.startswith(f"{OLD_REALM}/") else REALM
        passage = Passage(self.server, world, prefix, path, realm, scope.get(TRANSPORT_KEY))

        async def stamp(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                await recorder.read_rest()
                status = message["status"]
                message["headers"] = [
                    *[header for header in message["headers"] if header[0] not in _STAMPS],
                    *stamps_of(self.server, world),
                ]
            elif is_head:
                message = {**message, "body": b""}
            recorder.record(message)
            await send(message)

        inner = {
            **scope,
            "method": "GET" if is_head else scope["method"],
            "root_path": prefix,
            "path": prefix + self._route_path(path),
            PASSAGE_KEY: passage,
        }
        try:
            self._doors.check(scope, path, is_local=self.server.is_local)
            self._check_world(world, prefix, path)
            await self.app(inner, recorder.receive, stamp)
        except DroppedConnection:
            await recorder.read_rest()
            await drop(passage, receive)
        except (Exception, asyncio.CancelledError) as problem:
            passage.refusal = _refusal_of(problem, scope)
            recorder.stop_reading()
            if not status:
                await self._refused(inner, receive, stamp)
        if world is not None and is_recorded(path):
            world.journal.add(recorder.entry(passage, world, stopwatch() - started))
        if log.isEnabledFor(logging.INFO):
            _log(scope["method"], passage, status, stopwatch() - started)

    def _find_world(self, name: str, now: float) -> World | None:
        """The world with this name, or None; it counts as used `now`."""
        world = self.server.worlds.get(name)
        if world is None or self.server.drop_if_idle(world):
            return None
        world.last_used = now
        return world

    def _check_world(self, world: World | None, prefix: str, path: str) -> None:
        """Refuse a call to an unknown world, or to one that is still being loaded."""
        if world is None and (prefix or path not in _ALWAYS):
            if not self.server.worlds:
                raise Refusal(ApiError.SERVICE_INDISPONIBLE)
            raise self._no_such_world(prefix)

    def _no_such_world(self, prefix: str) -> Refusal:
        """MONDE_INCONNU. Only a caller who may steer is told which worlds there are."""
        is_open = self.server.settings.admin_token is None
        hint = suggestion(prefix.removeprefix("/w/"), self.server.worlds) if is_open else ""
        return Refusal(ApiError.MONDE_INCONNU, hint=hint)

    def _route_path(self, path: str) -> str:
        """The path of the route; the Livret and the realm may be reached under other paths."""
        if path.startswith(f"{OLD_REALM}/"):
            return path.removeprefix("/auth")
        if self._livret == LIVRET:
            return path
        if path.startswith(f"{self._livret}/"):
            return LIVRET + path.removeprefix(self._livret)
        return "/inconnu" if path.startswith(f"{LIVRET}/") else path


def stamps_of(server: Server, world: World | None) -> list[tuple[bytes, bytes]]:
    """The headers of every answer: it comes from a simulator, and the time of its world."""
    world = world or server.worlds.get(PRINCIPAL)
    now = world.clock.now() if world else server.real()
    return [
        (b"x-rdv-mock", b"1"),
        (b"x-content-type-options", b"nosniff"),
        (b"date", _http_date(floor(now.timestamp()))),
    ]


@lru_cache(maxsize=1024)
def _http_date(second: int) -> bytes:
    """An instant as headers write it; cached, since many calls come within one second."""
    return format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True).encode()


def _split(path: str) -> tuple[str, str, str]:
    """The world that a path names, its prefix, and the rest."""
    named = _WORLD.match(path) if path.startswith("/w/") else None
    if named is None:
        return PRINCIPAL, "", path
    return named[1], named[0], path[named.end() :] or "/"


def _refusal_of(problem: BaseException, scope: Scope) -> Refusal:
    """The refusal for a call that an exception has ended; a crash is logged."""
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, asyncio.CancelledError):
        return Refusal(ApiError.SERVICE_INDISPONIBLE)  # the server is stopping
    trouble = trouble_of(problem)
    if trouble is not None:
        told = trouble.value
        log.error("%s %s: %s (%s)", scope["method"], _masked_address(scope), told.english, problem)
        detail = Detail("serveur", told.french)
        return Refusal(ApiError.STOCKAGE_INDISPONIBLE, details=[detail])
    log.error("%s %s crashed", scope["method"], _masked_address(scope), exc_info=problem)
    return Refusal(ApiError.ERREUR_INTERNE)


def _masked_address(scope: Scope) -> str:
    _, prefix, path = _split(scope["path"])
    return prefix + _masked(path)


def _masked(path: str) -> str:
    from rdv_mock.worlds.masking import masked_path  # noqa: PLC0415 - few paths need it

    return masked_path(path)


def _log(method: str, passage: Passage, status: int, seconds: float) -> None:
    """Log one line; without the query, which may hold a secret. A path with one is masked."""
    prefix, path = passage.prefix, passage.path
    if path in _ALWAYS and not prefix:
        return  # probes would fill the log
    if passage.operation is None or "=" in path or "eyJ" in path:
        path = _masked(path)
    what = passage.operation and (passage.code or passage.operation)
    line = f"{method} {prefix}{path} {status}{f' {what}' if what else ''}"
    log.info(line, extra={"milliseconds": round(seconds * 1_000, 1)})


async def drop(passage: Passage, receive: Receive) -> None:
    """End the TCP connection without another byte, if there is one."""
    if passage.transport is None:
        raise ConnectionResetError("the connection was dropped")
    passage.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
