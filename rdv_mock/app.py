"""Where everything is put together: settings, worlds, routes, and the layer around them."""

from dataclasses import dataclass
from pathlib import Path

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from rdv_mock.api import oauth, pages, simulated, steering
from rdv_mock.api.dispatch import Dispatch
from rdv_mock.api.openapi import control_document_of, document_of, dump
from rdv_mock.api.server import Server
from rdv_mock.api.surface import Surface
from rdv_mock.clock import Now, real_now
from rdv_mock.scenario.library import find_scenario, read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.settings import Settings
from rdv_mock.store import Store
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
        """Load the scenario of the settings into the world `principal`, or go on with it.

        Raises SCENARIO_INCONNU, SCENARIO_INVALIDE, or BadFolder.
        """
        server, settings = self.server, self.server.settings
        path = Path(settings.scenario)
        is_file = path.suffix in {".yaml", ".yml", ".json"}
        name = path.stem if is_file else settings.scenario
        server.open_folder()
        if not settings.reset and (world := server.go_on(name)) is not None:
            return world
        if is_file:
            pristine = load_scenario(read_file(path), name=name, now=server.real())
        else:
            pristine = server.pristine_of(find_scenario(name, settings.scenarios))
        if server.folder is not None:
            server.folder.clear()
        return self.open(pristine)

    def scenario_path(self) -> Path:
        """The file of the scenario of the settings. Raises SCENARIO_INCONNU."""
        settings = self.server.settings
        path = Path(settings.scenario)
        if path.suffix in {".yaml", ".yml", ".json"}:
            return path
        return find_scenario(settings.scenario, settings.scenarios).path

    def open(self, pristine: Store) -> World:
        """Let a state be the world `principal`."""
        server = self.server
        world = server.worlds[PRINCIPAL] = server.new_world(PRINCIPAL, pristine)
        return world

    def openapi(self) -> str:
        """The OpenAPI document of the world `principal`, as JSON for people to read."""
        world = self.server.worlds[PRINCIPAL]
        livret = self.server.settings.livret_base_path
        return dump(document_of(simulated.ROUTES, world, "", livret), indent=2)

    def control_openapi(self) -> str:
        """That of its control plane."""
        world = self.server.worlds[PRINCIPAL]
        return dump(control_document_of(steering.ROUTES, world, ""), indent=2)

    def close(self) -> None:
        """Give the memory of all worlds back."""
        self.server.close()


def create_application(settings: Settings | None = None, *, real: Now = real_now) -> Application:
    """An application with these settings, by default those of the environment."""
    server = Server(settings or Settings(), real=real)
    routes = [*simulated.ROUTES, *oauth.router.routes, *steering.ROUTES, *pages.ROUTES]
    dispatch = Dispatch(routes, unknown=simulated.UNKNOWN)
    checked = with_checks(dispatch, server)
    return Application(Surface(with_cors(checked, server.settings), server), server)


def with_checks(app: ASGIApp, server: Server) -> ASGIApp:
    """Hold every answer against the document, where the settings ask for it."""
    if server.settings.check_answers == "off":
        return app
    from rdv_mock.api.checking import Checking  # noqa: PLC0415 - its library is an extra

    return Checking(app, server)


def with_cors(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Let the browsers of some origins call; of none by default (design.md 3)."""
    if not settings.cors_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_origins.split(","),
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["Date", "Location", "Retry-After", "X-Rdv-Mock"],
    )
