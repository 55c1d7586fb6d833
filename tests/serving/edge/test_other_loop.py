"""The same edge upon asyncio's own loop, which serves where uvloop is not (Windows)."""

from types import SimpleNamespace
from typing import Any

from rdv_mock.testing import running_server
from tests.serving.edge.wire import HEALTH, LAST, exchange, request

H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAA")


def test_limits_and_upgrades_hold_there_too() -> None:
    body = b'{"employe": "lea"}'
    call = request("POST", "/_mock/tokens", *H2C, "Content-Type: application/json", body=body)
    with running_server() as client:
        server: Any = SimpleNamespace(url=client.base_url)
        taken = exchange(server, call[:200], call[200:] + call + LAST, pause=0.05)
        too_large = exchange(server, request("GET", HEALTH), b"GET /" + b"a" * 70_000, pause=0.05)
        unreadable = exchange(server, b"GET /_mock/health\r\n\r\n")

    assert [one.status for one in taken] == [200, 200, 200]
    assert [one.status for one in too_large] == [200, 414]
    assert [one.status for one in unreadable] == [400]
