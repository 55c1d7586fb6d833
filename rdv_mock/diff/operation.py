"""The operations of a document: what a caller sends, and what is answered."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from rdv_mock.diff.document import Document, kind_of
from rdv_mock.diff.schema import DocumentSchemas
from rdv_mock.diff.shape import UNKNOWN, Expression

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
NO_PARAMETERS = {"accept", "content-type", "authorization"}
"""Headers that OpenAPI tells elsewhere."""
EXTENSION = "x-"
CODE_KEYS = ("code", "erreur")
PARAMETER = re.compile(r"\{([^{}]*)\}")

Content = Mapping[str, Expression]
"""What a body may be, by media type; None where the document does not let it be known."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `place` is path, query, header or cookie; `style` how an array is written."""

    name: str
    place: str
    schema: Expression
    is_required: bool = False
    is_deprecated: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class DocumentedBody:
    """What is sent."""

    content: Content | None
    is_required: bool


@dataclass(frozen=True, slots=True)
class DocumentedAnswer:
    """What comes back with one status; `codes` are those that its examples show."""

    content: Content | None
    headers: Mapping[str, Parameter]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call: what a caller must show, and the scopes of it."""

    schemes: frozenset[str]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class DocumentedOperation:
    """One operation. `bases` are the paths of its servers, `segments` the names in its path."""

    method: str
    path: str
    bases: tuple[str, ...]
    has_own_bases: bool
    id: str
    parameters: Mapping[tuple[str, str], Parameter]
    segments: tuple[Parameter, ...]
    body: DocumentedBody | None
    answers: Mapping[str, DocumentedAnswer]
    access: Access
    is_deprecated: bool
    callbacks: frozenset[str]


class Reader:
    """Reads the operations of a document, as far as they can be read."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.schemas = DocumentSchemas(document)
        self.bases = self._bases(document.root, "the document") or ("",)

    def operations(self) -> list[DocumentedOperation]:
        """Every operation, in the order of the document."""
        return list(self._operations())

    def webhooks(self) -> frozenset[str]:
        """The names of the calls that the document promises to make."""
        return frozenset(name for name, *_ in self._items(self.document.root, "webhooks", ""))

    def _operations(self) -> Iterator[DocumentedOperation]:
        root = self.document.root
        for path, raw, place in self._items(root, "paths", ""):
            item = self.document.follow(raw, place)
            for method in METHODS:
                if method in item and not path.startswith(EXTENSION):
                    name = f"{method.upper()} {path}"
                    operation = self.document.mapping(item[method], name)
                    yield self._operation(method.upper(), path, item, operation)

    def _operation(
        self, method: str, path: str, item: dict[str, Any], raw: dict[str, Any]
    ) -> DocumentedOperation:
        name = f"{method} {path}"
        parameters = self._parameters(item, name) | self._parameters(raw, name)
        own_bases = self._bases(raw, name) or self._bases(item, name)
        operation_id = raw.get("operationId")
        return DocumentedOperation(
            method=method,
            path=path if path.startswith("/") else f"/{path}",
            bases=own_bases or self.bases,
            has_own_bases=bool(own_bases),
            id=operation_id if isinstance(operation_id, str) else "",
            parameters={key: one for key, one in parameters.items() if one.place != "path"},
            segments=tuple(
                parameters.get(("path", segment))
                or Parameter(segment, "path", UNKNOWN, is_required=True)
                for segment in PARAMETER.findall(path)
            ),
            body=self._body(raw, name),
            answers=self._answers(raw, name),
            access=self._access(raw, name),
            is_deprecated=raw.get("deprecated") is True,
            callbacks=frozenset(
                held
                for held, *_ in self._items(raw, "callbacks", name)
                if not held.startswith(EXTENSION)
            ),
        )

    def _items(self, raw: dict[str, Any], key: str, of: str) -> Iterator[tuple[str, Any, str]]:
        """Name, value and place of each entry of a mapping below `key`."""
        place = f"{of}, {key}" if of else key
        for name, value in self.document.mapping(raw.get(key), place).items():
            yield name, value, f"{place}.{name}"

    def _bases(self, raw: dict[str, Any], place: str) -> tuple[str, ...]:
        """The paths of servers, their variables at their defaults."""
        bases = []
        for server in self.document.listing(raw.get("servers"), f"{place}, servers"):
            said = self.document.mapping(server, f"{place}, a server")
            url = said.get("url")
            if not isinstance(url, str):
                self.document.note(f"{place}: the url of a server is {kind_of(url)}, not a text")
                continue
            variables = self.document.mapping(said.get("variables"), f"{place}, variables")
            url = PARAMETER.sub(partial(_default, variables), url)
            try:
                bases.append(urlsplit(url).path.rstrip("/"))
            except ValueError:
                self.document.note(f"{place}: {url} is no url of a server")
        return tuple(dict.fromkeys(bases))

    def _parameters(self, raw: dict[str, Any], of: str) -> dict[tuple[str, str], Parameter]:
        found = {}
        for one in self.document.listing(raw.get("parameters"), f"{of}, parameters"):
            resolved = self.document.resolve(one)
            if resolved is None:
                continue
            said = self.document.mapping(resolved, f"{of}, a parameter")
            name, place = said.get("name"), said.get("in")
            if not isinstance(name, str) or not isinstance(place, str):
                self.document.note(f"{of}: a parameter has no name, or no place (`in`)")
            elif place != "header" or name.lower() not in NO_PARAMETERS:
                key = (place, name.lower() if place == "header" else name)
                found[key] = self._parameter(name, place, said, of)
        return found

    def _parameter(self, name: str, place: str, raw: dict[str, Any], of: str) -> Parameter:
        schema = self._schema(raw, f"{of}, {place} {name}")
        if "content" in raw:
            content = self._content(raw, f"{of}, {place} {name}")
            schema = next(iter(content.values()), UNKNOWN)
        style = raw.get("style", "form" if place in {"query", "cookie"} else "simple")
        is_exploded = raw.get("explode", style == "form") is True
        return Parameter(
            name=name,
            place=place,
            schema=schema,
            is_required=raw.get("required") is True or place == "path",
            is_deprecated=raw.get("deprecated") is True,
            style=f"{style}, {'repeated' if is_exploded else 'in one'}",
        )

    def _schema(self, raw: dict[str, Any], place: str) -> Expression:
        return self.schemas.expression(raw.get("schema", True), place)

    def _content(self, raw: dict[str, Any], place: str) -> dict[str, Expression]:
        return {
            media.split(";")[0].strip().lower(): self._schema(
                self.document.mapping(said, f"{place}, {media}"), place
            )
            for media, said, _ in self._items(raw, "content", place)
        }

    def _body(self, raw: dict[str, Any], name: str) -> DocumentedBody | None:
        if raw.get("requestBody") is None:
            return None
        body = self.document.follow(raw["requestBody"], f"{name}, requestBody")
        content = self._content(body, f"{name}, request") if body else None
        return DocumentedBody(content, is_required=body.get("required") is True)

    def _answers(self, raw: dict[str, Any], name: str) -> dict[str, DocumentedAnswer]:
        return {
            status.upper(): self._answer(status, self.document.follow(said, place), name)
            for status, said, place in self._items(raw, "responses", name)
            if not status.startswith(EXTENSION)
        }

    def _answer(self, status: str, raw: dict[str, Any], name: str) -> DocumentedAnswer:
        where = f"{name}, {status}"
        headers = {}
        for header, said, place in self._items(raw, "headers", where):
            held = self.document.follow(said, place)
            headers[header.lower()] = self._parameter(header, "header", held, where)
        return DocumentedAnswer(
            content=self._content(raw, where) if raw else None,
            headers=headers,
            codes=frozenset(self._codes(raw, where) if status[:1] in {"4", "5"} else ()),
        )

    def _codes(self, answer: dict[str, Any], where: str) -> Iterator[str]:
        """The codes of an error that its examples show."""
        for _, said, place in self._items(answer, "content", where):
            media = self.document.mapping(said, place)
            bodies = [media.get("example")]
            for _, held, held_at in self._items(media, "examples", place):
                bodies.append(self.document.follow(held, held_at).get("value"))
            for body in bodies:
                codes = [body.get(key) for key in CODE_KEYS] if isinstance(body, dict) else []
                yield from (code for code in codes if isinstance(code, str))

    def _access(self, raw: dict[str, Any], name: str) -> Access:
        """Every way in; nothing to show is a way too."""
        said = raw.get("security", self.document.root.get("security"))
        schemes, scopes = set(), set()
        requirements = self.document.listing(said, f"{name}, security")
        for requirement in requirements or [{}]:
            names = self.document.mapping(requirement, f"{name}, security")
            schemes.add(" and ".join(sorted({self._scheme(one) for one in names})) or "nothing")
            for one, held in names.items():
                listed = self.document.listing(held, f"{name}, scopes of {one}")
                scopes |= {scope for scope in listed if isinstance(scope, str)}
        return Access(frozenset(schemes), frozenset(scopes))

    def _scheme(self, name: str) -> str:
        """What a caller shows: all bearer tokens count as one scheme, however obtained."""
        components = self.document.mapping(self.document.root.get("components"), "components")
        listed = self.document.mapping(components.get("securitySchemes"), "securitySchemes")
        said = self.document.follow(listed.get(name), f"securitySchemes.{name}")
        kind, scheme = str(said.get("type")), str(said.get("scheme")).lower()
        if kind in {"oauth2", "openIdConnect"} or (kind == "http" and scheme == "bearer"):
            return "bearer token"
        if kind == "apiKey":
            return f"{said.get('in')} {said.get('name')}"
        if name not in listed:
            self.document.note(f"securitySchemes has no {name}")
            return name
        return f"http {scheme}" if kind == "http" else kind


def _default(variables: dict[str, Any], found: re.Match[str]) -> str:
    """The default of a variable of a server; a variable without one is left as it is."""
    said = variables.get(found[1])
    return str(said.get("default", found[0])) if isinstance(said, dict) else found[0]
