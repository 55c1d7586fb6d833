"""What schemas say, in the many ways of OpenAPI 3.0 and 3.1, is compared, not how they say it."""

from typing import Any

import pytest

from rdv_mock.diff import Comparison, compare
from tests.diff.telling import told

Schema = Any
TEXT = {"type": "string"}
PERSON = {"type": "object", "properties": {"nom": TEXT}, "required": ["nom"]}


def document_of(schema: Schema, **components: Schema) -> dict[str, Any]:
    """A document whose only operation takes and answers a schema."""
    sent, answered = ({"content": {"application/json": {"schema": schema}}} for _ in range(2))
    operation = {"requestBody": sent, "responses": {"200": answered}}
    return {
        "openapi": "3.1.0",
        "paths": {"/a": {"post": operation}},
        "components": {"schemas": components},
    }


def compared(ours: Schema, real: Schema, **components: Schema) -> Comparison:
    return compare(document_of(ours, **components), document_of(real, **components))


def differences(ours: Schema, real: Schema, **components: Schema) -> set[str]:
    """What differs in the answer, and thereby in the request; its operation left out."""
    comparison = compared(ours, real, **components)
    assert comparison.notes == ()
    told_here = {line.replace("POST /a ", "") for line in told(comparison)}
    assert {line.replace(" request", " 200") for line in told_here} == {
        line for line in told_here if " request" not in line
    }
    return {line for line in told_here if " request" not in line}


SAME: list[tuple[Schema, Schema]] = [
    ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    ({"type": ["string", "null"]}, {"anyOf": [TEXT, {"type": "null"}]}),
    ({"type": ["string", "null"]}, {"oneOf": [{"type": "null"}, TEXT]}),
    ({"type": ["string", "null"]}, {"allOf": [TEXT], "nullable": True}),
    ({"type": ["string", "null"]}, {"allOf": [TEXT, {"nullable": True}]}),
    ({"$ref": "#/components/schemas/P"}, PERSON),
    ({"$ref": "#/components/schemas/Alias"}, PERSON),
    ({"anyOf": [PERSON, {"type": "null"}]}, {"$ref": "#/components/schemas/P", "nullable": True}),
    ({"type": "integer", "exclusiveMinimum": 3},
     {"type": "integer", "minimum": 3, "exclusiveMinimum": True}),
    ({"type": "integer", "maximum": 3},
     {"type": "integer", "maximum": 3.0, "exclusiveMaximum": False}),
    ({"const": "A"}, {"enum": ["A"], "type": "string"}),
    ({"enum": ["A", "B"]}, {"oneOf": [{"const": "B", "title": "b"}, {"const": "A"}]}),
    ({"type": ["string", "null"], "enum": ["A", None]}, {"enum": ["A"], "type": "string",
     "nullable": True}),
    ({"enum": [1, 2.0]}, {"enum": [2.0, 1]}),
    ({"type": "object"}, {"properties": {}}),
    ({"type": "object"}, {"type": "object", "additionalProperties": {}}),
    ({"type": "array", "items": TEXT, "minItems": 0}, {"items": TEXT, "uniqueItems": False}),
    (PERSON, {"allOf": [{"properties": {"nom": TEXT}}, {"required": ["nom"]}]}),
    (PERSON, {"allOf": [{"$ref": "#/components/schemas/P"}], "description": "Une personne"}),
    (PERSON, {"allOf": [{"$ref": "#/components/schemas/P"}, PERSON]}),
    (PERSON, {"oneOf": [PERSON, {"$ref": "#/components/schemas/P"}],
     "discriminator": {"propertyName": "nom"}}),
    ({"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]},
     {"oneOf": [
         {"properties": {"a": TEXT}, "required": ["a"]},
         {"properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"]},
     ]}),
    ({"type": ["integer", "string"]}, {"anyOf": [TEXT, {"type": "integer"}]}),
    ({}, True), ({}, {"description": "n'importe quoi"}),
    ({"type": "null"}, {"enum": [None]}), ({"type": "null"}, {"anyOf": [{"type": "null"}]}),
    ({"type": "string", "default": None}, TEXT),
    (TEXT, {"type": "string", "example": "x", "x-order": 1, "xml": {}, "externalDocs": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "real"), SAME)
def test_schemas_that_say_the_same_do_not_differ(ours: Schema, real: Schema) -> None:
    components = {"P": PERSON, "Alias": {"$ref": "#/components/schemas/P"}}

    assert differences(ours, real, **components) == set()
    assert {line.split()[0] for line in differences(real, ours, **components)} == set()


UNLIKE: list[tuple[Schema, Schema, set[str]]] = [
    (TEXT, {"type": "integer"}, {"type | 200 | string -> integer"}),
    (TEXT, {}, {"type | 200 | string -> any"}),
    (TEXT, {"type": "null"}, {"type | 200 | string -> null", "nullable | 200 | no -> yes"}),
    (TEXT, {"type": ["string", "integer"]}, {"type | 200 | string -> integer or string"}),
    (PERSON, {"type": "array", "items": PERSON}, {"type | 200 | object -> array"}),
    (TEXT, {"type": "string", "enum": ["A"]}, {"values | 200 | any -> A"}),
    ({"enum": ["A", "B"]}, TEXT, {"values | 200 | A, B -> any"}),
    ({"enum": ["A", "B"]}, {"enum": ["B"]}, {"values | 200 | A -> –"}),
    ({"enum": ["A"]}, {"anyOf": [{"enum": ["A"]}, TEXT]}, {"values | 200 | A -> any"}),
    ({"type": "integer", "minimum": 0}, {"type": "integer"}, {"bound minimum | 200 | 0 -> –"}),
    ({"type": "number", "exclusiveMaximum": 3}, {"type": "number", "maximum": 3},
     {"bound exclusiveMaximum | 200 | 3 -> –", "bound maximum | 200 | – -> 3"}),
    ({"type": "string", "format": "date"},
     {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]},
     {"format | 200 | date -> date or date-time"}),
    ({"type": "string", "format": "date"}, {"anyOf": [{"type": "string", "format": "date"}, TEXT]},
     {"format | 200 | date -> date or any"}),
    ({"type": "string", "pattern": "a"}, {"allOf": [{"pattern": "b"}, {"pattern": "c"}, TEXT]},
     {"pattern | 200 | a -> b and c"}),
    ({"type": "array", "items": TEXT},
     {"type": "array", "items": {"type": "string", "format": "x"}},
     {"format | 200 [] | – -> x"}),
    ({"type": "object", "additionalProperties": {"type": "object", "properties": {"a": TEXT}}},
     {"type": "object", "additionalProperties": {"type": "object"}},
     {"field | 200 {}.a | string -> –"}),
    ({"type": "object", "additionalProperties": TEXT}, {"type": "object"},
     {"more | 200 | string -> any"}),
    ({"type": "object", "additionalProperties": False}, {"type": "object"},
     {"more | 200 | none -> any"}),
    ({"type": "object"}, {"allOf": [{"type": "object"}, {"additionalProperties": False}]},
     {"more | 200 | any -> none"}),
    ({"type": "object", "properties": {"a": PERSON}},
     {"type": "object", "properties": {"a": {"type": "object", "properties": {"nom": TEXT}}}},
     {"required | 200 a.nom | yes -> no"}),
    ({"type": "array", "items": PERSON}, {"type": "array", "items": {"type": "object"}},
     {"field | 200 [].nom | string, required -> –"}),
    ({"type": "object", "properties": {"a": TEXT}},
     {"oneOf": [{"properties": {"a": TEXT}}, {"properties": {"a": {"type": "integer"}}}]},
     {"type | 200 a | string -> integer or string"}),
    ({"$ref": "#/components/schemas/P"}, {"type": "object"},
     {"field | schema P nom | string, required -> –"}),
    ({"anyOf": [{"$ref": "#/components/schemas/P"}, {"type": "null"}]}, {"type": "object"},
     {"nullable | 200 | yes -> no", "field | schema P nom | string, required -> –"}),
    ({"type": "string", "default": "a"}, {"type": "string", "default": {"b": [1, True]}},
     {'default | 200 | a -> {"b": [1, true]}'}),
    ({"type": "object", "properties": {"a": {"$ref": "#/components/schemas/P"}}},
     {"type": "object", "properties": {"a": {"allOf": [{"$ref": "#/components/schemas/P"}],
                                             "deprecated": True}}},
     {"deprecated | 200 a | – -> true"}),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "real", "expected"), UNLIKE)
def test_schemas_that_say_something_else_differ(
    ours: Schema, real: Schema, expected: set[str]
) -> None:
    assert differences(ours, real, P=PERSON) == expected


def test_what_only_travels_one_way_is_compared_that_way() -> None:
    real = {
        "type": "object",
        "properties": {
            "nom": TEXT,
            "id": {"type": "string", "readOnly": True},
            "motDePasse": {"type": "string", "writeOnly": True},
        },
    }

    assert told(compared({"type": "object", "properties": {"nom": TEXT}}, real)) == {
        "field | POST /a 200 id | – -> string",
        "field | POST /a request motDePasse | – -> string",
    }


TREE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "valeur": TEXT,
        "enfants": {"type": "array", "items": {"$ref": "#/components/schemas/Arbre"}},
        "frere": {"anyOf": [{"$ref": "#/components/schemas/Arbre"}, {"type": "null"}]},
    },
}


def test_schemas_that_contain_themselves_are_compared_once() -> None:
    other = {**TREE, "properties": {**TREE["properties"], "valeur": {"type": "integer"}}}
    reference = {"$ref": "#/components/schemas/Arbre"}
    ours, real = document_of(reference, Arbre=TREE), document_of(reference, Arbre=other)

    assert told(compare(ours, ours)) == set()
    assert told(compare(ours, real)) == {"type | schema Arbre valeur | string -> integer"}


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"$ref": "#/components/schemas/Soi"}, TEXT]},
        {"anyOf": [{"$ref": "#/components/schemas/Soi"}]},
        {"oneOf": [
            {"properties": {"a": {"$ref": "#/components/schemas/Soi"}}},
            {"properties": {"a": {"$ref": "#/components/schemas/Soi"}, "b": TEXT}},
        ]},
        {"allOf": [
            {"properties": {"a": {"items": {"$ref": "#/components/schemas/Soi"}}}},
            {"properties": {"a": {"items": {"allOf": [{"$ref": "#/components/schemas/Soi"}]}}}},
        ]},
    ],
)  # fmt: skip
def test_schemas_that_are_made_of_themselves_come_to_an_end(schema: Schema) -> None:
    reference = {"$ref": "#/components/schemas/Soi"}
    document = document_of(reference, Soi=schema)

    assert told(compare(document, document)) == set()


def test_a_schema_without_a_name_that_is_made_of_itself_comes_to_an_end() -> None:
    schema: dict[str, Any] = {"type": "string"}
    schema["allOf"] = [schema]  # as an alias of YAML can

    assert told(compared(schema, schema)) == set()


def chain(length: int) -> dict[str, Schema]:
    """Schemas, each of which is made of the next one, twice."""
    return {
        f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 2} for n in range(length)
    } | {f"S{length}": PERSON}


def test_a_long_chain_of_schemas_is_given_up_with_a_note() -> None:
    reference = {"$ref": "#/components/schemas/S0"}

    short = compare(document_of(PERSON), document_of(reference, **chain(40)))
    endless = compare(document_of(PERSON), document_of(reference, **chain(5000)))

    assert (told(short), short.notes) == (set(), ())
    assert told(endless) == set()
    assert endless.notes == ("a schema is made of others, more than 60 in each other",)


def test_a_long_chain_of_references_is_followed() -> None:
    links = {f"S{n}": {"$ref": f"#/components/schemas/S{n + 1}"} for n in range(20_000)}
    reference = {"$ref": "#/components/schemas/S0"}

    comparison = compare(document_of(PERSON), document_of(reference, **links, S20000=PERSON))

    assert (told(comparison), comparison.notes) == (set(), ())


def nested(depth: int) -> Schema:
    schema: Schema = TEXT
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def test_fields_that_are_nested_too_deeply_are_left_out_with_a_note() -> None:
    comparison = compared(nested(500), nested(500))

    assert told(comparison) == set()
    assert comparison.notes == ("what is deeper, or more, than can be compared was left out",)


@pytest.mark.parametrize(
    ("schema", "note"),
    [
        (3, "POST /a, 200 is a number, not a schema"),
        ("string", "POST /a, 200 is a text, not a schema"),
        (None, "POST /a, 200 is null, not a schema"),
        ({"type": 3}, "POST /a, 200: 3 is no type"),
        ({"type": []}, "POST /a, 200: [] is no type"),
        ({"type": ["string", 3]}, 'POST /a, 200: ["string", 3] is no type'),
        ({"properties": []}, "POST /a, 200, properties is an array, not an object"),
        ({"properties": {"a": 1.5}}, "POST /a, 200.a is a number, not a schema"),
        ({"properties": {"$ref": False}}, None),
        ({"required": True}, "POST /a, 200, required is a boolean, not an array"),
        ({"required": [1, {}]}, None),
        ({"items": [TEXT]}, "POST /a, 200[] is an array, not a schema"),
        ({"additionalProperties": 1}, "POST /a, 200{} is a number, not a schema"),
        ({"enum": "A"}, "POST /a, 200, enum is a text, not an array"),
        ({"allOf": {}}, "POST /a, 200, allOf is an object, not an array"),
        ({"anyOf": [1]}, "POST /a, 200, anyOf is a number, not a schema"),
        ({"not": {}}, "POST /a, 200: `not` is not compared"),
        ({"$ref": 1}, "a $ref is a number, not a text"),
        ({"$ref": "#/nowhere"}, "$ref #/nowhere leads nowhere"),
        ({"$ref": "#"}, "$ref # leads nowhere"),
        ({"$ref": "#ancre"}, "$ref #ancre leads nowhere"),
        ({"$ref": "#/components/schemas/Boucle"},
         "$ref #/components/schemas/Boucle leads to itself"),
        ({"$ref": "#/tags/9"}, "$ref #/tags/9 leads nowhere"),
        ({"$ref": "commun.yaml#/A"},
         "$ref commun.yaml#/A leads out of the document, and is not followed"),
        ({"$ref": "https://x.fr/a"},
         "$ref https://x.fr/a leads out of the document, and is not followed"),
    ],
)  # fmt: skip
def test_what_is_broken_is_noted_and_nothing_else_suffers(schema: Schema, note: str | None) -> None:
    loop = {"$ref": "#/components/schemas/Boucle"}
    real = document_of(schema, Boucle=loop) | {"tags": [TEXT]}
    real["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"] = {"schema": TEXT}

    comparison = compare(document_of(TEXT), real)

    assert comparison.notes == (() if note is None else (note,))
    assert not any(" request" in line for line in told(comparison))


def test_references_into_arrays_and_escaped_names_are_followed() -> None:
    real = document_of({"$ref": "#/paths/~1a/post/x-t/0"})
    real["paths"]["/a"]["post"]["x-t"] = [{"$ref": "#/components/schemas/a%20%7E1b~0"}]
    real["components"]["schemas"]["a /b~"] = TEXT

    comparison = compare(document_of(TEXT), real)

    assert (told(comparison), comparison.notes) == (set(), ())


@pytest.mark.parametrize(
    ("kind", "same"),
    [
        ("integer", {"allOf": [{"type": "number"}, {"type": "integer"}]}),
        ("number", {"anyOf": [{"type": "number"}, {"type": "integer"}]}),
        ("number", {"type": ["integer", "number"]}),
        ("number", {"allOf": [{"type": "number"}, {"type": ["number", "string"]}]}),
    ],
)
def test_a_whole_number_is_a_number(kind: str, same: Schema) -> None:
    assert told(compare(document_of({"type": kind}), document_of(same))) == set()
    assert told(compare(document_of(same), document_of({"type": kind}))) == set()
