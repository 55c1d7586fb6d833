"""No document ends a comparison: what cannot be read is refused in a line, or noted."""

import copy
import json
from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdv_mock.diff import NotReadable, as_json, as_table, compare, parse_document

Document = dict[str, Any]

KEYS = st.sampled_from([
    "openapi", "paths", "servers", "url", "variables", "components", "schemas", "parameters",
    "security", "securitySchemes", "/a", "/a/{id}", "get", "post", "requestBody", "responses",
    "200", "4XX", "default", "", "content", "application/json", "schema", "$ref", "type",
    "nullable", "properties", "required", "items", "additionalProperties", "allOf", "anyOf",
    "oneOf", "enum", "const", "name", "in", "headers", "examples", "value", "code",
    "callbacks", "webhooks", "exclusiveMinimum", "minimum", "format", "readOnly", "style",
    "explode", "x-a", "info",
])  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | KEYS
    | st.sampled_from(["#", "#/", "#/paths", "#/components/schemas/A", "string", "object", "null"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=40,
)
PATIENT = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def outcome_of(ours: Document, real: Document) -> str:
    """What a comparison says in both forms; that it says anything is the point."""
    comparison = compare(ours, real)
    json.loads(as_json(comparison)), as_json(comparison).encode()
    table = as_table(comparison)
    assert table.replace("\n", "").isprintable()
    return table


@PATIENT
@given(content=ANYTHING)
def test_anything_that_is_json_is_compared_or_refused(content: Any) -> None:
    ours = {"openapi": "3.1.0", "paths": {"/a": {"get": {}}, "/a/{id}": {"post": {}}}}
    try:
        real = parse_document(json.dumps(content).encode())
    except NotReadable as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - it is about every refusal
    else:
        outcome_of(ours, real)


@PATIENT
@given(paths=ANYTHING, schemas=ANYTHING, answers=ANYTHING, parameters=ANYTHING)
def test_an_operation_of_anything_is_compared_with_itself_and_ours(
    paths: Any, schemas: Any, answers: Any, parameters: Any
) -> None:
    operation = {"parameters": parameters, "requestBody": paths, "responses": answers}
    real = {
        "openapi": "3.0.0",
        "paths": {"/a": {"get": operation, "post": paths}, "/a/{id}": paths},
        "components": {
            "schemas": {"A": schemas},
            "securitySchemes": {"cle": {"type": paths, "scheme": schemas, "in": answers}},
        },
        "security": [{"cle": []}],
    }
    ours = {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": schemas}}}}}

    outcome_of(ours, real)
    outcome_of(real, real)


@PATIENT
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for is_yaml in (True, False):
        try:
            parse_document(b"openapi: 3.0.0\n" + content, is_yaml=is_yaml)
        except NotReadable as refused:
            assert "\n" not in str(refused)  # noqa: PT017


@PATIENT
@given(content=ANYTHING)
def test_yaml_of_anything_is_what_json_of_it_is(content: Any) -> None:
    text = yaml.safe_dump({"openapi": "3.0.0", "a": content}, allow_unicode=True)

    try:
        parse_document(text.encode("utf-8", "surrogatepass"))
    except NotReadable as refused:
        assert "\n" not in str(refused)  # noqa: PT017


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every object or array of a document, with each of its keys."""
    todo = [value]
    while todo:
        held = todo.pop()
        for key in list(held) if isinstance(held, dict) else range(len(held)):
            yield held, key
            if isinstance(held[key], dict | list):
                todo.append(held[key])


@settings(PATIENT, max_examples=8)
@given(chance=st.randoms(), wrong=st.lists(ANYTHING, min_size=1, max_size=20))
def test_our_document_with_anything_anywhere_is_compared(
    ours: Document, chance: Any, wrong: list[Any]
) -> None:
    real = json.loads(json.dumps(ours))
    places = list(places_in(real))
    for value in wrong:
        holder, key = chance.choice(places)
        if isinstance(holder, dict) and chance.random() < 0.2:
            holder["$ref"] = chance.choice(["#/components/schemas/Examen", "#/paths", "", "a.yaml"])
        holder[key] = value

    outcome_of(ours, real)
    outcome_of(real, real)


def test_aliases_that_repeat_without_end_cost_nothing(ours: Document) -> None:
    bomb = "".join(
        f"a{n}: &a{n} {{type: object, default: [{', '.join([f'*a{n - 1}'] * 9)}],"
        f" properties: {{x: *a{n - 1}, y: *a{n - 1}}}, allOf: [*a{n - 1}, *a{n - 1}]}}\n"
        for n in range(1, 50)
    )
    real = parse_document(
        f"openapi: 3.0.0\na0: &a0 {{type: string}}\n{bomb}"
        "paths: {/a: {get: {responses: {200: {content: {application/json: {schema: *a49,"
        " example: *a49}}}}}}}\n".encode()
    )
    other = copy.deepcopy(real)
    start = process_time()

    outcome_of(real, other)
    outcome_of(ours, real)

    assert process_time() - start < 60


@pytest.mark.parametrize("nested", ["properties", "allOf", "items", "additionalProperties"])
def test_what_json_can_nest_is_compared(nested: str) -> None:
    text = '{"type": "string"}'
    for _ in range(300):
        inner = {"properties": f'{{"a": {text}}}', "allOf": f"[{text}]"}.get(nested, text)
        text = f'{{"{nested}": {inner}}}'
    content = f'{{"application/json": {{"schema": {text}}}}}'
    operation = f'{{"responses": {{"200": {{"content": {content}}}}}}}'
    whole = f'{{"openapi": "3.0.0", "paths": {{"/a": {{"get": {operation}}}}}}}'.encode()

    table = outcome_of(parse_document(whole), parse_document(whole))

    assert "could not be compared" in table


def test_ten_megabytes_are_compared_in_seconds(ours: Document) -> None:
    real = copy.deepcopy(ours)
    for n in range(24):
        real["paths"] |= {f"/n{n}{path}": item for path, item in ours["paths"].items()}
    text = json.dumps(real, indent=1).encode()
    assert len(text) > 9_000_000
    start = process_time()

    real = parse_document(text)
    comparison = compare(ours, real)

    assert process_time() - start < 20
    assert len(comparison.findings) == 24 * 64
