"""What stands around schemas: parameters, bodies, answers, access; also in documents of others."""

from typing import Any

import pytest

from rdv_mock.diff import Comparison, compare, parse_document
from tests.diff.telling import told

ELSEWHERE = """\
openapi: 3.0.3
info: {title: Réservations, version: 2.4.0}
servers:
  - url: https://{hote}/v{majeure}
    variables: {hote: {default: api.exemple.fr}, majeure: {default: "2"}}
  - url: ./v2
security: [{oauth: [lire]}, {cle: []}]
tags: [{name: Réservations}]
x-internal: true
paths:
  /reservations/{id}:
    summary: Une réservation
    parameters:
      - $ref: '#/components/parameters/Id'
      - {name: X-Correlation-Id, in: header, schema: {type: string, format: uuid}}
    get:
      operationId: getReservation
      parameters:
        - name: filtre
          in: query
          style: deepObject
          schema: {type: object, properties: {du: {type: string, format: date}}}
        - {name: champs, in: query, schema: {type: array, items: {type: string}}}
        - name: avec
          in: query
          content: {application/json: {schema: {$ref: '#/components/schemas/Base'}}}
      responses:
        200: {$ref: '#/components/responses/Reservation'}
        4XX: {$ref: '#/components/responses/Erreur'}
        default: {description: Autre chose}
    put:
      security: []
      requestBody: {$ref: '#/components/requestBodies/Reservation'}
      callbacks:
        confirmee:
          '{$request.body#/rappel}':
            post: {requestBody: {content: {}}, responses: {200: {description: Reçu}}}
      responses:
        200:
          description: Faite
          headers:
            X-Rate-Limit: {schema: {type: integer}}
            ETag: {$ref: '#/components/headers/ETag'}
          links: {suite: {operationId: getReservation}}
          content:
            application/json; charset=utf-8: {schema: {$ref: '#/components/schemas/Reservation'}}
            text/csv: {}
        409:
          description: Non
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Erreur'}
              examples:
                pris: {value: {code: DEJA_PRIS}}
                ferme: {$ref: '#/components/examples/Ferme'}
                autre: {externalValue: http://exemple.fr/a.json}
        500: {content: {application/json: {example: {erreur: PANNE}}}}
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: integer, format: int64}}
  headers:
    ETag: {schema: {type: string}, required: true}
  examples:
    Ferme: {value: {code: FERME}}
  requestBodies:
    Reservation:
      required: true
      content:
        application/json: {schema: {$ref: '#/components/schemas/Reservation'}}
  responses:
    Reservation:
      content: {application/json: {schema: {$ref: '#/components/schemas/Reservation'}}}
    Erreur:
      content: {application/problem+json: {schema: {$ref: '#/components/schemas/Erreur'}}}
  schemas:
    Base: &base
      type: object
      required: [id, type]
      properties: &champs
        id: {type: integer, format: int64, readOnly: true}
        type: {type: string}
    Reservation:
      oneOf:
        - $ref: '#/components/schemas/Hotel'
        - $ref: '#/components/schemas/Vol'
      discriminator: {propertyName: type, mapping: {hotel: '#/components/schemas/Hotel'}}
    Hotel:
      allOf:
        - $ref: '#/components/schemas/Base'
        - {type: object, properties: {nuits: {type: integer, minimum: 0, exclusiveMinimum: true}}}
    Vol:
      <<: *base
      properties:
        <<: *champs
        depart: {type: string, format: date-time, nullable: true}
        suivant: {nullable: true, allOf: [{$ref: '#/components/schemas/Vol'}]}
    Erreur: {type: object, properties: {code: {type: string}, erreur: {type: string}}}
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /jeton, scopes: {lire: Lire}}}}
    cle: {type: apiKey, in: header, name: X-Api-Key}
"""
READ, WRITE = "GET /v2/reservations/{id}", "PUT /v2/reservations/{id}"


def changed(old: str, new: str) -> Comparison:
    """A document of somebody else, before and after a change of its text."""
    assert ELSEWHERE.count(old) == 1
    return compare(
        parse_document(ELSEWHERE.encode()), parse_document(ELSEWHERE.replace(old, new).encode())
    )


def test_a_document_of_somebody_else_is_read_whole() -> None:
    comparison = changed("title: Réservations", "title: Les mêmes")

    assert (told(comparison), comparison.notes) == (set(), ())
    assert (comparison.in_both, comparison.real.title) == (2, "Les mêmes 2.4.0")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("in: path, required: true, schema: {type: integer", "in: path, schema: {type: number",
         {f"type | {READ} path id +1 | integer -> number"}),
        ("in: header, schema: {type: string, format: uuid}", "in: header, schema: {type: string}",
         {f"format | {READ} header X-Correlation-Id +1 | uuid -> –"}),
        ("name: X-Correlation-Id", "name: x-correlation-id", set()),
        ("name: X-Correlation-Id", "name: Accept",
         {f"parameter | {READ} header X-Correlation-Id +1 | string (uuid) -> –"}),
        ("name: X-Correlation-Id, in: header", "name: X-Correlation-Id, in: cookie",
         {f"parameter | {READ} header X-Correlation-Id +1 | string (uuid) -> –",
          f"parameter | {READ} cookie X-Correlation-Id +1 | – -> string (uuid)"}),
        ("style: deepObject", "style: form", {f"style | {READ} query filtre | deepObject, in one"
                                              " -> form, repeated"}),
        ("in: query, schema: {type: array", "in: query, explode: false, schema: {type: array",
         {f"style | {READ} query champs | form, repeated -> form, in one"}),
        ("          in: query\n          content: {application/json: {schema: {$ref:"
         " '#/components/schemas/Base'}}}", "          in: query\n          schema: {}",
         {"type | schema Base | object -> any"}),
        ("4XX:", "5XX:", {f"status | {READ} 5XX | – -> 5XX", f"media | {READ} 4XX |"
                          " application/problem+json -> –"}),
        ("        200: {$ref: '#/components/responses/Reservation'}\n", "",
         {f"status | {READ} 200 | 200 -> –"}),
        ("default: {description: Autre chose}", "x-autre: 1",
         {f"status | {READ} DEFAULT | DEFAULT -> –"}),
        ("      security: []\n", "", {f"access | {WRITE} | nothing -> bearer token,"
                                      " header X-Api-Key", f"scopes | {WRITE} | – -> lire"}),
        ("[{oauth: [lire]}, {cle: []}]", "[{oauth: [lire], cle: []}, {}]",
         {f"access | {READ} | bearer token, header X-Api-Key ->"
          " bearer token and header X-Api-Key, nothing"}),
        ("type: oauth2", "type: http, scheme: Bearer", set()),
        ("type: oauth2", "type: http, scheme: basic",
         {f"access | {READ} | bearer token -> http basic"}),
        ("type: oauth2", "type: mutualTLS", {f"access | {READ} | bearer token -> mutualTLS"}),
        ("        confirmee:", "        x-confirmee:", {f"callback | {WRITE} | confirmee -> –"}),
        ("X-Rate-Limit: {schema: {type: integer}}", "X-Rate-Limit: {schema: {type: string}}",
         {f"type | {WRITE} 200 header X-Rate-Limit | integer -> string"}),
        ("ETag: {schema: {type: string}, required: true}", "ETag: {schema: {type: string}}",
         {f"required | {WRITE} 200 header ETag | yes -> no"}),
        ("            X-Rate-Limit: {schema: {type: integer}}\n", "",
         {f"header | {WRITE} 200 header X-Rate-Limit | integer -> –"}),
        ("            text/csv: {}\n", "", {f"media | {WRITE} 200 | text/csv -> –"}),
        ("application/problem+json", "application/json",
         {f"media | {READ} 4XX | application/problem+json -> application/json"}),
        ("code: DEJA_PRIS", "code: PRIS", {f"codes | {WRITE} 409 | DEJA_PRIS -> PRIS"}),
        ("Ferme: {value: {code: FERME}}", "Ferme: {value: [1]}",
         {f"codes | {WRITE} 409 | FERME -> –"}),
        ("{erreur: PANNE}", "{autre: PANNE}", set()),
        ("      required: true\n      content:", "      content:",
         {f"required | {WRITE} request | yes -> no"}),
        ("depart: {type: string, format: date-time, nullable: true}",
         "depart: {type: string, format: date-time}",
         {"nullable | schema Reservation depart | yes -> no",
          "nullable | schema Vol depart | yes -> no"}),
        ("nuits: {type: integer, minimum: 0", "nuits: {type: integer, minimum: 1",
         {"bound exclusiveMinimum | schema Reservation nuits | 0 -> 1"}),
        ("readOnly: true", "format: int64",
         {f"field | schema {name} id | – -> integer (int64), required"
          for name in ("Base", "Reservation", "Vol")}),
    ],
)  # fmt: skip
def test_a_change_in_it_is_found_and_nothing_else(old: str, new: str, expected: set[str]) -> None:
    comparison = changed(old, new)

    assert told(comparison) == expected
    assert comparison.notes == ()


@pytest.mark.parametrize(
    ("old", "new", "notes"),
    [
        ("200: {$ref: '#/components/responses/Reservation'}", "200: {$ref: 'commun.yaml#/R'}",
         {"$ref commun.yaml#/R leads out of the document, and is not followed"}),
        ("requestBody: {$ref: '#/components/requestBodies/Reservation'}",
         "requestBody: {$ref: '#/x'}",
         {"$ref #/x leads nowhere"}),
        ("Erreur:\n      content: {application/problem+json: {schema: {$ref: '#/components/schemas/"
         "Erreur'}}}", "Erreur: {$ref: '#/components/responses/Erreur'}",
         {"$ref #/components/responses/Erreur leads to itself"}),
        ("info: {title: Réservations, version: 2.4.0}", "info: 3",
         {"info is a number, not an object"}),
        ("cle: {type: apiKey, in: header, name: X-Api-Key}", "autre: {}",
         {"securitySchemes has no cle"}),
        ("tags: [{name: Réservations}]", "webhooks: []", {"webhooks is an array, not an object"}),
        ("default: {description: Autre chose}", "default: oui",
         {"GET /reservations/{id}, responses.default is a text, not an object"}),
        ("callbacks:\n        confirmee:", "callbacks: []\n      x-a:\n        confirmee:",
         {"PUT /reservations/{id}, callbacks is an array, not an object"}),
    ],
)  # fmt: skip
def test_a_broken_place_is_noted_and_no_difference_is_made_up(
    old: str, new: str, notes: set[str]
) -> None:
    comparison = changed(old, new)

    assert set(comparison.notes) == notes
    assert {finding.kind for finding in comparison.findings} <= {"access", "callback"}


@pytest.mark.parametrize(
    ("parameters", "note"),
    [
        ([3], "GET /a, a parameter is a number, not an object"),
        ([{"in": "query"}], "GET /a: a parameter has no name, or no place (`in`)"),
        ([{"name": [], "in": {}}], "GET /a: a parameter has no name, or no place (`in`)"),
        ({"a": 1}, "GET /a, parameters is an object, not an array"),
        ([{"$ref": "#/no"}], "$ref #/no leads nowhere"),
        ([{"name": "b", "in": "query", "content": 3}],
         "GET /a, query b, content is a number, not an object"),
    ],
)  # fmt: skip
def test_parameters_that_cannot_be_read_are_noted(parameters: Any, note: str) -> None:
    ours = {"openapi": "3.1.0", "paths": {"/a": {"get": {}}}}
    real = {"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": parameters}}}}

    assert note in compare(ours, real).notes


def test_our_own_headers_are_no_difference() -> None:
    header = {"schema": {"type": "string"}}
    ours = {"responses": {"200": {"headers": {"X-Rdv-Mock": header, "Date": header}}}}
    real = {"responses": {"200": {"description": "La réponse."}}}

    documents = [{"openapi": "3.1.0", "paths": {"/a": {"get": one}}} for one in (ours, real)]

    assert told(compare(*documents)) == set()
