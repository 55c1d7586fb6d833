"""The path of every call through its operation: the order of checks, once.

An operation is declared with FastAPI's words, and its class serves the call by itself. It admits
the caller before the body is read, reads and validates the body once, takes `now`, catches up, runs
the endpoint inside one transaction and writes the answer once.

FastAPI makes a route of its own from the declaration (`Operation.described`), for the OpenAPI
document alone. It must read the same in a declaration as we do, in what follows
(`tests/http/test_declarations.py` holds it):

- `params.Path` and `params.Query` in `Annotated` mark a segment of the path, called `alias` there,
  and the model of the query; a parameter whose type is a `Request` takes the call; any other one
  takes the body, which may be left out where the parameter has a default;
- without `response_model` the answer is what the endpoint says that it returns, and nothing if that
  is a `Response`;
- `get_openapi` takes such routes, and calls each by its `unique_id`.

See docs/contract/conventions.md#order.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cached_property, partial
from http import HTTPStatus
from types import NoneType
from typing import Any, TypedDict, get_type_hints

from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from pydantic.alias_generators import to_camel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from typing_extensions import Unpack, override

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.access import (
    authenticate,
    check_admin,
    check_rate_limits,
    check_scope,
    headers_of,
)
from rdv_mock.http.answers import Written
from rdv_mock.http.arguments import Parameters
from rdv_mock.http.aside import aside
from rdv_mock.http.body import check_announced_size, cut_facts_out, read_body
from rdv_mock.http.call import Body, Call, EarlyCall, Head, VendorCall
from rdv_mock.http.life import check_exists, live_until_now, undisturbed
from rdv_mock.http.refusals import refuse
from rdv_mock.http.striking import find_incident, strike
from rdv_mock.http.traits import LARGEST_BODY, traits_of
from rdv_mock.rules.parties import check_gerant, check_peut_agir

LARGE_BODY = 256 * 1024
"""Bytes of a body from which on it is read in a thread, while others are served."""


class Options(TypedDict, total=False):
    """What is said of an operation where it is declared, in FastAPI's words."""

    name: str
    operation_id: str
    status_code: int
    response_class: type[Response]
    response_model: Any
    responses: dict[int | str, dict[str, Any]]
    tags: Sequence[str]
    summary: str
    description: str
    deprecated: bool


class Operation(Route):
    """A route that serves its calls in the order of the contract.

    What it takes and answers is read at its first call, or for the document.
    """

    can_be_struck = True
    """Whether incidents are about it."""
    refuses_unknown_parameters = False

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        methods: Collection[str],
        **options: Unpack[Options],
    ) -> None:
        super().__init__(path, endpoint, name=options.get("name"))
        self.methods = set(methods)
        self.method = min(methods)
        self.options = options
        self.traits = traits_of(endpoint)
        self.operation = to_camel(self.name)
        self.unique_id = options.get("operation_id", self.operation)
        self.summary = options.get("summary")
        self._success = int(options.get("status_code", HTTPStatus.OK))
        self.app = self.serve

    @override
    def __hash__(self) -> int:
        """As equal as Starlette's routes are: same path, same methods."""
        return hash((self.path, self.method))

    @cached_property
    def described(self) -> APIRoute:
        """The route that FastAPI makes of it: never called, but read for the document."""
        options: dict[str, Any] = {
            **self.options,
            "name": self.name,
            "operation_id": self.unique_id,
        }
        route = APIRoute(self.path, self.endpoint, methods=self.methods, **options)
        # the docstring is for us, in English
        route.description = self.options.get("description", "")
        return route

    @cached_property
    def response_model(self) -> Any:  # noqa: ANN401 - a type
        """The type of its answer, if it has a body."""
        returned = get_type_hints(self.endpoint, include_extras=True).get("return")
        model = self.options.get("response_model", returned)
        is_bare = model is NoneType or (isinstance(model, type) and issubclass(model, Response))
        return None if is_bare else model

    @cached_property
    def parameters(self) -> Parameters:
        """What its endpoint takes."""
        return Parameters(self.endpoint, refuses_unknown=self.refuses_unknown_parameters)

    @property
    def query(self) -> tuple[str, type[BaseModel]] | None:
        """The name and the model of the parameter that takes the query."""
        return self.parameters.query

    @property
    def body(self) -> tuple[str, type[BaseModel]] | None:
        """The name and the model of the parameter that takes the body."""
        return self.parameters.body

    @cached_property
    def _answer_type(self) -> TypeAdapter[Any] | None:
        """What writes the answer; made for the first one."""
        return TypeAdapter(self.response_model) if self.response_model else None

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        head = Head(scope, receive)
        head.passage.operation = self.operation
        if head.world.lock.locked() and self.can_be_struck:
            await undisturbed(head.world)
        armed = find_incident(head, self.operation) if self.can_be_struck else None
        try:
            if armed is None:
                response = await self._answer_or_refuse(head)
            else:
                serve, refuse = partial(self._answer_or_refuse, head), partial(self.refuse, head)
                response = await strike(armed.incident, head.passage, serve, refuse)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer_or_refuse(self, head: Head) -> Response:
        try:
            return await self._answer(head)
        except Refusal as refusal:
            return self.refuse(head, refusal)

    async def _answer(self, head: Head) -> Response:
        traits, world = self.traits, head.world
        check_announced_size(head, traits.largest_body)
        unannounced = head.has(b"transfer-encoding")
        content = await read_body(head, traits.largest_body) if unannounced else b""
        if world.lock.locked() and self.can_be_struck:
            await undisturbed(world)
        check_exists(world)
        self.admit(head)
        if not unannounced:
            content = await read_body(head, traits.largest_body)
        body = Body(content)
        if traits.facts_in and len(content) > LARGEST_BODY:
            body = await cut_facts_out(head, content, traits.facts_in)
        is_large, read = len(body.content) > LARGE_BODY, self.parameters.read
        arguments = await aside(read, head, body.content) if is_large else read(head, body.content)
        # what stands at the root alone is about no world's state
        now = world.clock.now() if traits.root_only else await live_until_now(world)
        return await self.run(head, body, arguments, now=now)

    def admit(self, head: Head) -> None:
        """Let a call in, or refuse it: what a kind of operation wants of its callers."""
        raise NotImplementedError

    async def run(
        self, head: Head, body: Body, arguments: dict[str, Any], *, now: datetime
    ) -> Response:
        """Run the endpoint and write the answer."""
        return await self.finish(Call(head, body, now=now), arguments)

    async def finish(self, call: Call, arguments: dict[str, Any]) -> Response:
        """Hand the call to the endpoint, and write the answer."""
        if name := self.parameters.call_name:
            arguments[name] = call
        result = await self.endpoint(**arguments)
        return self._respond(result, call.status, call.location)

    def _respond(self, result: Any, status: int | None, location: str | None = None) -> Response:  # noqa: ANN401 - what endpoints return
        if isinstance(result, Response):
            return result
        if self._answer_type is None:
            return Response(None, HTTPStatus.NO_CONTENT)
        content = self._answer_type.serializer.to_json(result, by_alias=True)
        return Written(content, status or self._success, location)

    def refuse(self, head: Head, refusal: Refusal) -> Response:
        """The answer to a call that is refused."""
        head.passage.code = refusal.error.code
        return refuse(refusal, self.operation, head.world, headers_of(head, refusal.error))


class ApiOperation(Operation):
    """An operation of the simulated APIs: a bearer token with the right scope opens it."""

    @override
    def admit(self, head: Head) -> None:
        """Steps 2 to 4 of what every call goes through (docs/contract/conventions.md#order)."""
        now = head.world.clock.now()
        caller = authenticate(head, now=now)
        # what an incident does is not counted (docs/rules/rate_limit.md#counted)
        if head.passage.struck_by is None:
            check_rate_limits(head.world, caller, now=now, crenodispo=self.traits.crenodispo)
        if self.traits.scope:
            check_scope(caller, self.traits.scope)

    @override
    async def run(
        self, head: Head, body: Body, arguments: dict[str, Any], *, now: datetime
    ) -> Response:
        """Run the endpoint; a call that fails has written nothing."""
        caller = authenticate(head, now=now)
        if self.traits.writes:
            check_peut_agir(caller.auto_ecole)
        if self.traits.gerant_only:
            check_gerant(caller.employe)
        call = VendorCall(head, body, caller, now=now)
        with call.store.transaction():
            return await self.finish(call, arguments)


class ControlOperation(Operation):
    """An operation of the control plane: open, unless an admin token is set."""

    can_be_struck = False
    refuses_unknown_parameters = True

    @override
    def admit(self, head: Head) -> None:
        """Check the admin token, where there is one, and the place."""
        if self.traits.root_only and head.passage.prefix:
            raise Refusal(ApiError.RESSOURCE_INCONNUE)
        check_admin(head)


class Probe(ControlOperation):
    """An operation that answers everybody, even while there is no world yet."""

    @override
    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """What it answers, at the root only."""
        call = EarlyCall(request.scope, request.receive)
        if call.prefix:
            raise Refusal(ApiError.RESSOURCE_INCONNUE)
        result = await self.endpoint(call)
        return self._respond(result, call.status)
