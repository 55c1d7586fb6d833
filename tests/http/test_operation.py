"""What operations rely on of FastAPI, and what their endpoints are given."""

from inspect import signature
from typing import Annotated

import pytest
from fastapi import APIRouter, Path, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel

from rdv_mock import api, control, provider
from rdv_mock.http.call import Call, EarlyCall, VendorCall
from rdv_mock.http.operation import ApiOperation, Operation, Probe, operation_id

OPERATIONS = [
    route
    for route in (*api.ROUTES, *provider.ROUTES, *control.ROUTES)
    if isinstance(route, Operation)
]


class Asked(BaseModel):
    nom: str


class Wanted(BaseModel):
    page: int = 0


async def corriger_chose(
    chose_id: Annotated[str, Path(alias="choseId")],
    query: Annotated[Wanted, Query()],
    call: Call,
    body: Asked | None = None,
) -> Asked:
    raise NotImplementedError


def route_of(route_class: type[APIRoute]) -> APIRoute:
    router = APIRouter(route_class=route_class, generate_unique_id_function=operation_id)
    router.put("/choses/{choseId}", status_code=202)(corriger_chose)
    (route,) = router.routes
    assert isinstance(route, APIRoute)
    return route


def test_fastapi_tells_what_an_endpoint_takes() -> None:
    dependant = route_of(APIRoute).dependant

    (path,), (query,), (body,) = (
        dependant.path_params,
        dependant.query_params,
        dependant.body_params,
    )
    assert (path.name, path.alias) == ("chose_id", "choseId")
    assert (query.name, query.field_info.annotation) == ("query", Wanted)
    assert (body.name, body.field_info.annotation) == ("body", Asked | None)
    assert (query.field_info.is_required(), body.field_info.is_required()) == (True, False)
    assert dependant.request_param_name == "call"


def test_fastapi_keeps_what_a_route_was_declared_with() -> None:
    route = route_of(APIRoute)

    assert (route.response_model, route.status_code, route.methods) == (Asked, 202, {"PUT"})
    assert route.unique_id == "corrigerChose"


def test_an_operation_serves_its_calls_by_itself() -> None:
    route = route_of(ApiOperation)

    assert isinstance(route, ApiOperation)
    assert route.app == route.serve
    assert (route.query, route.body) == (("query", Wanted), ("body", Asked))


def call_type_of(route: Operation) -> type[EarlyCall] | None:
    """The type of call that the endpoint of an operation says that it takes, if it takes one."""
    types = [p.annotation for p in signature(route.endpoint).parameters.values()]
    calls = [one for one in types if isinstance(one, type) and issubclass(one, EarlyCall)]
    return calls[0] if calls else None


def call_type_given(route: Operation) -> type[EarlyCall]:
    if isinstance(route, Probe):
        return EarlyCall
    return VendorCall if isinstance(route, ApiOperation) else Call


@pytest.mark.parametrize(
    "route", OPERATIONS, ids=lambda route: f"{route.operation} {route.method} {route.path}"
)
def test_an_endpoint_takes_the_call_that_its_kind_of_operation_gives_it(route: Operation) -> None:
    assert call_type_of(route) in {call_type_given(route), None}
