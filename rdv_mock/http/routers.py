"""Routers whose routes are served as operations: one kind for each surface."""

from fastapi import APIRouter

from rdv_mock.http.operation import ApiOperation, ControlOperation, operation_id

CONTROL = "/_mock"


def vendor_router(prefix: str, *tags: str) -> APIRouter:
    """A router of the simulated APIs: its calls carry a token."""
    return APIRouter(
        prefix=prefix,
        route_class=ApiOperation,
        generate_unique_id_function=operation_id,
        tags=[*tags],
    )


def control_router(*tags: str, route_class: type[ControlOperation] = ControlOperation) -> APIRouter:
    """A router of the control plane."""
    return APIRouter(
        prefix=CONTROL,
        route_class=route_class,
        generate_unique_id_function=operation_id,
        tags=[*tags],
    )
