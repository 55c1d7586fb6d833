"""Fifty workers of a CI on one server, each in a world of its own with a clock of its own."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from httpx2 import AsyncClient, Limits, Response

from tests.story.process import ServerProcess, client_of, server_process

LIVRET = "/api/v1/livret-numerique"
START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
WORKERS = 50
ROUNDS = 8

SCENARIO = {
    "title": "Ce que tous les ouvriers se partagent",
    "clock": {"now": "2026-03-10T08:00:00Z"},
    "autoEcoles": [
        {
            "ref": "plesses",
            "nom": "Auto-École des Plesses",
            "codeDepartement": "085",
            "employes": [
                {"ref": "lea", "nom": "Durant", "prenom": "Léane", "email": "lea@plesses.test"}
            ],
        }
    ],
    "candidats": [
        {
            "ref": "ines",
            "nom": "Moreau",
            "prenom": "Inès",
            "numeroDossier": "012345678901",
            "demandes": [{"categoriePermis": "B"}],
        }
    ],
    "contratsDeFormation": [
        {"ref": "k1", "autoEcole": "plesses", "candidat": "ines", "categoriePermis": "B"}
    ],
}


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """A server of its own: the worlds are counted."""
    with server_process() as server, client_of(server) as someone:
        assert someone.put("/_mock/scenario", json=SCENARIO).status_code == 200
        yield server


def lecon(number: int, worker: int) -> dict[str, Any]:
    """A leçon that tells whose it is."""
    return {
        "type": "CIRCULATION",
        "dateHeureDebut": f"2026-03-0{number + 1}T10:00:00",
        "dureeEnMinutes": 60 + worker,
        "numeroAutorisation": "A0850001230",
    }


class Worker:
    """One worker, who knows what his world has to look like."""

    def __init__(self, number: int, http: AsyncClient) -> None:
        self.number = number
        self.prefix = f"/w/ouvrier-{number}"
        self.http = http
        self.now = START
        self.calls = 0
        self.seconds = 7 * number + 1

    async def call(self, method: str, path: str, expected: int, **options: Any) -> Response:
        """One call; its answer bears the time of this world."""
        answer = await self.http.request(method, self.prefix + path, **options)
        self.calls += 1
        assert answer.status_code == expected, answer.text
        assert answer.headers["date"] == format_datetime(self.now, usegmt=True)
        return answer

    async def begin(self) -> None:
        """A world, and a token for it."""
        asked = {"name": self.prefix.removeprefix("/w/")}
        made = (await self.http.post("/_mock/worlds", json=asked)).json()
        assert made["basePath"] == self.prefix
        self.lecons = f"{LIVRET}/contrats-de-formation/{made['refs']['k1']}/lecons"
        await self.log_in()

    async def log_in(self) -> None:
        issued = await self.call("POST", "/_mock/tokens", 200, json={"employe": "lea"})
        self.token = {"Authorization": f"Bearer {issued.json()['access_token']}"}

    async def work(self) -> None:
        """Let time pass, declare a leçon, see one's own and no other, round after round."""
        await self.begin()
        for number in range(ROUNDS):
            advanced = {"by": f"PT{self.seconds}S"}
            self.now += timedelta(seconds=self.seconds)
            await self.call("POST", "/_mock/clock/advance", 200, json=advanced)
            if self.seconds * (number + 1) % 300 <= self.seconds:
                await self.log_in()
            await self.call("GET", "/_mock/clock", 200)
            body = lecon(number, self.number)
            await self.call("POST", self.lecons, 201, json=body, headers=self.token)
            await self.call("POST", self.lecons, 409, json=body, headers=self.token)
            seen = (await self.call("GET", self.lecons, 200, headers=self.token)).json()
            assert len(seen) == number + 1
            assert {one["dureeEnMinutes"] for one in seen} == {60 + self.number}
        received = await self.call("GET", "/_mock/journal?operation=declarerLecon", 200)
        assert received.json()["total"] == 2 * ROUNDS
        self.now = START
        await self.call("POST", "/_mock/reset", 204)
        await self.call("GET", self.lecons, 401, headers=self.token)


def test_fifty_workers_in_their_own_worlds_do_not_meet(server: ServerProcess) -> None:
    async def together() -> list[Worker]:
        limits = Limits(max_connections=WORKERS, max_keepalive_connections=WORKERS)
        async with AsyncClient(
            base_url=server.url, limits=limits, timeout=60, trust_env=False
        ) as http:
            workers = [Worker(number, http) for number in range(WORKERS)]
            await asyncio.gather(*(worker.work() for worker in workers))
            return workers

    with asyncio.Runner(debug=False) as runner:  # debugging takes most of the time
        workers = runner.run(together())

    assert min(worker.calls for worker in workers) >= 5 * ROUNDS
    with client_of(server) as someone:
        worlds = someone.get("/_mock/worlds").json()
        assert [world["name"] for world in worlds[:1]] == ["principal"]
        assert {world["name"] for world in worlds[1:]} == {
            f"ouvrier-{number}" for number in range(WORKERS)
        }
        assert {world["now"] for world in worlds[1:]} == {"2026-03-10T08:00:00Z"}
        for number in range(WORKERS):
            assert someone.delete(f"/_mock/worlds/ouvrier-{number}").status_code == 204
        assert len(someone.get("/_mock/worlds").json()) == 1
