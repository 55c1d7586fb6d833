"""A server that keeps its worlds in a folder, is killed, and goes on."""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest
from httpx2 import Client, HTTPError

from tests.story.process import ServerProcess, client_of, server_process
from tests.support import CONTRATS, SMALL, lecon

AT_ONCE = 6
BEFORE_THE_KILL = 60
SECONDS = 30
YAML = {"Content-Type": "application/yaml"}
RUNNING = SMALL.replace("+01:00}", "+01:00, frozen: false}\nlimits: {debit.actif: false}")


class Machine:
    """A folder, and a scenario to begin with."""

    def __init__(self, tmp_path: Path) -> None:
        self.data = tmp_path / "data"
        self.scenario = tmp_path / "petit.yaml"
        self.scenario.write_text(RUNNING)

    def flags(self) -> list[str]:
        return ["--data", str(self.data), "--scenario", str(self.scenario)]

    @contextmanager
    def running(self, *more: str) -> Iterator[tuple[ServerProcess, Client]]:
        """A server on the folder that is ready, and somebody without a token."""
        with server_process(*self.flags(), *more) as server, client_of(server) as anyone:
            yield server, anyone

    def refused(self, *more: str) -> list[str]:
        """What a server says that does not start."""
        with server_process(*self.flags(), *more) as server:
            assert server.wait() == 2
            return server.log


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def token_of(anyone: Client) -> dict[str, str]:
    asked = {"employe": "lea", "expiresIn": 86400}
    token = anyone.post("/_mock/tokens", json=asked).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def lecons_path(anyone: Client) -> str:
    """Where the leçons upon the first contrat are."""
    refs = anyone.put("/_mock/scenario", content=RUNNING, headers=YAML).json()["refs"]
    return f"{CONTRATS}/{refs['k1']}/lecons"


def ids_at(anyone: Client, path: str, token: dict[str, str]) -> list[str]:
    answer = anyone.get(path, headers=token)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]


def at_once(server: ServerProcess, act: Callable[[Client], None]) -> list[Thread]:
    """Several people who do something again and again, until the server is gone."""

    def go_on() -> None:
        try:
            with client_of(server) as someone:
                while True:
                    act(someone)
        except HTTPError:
            pass

    threads = [Thread(target=go_on) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    return threads


def test_a_server_that_is_killed_amid_writes_has_lost_none_that_it_answered(
    machine: Machine,
) -> None:
    answered: list[str] = []
    enough = Event()
    numbers = count()
    with machine.running() as (server, anyone):
        path, token = lecons_path(anyone), token_of(anyone)
        before = ids_at(anyone, path, token)
        clock = anyone.get("/_mock/clock").json()["now"]

        def declare(someone: Client) -> None:
            number = next(numbers)
            start = f"2026-{1 + number // 1000:02}-{2 + number // 40 % 25:02}"
            start += f"T{number % 40 // 4 + 8:02}:{number % 4 * 15:02}:00"
            answer = someone.post(path, headers=token, json=lecon(dateHeureDebut=start))
            assert answer.status_code == 201, answer.text
            answered.append(answer.json()["id"])
            if len(answered) >= BEFORE_THE_KILL:
                enough.set()

        threads = at_once(server, declare)
        assert enough.wait(SECONDS)
        server.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()

    with machine.running() as (server, anyone):
        found = ids_at(anyone, path, token)
        assert set(before) | set(answered) <= set(found)
        assert len(found) <= len(before) + len(answered) + AT_ONCE
        later = anyone.get("/_mock/clock").json()
        assert not later["frozen"]
        assert clock < later["now"] < clock.replace("T08:0", "T08:1")

        last = lecon(dateHeureDebut="2026-03-10T07:00:00")
        new = anyone.post(path, headers=token, json=last).json()["id"]
        assert new not in found
        assert set(ids_at(anyone, path, token)) == {*found, new}


def test_a_server_that_is_killed_amid_resets_has_the_one_world_or_the_other(
    machine: Machine,
) -> None:
    other = "title: Autre\nclock: {now: 2027-01-01T00:00:00Z}\nincidents: [{status: 500}]"
    numbers = count()

    def change(someone: Client) -> None:
        match next(numbers) % 4:
            case 0:
                someone.post("/_mock/reset")
            case 1:
                someone.put("/_mock/scenario", content=other, headers=YAML)
            case 2:
                someone.put("/_mock/scenario", content=RUNNING, headers=YAML)
            case _:
                someone.post("/_mock/snapshots", json={"name": "ici"})

    for wait in (0.1, 0.25, 0.4):
        with machine.running() as (server, anyone):
            title, is_other = known_world(anyone)
            assert (title == "Autre") is is_other
            anyone.post("/_mock/reset")
            assert known_world(anyone) == (title, is_other)

            threads = at_once(server, change)
            until = monotonic() + wait
            while monotonic() < until:
                sleep(0.01)
            server.stop(signal.SIGKILL)
            for thread in threads:
                thread.join()
        with closing(sqlite3.connect(machine.data / "worlds/principal/state.sqlite")) as sql:
            assert sql.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def known_world(anyone: Client) -> tuple[str, bool]:
    """The title of the world, and whether clock, incidents and state are all of the other one."""
    state = anyone.get("/_mock/state").text
    title = state.split("title: ", 1)[1].splitlines()[0]
    marks = {
        anyone.get("/_mock/clock").json()["now"] == "2027-01-01T00:00:00Z",
        len(anyone.get("/_mock/incidents").json()) == 1,
        "plesses" not in state,
    }
    assert len(marks) == 1, state
    return title, marks.pop()


def test_worlds_incidents_and_snapshots_outlive_a_kill_and_the_journal_does_not(
    machine: Machine,
) -> None:
    with machine.running() as (server, anyone):
        assert anyone.post("/_mock/worlds", json={"name": "essai"}).status_code == 201
        anyone.put("/w/essai/_mock/clock", json={"frozen": True})
        anyone.post(
            "/w/essai/_mock/incidents", json={"operation": "listerFormateurs", "status": 500}
        )
        anyone.post("/w/essai/_mock/snapshots", json={"name": "ici"})
        anyone.get(f"/w/essai{CONTRATS}/x")
        paths = [f"/w/essai/_mock/{name}" for name in ("state", "clock", "incidents", "snapshots")]
        known = [anyone.get(path).text for path in paths]
        keys = anyone.get("/realms/formation/protocol/openid-connect/certs").json()
        server.stop(signal.SIGKILL)

    with machine.running() as (_, anyone):
        assert [anyone.get(path).text for path in paths] == known
        assert anyone.get("/realms/formation/protocol/openid-connect/certs").json() == keys
        assert anyone.get("/w/essai/_mock/journal").json()["total"] == 0
        assert anyone.post("/w/essai/_mock/reset").status_code == 204
        assert anyone.get("/w/essai/_mock/clock").json()["frozen"] is False


def test_a_server_that_cannot_use_its_folder_says_so_in_one_line_and_ends(
    machine: Machine,
) -> None:
    with machine.running() as (server, _):
        assert machine.refused() == [
            f"rdv-mock: cannot lock {machine.data / 'lock'} (database is locked);"
            " does another server use it?"
        ]
        assert server.stop() == 0
    assert machine.refused("--scenario", "panier_plein") == [
        f"rdv-mock: {machine.data} goes on with the scenario 'petit', not 'panier_plein';"
        " give `--scenario petit`, or `--reset` to start anew"
    ]
    state = machine.data / "worlds/principal/state.sqlite"
    state.write_bytes(b"x" * 5000)
    assert machine.refused() == [f"rdv-mock: {state} is damaged (file is not a database)"]
    assert machine.refused("--data", str(machine.scenario)) == [
        f"rdv-mock: cannot write to {machine.scenario} (File exists)"
    ]
    with machine.running("--scenario", "panier_plein", "--reset") as (server, _):
        assert any("panier_plein" in line for line in server.log)
