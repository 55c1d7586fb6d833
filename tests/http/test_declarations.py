"""What an operation takes is told by its annotations, and FastAPI reads the same in them."""

from typing import Any, get_args

import pytest

from rdv_mock import api, control, provider
from rdv_mock.http.operation import Operation

OPERATIONS: list[Operation] = [*api.ROUTES, *provider.ROUTES, *control.ROUTES]


def only(parameters: list[Any]) -> tuple[str, Any] | None:
    """The name and model of the one parameter that there is, if there is one."""
    if not parameters:
        return None
    (parameter,) = parameters
    hint = parameter.field_info.annotation
    return parameter.name, next(iter(get_args(hint)), hint)


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: f"{route.method} {route.path}")
def test_an_operation_takes_what_fastapi_says_that_it_takes(route: Operation) -> None:
    told, taken = route.described.dependant, route.parameters

    assert taken.call_name == told.request_param_name
    assert taken.ids == [(one.name, one.alias) for one in told.path_params]
    assert taken.query == only(told.query_params)
    assert taken.body == only(told.body_params)
    if taken.body:
        (parameter,) = told.body_params
        assert taken.is_body_optional == (not parameter.field_info.is_required())
    assert route.response_model == route.described.response_model


@pytest.mark.parametrize("route", OPERATIONS, ids=lambda route: f"{route.method} {route.path}")
def test_an_operation_takes_every_id_of_its_path(route: Operation) -> None:
    assert {alias for _, alias in route.parameters.ids} == set(route.param_convertors)
