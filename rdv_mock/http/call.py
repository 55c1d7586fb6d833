"""One call, as far as it has come: its head, then all of it, then who makes it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.types import Receive, Scope

from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.fixtures import Limits
from rdv_mock.http.passage import passage_of
from rdv_mock.http.server import Server
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from rdv_mock.store.table import Table
from rdv_mock.worlds.callers import Caller
from rdv_mock.worlds.capacites import Capacites


class Body(NamedTuple):
    """The body of a call. `facts`: its one large object, which was read by itself."""

    content: bytes
    facts: Source | None = None


class Head:
    """What is known of a call before its body is read."""

    __slots__ = ("_given", "passage", "receive", "scope", "world")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.passage = passage_of(scope)
        self.world = self.passage.world
        self._given = dict(reversed(scope["headers"]))

    def header(self, name: bytes) -> str:
        """The first header of this (lower-case) name, or nothing."""
        return str(self._given.get(name, b""), "latin-1")

    def has(self, name: bytes) -> bool:
        """Whether a header of this (lower-case) name says anything."""
        return bool(self._given.get(name))

    @property
    def media_type(self) -> str:
        """What kind of body the call says that it carries."""
        return self.header(b"content-type").partition(";")[0].strip().lower()


class EarlyCall(Request):
    """A call that may come while there is no world yet. `status`: that of its answer, if set."""

    status: int | None = None

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self.passage = passage_of(scope)

    @property
    def server(self) -> Server:
        """The process that answers."""
        return self.passage.server

    @property
    def prefix(self) -> str:
        """`/w/{world}`, or nothing at the root."""
        return self.passage.prefix


class Call(EarlyCall):
    """A call that has come whole. `now`: the present instant of its world, once for all of it."""

    location: str | None = None

    def __init__(self, head: Head, body: Body, *, now: datetime) -> None:
        super().__init__(head.scope, head.receive)
        self.head = head
        self.world = head.world
        self.raw_body, self.facts = body
        self.now = now

    @property
    def store(self) -> Store:
        """The state of the call's world."""
        return self.world.store

    @property
    def limits(self) -> Limits:
        """The numbers of that world's rules."""
        return self.world.limits

    def header(self, name: bytes) -> str:
        """The first header of this (lower-case) name, or nothing."""
        return self.head.header(name)

    @property
    def media_type(self) -> str:
        """What kind of body the call says that it carries."""
        return self.head.media_type

    def new_id(self, table: Table[Any]) -> str:
        """The next id of a kind in this world."""
        return self.store.new_id(table, seed=self.world.settings.seed)

    def done_in_part(self) -> None:
        """Answer that some of it was refused; the body tells what.

        See docs/contract/conventions.md#answers.
        """
        self.status = HTTPStatus.MULTI_STATUS

    def locate(self, path: str) -> None:
        """Answer where what this call created can be read, relative to the server."""
        self.location = self.passage.shown_prefix + path


class VendorCall(Call):
    """A call to the simulated APIs, and who makes it."""

    def __init__(self, head: Head, body: Body, caller: Caller, *, now: datetime) -> None:
        super().__init__(head, body, now=now)
        self.caller = caller

    @property
    def auto_ecole(self) -> AutoEcole:
        """The école for which the caller acts."""
        return self.caller.auto_ecole

    def capacites(self) -> Capacites:
        """What the caller's école may take as of now; stale after a write."""
        return Capacites(self.store, self.auto_ecole, self.limits, self.now)
