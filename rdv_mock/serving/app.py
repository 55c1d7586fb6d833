"""Puts the server together: settings, worlds, routes, and the layers around them."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from rdv_mock import api, control, provider
from rdv_mock.clock import Now, real_now
from rdv_mock.control import pages as control_pages
from rdv_mock.document import pages
from rdv_mock.document.openapi import control_document_of, dump
from rdv_mock.document.pages import served_document
from rdv_mock.errors import Refusal
from rdv_mock.http.addresses import default_address
from rdv_mock.http.dispatch import Dispatch
from rdv_mock.http.refusals import refused
from rdv_mock.http.server import Server
from rdv_mock.http.surface import Surface
from rdv_mock.scenario.library import find_scenario, read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.settings import Settings
from rdv_mock.store import Store
from rdv_mock.store.folder import BadFolder
from rdv_mock.store.trouble import Damaged, trouble_of
from rdv_mock.worlds.world import PRINCIPAL, World


@dataclass(frozen=True, slots=True)
class Application:
    """The ASGI application; it answers 503 until `load` has been called."""

    asgi: ASGIApp
    server: Server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self.asgi(scope, receive, send)

    def load(self) -> World:
        """Load the scenario of the settings into the world `principal`, or restore that world.

        Raises SCENARIO_INCONNU, SCENARIO_INVALIDE, or BadFolder.
        """
        try:
            return self._load()
        except (OSError, sqlite3.Error, Damaged) as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            where = self.server.settings.data or "cannot start"
            raise BadFolder(f"{where}: {trouble.value.english} ({error})") from error

    def _load(self) -> World:
        server, settings = self.server, self.server.settings
        path, name = self._given_file(), self.given_name
        server.open_folder()
        if not settings.reset and (world := server.restore(name)) is not None:
            return world
        if path is not None:
            pristine = load_scenario(read_file(path), name=name, now=server.real())
        else:
            pristine = server.pristine_of(find_scenario(name, settings.scenarios))
        if server.folder is not None:
            server.folder.clear()
        return self.open(pristine)

    def _given_file(self) -> Path | None:
        """The file that the settings name, unless they name a scenario of the library."""
        path = Path(self.server.settings.scenario)
        return path if path.suffix in {".yaml", ".yml", ".json"} else None

    @property
    def given_name(self) -> str:
        """The name of the scenario of the settings, given by name or by file."""
        file = self._given_file()
        return self.server.settings.scenario if file is None else file.stem

    def file_of(self, scenario: str) -> Path | None:
        """The file of a scenario, if there is one; the file of the settings comes first."""
        file = self._given_file()
        if file is not None and file.stem == scenario:
            return file
        try:
            return find_scenario(scenario, self.server.settings.scenarios).path
        except Refusal:
            return None

    @property
    def principal(self) -> World:
        """The world without prefix, once it is loaded."""
        return self.server.worlds[PRINCIPAL]

    def open(self, pristine: Store) -> World:
        """Make the world `principal` of a state."""
        server = self.server
        world = server.worlds[PRINCIPAL] = server.new_world(PRINCIPAL, pristine)
        return world

    def openapi(self) -> str:
        """The OpenAPI document of the world `principal`, as JSON for people to read."""
        return dump(served_document(self.server, self.principal, self._address), indent=2)

    def control_openapi(self) -> str:
        """The OpenAPI document of the control plane of the world `principal`."""
        return dump(control_document_of(control.ROUTES, self.principal, self._address), indent=2)

    @property
    def _address(self) -> str:
        """The address of the server outside of any call."""
        return default_address(self.server.settings)

    def close(self) -> None:
        """Close all worlds."""
        self.server.close()


def create_application(settings: Settings | None = None, *, real: Now = real_now) -> Application:
    """An application with these settings, by default the environment's. Raises BadOverlay."""
    server = Server(settings or Settings(), real=real)
    served = with_overlay(with_checks(dispatch_of(server), server), server)
    app, refusing = (with_cors(one, server.settings) for one in (served, refused))
    return Application(Surface(app, refusing, server), server)


def with_checks(app: ASGIApp, server: Server) -> ASGIApp:
    """Check every answer against the document, if the settings ask for it."""
    if server.settings.check_answers == "off":
        return app
    from rdv_mock.serving.checking import Checking  # noqa: PLC0415 - its library is an extra

    return Checking(app, server)


def dispatch_of(server: Server) -> Dispatch:
    """All addresses, moved by the overlay of the settings. Raises BadOverlay."""
    rest = [*provider.ROUTES, *control.ROUTES, *pages.ROUTES, *control_pages.ROUTES]
    path = server.settings.overlay
    if path is None:
        return Dispatch([*api.ROUTES, *rest], unknown=api.UNKNOWN)
    from rdv_mock.serving import overlaid as overlay  # noqa: PLC0415 - few servers have one

    server.overlay = overlay.read_overlay(path, server)
    return overlay.dispatch_under(server.overlay, rest)


def with_overlay(app: ASGIApp, server: Server) -> ASGIApp:
    """Let answers travel in the names of the overlay, if there is one."""
    if server.overlay is None:
        return app
    from rdv_mock.serving.overlaid import OverlayLayer  # noqa: PLC0415 - as above

    return OverlayLayer(app, server.overlay)


def with_cors(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Let pages of some origins call; by default of none (docs/contract/surfaces.md#origins)."""
    if not settings.cors_origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_origins.split(","),
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["Date", "Location", "Retry-After", "X-Rdv-Mock"],
    )
