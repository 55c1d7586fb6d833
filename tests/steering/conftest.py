"""A server and its world, without HTTP."""

from collections.abc import Iterator

import pytest

from rdv_mock.http.server import Server
from rdv_mock.settings import Settings
from rdv_mock.worlds.world import PRINCIPAL, World
from tests.support import SIGNER, build_store


@pytest.fixture
def server() -> Iterator[Server]:
    """A server whose principal world is the small one."""
    server = Server(Settings())
    server.signer = SIGNER
    server.worlds[PRINCIPAL] = server.new_world(PRINCIPAL, build_store())
    yield server
    server.close()


@pytest.fixture
def world(server: Server) -> World:
    """The principal world, at 2026-03-10T08:00:00Z."""
    return server.worlds[PRINCIPAL]
