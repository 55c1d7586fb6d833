"""What an operation is made of, and what its endpoint is given."""

from inspect import signature
from typing import Annotated

import pytest
from fastapi import Path, Query
from pydantic import BaseModel

from rdv_mock import api, control, provider
from rdv_mock.http.call import Call, EarlyCall, VendorCall
from rdv_mock.http.operation import ApiOperation, Operation, Probe
from rdv_mock.http.routers import Router

OPERATIONS: list[Operation] = [*api.ROUTES, *provider.ROUTES, *control.ROUTES]


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
    """For us."""
    raise NotImplementedError


@pytest.fixture
def route() -> ApiOperation:
    router = Router(ApiOperation, "/v2", ["Choses"])
    router.put("/choses/{choseId}", status_code=202, tags=["Autres"])(corriger_chose)
    (route,) = router.routes
    return route


def test_fastapi_tells_what_an_endpoint_takes(route: ApiOperation) -> None:
    dependant = route.described.dependant

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


def test_fastapi_keeps_what_an_operation_was_declared_with(route: ApiOperation) -> None:
    told = route.described

    assert (told.path, told.methods) == ("/v2/choses/{choseId}", {"PUT"})
    assert (told.response_model, told.status_code) == (Asked, 202)
    assert (told.unique_id, told.tags) == ("corrigerChose", ["Choses", "Autres"])


def test_an_operation_says_nothing_of_what_is_for_us(route: ApiOperation) -> None:
    assert corriger_chose.__doc__
    assert route.described.description == ""


def test_an_operation_serves_its_calls_by_itself(route: ApiOperation) -> None:
    assert route.app == route.serve
    assert (route.path, route.methods, route.method) == ("/v2/choses/{choseId}", {"PUT"}, "PUT")
    assert (route.operation, route.unique_id) == ("corrigerChose", "corrigerChose")
    assert (route.query, route.body) == (("query", Wanted), ("body", Asked))
    assert route.response_model is Asked


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
