"""rdv-mock in a container, for tests in Python: a file to copy beside your conftest.py.

Wants `pip install testcontainers` and an image named rdv-mock; nothing else of rdv-mock is needed.
One container serves the whole run, each test has a world of its own:

    @pytest.fixture(scope="session")
    def rdv_mock_server():
        with RdvMockContainer(scenarios=Path("tests/scenarios")) as server:
            yield server

    @pytest.fixture
    def rdv_mock(rdv_mock_server):
        with rdv_mock_server.world(scenario="panier_plein") as world:
            yield world

    def test_a_full_panier_is_told_to_the_user(rdv_mock):
        program = MyProgram(base_url=rdv_mock.base_url, token=rdv_mock.token("lea"))
        ...

Workers of pytest-xdist each have a container of their own that way; to share one, start it before
pytest and give its address to the workers.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

IMAGE = "rdv-mock:0.1.0"
PORT = 8080
SECONDS_TO_START = 60

_OPENER = build_opener(ProxyHandler({}))
"""The container is near: no proxy of the environment comes in between."""


@dataclass(frozen=True)
class World:
    """A world: its own state, clock, limits and tokens.

    `base_url` is what your program is configured with, such as `http://localhost:49153/w/monde-1`;
    `refs` are the ids behind the refs of its scenario.
    """

    base_url: str
    refs: Mapping[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """One call of the control plane, path after `/_mock`; HTTPError when it is refused."""
        content = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = Request(  # noqa: S310 - the address of the container
            f"{self.base_url}/_mock{path}", content, headers, method=method
        )
        with _OPENER.open(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def token(self, employe: str) -> str:
        """An access token for an employé: his ref, id or e-mail."""
        token: str = self.call("POST", "/tokens", {"employe": employe})["access_token"]
        return token


class RdvMockContainer(DockerContainer):
    """A container that is ready when `with` begins, and locked down: it needs no right at all.

    `scenarios` is a folder of yours, found by name; `settings` are those of the server, as in
    `RdvMockContainer(scenario="ma_situation", log_format="json")`.
    """

    def __init__(
        self, image: str = IMAGE, *, scenarios: Path | None = None, **settings: str
    ) -> None:
        super().__init__(
            image, read_only=True, cap_drop=["ALL"], security_opt=["no-new-privileges"]
        )
        self.with_exposed_ports(PORT)
        self.with_envs(**{f"RDV_MOCK_{name.upper()}": value for name, value in settings.items()})
        if scenarios is not None:
            self.with_volume_mapping(str(scenarios.resolve()), "/scenarios", "ro")
        ready = HttpWaitStrategy(PORT, "/_mock/ready").for_status_code(200)
        self.waiting_for(ready.with_poll_interval(0.1).with_startup_timeout(SECONDS_TO_START))

    @property
    def base_url(self) -> str:
        """Where the server can be reached from your tests."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    @contextmanager
    def world(self, scenario: str | None = None) -> Iterator[World]:
        """A world for one test, forgotten afterwards; by default of the server's own scenario."""
        server = World(self.base_url)
        made = server.call("POST", "/worlds", {} if scenario is None else {"scenario": scenario})
        try:
            yield World(f"{self.base_url}{made['basePath']}", made["refs"])
        finally:
            server.call("DELETE", f"/worlds/{quote(made['name'])}")
