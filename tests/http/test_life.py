"""What a long life of a world means for the calls that come meanwhile."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from typing_extensions import override

from rdv_mock.control import scenarios, state
from rdv_mock.control.sent import read_sent
from rdv_mock.http.call import Call
from rdv_mock.scenario.source import Source
from rdv_mock.serving.app import Application
from rdv_mock.worlds import agenda
from rdv_mock.worlds.contents import begin
from rdv_mock.worlds.events import Event, EventType, WorldState
from rdv_mock.worlds.world import World
from tests.support import (
    agenda_with,
    build_store,
    change_named,
    instant,
    refusal_of,
    running,
)

START = "2026-03-20T08:00:00Z"
NUIT = "2026-03-24T23:00:00Z"
NEXT_DAY = "2026-03-25T08:00:00Z"
ECOLES = 30
STEPS = 2 * ECOLES
"""One for each école and groupe: so many steps has the calculation night."""

YAML = {"content-type": "application/yaml"}

MANY = f"title: Beaucoup\nclock: {{now: {START}}}\nautoEcoles:\n" + "".join(
    f"  - {{ref: e{n}, nom: a, codeDepartement: '085',"
    f" employes: [{{ref: m{n}, nom: a, prenom: b, email: m{n}@ecole.test}}]}}\n"
    for n in range(ECOLES)
)


class WatchedLock(asyncio.Lock):
    """A lock that knows how many wait for it."""

    waiting = 0

    @override
    async def acquire(self) -> Literal[True]:
        self.waiting += 1
        try:
            return await super().acquire()
        finally:
            self.waiting -= 1


class Stage:
    """Two worlds of one process, `principal` and `autre`, and who calls them."""

    def __init__(self, application: Application, http: AsyncClient) -> None:
        self.http = http
        self.worlds = application.server.worlds
        self.lock = self.world.lock = WatchedLock()
        self.ended: list[str] = []

    @property
    def world(self) -> World:
        return self.worlds["principal"]

    def call(self, method: str, path: str, **options: Any) -> asyncio.Task[Response]:
        """A call that is on its way."""

        async def noted() -> Response:
            answer = await self.http.request(method, path, **options)
            self.ended.append(path)
            return answer

        return asyncio.create_task(noted())

    def advance(self, **how: str) -> asyncio.Task[Response]:
        return self.call("POST", "/_mock/clock/advance", json=how)

    async def until(self, has_come: Callable[[], bool]) -> None:
        """Let the others go on until something is so."""
        async with asyncio.timeout(20):
            while not has_come():
                await asyncio.sleep(0)

    async def clock(self) -> str:
        return str((await self.http.get("/_mock/clock")).json()["now"])


Story = Callable[[Stage], Awaitable[None]]


@asynccontextmanager
async def staged(application: Application) -> AsyncIterator[Stage]:
    transport = ASGITransport(application, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://mock") as http:
        yield Stage(application, http)


def play(story: Story, text: str = MANY, **options: Any) -> None:
    """Tell a story in a process with two worlds."""

    async def told(application: Application) -> None:
        async with staged(application) as stage:
            await story(stage)

    with running(text, **options) as application:
        application.server.worlds["autre"] = World("autre", begin(build_store(text)))
        asyncio.run(told(application))


class Gate:
    """An event that falls due at NUIT and goes on happening until the test has seen enough."""

    def __init__(self) -> None:
        self.is_open = False
        self.steps = 0

    def happen(self, _life: WorldState, at: datetime) -> Iterator[Event]:
        while not self.is_open:
            self.steps += 1
            yield Event(at, EventType.BAIL_TERMINE, {"bailId": "x"})


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """While it is closed, the world that comes to the calculation night stays in it."""
    gate, night = Gate(), change_named("the night calculates ETP")

    def happen(life: WorldState, at: datetime) -> Iterator[Event]:
        yield from night.happen(life, at)
        yield from gate.happen(life, at)

    monkeypatch.setattr(agenda, "AGENDA", agenda_with(replace(night, happen=happen)))
    return gate


def test_while_a_world_lives_through_a_night_other_calls_are_answered() -> None:
    async def story(stage: Stage) -> None:
        night = stage.advance(to=NEXT_DAY)
        await stage.until(stage.lock.locked)

        health = await stage.http.get("/_mock/health")
        other = await stage.http.get("/w/autre/_mock/clock")

        assert not night.done()
        assert health.json()["status"] == "ok"
        assert other.json()["now"] == START
        assert (await night).json()["total"] == STEPS

    play(story)


@pytest.mark.parametrize("path", ["/_mock/clock", "/_mock/state", "/_mock/connexions"])
def test_calls_to_a_world_wait_for_what_happens_there_and_see_it(gate: Gate, path: str) -> None:
    async def story(stage: Stage) -> None:
        night = stage.advance(to=NEXT_DAY)
        await stage.until(lambda: gate.steps > 0)
        waiting = stage.call("GET", path)
        await stage.until(lambda: stage.lock.waiting > 0)
        await stage.until(lambda: gate.steps > 100)
        assert stage.ended == []

        gate.is_open = True
        answer, advanced = await waiting, await night

        assert answer.status_code == 200
        assert answer.content == (await stage.http.get(path)).content
        assert answer.headers["Date"] == "Wed, 25 Mar 2026 08:00:00 GMT"
        assert advanced.json()["now"] == NEXT_DAY

    play(story)


def test_calls_of_the_api_wait_too(gate: Gate) -> None:
    async def story(stage: Stage) -> None:
        tokens = (
            await stage.http.post("/_mock/tokens", json={"employe": "m0", "expiresIn": 10**6})
        ).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        night = stage.advance(to=NEXT_DAY)
        await stage.until(lambda: gate.steps > 0)
        path = "/api/v2/auto-ecole/paniers"
        waiting = stage.call("POST", path, headers=bearer)
        await stage.until(lambda: stage.lock.waiting > 0)
        assert stage.world.store.paniers.count() == 0

        gate.is_open = True
        await night

        assert (await waiting).json()["dateHeureExpiration"] == "2026-03-25T08:15:00+00:00"

    play(story)


def test_the_other_world_may_live_through_its_own_night_meanwhile(gate: Gate) -> None:
    async def story(stage: Stage) -> None:
        night = stage.advance(to=NEXT_DAY)
        await stage.until(lambda: gate.steps > 0)
        other = stage.call("POST", "/w/autre/_mock/clock/advance", json={"to": NEXT_DAY})
        await stage.until(stage.worlds["autre"].lock.locked)

        gate.is_open = True

        assert (await other).json()["now"] == (await night).json()["now"] == NEXT_DAY

    play(story)


class Watch:
    """Real time, as the test sets it."""

    def __init__(self) -> None:
        self.shows = instant("2031-07-14T10:00:00Z")

    def __call__(self) -> datetime:
        return self.shows


def test_a_call_that_lets_a_night_happen_first_keeps_the_others_waiting_too(gate: Gate) -> None:
    real = Watch()

    async def story(stage: Stage) -> None:
        real.shows += instant(NEXT_DAY) - instant(START)
        first = stage.call("GET", "/_mock/connexions")
        await stage.until(lambda: gate.steps > 0)
        second = stage.call("GET", "/_mock/clock")
        await stage.until(lambda: stage.lock.waiting > 0)
        assert (await stage.http.get("/_mock/health")).status_code == 200
        assert stage.ended == []
        real.shows += timedelta(seconds=5)

        gate.is_open = True

        assert (await first).status_code == 200
        assert (await second).json()["now"] == "2026-03-25T08:00:05Z"
        assert stage.world.store.etp_calcules.count() == STEPS

    play(story, MANY.replace(START, f"{START}, frozen: false"), real=real)


def crashing(after: int) -> Callable[[WorldState, datetime], Iterator[Event]]:
    """A night that breaks after some steps."""

    def happen(life: WorldState, at: datetime) -> Iterator[Event]:
        for step, event in enumerate(change_named("the night calculates ETP").happen(life, at)):
            if step == after:
                raise ZeroDivisionError
            yield event

    return happen


@pytest.mark.parametrize("after", [0, 1, STEPS - 1])
def test_a_crash_in_the_middle_undoes_everything_and_frees_the_world(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    broken = replace(change_named("the night calculates ETP"), happen=crashing(after))

    async def story(stage: Stage) -> None:
        before = (await stage.http.get("/_mock/state")).text
        with monkeypatch.context() as patch:
            patch.setattr(agenda, "AGENDA", agenda_with(broken))
            crashed = stage.advance(to=NEXT_DAY)
            await stage.until(lambda: stage.lock.locked() or crashed.done())
            waiting = stage.call("GET", "/_mock/state")

            assert refusal_of(await crashed) == (500, "ERREUR_INTERNE")
            assert (await waiting).text == before

        assert not stage.lock.locked()
        assert not stage.world.store.sql.in_transaction
        assert (await stage.http.get("/_mock/state")).text == before
        assert (await stage.advance(to=NEXT_DAY)).json()["total"] == STEPS

    play(story)


def test_a_client_that_goes_away_in_the_middle_undoes_everything(gate: Gate) -> None:
    async def story(stage: Stage) -> None:
        before = (await stage.http.get("/_mock/state")).text
        night = stage.advance(to=NEXT_DAY)
        await stage.until(lambda: gate.steps > 0)

        night.cancel()
        await asyncio.wait([night])
        gate.is_open = True

        assert not stage.lock.locked()
        assert (await stage.http.get("/_mock/state")).text == before
        assert (await stage.advance(to=NEXT_DAY)).json()["total"] == STEPS

    play(story)


def test_advances_that_wait_for_each_other_each_go_on_from_where_the_last_one_came_to(
    gate: Gate,
) -> None:
    creneaux = "".join(
        f"  - {{ref: c{hour}, centre: s, dateHeureDebut: 2026-05-04T08:00:00,"
        f" dateHeurePublication: 2026-03-25T0{hour}:30:00Z}}\n"
        for hour in range(1, 4)
    )
    places = f"centres: [{{ref: s, nom: s, codeDepartement: '085'}}]\ncreneaux:\n{creneaux}"

    async def story(stage: Stage) -> None:
        night = stage.advance(to="2026-03-25T01:00:00Z")
        await stage.until(lambda: gate.steps > 0)
        others = [stage.advance(by="PT1H") for _ in range(3)]
        await stage.until(lambda: stage.lock.waiting == 3)

        gate.is_open = True
        await night
        told = [(await other).json() for other in others]

        assert sorted(one["now"] for one in told) == [
            "2026-03-25T02:00:00Z",
            "2026-03-25T03:00:00Z",
            "2026-03-25T04:00:00Z",
        ]
        appeared = [event["at"] for one in told for event in one["events"]]
        assert sorted(appeared) == [f"2026-03-25T0{hour}:30:00Z" for hour in range(1, 4)]
        assert await stage.clock() == "2026-03-25T04:00:00Z"

    play(story, MANY + places)


def test_of_two_advances_to_an_instant_the_one_that_comes_too_late_is_refused(gate: Gate) -> None:
    async def story(stage: Stage) -> None:
        night = stage.advance(to=NUIT)
        await stage.until(lambda: gate.steps > 0)
        far = stage.advance(to="2026-03-25T04:00:00Z")
        await stage.until(lambda: stage.lock.waiting == 1)
        near = stage.advance(to="2026-03-25T03:00:00Z")
        await stage.until(lambda: stage.lock.waiting == 2)

        gate.is_open = True
        await night

        assert (await far).status_code == 200
        assert refusal_of(await near) == (422, "HORLOGE_EN_ARRIERE")
        assert await stage.clock() == "2026-03-25T04:00:00Z"

    play(story)


class Reading:
    """The reading of a large body in a thread, which takes until the test lets it end."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, call: Call) -> Source:
        self.has_begun.set()
        assert self.may_end.wait(timeout=20)
        return read_sent(call)


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    reading = Reading()
    for routes in (scenarios, state):
        monkeypatch.setattr(routes, "read_sent", reading)
    return reading


OTHER = "title: Un autre monde\nclock: {now: 2027-01-01T00:00:00Z}\n"


def test_a_scenario_that_is_loaded_waits_for_what_happens_in_its_world(
    gate: Gate, reading: Reading
) -> None:
    async def story(stage: Stage) -> None:
        loading = stage.call("PUT", "/_mock/scenario", content=OTHER.encode(), headers=YAML)
        await stage.until(reading.has_begun.is_set)
        night = stage.advance(to=NEXT_DAY)
        await stage.until(lambda: gate.steps > 0)
        reading.may_end.set()
        await stage.until(lambda: stage.lock.waiting > 0)
        assert stage.world.settings.title == "Beaucoup"

        gate.is_open = True

        assert (await night).json()["now"] == NEXT_DAY
        assert (await loading).json() == {"title": "Un autre monde", "refs": {}}
        assert await stage.clock() == "2027-01-01T00:00:00Z"
        assert stage.world.store.auto_ecoles.count() == 0

    play(story)


def test_a_change_waits_for_what_happens_in_its_world_and_takes_nothing_of_it_back(
    gate: Gate, reading: Reading
) -> None:
    async def story(stage: Stage) -> None:
        fragment = {
            "title": "Changé",
            "baux": [{"employe": "m0", "clientId": "editeur-demo", "debut": START}],
        }
        changing = stage.call("PATCH", "/_mock/state", json=fragment)
        await stage.until(reading.has_begun.is_set)
        night = stage.advance(to=NEXT_DAY)
        await stage.until(lambda: gate.steps > 0)
        reading.may_end.set()
        await stage.until(lambda: stage.lock.waiting > 0)
        assert stage.world.settings.title == "Beaucoup"

        gate.is_open = True

        assert (await night).json()["now"] == NEXT_DAY
        assert (await changing).status_code == 200
        assert stage.world.settings.title == "Changé"
        assert stage.world.store.etp_calcules.count() == STEPS
        assert stage.world.store.caught_up_until() == instant(NEXT_DAY)
        assert (await stage.advance(by="P1D")).json()["total"] == 0

    play(story)
