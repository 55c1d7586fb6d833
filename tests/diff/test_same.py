"""Documents that say the same in other words do not differ."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from rdv_mock.diff import compare, parse_document
from tests.diff.telling import told

Document = dict[str, Any]

WORDS = ("summary", "description", "title", "examples", "x-certitude", "tags", "operationId")


def test_our_document_is_the_same_as_itself(ours: Document, real: Document) -> None:
    comparison = compare(ours, real)

    assert comparison.findings == ()
    assert comparison.notes == ()
    assert comparison.in_both == comparison.ours.operations == comparison.real.operations == 64


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def test_the_order_of_keys_says_nothing(ours: Document) -> None:
    assert told(compare(ours, reordered(ours))) == set()


def test_yaml_says_the_same_as_json(ours: Document) -> None:
    text = yaml.safe_dump(ours, allow_unicode=True, sort_keys=False)

    assert parse_document(text.encode()) == ours


def test_statuses_without_quotes_are_names_as_well(ours: Document) -> None:
    text = yaml.safe_dump(ours, allow_unicode=True).replace("'200':", "200:")

    assert told(compare(ours, parse_document(text.encode()))) == set()


def inlined(value: Any, root: Document) -> Any:
    """A document without references; ours has no schema that contains itself."""
    if isinstance(value, dict):
        if "$ref" in value:
            target: Any = root
            for name in value["$ref"].split("/")[1:]:
                target = target[name]
            return inlined(target, root)
        return {key: inlined(held, root) for key, held in value.items()}
    return [inlined(item, root) for item in value] if isinstance(value, list) else value


def test_a_document_without_references_is_the_same(ours: Document) -> None:
    real = inlined(ours, ours)

    assert "$ref" not in json.dumps(real)
    assert told(compare(ours, real)) == set()
    assert told(compare(real, ours)) == set()


def without_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: without_words(held)
            for key, held in value.items()
            if key not in WORDS or not isinstance(held, str | list)
        }
    return [without_words(item) for item in value] if isinstance(value, list) else value


def test_words_for_people_and_names_for_tools_are_not_compared(ours: Document) -> None:
    assert told(compare(ours, without_words(ours))) == set()


def as_3_0(value: Any) -> Any:
    """A document as OpenAPI 3.0 writes it: nullable, and enums of one instead of const."""
    if isinstance(value, list):
        return [as_3_0(item) for item in value]
    if not isinstance(value, dict):
        return value
    said = {key: as_3_0(held) for key, held in value.items()}
    if "const" in said:
        said["enum"] = [said.pop("const")]
    variants = said.get("anyOf", [])
    if {"type": "null"} in variants:
        [kept] = [one for one in variants if one != {"type": "null"}]
        del said["anyOf"]
        said |= (
            {"allOf": [kept], "nullable": True} if "$ref" in kept else {**kept, "nullable": True}
        )
    return said


def test_openapi_3_0_says_the_same_as_3_1(ours: Document) -> None:
    real = {**as_3_0(ours), "openapi": "3.0.3"}

    assert "nullable" in json.dumps(real)
    assert told(compare(ours, real)) == set()


def test_components_under_other_names_are_the_same(ours: Document) -> None:
    real = json.loads(json.dumps(ours).replace("#/components/schemas/", "#/components/schemas/Api"))
    schemas = real["components"]["schemas"]
    real["components"]["schemas"] = {f"Api{name}": held for name, held in schemas.items()}

    assert told(compare(ours, real)) == set()


def by_reference(real: Document) -> None:
    """Parameters, answers, bodies and whole paths kept under components."""
    components = real["components"] | {
        "parameters": {}, "responses": {}, "requestBodies": {}, "pathItems": {},
    }  # fmt: skip
    for path, item in list(real["paths"].items()):
        for method, one in item.items():
            name = f"{method}{path}"
            pointer = name.replace("~", "~0").replace("/", "~1")
            components["parameters"][name] = one["parameters"]
            one["parameters"] = [
                {"$ref": f"#/components/parameters/{pointer}/{index}"}
                for index in range(len(one["parameters"]))
            ]
            components["responses"][name] = one["responses"]
            one["responses"] = {
                status: {"$ref": f"#/components/responses/{pointer}/{status}"}
                for status in one["responses"]
            }
            if "requestBody" in one:
                components["requestBodies"][name] = one["requestBody"]
                one["requestBody"] = {"$ref": f"#/components/requestBodies/{pointer}"}
        components["pathItems"][path] = item
        real["paths"][path] = {"$ref": f"#/components/pathItems/{path.replace('/', '~1')}"}
    real["components"] = components


def for_whole_paths(real: Document) -> None:
    """Path parameters told once for all operations of a path, security for all operations."""
    for item in real["paths"].values():
        item["parameters"] = [
            one for method in item.values() for one in method["parameters"] if one["in"] == "path"
        ]
        for method in ("get", "put", "post", "delete"):
            if method in item:
                kept = item[method]["parameters"]
                item[method]["parameters"] = [one for one in kept if one["in"] != "path"]
    real["security"] = [{"connexion": ["rdvpermis"]}, {"jeton": ["rdvpermis"]}]
    for item in real["paths"].values():
        for one in item.values():
            if isinstance(one, dict) and one["security"] == real["security"]:
                del one["security"]


def explicit(real: Document) -> None:
    """What is so anyway, said."""
    for item in real["paths"].values():
        for one in item.values():
            one["deprecated"] = one.get("deprecated", False)
            for parameter in one["parameters"]:
                style = "simple" if parameter["in"] == "path" else "form"
                parameter |= {"style": style, "explode": style == "form"}
            one["parameters"].append(
                {"name": "Authorization", "in": "header", "schema": {"type": "string"}}
            )
    for schema in real["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", True)
            for field in schema["properties"].values():
                field["readOnly"] = False


def in_ranges(real: Document) -> None:
    """Refusals told once for all statuses; ours are among them."""
    for item in real["paths"].values():
        for one in item.values():
            answers = one["responses"]
            refusal = next(answers[status] for status in answers if status[0] == "4")
            for status in [status for status in answers if status[0] == "4"]:
                del answers[status]
            refusal["content"]["application/json"].pop("examples", None)
            refusal["content"]["application/json;charset=UTF-8"] = refusal["content"].pop(
                "application/json"
            )
            refusal["headers"] = {}
            answers["4XX" if len(answers) > 1 else "default"] = refusal


@pytest.mark.parametrize("change", [by_reference, for_whole_paths, explicit])
def test_the_same_written_elsewhere_is_the_same(
    change: Callable[[Document], None], ours: Document, real: Document
) -> None:
    change(real)

    comparison = compare(ours, real)

    assert told(comparison) == set()
    assert comparison.notes == ()


def test_a_range_of_statuses_stands_for_each_of_them(ours: Document, real: Document) -> None:
    in_ranges(real)

    kinds = {finding.kind for finding in compare(ours, real).findings}

    assert kinds == {"header"}  # WWW-Authenticate and Retry-After are told of one status only


def test_answers_of_any_media_type_are_compared(ours: Document, real: Document) -> None:
    path = real["paths"]["/api/v2/auto-ecole/moi"]
    content = path["get"]["responses"]["200"]["content"]
    content["*/*"] = content.pop("application/json")
    schema = content["*/*"]["schema"]
    content["*/*"]["schema"] = {"allOf": [schema], "properties": {"neuf": {"type": "string"}}}

    assert told(compare(ours, real)) == {"field | schema AutoEcole neuf | – -> string"}
