"""Documents and pages: OpenAPI, Swagger UI with its assets."""

import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from fastapi.openapi.docs import get_swagger_ui_oauth2_redirect_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rdv_mock.api import simulated, steering
from rdv_mock.api.addresses import base_address
from rdv_mock.api.aside import aside
from rdv_mock.api.call import SERVER_KEY, WORLD_KEY, shown_prefix
from rdv_mock.api.document.texts import CONTROL_TITLE, TITLE
from rdv_mock.api.openapi import control_document_of, document_of, dump
from rdv_mock.api.refusals import JSON
from rdv_mock.api.server import Server
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import SCOPES
from rdv_mock.world import World

_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'none'"
)
_OF_THIS_CALL = {"Cache-Control": "no-store"}
"""A document has the addresses by which it was asked for, and the numbers that hold now."""
_REDIRECT_POLICY = "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'"
_PAGE = """\
<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{prefix}/swagger-ui/favicon-32x32.png">
<link rel="stylesheet" href="{prefix}/swagger-ui/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{prefix}/swagger-ui/swagger-ui-bundle.js"></script>
<script src="{prefix}/swagger-ui/{initializer}"></script>
</body>
</html>
"""
_INITIALIZER = """\
"use strict";
const contract = new URL("DOCUMENT", document.currentScript.src).href;
const here = new URL("..", document.currentScript.src).href.slice(0, -1);
/* A proxy may hide from the server where it is: the page calls the server that it came from.
   Groups of operations bear the names that they have for people, not those for generators. */
function forThisPage(answer) {
  if (answer.url === contract && answer.ok) {
    const told = JSON.parse(answer.text);
    const there = told.servers[0].url;
    const names = new Map(told.tags.map((tag) => [tag.name, tag["x-displayName"] ?? tag.name]));
    for (const tag of told.tags) {
      tag.name = names.get(tag.name);
    }
    for (const operation of Object.values(told.paths).flatMap(Object.values)) {
      operation.tags = operation.tags.map((name) => names.get(name));
    }
    answer.text = JSON.stringify(told);
    for (const end of ["/", '"']) {
      answer.text = answer.text.replaceAll(`"${there}${end}`, `"${here}${end}`);
    }
  }
  return answer;
}
window.ui = SwaggerUIBundle({
  url: contract,
  responseInterceptor: forThisPage,
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  filter: true,
  showExtensions: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  oauth2RedirectUrl: new URL("oauth2-redirect.html", document.currentScript.src).href,
});
window.ui.initOAuth({
  clientId: "rdv-mock-swagger",
  scopes: SCOPES,
  usePkceWithAuthorizationCodeGrant: true,
  additionalQueryStringParams: { prompt: "login" },
});
"""
_FORGET_LAST_CODE = """\
<script>
  // Swagger UI keeps the code of the login before, and would exchange that one again.
  delete window.opener.swaggerUIRedirectOauth2.auth.code;
</script>
"""


def _world(request: Request) -> World:
    world: World = request.scope[WORLD_KEY]
    return world


def _server(request: Request) -> Server:
    server: Server = request.scope[SERVER_KEY]
    return server


def served_document(server: Server, world: World, base: str) -> dict[str, Any]:
    """The OpenAPI document of a world, as the overlay makes it where there is one."""
    document = document_of(simulated.ROUTES, world, base, server.settings.livret_base_path)
    if server.overlay is None:
        return document
    from rdv_mock.overlay.document import overlaid  # noqa: PLC0415 - few servers have one

    chosen = {code for code, one in world.settings.errors.items() if one.status is not None}
    return overlaid(document, server.overlay, chosen=chosen)


async def openapi(request: Request) -> Response:
    """The document of the world that the path names."""
    base = _base_of(request)
    document = await aside(served_document, _server(request), _world(request), base)
    return Response(dump(document), media_type=JSON, headers=_OF_THIS_CALL)


async def control_openapi(request: Request) -> Response:
    """The document of the control plane of that world."""
    document = await aside(
        control_document_of,
        steering.ROUTES,
        _world(request),
        _base_of(request),
        is_named=bool(request.scope["root_path"]),
    )
    return Response(dump(document), media_type=JSON, headers=_OF_THIS_CALL)


def _base_of(request: Request) -> str:
    """Where the addresses of the world begin, as whoever calls would write them."""
    root: str = request.scope["root_path"]
    return base_address(request, _server(request).settings) + root


def _page(request: Request, title: str, initializer: str) -> Response:
    prefix = escape(shown_prefix(request.scope))
    page = _PAGE.format(title=escape(title), prefix=prefix, initializer=initializer)
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


async def swagger_ui(request: Request) -> Response:
    """Swagger UI, which asks nothing of any other host."""
    return _page(request, TITLE, "initializer.js")


async def control_docs(request: Request) -> Response:
    """Swagger UI of the control plane."""
    return _page(request, CONTROL_TITLE, "control.js")


def _script(document: str) -> Response:
    script = _INITIALIZER.replace("SCOPES", json.dumps(" ".join(SCOPES)))
    return Response(script.replace("DOCUMENT", document), media_type="text/javascript")


async def initializer(_request: Request) -> Response:
    """What starts Swagger UI."""
    return _script("../openapi.json")


async def control_initializer(_request: Request) -> Response:
    """What starts that of the control plane."""
    return _script("../_mock/openapi.json")


async def oauth2_redirect(_request: Request) -> Response:
    """Where the provider sends the browser back to Swagger UI."""
    page = bytes(get_swagger_ui_oauth2_redirect_html().body).decode()
    head, body, rest = page.partition("<body>\n")
    policy = {"Content-Security-Policy": _REDIRECT_POLICY}
    return HTMLResponse(f"{head}{body}{_FORGET_LAST_CODE}{rest}", headers=policy)


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
    return RedirectResponse(f"{shown_prefix(request.scope)}/docs")


ROUTES = [
    Route("/", to_docs, methods=["GET"]),
    Route("/docs", swagger_ui, methods=["GET"]),
    Route("/swagger-ui/index.html", swagger_ui, methods=["GET"]),
    Route("/swagger-ui/initializer.js", initializer, methods=["GET"]),
    Route("/swagger-ui/control.js", control_initializer, methods=["GET"]),
    Route("/swagger-ui/oauth2-redirect.html", oauth2_redirect, methods=["GET"]),
    Route("/swagger-ui/{name}", asset, methods=["GET"]),
    Route("/favicon.ico", favicon, methods=["GET"]),
    Route("/openapi.json", openapi, methods=["GET"]),
    Route("/v3/api-docs", openapi, methods=["GET"]),
    Route("/_mock/docs", control_docs, methods=["GET"]),
    Route("/_mock/openapi.json", control_openapi, methods=["GET"]),
    *(Route(probe.path, probe.answer, methods=["HEAD"]) for probe in steering.PROBES),
]
