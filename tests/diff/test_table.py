"""A comparison is shown to people as a table and given to programs as JSON."""

import json
from typing import Any

from rdv_mock.diff import as_json, as_table, compare

TEXT = {"type": "string"}


def document_of(schema: Any, *paths: str, title: str = "La vraie") -> dict[str, Any]:
    """A document whose operations answer one schema."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    operation = {"responses": {"200": {"content": content}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "2"},
        "paths": {path: {"get": operation} for path in paths},
        "components": {"schemas": {"A": schema}},
    }


def test_documents_that_say_the_same_make_a_short_table() -> None:
    document = document_of(TEXT, "/a")

    assert as_table(compare(document, document)).splitlines() == [
        "ours: La vraie 2, 1 operation",
        "real: La vraie 2, 1 operation, 1 of them also ours",
        "",
        "no difference",
    ]


def test_a_table_tells_what_is_general_before_each_operation() -> None:
    ours = document_of({"type": "object", "properties": {"nom": TEXT}}, "/a", "/b", "/c", "/d")
    real = document_of({"type": "object", "properties": {"nom": {}}}, "/a", "/b", "/c", "/e")
    for path in ("/a", "/b"):
        real["paths"][path]["get"] = {
            "responses": {**real["paths"][path]["get"]["responses"], "404": {}}
        }
    real["paths"]["/a"]["get"]["deprecated"] = True
    real["paths"]["/a"]["get"]["requestBody"] = 3

    assert as_table(compare(ours, real)).splitlines() == [
        "ours: La vraie 2, 4 operations",
        "real: La vraie 2, 4 operations, 3 of them also ours",
        "",
        "operations",
        "  what       ours    real",
        "  operation  GET /d  –",
        "  operation  –       GET /e",
        "",
        "in schemas",
        "  where  what  ours    real",
        "  A.nom  type  string  any   GET /a and 2 more operations",
        "",
        "in operations",
        "  where  what    ours  real",
        "  404    status  –     404   GET /a, GET /b",
        "",
        "GET /a",
        "  where    what        ours  real",
        "           deprecated  no    yes",
        "  request  body        –     yes",
        "",
        "could not be compared",
        "  GET /a, requestBody is a number, not an object",
        "",
        "6 differences",
    ]


def test_a_table_shows_the_beginning_of_what_is_long() -> None:
    ours = document_of({"type": "string", "pattern": "a" * 100}, "/a")
    real = document_of({"type": "string", "pattern": "b" * 48}, "/a")

    row = as_table(compare(ours, real)).splitlines()[5]

    assert row.split() == ["200", "pattern", "a" * 47 + "…", "b" * 48]


def test_a_table_shows_fifty_notes_and_says_how_many_more_there_are() -> None:
    real = document_of(TEXT, "/a")
    real["paths"]["/a"]["get"]["parameters"] = [{"$ref": f"#/x{n}"} for n in range(60)]

    comparison = compare(document_of(TEXT, "/a"), real)

    assert "\n  and 10 more (--format json has all)\n" in as_table(comparison)
    assert len(json.loads(as_json(comparison))["notes"]) == 60


def test_a_terminal_shows_what_a_document_holds_and_does_not_obey_it() -> None:
    real = document_of(TEXT, "/a", "/\x1b[31m\ud800\u202e\n", title="\x07é")

    table = as_table(compare(document_of(TEXT, "/a"), real))

    assert "real: \\x07é 2" in table
    assert "GET /\\x1b[31m\\ud800\\u202e\\n" in table
    table.encode()


def test_json_tells_every_place() -> None:
    ours = document_of({"type": "object", "properties": {"nom": TEXT}}, "/a", "/b")
    nom = {"type": "string", "maxLength": 9}
    real = document_of({"type": "object", "properties": {"nom": nom}}, "/a", "/b\ud800", "/b")

    content = json.loads(as_json(compare(ours, real)))

    assert content == {
        "same": False,
        "ours": {"title": "La vraie 2", "operations": 2},
        "real": {"title": "La vraie 2", "operations": 3},
        "inBoth": 2,
        "findings": [
            {
                "kind": "operation",
                "keyword": None,
                "ours": None,
                "real": "GET /b\ud800",
                "schema": None,
                "schemaField": None,
                "places": [{"operation": "GET /b\ud800", "part": "", "field": ""}],
            },
            {
                "kind": "bound",
                "keyword": "maxLength",
                "ours": None,
                "real": "9",
                "schema": "A",
                "schemaField": "nom",
                "places": [
                    {"operation": "GET /a", "part": "200", "field": "nom"},
                    {"operation": "GET /b", "part": "200", "field": "nom"},
                ],
            },
        ],
        "notes": [],
    }
