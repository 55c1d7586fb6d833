"""An integer is one however it is written: `3.0` to JSON Schema and to Jackson, `1e2` too."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rdv_mock import api, control
from rdv_mock.http.operation import ApiOperation, ControlOperation, Operation
from rdv_mock.wire.problems import path_of
from tests.demonstration import standing_still
from tests.support import CONTRATS, Vendor, lecon, refusal_of

Place = tuple[str | int, ...]
NO_INTEGER = "doit être un nombre entier"


def integers_of(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[Place]:
    """Where integers stand in what a schema describes, the first element of each list."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "integer":
        yield ()
    for one in schema.get("anyOf", []):
        yield from integers_of(document, one)
    for name, one in schema.get("properties", {}).items():
        yield from ((name, *place) for place in integers_of(document, one))
    if "items" in schema:
        yield from ((0, *place) for place in integers_of(document, schema["items"]))


def body_with(value: str, place: Place) -> str:
    """JSON in which a text stands at a place."""
    if not place:
        return value
    first, *rest = place
    inner = body_with(value, tuple(rest))
    return f"[{inner}]" if isinstance(first, int) else f"{{{json.dumps(first)}: {inner}}}"


def calls() -> Iterator[Any]:
    with standing_still() as application:
        anyone = Vendor(application)
        for kind, path, routes in (
            (ApiOperation, "/openapi.json", api.ROUTES),
            (ControlOperation, "/_mock/openapi.json", control.ROUTES),
        ):
            document = anyone.get(path).json()
            for route in routes:
                if isinstance(route, kind) and route.body is not None:
                    operation = document["paths"][route.path_format][route.method.lower()]
                    schema = operation["requestBody"]["content"]["application/json"]["schema"]
                    for place in integers_of(document, schema):
                        yield pytest.param(route, place, id=f"{route.path}-{path_of(place)}")


@pytest.fixture(scope="module")
def caller() -> Iterator[Vendor]:
    with standing_still() as application:
        yield Vendor(application).as_("lea")


def complaints(caller: Vendor, route: Operation, body: str) -> dict[str, str]:
    path = route.path_format.replace("{", "").replace("}", "")
    headers = {"Content-Type": "application/json"}
    answer = caller.call(route.method, path, content=body.encode(), headers=headers)
    details = answer.json().get("details", []) if answer.content else []
    return {detail["champ"]: detail["message"] for detail in details}


@pytest.mark.parametrize(("route", "place"), list(calls()))
def test_every_integer_of_every_body_may_be_written_with_a_point(
    caller: Vendor, route: Operation, place: Place
) -> None:
    for written in ("3.0", "1e2", "3"):
        said = complaints(caller, route, body_with(written, place)).get(path_of(place), "")
        assert said != NO_INTEGER
    for written in ("3.5", "true", '"3"', "1e400"):
        assert complaints(caller, route, body_with(written, place))[path_of(place)] == NO_INTEGER


@pytest.mark.parametrize(("written", "minutes"), [("60.0", 60), ("6e1", 60), ("1.2E2", 120)])
def test_it_is_answered_and_kept_as_an_integer(lea: Vendor, written: str, minutes: int) -> None:
    body = json.dumps(lecon(dureeEnMinutes=0)).replace(": 0", f": {written}")
    headers = {"Content-Type": "application/json"}

    answer = lea.post(
        f"{CONTRATS}/{lea.id_of('k1')}/lecons", content=body.encode(), headers=headers
    )

    assert answer.status_code == 201, answer.text
    assert answer.json()["dureeEnMinutes"] == minutes
    assert f'"dureeEnMinutes":{minutes},' in answer.text


def test_what_else_is_wrong_is_told_of_the_whole_number(lea: Vendor) -> None:
    answer = lea.post(f"{CONTRATS}/recherche", json={"page": 0.0, "parPage": 25.0, "x": 1})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert {detail["champ"]: detail["message"] for detail in answer.json()["details"]} == {
        "page": "doit être au moins 1",
        "x": "n'est pas un champ connu",
    }


def test_a_scenario_in_json_may_write_them_so_too(anyone: Vendor) -> None:
    scenario = {"title": "Flottant", "seed": 3.0, "limits": {"panier.capacite": 7.0}}

    assert anyone.put("/_mock/scenario", json=scenario).status_code == 200
