"""The journal's HAR under a validator of others, every kind of call in it."""

import json
import subprocess
from typing import Any

from tests.outside.strangers.conftest import HERE, wants
from tests.story.process import ServerProcess, client_of
from tests.support import CONTRATS

LIVRET = "/api/v1/livret-numerique"


def har_of(server: ServerProcess) -> dict[str, Any]:
    """The HAR of reads, writes, refusals, pages, large and binary bodies, and nothing at all."""
    with client_of(server) as client:
        token = client.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        client.get(f"{LIVRET}/formateurs?a=1&b&c=%20d", headers=bearer)
        client.post(CONTRATS, json={"nom": "é" * 300_000}, headers=bearer)
        client.post(CONTRATS, content=b"\x89PNG\xff\x00", headers={"Content-Type": "image/png"})
        client.post("/inconnu/é è", content=b"a" * 3_000_000)
        client.get("/realms/formation/protocol/openid-connect/auth?client_id=personne")
        client.post("/_mock/incidents", json={"status": 200, "body": "<p>x</p>", "times": 1})
        client.get(f"{LIVRET}/simulateurs", headers={"X-A": "1"})
        har: dict[str, Any] = client.get("/_mock/journal.har").json()
    return har


def test_a_har_is_one_to_who_validates_them(server: ServerProcess) -> None:
    har = har_of(server)

    said = subprocess.run(
        [wants("node", "nodejs"), "har.js"],
        cwd=HERE,
        input=json.dumps(har),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (said.stdout.strip(), said.stderr) == ("valid", "")
    assert len(har["log"]["entries"]) == 6
