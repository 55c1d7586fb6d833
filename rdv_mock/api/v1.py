"""The deprecated v1 addresses of the exam API: the same operations under an older path (B.9)."""

from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute

from rdv_mock.api.operation import ApiOperation

V2 = "/api/v2/auto-ecole"
V1 = "/api/v1/auto-ecole"

ALIASES = {("GET", "/moi"), ("POST", "/mandats"), ("POST", "/nombre-de-formateurs")}
"""The addresses that are known to have existed in v1 (`integrator`); others are unknown there."""


def aliases_of(routes: Iterable[BaseRoute]) -> Iterator[ApiOperation]:
    """The v1 twins of those v2 operations that have one."""
    for route in routes:
        if isinstance(route, ApiOperation):
            path = route.path.removeprefix(V2)
            if (route.method, path) in ALIASES:
                yield ApiOperation(
                    V1 + path,
                    route.endpoint,
                    methods=[route.method],
                    name=route.name,
                    status_code=route.status_code,
                    response_model=route.response_model,
                    tags=route.tags,
                    summary=route.summary,
                    description=route.description,
                    deprecated=True,
                    operation_id=f"{route.operation}V1",
                )
