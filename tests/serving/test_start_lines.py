import socket
from pathlib import Path
from typing import Any

import pytest

from rdv_mock import serving
from rdv_mock.settings import Settings
from rdv_mock.worlds.world import PRINCIPAL
from tests.story.process import listening, server_process
from tests.support import SMALL, running


def test_the_start_lines_say_where_everything_is(tmp_path: Path) -> None:
    scenario = tmp_path / "mien.yaml"
    scenario.write_text(SMALL, encoding="utf-8")

    with server_process("--scenario", str(scenario)) as server:
        url = server.url

    assert server.log == [
        "rdv-mock: simulates RdvPermis and the Livret Numérique, not affiliated with the State",
        f"  RdvPermis      {url}/api/v2/auto-ecole",
        f"  Livret         {url}/api/v1/livret-numerique",
        f"  Swagger UI     {url}/docs",
        f"  control plane  {url}/_mock",
        "  scenario       mien: Une école, un élève",
        "  clock          2026-03-10 09:00:00 (Paris), stands still",
    ]


def test_the_start_lines_say_what_the_settings_say() -> None:
    settings = Settings(public_url="https://rdv.exemple.test/mock/", livret_base_path="/livret")
    running_clock = SMALL.replace("clock: {", "clock: {frozen: false, ")

    with running(running_clock, settings=settings) as application, listening() as listener:
        world = application.server.worlds[PRINCIPAL]
        lines = serving.start_lines(application, world, listener)

    assert lines[1:3] == [
        "  RdvPermis      https://rdv.exemple.test/mock/api/v2/auto-ecole",
        "  Livret         https://rdv.exemple.test/mock/livret",
    ]
    assert lines[6].endswith("(Paris), runs")


@pytest.mark.parametrize(
    ("address", "settings", "is_told"),
    [
        ("0.0.0.0", {}, True),
        ("0.0.0.0", {"admin_token": "secret"}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.2", {}, False),
    ],
)
def test_the_start_lines_say_that_whoever_reaches_it_steers(
    address: str, settings: dict[str, Any], *, is_told: bool
) -> None:
    with running(settings=Settings(**settings)) as application, socket.socket() as listener:
        listener.bind((address, 0))
        lines = serving.start_lines(application, application.principal, listener)

    assert ("RDV_MOCK_ADMIN_TOKEN" in lines[-1]) is is_told


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "localhost"),
        ("::", "localhost"),
        ("::1", "[::1]"),
    ],
)
def test_the_start_lines_show_a_host_that_a_browser_takes(host: str, shown: str) -> None:
    assert serving.shown_host(host) == shown
