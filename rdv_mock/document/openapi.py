"""The OpenAPI documents: of the simulated APIs, and apart from it of the control plane.

The routes give paths, parameters and shapes; `document/` adds what they do not say.
"""

import json
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic.warnings import UnsupportedFieldAttributeWarning

from rdv_mock import __version__
from rdv_mock.api.v1 import V1
from rdv_mock.document import texts
from rdv_mock.document.components import (
    ADMIN_SCHEMES,
    BEARER,
    CONTROL_HEADERS,
    HEADERS,
    LOGIN,
    error_schemas,
    security_schemes,
)
from rdv_mock.document.responses import add_refusals, complete_successes, refusals_of
from rdv_mock.document.walk import walk
from rdv_mock.errors import ApiError
from rdv_mock.fixtures import Limits, LimitValue
from rdv_mock.http.addresses import LIVRET
from rdv_mock.http.operation import ApiOperation, ControlOperation, Operation, Probe
from rdv_mock.http.refusals import JSON
from rdv_mock.wire.base import BOUND
from rdv_mock.wire.certainty import LEVEL, NOTE, VALUES, Certainty, certainty_of
from rdv_mock.wire.vocabulary import BY_NAME
from rdv_mock.worlds.world import World

OPENAPI = "3.1.0"
_FRAMEWORKS_OWN = {"HTTPValidationError", "ValidationError"}
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_CERTAINTY = {LEVEL, NOTE, VALUES, "x-certitude-codes"}
_LIMIT = re.compile(r"\{(\w+(?:\.\w+)+)\}")


def document_of(
    operations: Sequence[ApiOperation], world: World, base: str, livret: str
) -> dict[str, Any]:
    """The document of one world.

    `base` is where its addresses begin, `livret` where the Livret is reached from there.
    """
    document = {
        **_header(texts.TITLE, texts.SUMMARY, texts.DESCRIPTION, texts.TAGS),
        "externalDocs": dict(texts.EXTERNAL_DOCS),
        "servers": _servers(world, base),
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
        "securitySchemes": security_schemes(base),
    }
    if world.responses.unknown_fields == "ignore":
        for schema in document["components"]["schemas"].values():
            schema.pop("additionalProperties", None)
    document["paths"] = {_moved(path, livret): item for path, item in document["paths"].items()}
    renamed: dict[str, Any] = walk(_with_limits(document, world.limits), _lead_outside)
    return renamed


def control_document_of(
    routes: Iterable[ControlOperation], world: World, base: str, *, is_named: bool = False
) -> dict[str, Any]:
    """The document of the control plane, apart from that of the simulated APIs.

    `is_named`: it is that of `/w/{world}`, where what belongs to the process is unknown.

    See docs/contract/surfaces.md.
    """
    operations = [route for route in routes if not (is_named and route.traits.root_only)]
    document = {
        **_header(
            texts.CONTROL_TITLE,
            texts.CONTROL_SUMMARY,
            texts.CONTROL_DESCRIPTION,
            texts.CONTROL_TAGS,
        ),
        "servers": _servers(world, base),
        **_described(operations),
    }
    for route in operations:
        operation = document["paths"][route.path_format][route.method.lower()]
        _complete(operation, route, world)
        operation["description"] += _told_before(route, operations)
        operation["security"] = [{}] if isinstance(route, Probe) else [{}, {"admin": []}]
        if route.operation in _EXAMPLES:
            operation["requestBody"] = _scenario_body(*_EXAMPLES[route.operation])
    shown = {error for route in operations for error in refusals_of(route)}
    shown.add(ApiError.MONDE_INCONNU)  # who steers worlds names them
    document["components"] = {
        "schemas": {**_schemas_of(document), **error_schemas(shown, world.error_keys)},
        "headers": dict(CONTROL_HEADERS),
        "securitySchemes": dict(ADMIN_SCHEMES),
    }
    told = _with_limits(walk(document, _leave_certainty_out), world.limits)
    renamed: dict[str, Any] = walk(told, _lead_outside)
    return renamed


def dump(document: Mapping[str, Any], *, indent: int | None = None) -> str:
    """A document as JSON."""
    return json.dumps(document, ensure_ascii=False, indent=indent)


def certainty_of_operation(route: ApiOperation) -> Certainty:
    """How sure an operation is, and what that word does not say."""
    notes = {V1: texts.V1_NOTE, LIVRET: texts.LIVRET_NOTE}
    of_all = (note for base, note in notes.items() if route.path.startswith(base))
    return Certainty(route.traits.certainty, route.traits.note or next(of_all, None))


_EXAMPLES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "putScenario": ({"name": "demonstration"}, texts.SCENARIO_EXAMPLE),
    "patchState": (
        {"candidats": [{"ref": "ines", "email": "ines@exemple.test"}]},
        texts.FRAGMENT_EXAMPLE,
    ),
}
"""What takes scenarios, or fragments: an example of each in JSON and in YAML."""


def _scenario_body(in_json: Mapping[str, Any], in_yaml: str) -> dict[str, Any]:
    """A body that may be sent in both forms."""
    return {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "type": "object",
                    "description": "Un scénario, ou un fragment ; ou `name`, le nom d'un scénario"
                    " à charger.",
                    "additionalProperties": True,
                },
                "example": dict(in_json),
            },
            "application/yaml": {
                "schema": {"type": "string", "description": "Le même, en YAML."},
                "example": in_yaml,
            },
        },
    }


def _told_before(route: ControlOperation, operations: Sequence[ControlOperation]) -> str:
    """Which calls make what the examples of an operation name."""
    made_by = [
        f"`{one.method} {one.path_format}`"
        for one in operations
        if one.operation in route.traits.after
    ]
    return f"\n\n{texts.AFTER.format(' et '.join(made_by))}" if made_by else ""


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
        "tags": [_tag(name, about) for name, about in tags.items()],
    }


def _tag(name: str, about: str) -> dict[str, str]:
    """A group of operations, with a French name beside the one for generators."""
    shown = {} if plain(name) == name else {"x-displayName": name}
    return {"name": plain(name), **shown, "description": about}


def plain(name: str) -> str:
    """A name of which any language makes an identifier: `Leçons` is `Lecons`."""
    without_accents = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9_-]", " ", without_accents).split())


def _servers(world: World, base: str) -> list[dict[str, str]]:
    return [{"url": base or "/", "description": f"Le monde « {world.name} »."}]


def _described(operations: Sequence[Operation]) -> dict[str, Any]:
    """Paths and shapes as FastAPI describes them, the same for every world."""
    described: dict[str, Any] = json.loads(
        _description_of(tuple(operations)), object_hook=_as_generators_read_it
    )
    return described


def _as_generators_read_it(node: dict[str, Any]) -> dict[str, Any]:
    """Bounds that are integers as integers, and names for the values that have accents."""
    for keyword in _BOUNDS & node.keys():
        if isinstance(bound := node[keyword], float) and bound.is_integer():
            node[keyword] = int(bound)
    values = node.get("enum", [])
    if any(isinstance(value, str) and not value.isascii() for value in values):
        node["x-enum-varnames"] = [plain(value) for value in values]
    return node


@cache
def _description_of(operations: tuple[Operation, ...]) -> str:
    with warnings.catch_warnings():
        # Models are made when they are first used, which may be here, where FastAPI no longer hides
        # what pydantic thinks of its ways.
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        whole = get_openapi(title="", version="", routes=[one.described for one in operations])
    return json.dumps({"paths": whole["paths"], "components": whole.get("components", {})})


def _complete(operation: dict[str, Any], route: Operation, world: World) -> None:
    """Add what FastAPI cannot know of any operation: refusals, headers, examples, links."""
    operation["tags"] = [plain(tag) for tag in operation["tags"]]
    operation["parameters"] = _untitled(operation.get("parameters", []))
    for parameter in operation["parameters"]:
        schema = parameter["schema"] = _without_null(parameter["schema"])
        schema.pop("description", None)  # the parameter says it
        if schema.get("type") == "boolean":
            parameter["description"] += f" {texts.QUERY_BOOLEAN}"
        if "examples" in schema:
            parameter["example"] = schema["examples"][0]  # with which Swagger UI begins
            if "$ref" in schema:
                del schema["examples"]  # a generator finds no type where more stands beside it
    if "requestBody" in operation:
        content = operation["requestBody"]["content"][JSON]
        content["schema"] = _without_null(_untitled(content["schema"]))
        content.update(_choice_of_examples(route))
    responses = operation["responses"] = _untitled(operation["responses"])
    complete_successes(responses, route, world)
    add_refusals(responses, refusals_of(route), route, world)
    operation["responses"] = dict(sorted(responses.items()))


def _choice_of_examples(route: Operation) -> dict[str, Any]:
    """The examples of a body, where its shape has several: a reader chooses."""
    extra = route.body[1].model_config.get("json_schema_extra") if route.body else None
    bodies = extra.get("examples", []) if isinstance(extra, dict) else []
    if not isinstance(bodies, list) or len(bodies) < 2:  # noqa: PLR2004 - the shape shows its only one
        return {}
    return {
        "examples": {
            f"exemple-{number}": {"summary": json.dumps(body, ensure_ascii=False), "value": body}
            for number, body in enumerate(bodies, start=1)
        }
    }


def with_numbers(text: str, limits: Limits) -> str:
    """A text with the numbers of a world instead of `{panier.capacite}` and the like."""
    return _LIMIT.sub(lambda found: in_french(limits.values[found[1]]), text)


def _with_limits(node: Any, limits: Limits) -> Any:  # noqa: ANN401 - JSON
    """A part of the document with the numbers of a world, in descriptions and in bounds."""

    def tell(one: dict[str, Any]) -> dict[str, Any]:
        bounds = one.pop(BOUND, {})
        if isinstance(description := one.get("description"), str):
            one["description"] = with_numbers(description, limits)
        for keyword, bound in bounds.items():
            key, _, more = bound.partition(" + ")
            one[keyword] = int(limits.values[key]) + int(more or 0)
        return one

    return walk(node, tell)


def in_french(value: LimitValue) -> str:
    """A number as a sentence says it: with a comma."""
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _add_certainty(operation: dict[str, Any], route: ApiOperation) -> None:
    """Say how sure the operation is, and each of its parameters."""
    own = certainty_of_operation(route)
    operation.update(own.keywords())
    query = route.query[1] if route.query else None
    names = (
        {field.alias or name: name for name, field in query.model_fields.items()} if query else {}
    )
    for parameter in operation["parameters"]:
        name = names.get(parameter["name"])
        certainty = certainty_of(query, name) if query and name else Certainty(own.level)
        parameter.update(certainty.keywords())


def _told(description: str, route: ApiOperation, world: World) -> str:
    """The rule with the numbers of this world, then where all of it comes from."""
    rule = with_numbers(description, world.limits)
    certainty = certainty_of_operation(route)
    note = f" ; {certainty.note}" if certainty.note else ""
    source = f"*Source : {texts.LEVELS[certainty.level]}{note}.*"
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
    """A path of ours below the base path of the Livret that the settings give."""
    return livret + path.removeprefix(LIVRET) if path.startswith(f"{LIVRET}/") else path


def _lead_outside(one: dict[str, Any]) -> dict[str, Any]:
    """A reference leads to what its shape is called outside."""
    return {key: outside(value) if key == "$ref" else value for key, value in one.items()}


def _leave_certainty_out(one: dict[str, Any]) -> dict[str, Any]:
    """The control plane is ours throughout: nothing of it is uncertain."""
    return {key: value for key, value in one.items() if key not in _CERTAINTY}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What may be left out, a parameter or a whole body, but cannot be `null`."""
    first, *_ = schema.get("anyOf", [{}])
    return {**first, **{key: value for key, value in schema.items() if key != "anyOf"}}


def _untitled(schema: Any) -> Any:  # noqa: ANN401 - JSON Schema
    """A schema without the titles that only repeat the names of its fields."""
    return walk(schema, _leave_title_out)


def _leave_title_out(one: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in one.items() if key != "title" or not isinstance(value, str)
    }
