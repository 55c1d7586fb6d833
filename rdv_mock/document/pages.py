"""Documents and pages: OpenAPI, Swagger UI with its assets."""

from functools import cache
from importlib.resources import files
from typing import Any

from fastapi.openapi.docs import get_swagger_ui_oauth2_redirect_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rdv_mock import api
from rdv_mock.document.openapi import document_of, dump
from rdv_mock.document.texts import TITLE
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import SCOPES
from rdv_mock.http.addresses import base_address
from rdv_mock.http.aside import aside
from rdv_mock.http.passage import passage_of
from rdv_mock.http.refusals import JSON
from rdv_mock.http.server import Server
from rdv_mock.http.templates import render
from rdv_mock.worlds.world import World

_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'none'"
)
OF_THIS_CALL = {"Cache-Control": "no-store"}
"""A document has the addresses by which it was asked for, and the numbers that hold now."""
_REDIRECT_POLICY = "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'"


def world_of(request: Request) -> World:
    """The world that the path names."""
    return passage_of(request.scope).world


def server_of(request: Request) -> Server:
    """The process that answers."""
    return passage_of(request.scope).server


def served_document(server: Server, world: World, base: str) -> dict[str, Any]:
    """The OpenAPI document of a world, as the overlay makes it where there is one."""
    document = document_of(api.ROUTES, world, base, server.settings.livret_base_path)
    if server.overlay is None:
        return document
    from rdv_mock.overlay.document import overlaid  # noqa: PLC0415 - few servers have one

    chosen = {code for code, one in world.settings.errors.items() if one.status is not None}
    return overlaid(document, server.overlay, chosen=chosen)


async def openapi(request: Request) -> Response:
    """The document of the world that the path names."""
    base = base_of(request)
    document = await aside(served_document, server_of(request), world_of(request), base)
    return Response(dump(document), media_type=JSON, headers=OF_THIS_CALL)


def base_of(request: Request) -> str:
    """The base of the addresses of the world, as the caller sees them."""
    root: str = request.scope["root_path"]
    return base_address(request, server_of(request).settings) + root


def page(request: Request, title: str, initializer: str) -> Response:
    """Swagger UI, as this script starts it."""
    prefix = passage_of(request.scope).shown_prefix
    text = render(
        __package__, "swagger_ui.html", title=title, prefix=prefix, initializer=initializer
    )
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})


async def swagger_ui(request: Request) -> Response:
    """Swagger UI, which asks nothing of any other host."""
    return page(request, TITLE, "initializer.js")


def script(document: str) -> Response:
    """What starts Swagger UI, on the document at this address beside the script."""
    text = render(__package__, "initializer.js", document=document, scopes=" ".join(SCOPES))
    return Response(text, media_type="text/javascript")


async def initializer(_request: Request) -> Response:
    """What starts Swagger UI."""
    return script("../openapi.json")


async def oauth2_redirect(_request: Request) -> Response:
    """Where the provider sends the browser back to Swagger UI."""
    page = bytes(get_swagger_ui_oauth2_redirect_html().body).decode()
    head, body, rest = page.partition("<body>\n")
    policy = {"Content-Security-Policy": _REDIRECT_POLICY}
    return HTMLResponse(
        f"{head}{body}{render(__package__, 'forget_last_code.html')}{rest}", headers=policy
    )


async def asset(request: Request) -> Response:
    """A file of Swagger UI."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise Refusal(ApiError.RESSOURCE_INCONNUE)
    cached = {"Cache-Control": "public, max-age=86400"}
    return Response(_read_asset(name), media_type=_ASSETS[name], headers=cached)


async def favicon(_request: Request) -> Response:
    """The icon that browsers ask for by themselves."""
    return Response(_read_asset("favicon-32x32.png"), media_type="image/png")


@cache
def _read_asset(name: str) -> bytes:
    return files("fastapi_swagger.resources").joinpath(name).read_bytes()


async def to_docs(request: Request) -> Response:
    """Who comes without a path wants to see what there is."""
    return RedirectResponse(f"{passage_of(request.scope).shown_prefix}/docs")


ROUTES = [
    Route("/", to_docs, methods=["GET"]),
    Route("/docs", swagger_ui, methods=["GET"]),
    Route("/swagger-ui/index.html", swagger_ui, methods=["GET"]),
    Route("/swagger-ui/initializer.js", initializer, methods=["GET"]),
    Route("/swagger-ui/oauth2-redirect.html", oauth2_redirect, methods=["GET"]),
    Route("/swagger-ui/{name}", asset, methods=["GET"]),
    Route("/favicon.ico", favicon, methods=["GET"]),
    Route("/openapi.json", openapi, methods=["GET"]),
    Route("/v3/api-docs", openapi, methods=["GET"]),
]
