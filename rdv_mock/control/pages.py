"""The document of the control plane, and Swagger UI on it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rdv_mock.control import ROUTES as CONTROL_ROUTES
from rdv_mock.control import probes
from rdv_mock.document.openapi import control_document_of, dump
from rdv_mock.document.pages import OF_THIS_CALL, base_of, page, script, world_of
from rdv_mock.document.texts import CONTROL_TITLE
from rdv_mock.http.aside import aside
from rdv_mock.http.refusals import JSON


async def openapi(request: Request) -> Response:
    """The document of the control plane, for the world in the path."""
    document = await aside(
        control_document_of,
        CONTROL_ROUTES,
        world_of(request),
        base_of(request),
        is_named=bool(request.scope["root_path"]),
    )
    return Response(dump(document), media_type=JSON, headers=OF_THIS_CALL)


async def swagger_ui(request: Request) -> Response:
    """Swagger UI of the control plane."""
    return page(request, CONTROL_TITLE, "control.js")


async def initializer(_request: Request) -> Response:
    """The script that starts Swagger UI."""
    return script("../_mock/openapi.json")


ROUTES = [
    Route("/swagger-ui/control.js", initializer, methods=["GET"]),
    Route("/_mock/docs", swagger_ui, methods=["GET"]),
    Route("/_mock/openapi.json", openapi, methods=["GET"]),
    *(Route(probe.path, probe.answer, methods=["HEAD"]) for probe in probes.router.routes),
]
