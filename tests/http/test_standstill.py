"""No call keeps others waiting: while one works for long, everybody else is served."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any

import pytest
import yaml
from httpx2 import ASGITransport, AsyncClient
from pydantic import TypeAdapter

from rdv_mock import memory
from rdv_mock.control import clock as control_clock
from rdv_mock.control import connexions as control_connexions
from rdv_mock.control import description, har, journal
from rdv_mock.control import etp as control_etp
from rdv_mock.control import pages as control_pages
from rdv_mock.control import snapshots as control_snapshots
from rdv_mock.document import pages
from rdv_mock.http import aside, server
from rdv_mock.http.arguments import Parameters
from rdv_mock.http.pieces import in_pieces, taken_out
from rdv_mock.scenario import dump
from rdv_mock.scenario.dump import AT_ONCE, dump_scenario, list_in_pieces
from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from rdv_mock.steering import clock, connexions, etp, provider_states, scenarios, snapshots, state
from rdv_mock.steering import journal as steering_journal
from rdv_mock.wire.journal import JournalEntry, JournalMessage, JournalOnWire
from rdv_mock.worlds.world import World
from tests.support import SMALL, build_store, instant, refusal_of, running

NOW = instant("2026-03-10T08:00:00Z")
SECONDS = 20
YAML = {"content-type": "application/yaml"}


class Door:
    """Work that does not end before the test lets it, in whatever thread it is done."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.is_open = threading.Event()

    def wait(self) -> None:
        self.has_begun.set()
        assert self.is_open.wait(SECONDS)

    def before(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, once the door is open."""

        def waiting(*args: Any, **kwargs: Any) -> Any:
            self.wait()
            return work(*args, **kwargs)

        return waiting


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.is_open.set()


@asynccontextmanager
async def caller(application: Application) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(application, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://mock") as http:
        yield http


def play(story: Callable[[AsyncClient, Application], Awaitable[None]], **settings: Any) -> None:
    """Tell a story in a process with the worlds `principal` and `autre`, and a snapshot."""

    async def told(application: Application) -> None:
        async with caller(application) as http:
            await http.post("/_mock/worlds", json={"name": "autre"})
            await http.post("/_mock/snapshots", json={"name": "avant"})
            await story(http, application)

    with running(settings=Settings(**settings)) as application:
        asyncio.run(told(application))


async def until(has_come: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not has_come():
            await asyncio.sleep(0.001)


LONG: dict[str, tuple[Any, str, tuple[str, str, dict[str, Any]], int]] = {
    "GET state": (state, "dump_in_pieces", ("GET", "/state", {}), 200),
    "GET state, JSON": (state, "dump_in_pieces", ("GET", "/state?format=json", {}), 200),
    "GET state, of an école": (
        dump,
        "facts_by_table",
        ("GET", "/state?autoEcole=plesses", {}),
        200,
    ),
    "GET journal": (journal, "in_pieces", ("GET", "/journal", {}), 200),
    "GET journal, names": (steering_journal, "_with_callers", ("GET", "/journal", {}), 200),
    "POST clock/advance, names": (
        clock,
        "_told",
        ("POST", "/clock/advance", {"json": {"by": "PT1H"}}),
        200,
    ),
    "GET journal.har": (har, "to_json", ("GET", "/journal.har", {}), 200),
    "GET diff": (snapshots, "_kind_diff", ("GET", "/snapshots/avant/diff/avant", {}), 200),
    "GET etp": (
        etp,
        "calculate_with",
        ("GET", "/etp?autoEcole=plesses&groupePermis=B&mois=2026-04", {}),
        200,
    ),
    "POST clock/advance, answer": (
        control_clock,
        "_advanced",
        ("POST", "/clock/advance", {"json": {"by": "PT1H"}}),
        200,
    ),
    "GET diff, answer": (
        control_snapshots,
        "_diff_on_wire",
        ("GET", "/snapshots/avant/diff/avant", {}),
        200,
    ),
    "GET etp, answer": (
        control_etp,
        "calcul_explique",
        ("GET", "/etp?autoEcole=plesses&groupePermis=B&mois=2026-04", {}),
        200,
    ),
    "GET connexions, answer": (
        control_connexions,
        "connexion_on_wire",
        ("GET", "/connexions", {}),
        200,
    ),
    "GET connexions": (connexions, "covers", ("GET", "/connexions", {}), 200),
    "GET scenarios": (scenarios, "list_scenarios", ("GET", "/scenarios", {}), 200),
    "GET fidelity": (description, "fidelity", ("GET", "/fidelity", {}), 200),
    "GET scenario.schema.json": (
        description,
        "schema_text",
        ("GET", "/scenario.schema.json", {}),
        200,
    ),
    "PUT scenario": (
        scenarios,
        "load_scenario",
        ("PUT", "/scenario", {"content": SMALL, "headers": YAML}),
        200,
    ),
    "PATCH state": (state, "apply_fragment", ("PATCH", "/state", {"json": {}}), 200),
    "POST reset": (World, "reset", ("POST", "/reset", {}), 204),
    "POST snapshots": (
        World,
        "keep_snapshot",
        ("POST", "/snapshots", {"json": {"name": "b"}}),
        201,
    ),
    "PUT snapshots": (World, "go_back_to_snapshot", ("PUT", "/snapshots/avant", {}), 204),
    "DELETE snapshots": (World, "drop_snapshot", ("DELETE", "/snapshots/avant", {}), 204),
    "POST worlds": (World, "fork", ("POST", "/worlds", {"json": {}}), 201),
    "POST worlds, from": (World, "copy", ("POST", "/worlds", {"json": {"from": "autre"}}), 201),
    "POST worlds, scenario": (
        scenarios,
        "load_scenario",
        ("POST", "/worlds", {"json": {"scenario": {"title": "x"}}}),
        201,
    ),
    "DELETE worlds": (World, "drop", ("DELETE", "/worlds/autre", {}), 204),
    "POST provider-states": (
        provider_states,
        "apply_fragment",
        ("POST", "/provider-states", {"json": {"params": {"candidats": []}}}),
        200,
    ),
    "POST provider-states, scenario": (
        World,
        "load",
        ("POST", "/provider-states", {"json": {"state": "demonstration"}}),
        200,
    ),
    "POST provider-states, values": (
        provider_states,
        "_values_of",
        ("POST", "/provider-states", {"json": {}}),
        200,
    ),
}
"""Of each call: where most of its work is done, how it is made, and what it comes to."""


@pytest.mark.parametrize("name", LONG)
def test_while_a_call_works_others_are_answered(
    name: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, work, (method, path, body), status = LONG[name]

    async def story(http: AsyncClient, _application: Application) -> None:
        await http.post("/_mock/worlds", json={"name": "tiers"})
        monkeypatch.setattr(where, work, door.before(getattr(where, work)))
        long = asyncio.create_task(http.request(method, f"/_mock{path}", **body))
        await until(door.has_begun.is_set)

        health = await http.get("/_mock/health")
        other = await http.get("/w/tiers/_mock/clock")

        assert (health.status_code, other.status_code) == (200, 200)
        assert not long.done()
        door.is_open.set()
        assert (await long).status_code == status

    play(story)


@pytest.mark.parametrize("path", ["/openapi.json", "/_mock/openapi.json"])
def test_while_a_document_is_made_others_are_answered(
    path: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, work in ((pages, "served_document"), (control_pages, "control_document_of")):
        monkeypatch.setattr(module, work, door.before(getattr(module, work)))

    async def story(http: AsyncClient, _application: Application) -> None:
        long = asyncio.create_task(http.get(path))
        await until(door.has_begun.is_set)

        assert (await http.get("/_mock/health")).status_code == 200
        assert not long.done()

        door.is_open.set()
        assert (await long).status_code == 200

    play(story)


def test_a_call_to_the_world_that_is_worked_on_waits_before_it_is_even_let_in(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks for a token would meet the database that a thread is at."""
    looked = []
    monkeypatch.setattr("rdv_mock.http.operation.ApiOperation.admit", lambda *_: looked.append(1))

    async def story(http: AsyncClient, application: Application) -> None:
        world = application.server.worlds["principal"]
        monkeypatch.setattr(World, "reset", door.before(World.reset))
        reset = asyncio.create_task(http.post("/_mock/reset"))
        await until(door.has_begun.is_set)
        waiting = asyncio.create_task(http.get("/api/v1/livret-numerique/formateurs"))
        await asyncio.sleep(0.05)

        assert world.lock.locked()
        assert looked == []

        door.is_open.set()
        await asyncio.gather(reset, waiting)
        assert looked == [1]

    play(story)


def test_what_is_written_meanwhile_is_not_in_the_state_that_is_being_read(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`GET /_mock/state` reads a copy: its own world goes on, and the answer is of one instant."""

    async def story(http: AsyncClient, _application: Application) -> None:
        before = (await http.get("/_mock/state")).text
        monkeypatch.setattr(state, "dump_in_pieces", door.before(dump.dump_in_pieces))
        reading = asyncio.create_task(http.get("/_mock/state"))
        await until(door.has_begun.is_set)

        changed = await http.patch(
            "/_mock/state", json={"candidats": [{"ref": "ines", "prenom": "Autre"}]}
        )
        door.is_open.set()

        assert changed.status_code == 200
        assert (await reading).text == before
        assert "Autre" in (await http.get("/_mock/state")).text

    play(story)


def test_of_two_worlds_that_are_made_at_once_under_one_name_one_is_refused(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(http: AsyncClient, application: Application) -> None:
        monkeypatch.setattr(World, "fork", door.before(World.fork))
        first = asyncio.create_task(http.post("/_mock/worlds", json={"name": "double"}))
        await until(door.has_begun.is_set)
        second = asyncio.create_task(http.post("/_mock/worlds", json={"name": "double"}))
        unnamed = asyncio.create_task(http.post("/_mock/worlds", json={}))
        await asyncio.sleep(0.02)
        assert "double" not in application.server.worlds
        door.is_open.set()

        assert (await first).status_code == 201
        assert refusal_of(await second) == (409, "MONDE_DEJA_EXISTANT")
        assert (await unnamed).json()["name"] == "monde-1"

    play(story)


def test_worlds_that_are_being_made_count_among_those_that_there_may_be(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(http: AsyncClient, _application: Application) -> None:
        monkeypatch.setattr(World, "fork", door.before(World.fork))
        last = asyncio.create_task(http.post("/_mock/worlds", json={"name": "dernier"}))
        await until(door.has_begun.is_set)

        assert refusal_of(await http.post("/_mock/worlds", json={})) == (503, "TROP_DE_MONDES")

        door.is_open.set()
        assert (await last).status_code == 201

    play(story, max_worlds=3)


def test_a_world_that_cannot_be_made_leaves_its_name_free(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(http: AsyncClient, _application: Application) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(World, "fork", lambda *_: 1 / 0)
            broken = await http.post("/_mock/worlds", json={"name": "essai"})
            assert refusal_of(broken) == (500, "ERREUR_INTERNE")

        assert (await http.post("/_mock/worlds", json={"name": "essai"})).status_code == 201

    play(story)


def test_what_is_about_no_world_does_not_wait_for_the_principal_one(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(http: AsyncClient, _application: Application) -> None:
        monkeypatch.setattr(World, "reset", door.before(World.reset))
        reset = asyncio.create_task(http.post("/_mock/reset"))
        await until(door.has_begun.is_set)

        names = [one["name"] for one in (await http.get("/_mock/worlds")).json()]
        made = await http.post("/_mock/worlds", json={"name": "essai"})
        dropped = await http.delete("/_mock/worlds/essai")

        assert names == ["principal", "autre"]
        assert (made.status_code, dropped.status_code) == (201, 204)
        door.is_open.set()
        await reset

    play(story)


def test_a_large_body_is_read_while_others_are_served(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = vars(Parameters)["_parse_body"]

    async def story(http: AsyncClient, _application: Application) -> None:
        monkeypatch.setattr(Parameters, "_parse_body", door.before(read))
        body = {"scenario": {"title": "x", "description": "é" * 200_000}}
        large = asyncio.create_task(http.post("/_mock/worlds", json=body))
        await until(door.has_begun.is_set)

        assert (await http.get("/_mock/health")).status_code == 200

        door.is_open.set()
        assert (await large).status_code == 201

    play(story)


# Pieces -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
def test_a_list_in_pieces_is_written_as_one_would_be(count: int) -> None:
    items = [{"id": f"x{n}", "nom": ["a", {"b": "c"}], "vide": []} for n in range(count)]

    pieces = "".join(list_in_pieces("candidats", iter(items)))
    whole = yaml.dump({"candidats": items}, sort_keys=False, allow_unicode=True, width=120)

    assert pieces == whole
    assert yaml.safe_load(pieces) == {"candidats": items}


def test_a_state_in_pieces_holds_as_many_objects() -> None:
    many = "".join(f"  - {{nom: a{n}, numeroDossier: n{n}}}\n" for n in range(250))

    with closing(build_store(f"title: x\ncandidats:\n{many}")) as store:
        text = dump_scenario(store, now=NOW, frozen=True)

    assert [one["nom"] for one in yaml.safe_load(text)["candidats"]] == [
        f"a{n}" for n in range(250)
    ]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_answer_in_pieces_is_the_same_bytes_as_a_whole_one(count: int) -> None:
    message = JournalMessage(
        query='"entries":[]', headers={"é": "ü"}, body='{"entries":[]}', taille=14, tronque=False
    )
    entry = JournalEntry(
        at=NOW, at_paris=NOW, real_at=NOW, real_at_paris=NOW, method="GET", path='/"entries":[]',
        operation=None, employe=None, employe_ref=None, employe_nom=None, auto_ecole=None,
        auto_ecole_ref=None, auto_ecole_nom=None, status=200, code=None, incident=None,
        duration_ms=0.1, request=message, response=message,
    )  # fmt: skip
    whole = JournalOnWire(total=7, entries=[entry] * count)

    shell = JournalOnWire(total=7, entries=[])
    answer = in_pieces(shell, "entries", taken_out([entry] * count))

    assert answer.body == TypeAdapter(JournalOnWire).serializer.to_json(whole, by_alias=True)
    assert dict(answer.raw_headers)[b"content-length"] == b"%d" % len(answer.body)


# Threads and memory -------------------------------------------------------------------------------


def test_who_is_cancelled_ends_only_once_the_thread_has_let_go(door: Door) -> None:
    async def story() -> None:
        working = asyncio.create_task(aside.aside(door.wait))
        await until(door.has_begun.is_set)

        working.cancel()
        await asyncio.sleep(0.01)
        working.cancel()
        await asyncio.sleep(0.01)

        assert not working.done()
        assert aside.is_anybody_working()
        door.is_open.set()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert not aside.is_anybody_working()

    asyncio.run(story())


def test_what_a_work_raises_is_raised_where_it_is_waited_for() -> None:
    async def story() -> None:
        with pytest.raises(ZeroDivisionError):
            await aside.aside(lambda: 1 / 0)

    asyncio.run(story())


def test_while_somebody_works_old_garbage_is_hardly_looked_for() -> None:
    import gc  # noqa: PLC0415

    before = gc.get_threshold()

    during = asyncio.run(aside.aside(gc.get_threshold))

    assert during == (before[0], memory.OFTEN, memory.RARELY)
    assert gc.get_threshold() == before


def test_memory_goes_back_after_some_worlds_and_not_after_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_back = threading.Semaphore(0)
    monkeypatch.setattr(server, "give_back", given_back.release)

    async def story(http: AsyncClient, _application: Application) -> None:
        for number in range(server.SOME_DROPPED):
            assert not given_back.acquire(blocking=False)
            await http.post("/_mock/worlds", json={"name": f"w{number}"})
            await http.delete(f"/_mock/worlds/w{number}")

        assert given_back.acquire(timeout=SECONDS)

    play(story)


@contextmanager
def _libc(monkeypatch: pytest.MonkeyPatch, platform: str) -> Iterator[None]:
    memory.libc.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("sys.platform", platform)
        yield
    memory.libc.cache_clear()


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_giving_memory_back_is_harmless_everywhere(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _libc(monkeypatch, platform):
        memory.share_arenas()
        memory.give_back()


def test_where_the_library_has_no_such_call_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "libc", object)

    memory.share_arenas()
    memory.give_back()


def test_memory_goes_back_once_nobody_works_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back = threading.Semaphore(0)
    monkeypatch.setattr(aside, "give_back", given_back.release)
    monkeypatch.setattr(aside, "QUIET_SECONDS", 0.01)

    async def story() -> None:
        await aside.aside(int)
        await aside.aside(int)
        await until(lambda: given_back.acquire(blocking=False))
        await asyncio.sleep(0.05)

    asyncio.run(story())
    assert not given_back.acquire(blocking=False)
