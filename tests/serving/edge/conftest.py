from collections.abc import Iterator

import pytest

from tests.story.process import ServerProcess, server_process


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    with server_process() as server:
        yield server
