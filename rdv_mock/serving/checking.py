"""Our own answers, checked against the OpenAPI document of their world.

Only the setting `check_answers` installs this (`app.py`). An answer that leaves the document is
logged; with `fail` it becomes 500 ERREUR_INTERNE. What the call has written stays written.
"""

import json
import logging
from collections.abc import Hashable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote

import jsonschema_rs
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rdv_mock import api, control
from rdv_mock.api.v1 import V1
from rdv_mock.document.openapi import control_document_of, document_of
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.passage import Passage, passage_of
from rdv_mock.http.refusals import JSON, send_refusal
from rdv_mock.http.server import Server
from rdv_mock.pointers import at

log = logging.getLogger("rdv_mock")

MOST_PROBLEMS = 20
"""Problems of one answer that are logged."""
MOST_DOCUMENTS = 64
"""Documents that are kept compiled; worlds with equal documents share one."""

STAMPED = {"x-rdv-mock", "date"}
"""The headers that `Surface` adds once an answer has been checked."""

_DOCUMENT = "urn:rdv-mock:document"

_SIMULATED = {route.operation for route in api.ROUTES}
_CONTROL = {route.operation for route in control.ROUTES}


class Deviation(NamedTuple):
    """Where an answer leaves the document (a JSON pointer into a body), and how."""

    where: str
    what: str


class Checking:
    """Lets an answer of a documented operation through if it keeps the document.

    Two kinds of answers are not checked: an incident's leaves the document on purpose, and a world
    that was dropped meanwhile has no document any more.
    """

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self.app = app
        self._livret = server.settings.livret_base_path
        self._may_leave = server.settings.check_answers == "warn"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        held: list[Message] = []
        passage = passage_of(scope)

        async def hold(message: Message) -> None:
            if not _is_checked(passage):
                await send(message)
                return
            held.append(message)
            if message["type"] == "http.response.start" or message.get("more_body", False):
                return
            if self._keeps_the_document(scope, held) or self._may_leave:
                for one in held:
                    await send(one)
            else:
                await send_refusal(Refusal(ApiError.ERREUR_INTERNE), scope, receive, send)

        await self.app(scope, receive, hold)

    def _keeps_the_document(self, scope: Scope, held: list[Message]) -> bool:
        """Whether an answer keeps the document; each problem is logged."""
        start, *parts = held
        passage = passage_of(scope)
        problems = answers_of(passage, self._livret).problems(
            _operation_id(passage.operation, scope),
            start["status"],
            Headers(raw=start["headers"]),
            b"".join(part.get("body", b"") for part in parts),
        )
        keeps = True
        for problem in islice(problems, MOST_PROBLEMS):
            keeps = False
            log.warning(
                "%s %s leaves the document at %s: %s",
                passage.operation,
                start["status"],
                *problem,
            )
        return keeps


def _is_checked(passage: Passage) -> bool:
    """Whether a document says what the answer of a call may be."""
    documented = passage.operation in _SIMULATED | _CONTROL
    return documented and passage.struck_by is None and not passage.world.is_dropped


def _operation_id(operation: str | None, scope: Scope) -> str:
    """The name of an operation in the document; a v1 address has a name of its own."""
    path = scope["path"].removeprefix(scope["root_path"])
    return f"{operation}V1" if path.startswith(f"{V1}/") else f"{operation}"


class Answers:
    """What a document promises of the answers of its operations; compiled on first use."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._registry = jsonschema_rs.Registry([(_DOCUMENT, dict(document))])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._pointers = {
            operation["operationId"]: f"/paths/{_escaped(path)}/{method}/responses"
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }

    def problems(
        self, operation_id: str, status: int, headers: Mapping[str, str], body: bytes
    ) -> Iterator[Deviation]:
        """Every place where an answer leaves the document: as a rule, none.

        An operation that is not in this document promises nothing: it is one of the root only.
        """
        if operation_id not in self._pointers:
            return
        pointer = f"{self._pointers[operation_id]}/{status}"
        response = at(self._document, pointer)
        if response is None:
            yield Deviation("the status", "is not one of the operation's")
            return
        for name, header in response.get("headers", {}).items():
            if name.lower() not in STAMPED:
                yield from self._header(name, header, f"{pointer}/headers/{name}", headers)
        yield from self._body(response.get("content", {}), f"{pointer}/content", headers, body)

    def _header(
        self, name: str, header: Mapping[str, Any], pointer: str, headers: Mapping[str, str]
    ) -> Iterator[Deviation]:
        if "$ref" in header:
            pointer = header["$ref"].removeprefix("#")
            header = at(self._document, pointer)
        if name not in headers:
            if header.get("required", False):
                yield Deviation(f"the header {name}", "is missing")
            return
        validator = self._validator(f"{pointer}/schema")
        if not any(validator.is_valid(value) for value in _readings(headers[name])):
            yield Deviation(f"the header {name}", f"{headers[name]!r} does not keep its schema")

    def _body(
        self, content: Mapping[str, Any], pointer: str, headers: Mapping[str, str], body: bytes
    ) -> Iterator[Deviation]:
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if not content:
            if body or media_type:
                yield Deviation("the body", "should be none")
            return
        if media_type not in content:
            yield Deviation("the header Content-Type", f"{media_type!r} is none of {list(content)}")
            return
        try:
            value = _read(body) if _is_json(media_type) else body.decode()
        except ValueError as unreadable:
            yield Deviation("the body", f"cannot be read: {unreadable}")
            return
        for error in self._validator(f"{pointer}/{_escaped(media_type)}/schema").iter_errors(value):
            where = "".join(f"/{_escaped(str(step))}" for step in error.instance_path)
            yield Deviation(where or "the body", error.message)

    def _validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """The compiled schema at a pointer of the document."""
        known = self._validators.get(pointer)
        if known is None:
            known = self._validators[pointer] = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{_DOCUMENT}#{quote(pointer)}"},
                registry=self._registry,
                validate_formats=True,
            )
        return known


_known: dict[Hashable, Answers] = {}


def answers_of(passage: Passage, livret: str) -> Answers:
    """What the document of a call's operation and world promises of answers.

    `livret`: the path at which the Livret is reached. The key of the cache holds all that a
    document depends on.
    """
    world, prefix = passage.world, passage.prefix
    is_control = passage.operation in _CONTROL
    settings = world.settings
    overridden = frozenset(settings.errors.items()), frozenset(settings.limits.items())
    key = (is_control, bool(prefix), livret, settings.responses, *overridden)
    answers = _known.get(key)
    if answers is None:
        document = (
            control_document_of(control.ROUTES, world, prefix, is_named=bool(prefix))
            if is_control
            else document_of(api.ROUTES, world, prefix, livret)
        )
        if len(_known) >= MOST_DOCUMENTS:
            _known.pop(next(iter(_known)))
        answers = _known[key] = Answers(document)
    return answers


def _is_json(media_type: str) -> bool:
    return media_type == JSON or media_type.endswith("+json")


def _read(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read a JSON body; Python's `NaN` and `Infinity` are no JSON. Raises ValueError."""

    def refuse_constant(name: str) -> NoReturn:
        raise ValueError(f"{name} is no JSON")

    return json.loads(body, parse_constant=refuse_constant)


def _escaped(text: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return text.replace("~", "~0").replace("/", "~1")


def _readings(text: str) -> Iterator[Any]:
    """The values that a header may have: its text, or the number that it spells."""
    yield text
    if text.isdecimal():
        yield int(text)
