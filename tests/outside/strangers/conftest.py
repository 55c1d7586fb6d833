"""One server for all strangers, as it is at first for each of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.process import ServerProcess, client_of, server_process

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def shared_server() -> Iterator[ServerProcess]:
    with server_process() as server:
        yield server


@pytest.fixture
def server(shared_server: ServerProcess) -> ServerProcess:
    """The server, its world as it was at first."""
    with client_of(shared_server) as control:
        assert control.post("/_mock/reset").status_code == 204
    return shared_server


def wants(command: str, package: str) -> str:
    """The path of a program; a failure that names its Debian package when it is missing."""
    found = shutil.which(command)
    assert found, f"{command} is missing (Debian: {package})"
    return found
