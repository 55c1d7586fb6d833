import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from benchmarks.apps.bare import Constant
from benchmarks.apps.lecon import application
from benchmarks.apps.routes import with_routes
from rdv_mock.wire.livret import LeconOnWire

LECON = {
    "type": "CIRCULATION",
    "dateHeureDebut": "2026-03-09T15:00:00",
    "dureeEnMinutes": 60,
    "numeroAutorisation": "A0850001230",
}
PATH = "/api/v1/livret-numerique/contrats-de-formation/k1/lecons"


def test_the_route_beside_ours_answers_with_every_field_of_a_lecon() -> None:
    answer = TestClient(application).post(PATH, json=LECON)
    assert answer.status_code == 201
    assert list(answer.json()) == [one.alias for one in LeconOnWire.model_fields.values()]
    assert answer.json()["dateHeureFin"] == "2026-03-09T16:00:00"


@pytest.mark.parametrize("spoilt", [{"type": "VOL"}, {"dureeEnMinutes": "60 min"}, {"autre": 1}])
def test_the_route_beside_ours_validates_as_ours_does(spoilt: dict[str, object]) -> None:
    answer = TestClient(application).post(PATH, json={**LECON, **spoilt})
    assert answer.status_code == 422


def test_the_empty_application_has_so_many_routes_each_with_models_of_its_own() -> None:
    empty = with_routes(3)

    routes = [route for route in empty.routes if isinstance(route, APIRoute)]

    assert [route.path for route in routes] == ["/0/{id}", "/1/{id}", "/2/{id}"]
    assert (
        len({route.body_field.field_info.annotation for route in routes if route.body_field}) == 3
    )
    assert len({route.response_model for route in routes}) == 3


def test_the_bare_application_answers_so_many_bytes() -> None:
    answer = TestClient(Constant(342)).get("/whatever")
    assert (answer.status_code, len(answer.content)) == (201, 342)
    assert answer.headers["content-length"] == "342"
