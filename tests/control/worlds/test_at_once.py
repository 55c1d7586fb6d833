import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from rdv_mock.serving.app import Application
from rdv_mock.store import Store
from tests.api.exam_world import state_of
from tests.control.worlds.support import (
    FORMATEURS,
    REALM,
    START,
    WRITTEN,
    advance,
    create,
    names_of,
    shown_by,
)
from tests.support import CONTRATS, SMALL, Vendor, clock_at, contrat, refusal_of, running


def play(
    application: Application, story: Callable[[AsyncClient], Awaitable[list[Response]]]
) -> list[Response]:
    """The answers of a story that is told with many calls at a time."""

    async def tell() -> list[Response]:
        transport = ASGITransport(application, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://mock") as http:
            return await asyncio.wait_for(story(http), 20)

    return asyncio.run(tell())


def statuses_of(answers: list[Response]) -> list[int]:
    return [answer.status_code for answer in answers]


def refusals_of(answers: list[Response]) -> set[tuple[int, str]]:
    return {refusal_of(answer) for answer in answers}


TEN_YEARS = {"by": "P3650D"}


async def until_asked(task: asyncio.Task[Response]) -> None:
    """Give a call the time to come as far as it can by itself."""
    for _ in range(50):
        await asyncio.sleep(0)
    assert not task.done()


def test_calls_that_wait_for_a_world_that_is_dropped_find_it_unknown(lea: Vendor) -> None:
    token = create(lea, name="un").as_("lea").headers

    async def story(http: AsyncClient) -> list[Response]:
        async with lea.application.server.worlds["un"].lock:  # it lives through something long
            drop = asyncio.create_task(http.delete("/_mock/worlds/un"))
            await until_asked(drop)
            waiting = [asyncio.create_task(call) for call in calls(http)]
            for call in waiting:
                await until_asked(call)
        return [await drop, *await asyncio.gather(*waiting)]

    def calls(http: AsyncClient) -> list[Coroutine[Any, Any, Response]]:
        return [
            http.get(f"/w/un{FORMATEURS}", headers=token),
            http.post(f"/w/un{CONTRATS}", headers=token, json=contrat()),
            http.get("/w/un/_mock/state"),
            http.post("/w/un/_mock/clock/advance", json={"by": "P1D"}),
            http.put("/w/un/_mock/clock", json={"frozen": False}),
            http.post("/w/un/_mock/reset"),
            http.post("/w/un/_mock/snapshots", json={"name": "a"}),
            http.patch("/w/un/_mock/state", json={"supprimer": ["ines"]}),
            http.put("/w/un/_mock/scenario", json=WRITTEN),
            http.post("/w/un/_mock/provider-states", json={"state": "panier_plein"}),
            http.post("/_mock/worlds", json={"name": "deux", "from": "un"}),
            http.delete("/_mock/worlds/un"),
        ]

    drop, *waiting = play(lea.application, story)

    assert drop.status_code == 204
    assert refusals_of(waiting) == {(404, "MONDE_INCONNU")}
    assert names_of(lea) == ["principal"]


def test_a_world_of_the_name_of_a_dropped_one_is_not_dropped_along_with_it(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        long = asyncio.create_task(http.post("/w/un/_mock/clock/advance", json=TEN_YEARS))
        await until_asked(long)
        first = asyncio.create_task(http.delete("/_mock/worlds/un"))
        second = asyncio.create_task(http.delete("/_mock/worlds/un"))
        while "un" in anyone.application.server.worlds:
            await asyncio.sleep(0)
        again = await http.post("/_mock/worlds", json={"name": "un"})
        return [await long, await first, again, await second]

    answers = play(anyone.application, story)

    assert statuses_of(answers) == [200, 204, 201, 404]
    assert anyone.get("/w/un/_mock/clock").json() == START


@pytest.mark.parametrize("length", ["announced", "unannounced"])
def test_a_call_whose_body_is_on_its_way_finds_a_dropped_world_unknown(
    anyone: Vendor, length: str
) -> None:
    token = create(anyone, name="un").as_("lea").headers
    body = json.dumps(contrat()).encode()
    extra = {"content-length": str(len(body))} if length == "announced" else {}

    async def story(http: AsyncClient) -> list[Response]:
        dropped = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield body[:9]
            await dropped.wait()
            yield body[9:]

        headers = {**token, **extra, "content-type": "application/json"}
        calls = [
            asyncio.create_task(http.request(method, path, headers=headers, content=slowly()))
            for method, path in [
                ("POST", f"/w/un{CONTRATS}"),
                ("PUT", "/w/un/_mock/scenario"),
                ("PATCH", "/w/un/_mock/state"),
                ("POST", f"/w/un{REALM}/protocol/openid-connect/token"),
            ]
        ]
        for call in calls:
            await until_asked(call)
        drop = await http.delete("/_mock/worlds/un")
        dropped.set()
        return [drop, *await asyncio.gather(*calls)]

    drop, *calls = play(anyone.application, story)

    assert drop.status_code == 204
    assert statuses_of(calls) == [404] * 4
    assert {answer.json().get("code") for answer in calls[:3]} == {"MONDE_INCONNU"}


def test_a_scenario_that_is_still_being_read_finds_no_dropped_world(anyone: Vendor) -> None:
    create(anyone, name="un")
    create(anyone, name="deux")
    large = {"title": "Grand", "invent": {"autoEcoles": 2, "candidats": 300, "centres": 2}}

    async def story(http: AsyncClient) -> list[Response]:
        calls = [
            asyncio.create_task(call)
            for call in (
                http.put("/w/un/_mock/scenario", json=large),
                http.post("/_mock/worlds", json={"name": "trois", "scenario": large}),
                http.post("/_mock/worlds", json={"name": "trois", "scenario": large}),
            )
        ]
        for call in calls:
            await until_asked(call)
        drop = await http.delete("/_mock/worlds/un")
        return [drop, *await asyncio.gather(*calls)]

    drop, loaded, *made = play(anyone.application, story)

    assert drop.status_code == 204
    assert refusal_of(loaded) == (404, "MONDE_INCONNU")
    assert sorted(statuses_of(made)) == [201, 409]
    assert names_of(anyone) == ["principal", "deux", "trois"]


def test_a_call_that_an_incident_delays_finds_a_dropped_world_unknown(anyone: Vendor) -> None:
    lea = create(anyone, name="un").as_("lea")
    lea.post("/_mock/incidents", json={"delaySeconds": 0.2})

    async def story(http: AsyncClient) -> list[Response]:
        delayed = asyncio.create_task(http.get(f"/w/un{FORMATEURS}", headers=lea.headers))
        await until_asked(delayed)
        return [await http.delete("/_mock/worlds/un"), await delayed]

    drop, delayed = play(anyone.application, story)

    assert drop.status_code == 204
    assert refusal_of(delayed) == (404, "MONDE_INCONNU")


def test_whoever_waits_for_a_call_to_a_dropped_world_is_told_at_once(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        waiting = asyncio.create_task(http.get("/w/un/_mock/journal?wait=30"))
        await until_asked(waiting)
        return [await http.delete("/_mock/worlds/un"), await waiting]

    drop, waiting = play(anyone.application, story)

    assert drop.status_code == 204
    assert refusal_of(waiting) == (404, "MONDE_INCONNU")


def test_a_world_that_lives_through_something_long_is_copied_once_it_has(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        long = asyncio.create_task(http.post("/w/un/_mock/clock/advance", json=TEN_YEARS))
        await until_asked(long)
        copied = await http.post("/_mock/worlds", json={"name": "deux", "from": "un"})
        return [await long, copied]

    assert statuses_of(play(anyone.application, story)) == [200, 201]
    one, two = (anyone.get(f"/w/{name}/_mock/clock").json() for name in ("un", "deux"))
    assert one == two
    assert one["now"] == "2036-03-07T08:00:00Z"


def test_a_long_advance_of_one_world_does_not_keep_the_others_waiting(anyone: Vendor) -> None:
    create(anyone, name="un")

    async def story(http: AsyncClient) -> list[Response]:
        long = asyncio.create_task(http.post("/w/un/_mock/clock/advance", json=TEN_YEARS))
        await until_asked(long)
        others = [
            await http.get("/_mock/clock"),
            await http.post("/_mock/worlds", json={"name": "deux"}),
            await http.get("/w/deux/_mock/clock"),
        ]
        assert not long.done()
        await long
        return others

    clock, made, other = play(anyone.application, story)

    assert made.status_code == 201
    assert clock.json() == other.json() == START


def test_advances_that_come_together_add_up(anyone: Vendor) -> None:
    async def story(http: AsyncClient) -> list[Response]:
        return await asyncio.gather(
            *(
                http.post("/_mock/clock/advance", json={"by": by})
                for by in ("P300D", "P1D", "PT1H", "P1D", "PT1H")
            )
        )

    answers = play(anyone.application, story)

    assert statuses_of(answers) == [200] * 5
    nows = [answer.json()["now"] for answer in answers]
    assert sorted(nows)[-1] == anyone.get("/_mock/clock").json()["now"] == "2027-01-06T10:00:00Z"
    assert len(set(nows)) == 5


def test_worlds_of_one_named_scenario_that_are_made_together_share_one_copy(
    anyone: Vendor, built: list[Store]
) -> None:

    built.clear()

    async def story(http: AsyncClient) -> list[Response]:
        asked = {"scenario": "panier_plein"}
        return await asyncio.gather(*(http.post("/_mock/worlds", json=asked) for _ in range(8)))

    answers = play(anyone.application, story)

    assert statuses_of(answers) == [201] * 8
    assert sorted(answer.json()["name"] for answer in answers) == [
        f"monde-{number}" for number in range(1, 9)
    ]
    assert len(built) == 1


@pytest.mark.parametrize(
    ("clock", "now", "frozen"),
    [
        ({"frozen": True}, "2026-03-10T08:00:00Z", True),
        ({"now": "2026-03-10T09:00:00+01:00", "frozen": True}, "2026-03-10T08:00:00Z", True),
        ({"now": "2026-03-12T08:00:00Z", "frozen": True}, "2026-03-12T08:00:00Z", True),
    ],
)
def test_a_world_may_begin_at_another_time(
    anyone: Vendor, clock: dict[str, Any], now: str, *, frozen: bool
) -> None:
    asked = {"name": "essai", "scenario": "demonstration", "clock": clock}

    assert anyone.post("/_mock/worlds", json=asked).status_code == 201

    assert anyone.get("/w/essai/_mock/clock").json() == clock_at(now, frozen=frozen)


LATER = clock_at("2026-03-12T08:00:00Z")

AT_LATER = {"now": LATER["now"], "frozen": True}


@pytest.mark.parametrize("scope", ["all", "clock"])
@pytest.mark.parametrize(
    ("clock", "begins"),
    [
        ({"now": "2026-03-12T09:00:00+01:00", "frozen": True}, LATER),
        ({"now": "2026-03-12T09:00:00+01:00"}, LATER),
        ({"frozen": True}, START),
    ],
)
def test_a_reset_of_a_world_that_was_made_with_a_clock_goes_back_to_it(
    anyone: Vendor, clock: dict[str, Any], begins: dict[str, Any], scope: str
) -> None:
    world = create(anyone, clock=clock)
    made = state_of(world)
    world.put("/_mock/clock", json={"now": "2026-04-01T08:00:00Z", "frozen": False})

    assert world.post(f"/_mock/reset?scope={scope}").status_code == 204

    assert shown_by(world) == begins
    assert scope == "clock" or state_of(world) == made


def test_a_reset_lets_a_clock_run_that_ran_when_the_world_was_made(anyone: Vendor) -> None:
    world = create(anyone, clock={"now": LATER["now"], "frozen": False})
    world.put("/_mock/clock", json={"frozen": True})

    world.post("/_mock/reset")

    clock = shown_by(world)
    assert clock["now"].startswith("2026-03-12T08:00:0")
    assert clock["frozen"] is False


def test_what_has_happened_before_a_world_began_has_happened_again_after_a_reset(
    anyone: Vendor,
) -> None:
    clock = {"now": "2026-03-26T08:00:00Z", "frozen": True}  # after a night of calculation
    world = create(anyone, scenario="demonstration", clock=clock)
    made = state_of(world)
    assert 'dateHeureCalcul: "2026-03-24T23:00:00Z"' in made

    world.post("/_mock/reset")

    assert state_of(world) == made


@pytest.mark.parametrize("clock", [AT_LATER, {"frozen": True}])
def test_a_copy_that_was_made_with_a_clock_is_reset_to_it(
    anyone: Vendor, clock: dict[str, Any]
) -> None:
    anyone.put("/_mock/clock", json={"now": "2026-03-11T08:00:00Z"})
    copy = create(anyone, **{"from": "principal", "clock": clock})
    made = shown_by(copy)
    advance(copy, "P7D")

    copy.post("/_mock/reset")

    assert shown_by(copy) == made == clock_at(clock.get("now", "2026-03-11T08:00:00Z"))


def test_a_copy_of_a_world_that_was_made_with_a_clock_is_reset_to_it_too(anyone: Vendor) -> None:
    create(anyone, name="un", clock=AT_LATER)
    copy = create(anyone, **{"from": "un"})
    advance(copy, "P7D")

    copy.post("/_mock/reset")

    assert shown_by(copy) == LATER


def test_another_scenario_begins_when_it_says_whatever_the_world_was_made_with(
    anyone: Vendor,
) -> None:
    world = create(anyone, clock=AT_LATER)
    world.put("/_mock/scenario", json=WRITTEN)
    advance(world, "P1D")

    world.post("/_mock/reset")

    assert shown_by(world) == clock_at("2027-01-01T00:00:00Z")


def test_in_a_frozen_world_the_limits_do_not_hold_after_a_reset_either() -> None:
    limits = "limits: {debit.parEmploye: 2}\nclock: {frozen: false, "
    with running(SMALL.replace("clock: {", limits, 1)) as application:
        world = create(Vendor(application), clock={"frozen": True})
        world.post("/_mock/reset")
        lea = world.as_("lea")

        assert [lea.get(FORMATEURS).status_code for _ in range(4)] == [200] * 4


def test_a_world_cannot_begin_before_its_scenario(anyone: Vendor) -> None:
    asked = {"name": "essai", "clock": {"now": "2020-01-01T00:00:00Z"}}

    assert refusal_of(anyone.post("/_mock/worlds", json=asked)) == (422, "HORLOGE_EN_ARRIERE")
    assert refusal_of(anyone.get("/w/essai/docs")) == (404, "MONDE_INCONNU")
