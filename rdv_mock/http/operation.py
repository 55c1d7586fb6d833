"""The path of every call: the order of checks of contract.md A.4 stands here, once.

An operation is an ordinary FastAPI route, which gives the OpenAPI document; its class serves the
call by itself. It admits the caller before the body is read, reads and validates the body once,
takes `now`, catches up, runs the endpoint inside one transaction and writes the answer once.
"""

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from http import HTTPStatus
from typing import Any, get_args, get_origin
from urllib.parse import parse_qs

from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.reference import canonical
from rdv_mock.hints import suggestion
from rdv_mock.http.access import (
    authenticate,
    check_admin,
    check_limits,
    check_scope,
    headers_of,
    still_authenticated,
)
from rdv_mock.http.aside import aside
from rdv_mock.http.call import CODE_KEY, Call, VendorCall
from rdv_mock.http.life import check_exists, live_until_now, undisturbed
from rdv_mock.http.refusals import JSON, refuse
from rdv_mock.http.striking import INCIDENT_KEY, find_incident, strike
from rdv_mock.http.traits import LARGEST_BODY, traits_of
from rdv_mock.rules.parties import check_gerant, check_peut_agir
from rdv_mock.scenario import json_text
from rdv_mock.scenario.source import read_json
from rdv_mock.wire.problems import BODY, details_of, with_integers

LARGE_BODY = 256 * 1024
"""Bytes of a body from which on it is read in a thread, while others are served."""


def operation_id(route: APIRoute) -> str:
    """`creer_contrat_de_formation` is called `creerContratDeFormation` outside."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


class Written(Response):
    """What an endpoint returned, as JSON: its headers are written as they stand, not looked at."""

    def __init__(self, content: bytes, status: int, location: str | None = None) -> None:
        self.status_code = status
        self.body = content
        self.background = None
        self.raw_headers = [
            (b"content-length", b"%d" % len(content)),
            (b"content-type", b"application/json"),
        ]
        if location is not None:
            self.raw_headers.append((b"location", location.encode("latin-1")))


class Operation(APIRoute):
    """A route that serves its calls in the order of the contract."""

    can_be_struck = True
    """Whether incidents are about it."""
    call_class: type[Call] = Call

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        super().__init__(path, endpoint, **options)
        self.description = options.get("description") or ""  # the docstring is for us, in English
        self.traits = traits_of(endpoint)
        self.operation = operation_id(self)
        self.method = min(self.methods or ())
        self._success = int(self.status_code or HTTPStatus.OK)
        self._call_name = self.dependant.request_param_name
        self._path_names = [
            (p.name, p.alias, p.alias.endswith("Id")) for p in self.dependant.path_params
        ]
        self.query = self._only_model(self.dependant.query_params)
        self.body = self._only_model(self.dependant.body_params)
        self._is_body_optional = not any(
            p.field_info.is_required() for p in self.dependant.body_params
        )
        self.app = self.serve

    @override
    def __hash__(self) -> int:
        """As equal as Starlette's routes are: same path, same methods."""
        return hash((self.path, self.method))

    @cached_property
    def _answer_type(self) -> TypeAdapter[Any] | None:
        """What writes the answer; made for the first one."""
        return TypeAdapter(self.response_model) if self.response_model else None

    @cached_property
    def _body_type(self) -> TypeAdapter[Any] | None:
        """What reads the body; made for the first one."""
        return TypeAdapter(self.body[1]) if self.body else None

    @staticmethod
    def _only_model(parameters: list[Any]) -> tuple[str, type[BaseModel]] | None:
        """The name and model of the one parameter that holds the query, or the body."""
        for parameter in parameters:
            hint = parameter.field_info.annotation
            return parameter.name, next(iter(get_args(hint)), hint)
        return None

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        call = self.call_class(scope, receive)
        scope["rdv_mock.operation"] = self.operation
        if call.world.lock.locked() and self.can_be_struck:
            await undisturbed(call.world)
        armed = find_incident(call, self.operation) if self.can_be_struck else None
        try:
            if armed is None:
                response = await self._answer_or_refuse(call)
            else:
                serve, refuse = partial(self._answer_or_refuse, call), partial(self.refuse, call)
                response = await strike(armed.incident, call, serve, refuse)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer_or_refuse(self, call: Call) -> Response:
        try:
            return await self._answer(call)
        except Refusal as refusal:
            return self.refuse(call, refusal)

    async def _answer(self, call: Call) -> Response:
        self._check_announced_size(call)
        unannounced = call.header(b"transfer-encoding") != ""
        if unannounced:
            call.raw_body = await self._read_body(call)
        if call.world.lock.locked() and self.can_be_struck:
            await undisturbed(call.world)
        check_exists(call.world)
        self.admit(call)
        if not unannounced:
            call.raw_body = await self._read_body(call)
        if self.traits.facts_in and len(call.raw_body) > LARGEST_BODY:
            await _cut_facts_out(call, self.traits.facts_in)
        is_large = len(call.raw_body) > LARGE_BODY
        arguments = await aside(self._arguments, call) if is_large else self._arguments(call)
        if self.traits.root_only:
            call.now = call.world.clock.now()  # it is about no world's state
        else:
            call.now = await live_until_now(call.world)
        return await self.run(call, arguments)

    async def run(self, call: Call, arguments: dict[str, Any]) -> Response:
        """Run the endpoint and write the answer."""
        return self._respond(call, await self.endpoint(**arguments))

    def admit(self, call: Call) -> None:
        """Let the call in, or refuse it: what a kind of operation wants of its callers."""
        raise NotImplementedError

    def _check_announced_size(self, call: Call) -> None:
        announced = call.header(b"content-length")
        if announced.isdigit() and int(announced) > self.traits.largest_body:
            raise Refusal(ApiError.CORPS_TROP_VOLUMINEUX)

    async def _read_body(self, call: Call) -> bytes:
        chunks, size, is_coming = [], 0, True
        while is_coming:
            message = await call.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self.traits.largest_body:
                raise Refusal(ApiError.CORPS_TROP_VOLUMINEUX)
            chunks.append(chunk)
            is_coming = message.get("more_body", False)
        return b"".join(chunks)

    def _arguments(self, call: Call) -> dict[str, Any]:
        """The endpoint's arguments; PARAMETRE_INVALIDE with every problem at once."""
        arguments: dict[str, Any] = {
            name: canonical(call.path_params[alias]) if is_id else call.path_params[alias]
            for name, alias, is_id in self._path_names
        }
        if self._call_name:
            arguments[self._call_name] = call
        details = self._unknown_parameters(call)
        if self.query:
            name, model = self.query
            query = _query_of(call, model)
            try:
                arguments[name] = model.model_validate(query, context={"limits": call.limits})
            except ValidationError as error:
                details += _without_brackets(details_of(_problems(error)), query, model)
        if self.body and self._body_type:
            try:
                arguments[self.body[0]] = self._parse_body(call, self._body_type)
            except ValidationError as error:
                details += self._said_of_body(details_of(_problems(error)))
            except Refusal as refusal:
                details += self._said_of_body(refusal.details)
        if details:
            raise Refusal(ApiError.PARAMETRE_INVALIDE, details=details)
        return arguments

    def _unknown_parameters(self, _call: Call) -> list[Detail]:
        """What is wrong with the names in the query: nothing, ever (contract.md, A.2)."""
        return []

    def _parse_body(self, call: Call, body_type: TypeAdapter[Any]) -> BaseModel | None:
        content = call.raw_body
        if self._is_body_optional:
            content = content.removeprefix(BOM_UTF8)
            if not content.strip():
                return None
        check_json(call)
        if self._is_body_optional and content.strip() == b"null":
            return None
        validate = partial(
            body_type.validator.validate_json,
            extra="ignore" if call.world.responses.unknown_fields == "ignore" else "forbid",
            context={"limits": call.limits},
        )
        body: BaseModel
        try:
            body = validate(content)
        except ValidationError as error:
            mended = with_integers(content, _problems(error))
            if mended is None:
                raise
            body = validate(mended)
        return body

    def _said_of_body(self, details: Sequence[Detail]) -> list[Detail]:
        """What is wrong with a body; where it could have been left out, that too."""
        if not self._is_body_optional:
            return list(details)
        return [
            detail._replace(message=f"{detail.message} ; cet appel se passe de corps")
            if detail.champ == BODY
            else detail
            for detail in details
        ]

    def _respond(self, call: Call, result: Any) -> Response:  # noqa: ANN401 - what endpoints return
        if isinstance(result, Response):
            return result
        if self._answer_type is None:
            return Response(None, HTTPStatus.NO_CONTENT)
        content = self._answer_type.serializer.to_json(result, by_alias=True)
        return Written(content, call.status or self._success, call.location)

    def refuse(self, call: Call, refusal: Refusal) -> Response:
        """The answer to a call that is refused."""
        call.scope[CODE_KEY] = refusal.error.code
        return refuse(refusal, self.operation, call.world, headers_of(call, refusal.error))


class ApiOperation(Operation):
    """An operation of the simulated APIs: a bearer token with the right scope opens it."""

    call_class = VendorCall

    @override
    def admit(self, call: Call) -> None:
        """Steps 2 to 4 of contract.md A.4."""
        call.caller = authenticate(call)
        if INCIDENT_KEY not in call.scope:  # what an incident does is not counted (contract.md, H)
            check_limits(call, crenodispo=self.traits.crenodispo)
        if self.traits.scope:
            check_scope(call.caller, self.traits.scope)

    @override
    async def run(self, call: Call, arguments: dict[str, Any]) -> Response:
        """Run the endpoint; a call that fails has written nothing."""
        call.caller = still_authenticated(call)
        if self.traits.writes:
            check_peut_agir(call.caller.auto_ecole)
        if self.traits.gerant_only:
            check_gerant(call.caller.employe)
        with call.store.transaction():
            return await super().run(call, arguments)


class ControlOperation(Operation):
    """An operation of the control plane: open, unless an admin token is set."""

    can_be_struck = False

    @override
    def admit(self, call: Call) -> None:
        """Check the admin token, where there is one, and the place."""
        if self.traits.root_only and call.prefix:
            raise Refusal(ApiError.RESSOURCE_INCONNUE)
        check_admin(call)

    @override
    def _unknown_parameters(self, call: Call) -> list[Detail]:
        """A misspelt parameter of ours would do something else than was meant."""
        fields = self.query[1].model_fields if self.query else {}
        known = [field.alias or name for name, field in fields.items()]
        given = parse_qs(call.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return [
            Detail(name, f"n'est pas un paramètre connu{suggestion(name, known)}")
            for name in given
            if name not in known
        ]


class Probe(ControlOperation):
    """An operation that answers whoever asks, even while there is no world yet."""

    @override
    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """What it answers, at the root only."""
        call = Call(request.scope)
        if call.prefix:
            raise Refusal(ApiError.RESSOURCE_INCONNUE)
        return self._respond(call, await self.endpoint(call))


async def _cut_facts_out(call: Call, key: str) -> None:
    """Read a large object of a body by itself, in a thread, and the rest as any other body."""
    check_json(call)
    cut = await aside(json_text.cut_out, call.raw_body, key)
    if cut is None or len(cut[0]) > LARGEST_BODY:
        raise Refusal(ApiError.CORPS_TROP_VOLUMINEUX)
    call.raw_body, facts = cut
    call.facts = await aside(read_json, facts)


def check_json(call: Call) -> None:
    """Refuse a body that does not say that it is JSON: PARAMETRE_INVALIDE."""
    if call.media_type != JSON:
        raise Refusal(
            ApiError.PARAMETRE_INVALIDE,
            details=[Detail(BODY, f"doit être envoyé en {JSON}")],
        )


def _lists_of(model: type[BaseModel]) -> set[str | None]:
    """The parameters that may stand in a query several times."""
    return {
        field.alias for field in model.model_fields.values() if get_origin(field.annotation) is list
    }


def _query_of(call: Call, model: type[BaseModel]) -> dict[str, Any]:
    """The query as a model reads it: all values of a list, the last one of anything else."""
    given = parse_qs(call.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    lists = _lists_of(model)
    return {name: values if name in lists else values[-1] for name, values in given.items()}


def _without_brackets(
    details: Sequence[Detail], query: Mapping[str, Any], model: type[BaseModel]
) -> list[Detail]:
    """Say of what seems to be missing how it is written, where PHP has put brackets after it."""
    lists = _lists_of(model)

    def told(champ: str) -> str:
        if not any(name.startswith(f"{champ}[") for name in query):
            return ""
        repeated = ", répété ou ses valeurs séparées par des virgules" if champ in lists else ""
        return f" : il s'écrit sans crochets{repeated}"

    return [detail._replace(message=detail.message + told(detail.champ)) for detail in details]


def _problems(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False)
