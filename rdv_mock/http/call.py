"""One call: the request, the world that it meets, who calls, and when."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from rdv_mock.facts.access import Token
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.fixtures import Limits
from rdv_mock.http.server import Server
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from rdv_mock.store.table import Table
from rdv_mock.worlds.capacites import Capacites
from rdv_mock.worlds.world import World

SERVER_KEY = "rdv_mock.server"
WORLD_KEY = "rdv_mock.worlds.world"
PATH_KEY = "rdv_mock.path"
"""The path as the client wrote it, but for its world."""
CODE_KEY = "rdv_mock.code"
"""The code of the refusal that the call comes to."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind a token, and until when: a token never outlives its bail."""

    token: Token
    until: datetime
    employe: Employe
    auto_ecole: AutoEcole


def shown_prefix(scope: Scope) -> str:
    """What a browser finds before our paths: the path of a proxy (`--public-url`), the world."""
    return f"{scope[SERVER_KEY].settings.public_path}{scope['root_path']}"


async def _nothing_left() -> Message:
    return {"type": "http.disconnect"}


class Call(Request):
    """A request as the operations see it.

    `raw_body` is set once the body has been read; `now` right after that, once for the whole call.
    `facts` is the large object of a body, which is read by itself.
    """

    caller: Caller
    known_at: tuple[Store, int]
    """The state, and how often it was written in, as of which the caller is who he is."""
    raw_body: bytes
    now: datetime
    world: World
    """The world that the path names."""
    location: str | None
    status: int | None
    facts: Source | None

    def __init__(self, scope: Scope, receive: Receive = _nothing_left) -> None:
        super().__init__(scope, receive)
        self.world = scope[WORLD_KEY]
        self._given = dict(reversed(scope["headers"]))
        self.location = None
        self.status = None
        self.facts = None

    @property
    def server(self) -> Server:
        """The process that answers."""
        server: Server = self.scope[SERVER_KEY]
        return server

    @property
    def store(self) -> Store:
        """The state of that world."""
        return self.world.store

    @property
    def limits(self) -> Limits:
        """The numbers of that world's rules."""
        return self.world.limits

    @property
    def prefix(self) -> str:
        """`/w/{world}`, or nothing at the root."""
        return str(self.scope["root_path"])

    def header(self, name: bytes) -> str:
        """The first header of this (lower-case) name, or nothing."""
        return str(self._given.get(name, b""), "latin-1")

    @property
    def media_type(self) -> str:
        """What kind of body the call says that it carries."""
        return self.header(b"content-type").partition(";")[0].strip().lower()

    def new_id(self, table: Table[Any]) -> str:
        """The next id of a kind in this world."""
        return self.store.new_id(table, seed=self.world.settings.seed)

    def done_in_part(self) -> None:
        """Say that some of it was refused; the body tells what (contract.md, A.3)."""
        self.status = HTTPStatus.MULTI_STATUS

    def locate(self, path: str) -> None:
        """Say where what this call created can be read, relative to the server."""
        self.location = shown_prefix(self.scope) + path


class VendorCall(Call):
    """A call to the simulated APIs: `caller` is set once its token has been accepted."""

    @property
    def auto_ecole(self) -> AutoEcole:
        """The école for which the caller acts."""
        return self.caller.auto_ecole

    def capacites(self) -> Capacites:
        """What the caller's école may take as of now; stale after a write."""
        return Capacites(self.store, self.auto_ecole, self.limits, self.now)
