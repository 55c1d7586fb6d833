"""Where everything is put together: settings, worlds, routes, and the layer around them."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from rdv_mock import __version__
from rdv_mock.api import control, livret, pages
from rdv_mock.api.call import WORLD_KEY
from rdv_mock.api.openapi import build_document
from rdv_mock.api.refusals import respond
from rdv_mock.api.server import Server
from rdv_mock.api.surface import Surface
from rdv_mock.clock import Now, real_now
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.world import ErrorOverride, Responses
from rdv_mock.scenario.library import find_scenario, read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.settings import Settings
from rdv_mock.world import PRINCIPAL, World


@dataclass(frozen=True, slots=True)
class Application:
    """The ASGI application; it answers 503 until `load` has been called."""

    asgi: ASGIApp
    server: Server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self.asgi(scope, receive, send)

    def load(self) -> World:
        """Load the scenario of the settings into the world `principal`.

        Raises SCENARIO_INCONNU or SCENARIO_INVALIDE.
        """
        settings = self.server.settings
        path = Path(settings.scenario)
        if path.suffix in {".yaml", ".yml", ".json"}:
            name, source = path.stem, read_file(path)
        else:
            entry = find_scenario(settings.scenario, settings.scenarios)
            name, source = entry.name, read_file(entry.path)
        pristine = load_scenario(source, name=name, now=self.server.real())
        world = World(PRINCIPAL, pristine, real=self.server.real)
        self.server.worlds[PRINCIPAL] = world
        return world

    def openapi(self) -> str:
        """The OpenAPI document of the world `principal`, as JSON."""
        world = self.server.worlds[PRINCIPAL]
        return build_document(
            livret.router.routes, world, "", self.server.settings.livret_base_path
        )

    def close(self) -> None:
        """Give the memory of all worlds back."""
        self.server.close()


def create_application(settings: Settings | None = None, *, real: Now = real_now) -> Application:
    """An application with these settings, by default those of the environment."""
    server = Server(settings or Settings(), real=real)
    app = FastAPI(
        title="rdv-mock",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.router.routes = [*livret.router.routes, *control.router.routes, *pages.ROUTES]
    app.add_exception_handler(HTTPException, _unknown_address)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Exception, _crashed)
    return Application(Surface(app, server), server)


async def _unknown_address(request: Request, error: Exception) -> Response:
    """What no route serves: 404, or 405 with every method that the address takes."""
    if isinstance(error, HTTPException) and error.status_code == 405:  # noqa: PLR2004
        allow = ", ".join(sorted(_methods_at(request)))
        return _respond(request, ApiError.METHODE_NON_AUTORISEE, {"Allow": allow})
    return _respond(request, ApiError.RESSOURCE_INCONNUE)


def _methods_at(request: Request) -> set[str]:
    routes: list[BaseRoute] = request.app.routes
    return {
        method
        for route in routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in getattr(route, "methods", None) or ()
    }


async def _refused(request: Request, error: Exception) -> Response:
    """A page that refuses."""
    return _respond(request, getattr(error, "error", ApiError.ERREUR_INTERNE))


async def _crashed(request: Request, _error: Exception) -> Response:
    """A fault of ours: it is logged with its trace, and shows nothing of it outside."""
    return _respond(request, ApiError.ERREUR_INTERNE)


def _respond(request: Request, error: ApiError, headers: dict[str, str] | None = None) -> Response:
    world: World | None = request.scope[WORLD_KEY]
    override = world.override_of(error) if world else ErrorOverride()
    responses = world.responses if world else Responses()
    return respond(Refusal(error), None, override, responses, headers)
