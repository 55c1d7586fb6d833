"""« Execute » on whatever the two pages propose: every call is taken by a fresh demonstration."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from rdv_mock import api, control
from rdv_mock.http.operation import ApiOperation, ControlOperation, Operation
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.overlay.compiling import EXAMPLES
from tests.proposals import proposals_of
from tests.support import SIGNER, Vendor, instant

SIMULATED = api.ROUTES
CONTROL = control.ROUTES
BEGIN = instant("2026-03-10T08:00:00Z")


@pytest.fixture(scope="module")
def application() -> Iterator[Vendor]:
    application = create_application(Settings(scenario="demonstration"))
    application.server.signer = SIGNER
    application.load()
    yield Vendor(application)
    application.close()


@pytest.fixture
def anyone(application: Vendor) -> Vendor:
    """Somebody on a fresh demonstration, alone in it."""
    for world in application.get("/_mock/worlds").json():
        if world["name"] != "principal":
            application.delete(f"/_mock/worlds/{world['name']}")
    for snapshot in application.get("/_mock/snapshots").json():
        application.delete(f"/_mock/snapshots/{snapshot['name']}")
    assert application.put("/_mock/scenario", json={"name": "demonstration"}).status_code == 200
    return application


@pytest.fixture(scope="module")
def documents(application: Vendor) -> dict[type[Operation], dict[str, Any]]:
    return {
        ApiOperation: application.get("/openapi.json").json(),
        ControlOperation: application.get("/_mock/openapi.json").json(),
    }


def both() -> Iterator[Any]:
    for route in (*SIMULATED, *CONTROL):
        yield pytest.param(route, id=f"{route.method}-{route.path}")


@pytest.mark.parametrize("route", list(both()))
def test_every_call_that_the_document_proposes_is_taken_as_it_stands(
    anyone: Vendor, documents: dict[type[Operation], dict[str, Any]], route: Operation
) -> None:
    (document,) = (one for kind, one in documents.items() if isinstance(route, kind))
    for proposal in proposals_of(document, route):
        assert anyone.put("/_mock/scenario", json={"name": "demonstration"}).status_code == 200
        caller = anyone.as_("lea") if isinstance(route, ApiOperation) else anyone
        for first in CONTROL:
            if first.operation in route.traits.after:
                for preparation in proposals_of(documents[ControlOperation], first):
                    assert preparation.ask(anyone).status_code < 300, preparation

        answer = proposal.ask(caller)

        assert 200 <= answer.status_code < 300, (proposal, answer.text)


@pytest.mark.parametrize("route", CONTROL, ids=lambda route: route.unique_id)
def test_an_operation_says_which_call_makes_what_its_example_names(
    documents: dict[type[Operation], dict[str, Any]], route: ControlOperation
) -> None:
    path = documents[ControlOperation]["paths"][route.path_format]
    made_by = [first for first in CONTROL if first.operation in route.traits.after]

    assert len(made_by) == len(route.traits.after)
    for first in made_by:
        assert f"`{first.method} {first.path_format}`" in path[route.method.lower()]["description"]


def test_the_clock_neither_jumps_nor_stops_as_it_is_proposed_to_be_set(
    anyone: Vendor, documents: dict[type[Operation], dict[str, Any]]
) -> None:
    route = next(route for route in CONTROL if route.operation == "putClock")
    proposed, *_ = proposals_of(documents[ControlOperation], route)

    clock = proposed.ask(anyone).json()

    assert clock["frozen"] is False
    assert 0 <= (instant(clock["now"]) - BEGIN).total_seconds() < 60


@pytest.mark.parametrize("name", ["livret", "rdvpermis"])
def test_what_is_proposed_under_an_overlay_is_taken_as_it_stands_too(name: str) -> None:
    settings = Settings(scenario="demonstration", overlay=EXAMPLES / f"{name}.yaml")
    with closing(create_application(settings)) as application:
        application.server.signer = SIGNER
        application.load()
        anyone = Vendor(application)
        document = anyone.get("/openapi.json").json()
        operations = application.server.overlay.operations if application.server.overlay else {}
        for route in SIMULATED:
            moved = operations[route.unique_id]
            for proposal in proposals_of(document, route, (moved.method, moved.shown_path)):
                assert anyone.put("/_mock/scenario", json={"name": "demonstration"}).is_success
                answer = proposal.ask(anyone.as_("lea"))
                assert answer.is_success, (proposal, answer.text)
