"""The OpenAPI document as an overlay makes it: a pure function, a document in and one out."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from rdv_mock.overlay.compiled import (
    CODE_FIELDS,
    Overlay,
    Own,
    Schemas,
    Translation,
    beneath,
    code_of,
)
from rdv_mock.overlay.links import link_on_wire
from rdv_mock.overlay.refusal import refusal_on_wire
from rdv_mock.overlay.translation import Node, to_theirs
from rdv_mock.wire.statuses import NEVER_WITH_BODY

Json = dict[str, Any]

JSON = "application/json"

_WORD = re.compile(r"(?<=`)[^`\s]+(?=`)|\b[A-Z][A-Z_]{3,}\b")
"""What a description quotes: a name between backticks, or a code."""


def overlaid(document: Json, overlay: Overlay, *, chosen: Collection[str] = ()) -> Json:
    """The document with the names, addresses and statuses of an overlay.

    `chosen` are the codes whose status the scenario has chosen: that goes before the overlay's.
    """
    return _Overlaid(document, overlay, chosen).document()


class _Overlaid:
    """One document on its way."""

    def __init__(self, document: Json, overlay: Overlay, chosen: Collection[str]) -> None:
        self._document = document
        self._overlay = overlay
        self._chosen = chosen
        self._schemas = Schemas(document, overlay)

    def document(self) -> Json:
        """The whole of it."""
        overlay = self._overlay
        words = {**overlay.fields, **overlay.parameters, **overlay.codes}
        paths: Json = {}
        for item in self._document["paths"].values():
            for operation in item.values():
                one = overlay.operations[operation["operationId"]]
                told = _reworded(self._operation(operation, one), {**words, **one.parameters})
                paths.setdefault(one.shown_path, {})[one.method.lower()] = told
        components = dict(self._document["components"])
        components["schemas"] = {
            name: _reworded(self._component(name, schema), {**words, **self._own_words(name)})
            for name, schema in components["schemas"].items()
        }
        return {**self._document, "paths": paths, "components": components}

    def _own_words(self, name: str) -> Mapping[str, str]:
        return self._overlay.schemas.get(name, {})

    def _component(self, name: str, schema: Json) -> Json:
        if name != "Code":
            return self._schema(schema, name, {})
        told = {**schema, "enum": self._codes(schema["enum"])}
        for key, value in schema.items():
            if isinstance(value, dict):  # what is said of each code
                told[key] = dict(zip(self._codes(value), value.values(), strict=True))
        return told

    def _codes(self, codes: Collection[str]) -> list[str]:
        return [self._overlay.codes.get(code, code) for code in codes]

    def _schema(self, schema: Json, name: str | None, own: Own) -> Json:
        """A schema; with `own`, what it refers to is written out, since it holds here alone."""
        if own and "$ref" in schema:
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            target = dict(self._schemas.resolve(schema))
            return {**self._schema(target, schema["$ref"].rsplit("/", 1)[1], own), **beside}
        told = dict(schema)
        if "properties" in schema:
            told.update(self._properties(schema, name, own))
        if "items" in schema:
            told["items"] = self._schema(schema["items"], None, own)
        if "anyOf" in schema:
            told["anyOf"] = [self._schema(one, None, own) for one in schema["anyOf"]]
        if "examples" in schema:
            body = schema if name is None else {"$ref": f"#/components/schemas/{name}"}
            node = self._schemas.node(body, own)
            told["examples"] = [self._value(example, node) for example in schema["examples"]]
        return told

    def _properties(self, schema: Json, name: str | None, own: Own) -> Json:
        names = {
            field: own.get((field,)) or self._overlay.name_of(field, name)
            for field in schema["properties"]
        }
        told: Json = {
            "properties": {
                names[field]: self._property(inner, field, own)
                for field, inner in schema["properties"].items()
            }
        }
        if "required" in schema:
            told["required"] = [names[field] for field in schema["required"]]
        return told

    def _property(self, schema: Json, field: str, own: Own) -> Json:
        told = self._schema(schema, None, beneath(own, field))
        if field in CODE_FIELDS and "examples" in told:
            told["examples"] = self._codes(told["examples"])
        return told

    def _value(self, value: Any, node: Node | None) -> Any:  # noqa: ANN401 - JSON
        return to_theirs(value, node, self._overlay.codes)

    def _operation(self, operation: Json, one: Translation) -> Json:
        told = dict(operation)
        if "parameters" in operation:
            told["parameters"] = [
                {**parameter, "name": one.parameters.get(parameter["name"], parameter["name"])}
                for parameter in operation["parameters"]
            ]
        if "requestBody" in operation:
            body = operation["requestBody"]
            content = self._content(body["content"], one.request, one.own_request)
            told["requestBody"] = {**body, "content": content}
        told["responses"] = self._responses(operation["responses"], one)
        return told

    def _content(self, content: Json, node: Node | None, own: Own) -> Json:
        """What a request or a success carries."""
        media = content[JSON]
        told = {**media, "schema": self._schema(media["schema"], None, own)}
        if "examples" in media:
            told["examples"] = {
                name: {**example, "value": self._value(example["value"], node)}
                for name, example in media["examples"].items()
            }
        return {**content, JSON: told}

    def _responses(self, responses: Json, one: Translation) -> Json:
        """The answers by their status, each refusal under the one that it has now."""
        told: Json = {}
        for status, response in responses.items():
            answers = (
                {str(one.status): self._success(response, one)}
                if int(status) == one.success
                else self._answers(status, response, one)
            )
            for theirs, answer in answers.items():
                told[theirs] = self._merged(told[theirs], answer) if theirs in told else answer
        return told if list(told) == list(responses) else dict(sorted(told.items()))

    def _success(self, response: Json, one: Translation) -> Json:
        told = dict(response)
        if one.status in NEVER_WITH_BODY:
            told.pop("content", None)
            told.pop("links", None)
        return self._answer(told, one)

    def _answers(self, status: str, response: Json, one: Translation) -> dict[str, Json]:
        """An answer, taken apart into those of its refusals that have another status each."""
        media = response.get("content", {}).get(JSON, {})
        by_status: dict[str, Json] = {}
        for name, example in media.get("examples", {}).items():
            code = code_of(example["value"]) or ""
            theirs = None if code in self._chosen else self._overlay.status_of(code, one)
            by_status.setdefault(str(theirs or status), {})[name] = example
        if set(by_status) <= {status}:
            return {status: self._answer(response, one)}
        return {
            theirs: self._answer(
                {
                    **response,
                    "description": " · ".join(some),
                    "content": {JSON: {**media, "examples": some}},
                },
                one,
            )
            for theirs, some in by_status.items()
        }

    def _answer(self, response: Json, one: Translation) -> Json:
        """An answer with its bodies; those of refusals have codes, and places of the request."""
        told = dict(response)
        body = self._schemas.body_of(response)
        if body == self._schemas.refusal:
            told["content"] = {JSON: self._refusals(response["content"][JSON], one)}
        elif body:
            told["content"] = self._content(response["content"], one.response, one.own_response)
        if "links" in response:
            told["links"] = {
                name: link_on_wire(link, self._overlay, one)
                for name, link in response["links"].items()
            }
        return told

    def _refusals(self, media: Json, one: Translation) -> Json:
        """The refusals of one status, each example under its code."""
        examples = {
            self._overlay.codes.get(name, name): {
                **example,
                "value": refusal_on_wire(example["value"], self._overlay, one),
            }
            for name, example in media["examples"].items()
        }
        return {**media, "examples": examples}

    def _merged(self, one: Json, other: Json) -> Json:
        """Two answers that now have the same status; a header of one alone may be absent."""
        descriptions = dict.fromkeys([one["description"], other["description"]])
        told = {**other, **one, "description": " · ".join(descriptions)}
        both = one["headers"].keys() & other["headers"].keys()
        told["headers"] = {
            name: header if name in both else {**self._schemas.resolve(header), "required": False}
            for name, header in {**other["headers"], **one["headers"]}.items()
        }
        medias = [part["content"][JSON] for part in (one, other) if "content" in part]
        if len(medias) > 1:
            told["content"] = {JSON: _either(*medias)}
        return told


def _either(one: Json, other: Json) -> Json:
    """What two answers of one status carry."""
    schemas = [one["schema"], other["schema"]]
    schema = schemas[0] if schemas[0] == schemas[1] else {"anyOf": schemas}
    examples = {**one.get("examples", {}), **other.get("examples", {})}
    return {**other, **one, "schema": schema, **({"examples": examples} if examples else {})}


def _reworded(node: Any, words: Mapping[str, str], key: str = "") -> Any:  # noqa: ANN401 - JSON
    """A node whose descriptions use the new names."""
    if isinstance(node, dict):
        return {name: _reworded(value, words, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_reworded(item, words) for item in node]
    if key == "description" and isinstance(node, str):
        return _WORD.sub(lambda found: words.get(found[0], found[0]), node)
    return node
