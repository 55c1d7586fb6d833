"""Where everything is put together: settings, worlds, routes, and the layer around them."""

from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from rdv_mock.api import control, oauth, pages, simulated
from rdv_mock.api.dispatch import Dispatch
from rdv_mock.api.openapi import build_document
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
        return self.open(load_scenario(source, name=name, now=self.server.real()))

    def open(self, pristine: Store) -> World:
        """Let a state be the world `principal`."""
        server = self.server
        world = World(PRINCIPAL, pristine, real=server.real, error_keys=server.settings.error_keys)
        server.worlds[PRINCIPAL] = world
        return world

    def openapi(self) -> str:
        """The OpenAPI document of the world `principal`, as JSON."""
        world = self.server.worlds[PRINCIPAL]
        return build_document(simulated.ROUTES, world, "", self.server.settings.livret_base_path)

    def close(self) -> None:
        """Give the memory of all worlds back."""
        self.server.close()


def create_application(settings: Settings | None = None, *, real: Now = real_now) -> Application:
    """An application with these settings, by default those of the environment."""
    server = Server(settings or Settings(), real=real)
    routes = [*simulated.ROUTES, *oauth.router.routes, *control.router.routes, *pages.ROUTES]
    return Application(Surface(Dispatch(routes, unknown=simulated.UNKNOWN), server), server)
