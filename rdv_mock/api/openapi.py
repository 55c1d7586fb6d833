"""The OpenAPI documents: of the simulated APIs, and apart from it of the control plane.

The routes give paths, parameters and shapes; `document/` adds what they do not say.
"""

import json
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette.routing import BaseRoute

from rdv_mock import __version__
from rdv_mock.api.addresses import LIVRET
from rdv_mock.api.document import texts
from rdv_mock.api.document.components import (
    ADMIN_SCHEMES,
    BEARER,
    CONTROL_HEADERS,
    HEADERS,
    LOGIN,
    error_schemas,
    security_schemes,
)
from rdv_mock.api.document.responses import add_refusals, complete_successes, refusals_of
from rdv_mock.api.operation import ApiOperation, ControlOperation, Operation
from rdv_mock.api.refusals import JSON
from rdv_mock.api.v1 import V1
from rdv_mock.fixtures import Limits, LimitValue
from rdv_mock.wire.base import BOUND
from rdv_mock.wire.certitude import LEVEL, NOTE, VALUES, Certitude, certitude_of
from rdv_mock.wire.vocabulary import BY_NAME
from rdv_mock.world import World

OPENAPI = "3.1.0"
_FRAMEWORKS_OWN = {"HTTPValidationError", "ValidationError"}
_LIMIT = re.compile(r"\{(\w+(?:\.\w+)+)\}")


def document_of(
    routes: Iterable[BaseRoute], world: World, prefix: str, livret: str
) -> dict[str, Any]:
    """The document of one world; `livret` is where the Livret is reached."""
    operations = [route for route in routes if isinstance(route, ApiOperation)]
    document = {
        **_header(texts.TITLE, texts.SUMMARY, texts.DESCRIPTION, texts.TAGS),
        "externalDocs": dict(texts.EXTERNAL_DOCS),
        "servers": _servers(world, prefix),
        **_described(operations),
    }
    for route in operations:
        operation = document["paths"][route.path_format][route.method.lower()]
        _complete(operation, route, world)
        _add_certainty(operation, route)
        operation["description"] = _told(operation.get("description", ""), route, world)
        scopes = [route.traits.scope] if route.traits.scope else []
        operation["security"] = [{LOGIN: scopes}, {BEARER: []}]
    shown = {error for route in operations for error in refusals_of(route)}
    document["components"] = {
        "schemas": {**_schemas_of(document), **error_schemas(shown, world.error_keys)},
        "headers": dict(HEADERS),
        "securitySchemes": security_schemes(prefix),
    }
    if world.responses.unknown_fields == "ignore":
        for schema in document["components"]["schemas"].values():
            schema.pop("additionalProperties", None)
    document["paths"] = {_moved(path, livret): item for path, item in document["paths"].items()}
    renamed: dict[str, Any] = _with_references(_with_limits(document, world.limits))
    return renamed


def control_document_of(
    routes: Iterable[BaseRoute], world: World, prefix: str, *, is_named: bool = False
) -> dict[str, Any]:
    """The document of the control plane, apart from that of the simulated APIs (design.md 3).

    `is_named`: it is that of `/w/{world}`, where what belongs to the process is unknown.
    """
    operations = [
        route
        for route in routes
        if isinstance(route, ControlOperation) and not (is_named and route.traits.root_only)
    ]
    document = {
        **_header(
            texts.CONTROL_TITLE,
            texts.CONTROL_SUMMARY,
            texts.CONTROL_DESCRIPTION,
            texts.CONTROL_TAGS,
        ),
        "servers": _servers(world, prefix),
        **_described(operations),
    }
    for route in operations:
        operation = document["paths"][route.path_format][route.method.lower()]
        _complete(operation, route, world)
        operation["security"] = [{}, {"admin": []}]
        if route.operation in _TAKES_YAML:
            operation["requestBody"] = _SCENARIO_BODY
    shown = {error for route in operations for error in refusals_of(route)}
    document["components"] = {
        "schemas": {**_schemas_of(document), **error_schemas(shown, world.error_keys)},
        "headers": dict(CONTROL_HEADERS),
        "securitySchemes": dict(ADMIN_SCHEMES),
    }
    renamed: dict[str, Any] = _with_references(_without_certainty(document))
    return renamed


def dump(document: Mapping[str, Any], *, indent: int | None = None) -> str:
    """A document as JSON."""
    return json.dumps(document, ensure_ascii=False, indent=indent)


def certitude_of_operation(route: ApiOperation) -> Certitude:
    """How sure an operation is, and what that word does not say."""
    notes = {V1: texts.V1_NOTE, LIVRET: texts.LIVRET_NOTE}
    of_all = (note for base, note in notes.items() if route.path.startswith(base))
    return Certitude(route.traits.certainty, route.traits.note or next(of_all, None))


_TAKES_YAML = {"putScenario", "patchState"}
_SCENARIO_BODY: Mapping[str, Any] = {
    "required": True,
    "content": {
        "application/yaml": {
            "schema": {"type": "string", "description": "Un scénario, ou un fragment, en YAML."}
        },
        JSON: {
            "schema": {
                "type": "object",
                "description": "Le même en JSON ; ou `name`, le nom d'un scénario à charger.",
                "additionalProperties": True,
            }
        },
    },
}


def _header(title: str, summary: str, description: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """What a document is about."""
    return {
        "openapi": OPENAPI,
        "info": {
            "title": title,
            "version": __version__,
            "summary": summary,
            "description": description,
            "license": dict(texts.LICENSE),
            "contact": dict(texts.CONTACT),
        },
        "tags": [{"name": name, "description": about} for name, about in tags.items()],
    }


def _servers(world: World, prefix: str) -> list[dict[str, str]]:
    return [{"url": prefix or "/", "description": f"Le monde « {world.name} »."}]


def _described(operations: Sequence[Operation]) -> dict[str, Any]:
    """Paths and shapes as FastAPI describes them, the same for every world."""
    described: dict[str, Any] = json.loads(_description_of(tuple(operations)))
    return described


@cache
def _description_of(operations: tuple[Operation, ...]) -> str:
    with warnings.catch_warnings():
        # Models are made when they are first used, which may be here, where FastAPI no longer hides
        # what pydantic thinks of its ways.
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        whole = get_openapi(title="", version="", routes=operations)
    return json.dumps({"paths": whole["paths"], "components": whole.get("components", {})})


def _complete(operation: dict[str, Any], route: Operation, world: World) -> None:
    """Add what FastAPI cannot know of any operation: refusals, headers, examples, links."""
    operation["parameters"] = _untitled(operation.get("parameters", []))
    for parameter in operation["parameters"]:
        schema = parameter["schema"] = _without_null(parameter["schema"])
        schema.pop("description", None)  # the parameter says it
        if "examples" in schema:
            parameter["example"] = schema["examples"][0]  # with which Swagger UI begins
    if "requestBody" in operation:
        content = operation["requestBody"]["content"][JSON]
        content["schema"] = _untitled(content["schema"])  # null, where no body is needed
    responses = operation["responses"] = _untitled(operation["responses"])
    complete_successes(responses, route, world)
    add_refusals(responses, refusals_of(route), route, world)
    operation["responses"] = dict(sorted(responses.items()))


def with_numbers(text: str, limits: Limits) -> str:
    """A text in which the numbers of a world stand for `{panier.capacite}` and the like."""
    return _LIMIT.sub(lambda found: in_french(limits.values[found[1]]), text)


def _with_limits(node: Any, limits: Limits) -> Any:  # noqa: ANN401 - JSON
    """The same with the numbers of a world, in descriptions and in the bounds of schemas."""
    if isinstance(node, list):
        return [_with_limits(item, limits) for item in node]
    if not isinstance(node, dict):
        return node
    told = {key: _with_limits(value, limits) for key, value in node.items() if key != BOUND}
    if isinstance(description := told.get("description"), str):
        told["description"] = with_numbers(description, limits)
    for keyword, bound in node.get(BOUND, {}).items():
        key, _, more = bound.partition(" + ")
        told[keyword] = limits.integer(key) + int(more or 0)
    return told


def in_french(value: LimitValue) -> str:
    """A number as a sentence says it: with a comma."""
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _add_certainty(operation: dict[str, Any], route: ApiOperation) -> None:
    """Say how sure the operation is, and each of its parameters."""
    own = certitude_of_operation(route)
    operation.update(own.keywords())
    query = route.query[1] if route.query else None
    names = (
        {field.alias or name: name for name, field in query.model_fields.items()} if query else {}
    )
    for parameter in operation["parameters"]:
        name = names.get(parameter["name"])
        certitude = certitude_of(query, name) if query and name else Certitude(own.level)
        parameter.update(certitude.keywords())


def _told(description: str, route: ApiOperation, world: World) -> str:
    """The rule with the numbers of this world, then where all of it comes from."""
    rule = with_numbers(description, world.limits)
    certitude = certitude_of_operation(route)
    note = f" ; {certitude.note}" if certitude.note else ""
    source = f"*Source : {texts.LEVELS[certitude.level]}{note}.*"
    conjecture = [texts.CONJECTURE] if route.path.startswith(LIVRET) else [source]
    return "\n\n".join(filter(None, [rule, *conjecture]))


def _schemas_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The shapes under the names that they have outside, in French."""
    shapes = document.get("components", {}).get("schemas", {})
    schemas = {
        outside(name): _untitled(schema)
        for name, schema in shapes.items()
        if name not in _FRAMEWORKS_OWN
    }
    for name, schema in schemas.items():
        if name in BY_NAME:
            schema.update(BY_NAME[name].keywords())
        elif name in texts.CONTROL_LISTS:
            schema["description"] = texts.CONTROL_LISTS[name]
    return schemas


def outside(name: str) -> str:
    """What a shape is called outside: `PanierOnWire` is `Panier` there."""
    return name.removesuffix("OnWire")


def _moved(path: str, livret: str) -> str:
    """A path where it is reached, wherever the Livret stands."""
    return livret + path.removeprefix(LIVRET) if path.startswith(f"{LIVRET}/") else path


def _with_references(node: Any) -> Any:  # noqa: ANN401 - JSON
    """The same, its references leading to what shapes are called outside."""
    if isinstance(node, dict):
        return {
            key: outside(value) if key == "$ref" else _with_references(value)
            for key, value in node.items()
        }
    return [_with_references(item) for item in node] if isinstance(node, list) else node


def _without_certainty(node: Any) -> Any:  # noqa: ANN401 - JSON
    """The same without what it says of certainty: the control plane is ours throughout."""
    if isinstance(node, dict):
        return {
            key: _without_certainty(value)
            for key, value in node.items()
            if key not in {LEVEL, NOTE, VALUES, "x-certitude-codes"}
        }
    return [_without_certainty(item) for item in node] if isinstance(node, list) else node


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What may be left out, a parameter or a whole body, but cannot be `null`."""
    first, *_ = schema.get("anyOf", [{}])
    return {**first, **{key: value for key, value in schema.items() if key != "anyOf"}}


def _untitled(schema: Any) -> Any:  # noqa: ANN401 - JSON Schema
    """A schema without the titles that only repeat the names of its fields."""
    if isinstance(schema, dict):
        return {
            key: _untitled(value)
            for key, value in schema.items()
            if key != "title" or not isinstance(value, str)
        }
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema
