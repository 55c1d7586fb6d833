"""One running server for all stories, and somebody new to it."""

from collections.abc import Iterator, Mapping

import pytest
from httpx2 import Client

from tests.story.process import ServerProcess, client_of, server_process


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    """What `rdv-mock serve` starts."""
    with server_process() as server:
        yield server


@pytest.fixture
def refs(server: ServerProcess) -> Mapping[str, str]:
    """The ids of the demonstration, which is loaded anew for every story."""
    with client_of(server) as someone:
        loaded = someone.put("/_mock/scenario", json={"name": "demonstration"})
        ids: Mapping[str, str] = loaded.json()["refs"]
        return ids


@pytest.fixture
def someone(server: ServerProcess, refs: Mapping[str, str]) -> Iterator[Client]:
    """Somebody with nothing but the address of the server."""
    assert refs
    with client_of(server) as someone:
        yield someone
