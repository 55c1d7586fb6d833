import asyncio
from datetime import timedelta

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.steering.clock import MOST_EVENTS, Reading, advance, read_clock, set_clock
from rdv_mock.steering.state import patch
from rdv_mock.worlds.world import World
from tests.steering.support import START, source
from tests.support import instant


def test_a_clock_is_read_with_whether_it_stands_still(world: World) -> None:
    assert asyncio.run(read_clock(world)) == Reading(START, frozen=True)

    asyncio.run(set_clock(world, frozen=False))

    assert not asyncio.run(read_clock(world)).frozen


def test_a_clock_can_be_set_forward_and_stopped(world: World) -> None:
    noon = instant("2026-03-10T12:00:00Z")

    reading = asyncio.run(set_clock(world, to=noon, frozen=True))

    assert (reading.now, reading.frozen) == (noon, True)
    assert asyncio.run(read_clock(world)) == reading


def test_a_clock_can_be_stopped_where_it_is(world: World) -> None:
    asyncio.run(set_clock(world, frozen=False))

    reading = asyncio.run(set_clock(world, frozen=True))

    assert reading.frozen
    assert timedelta() <= reading.now - START < timedelta(minutes=1)


def test_a_clock_never_goes_back(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(set_clock(world, to=START - timedelta(seconds=1)))

    assert refusal.value.error is ApiError.HORLOGE_EN_ARRIERE


def test_time_that_passes_tells_what_has_happened_and_to_whom(world: World) -> None:
    passage = asyncio.run(advance(world, by=timedelta(days=40)))

    nights = [event for event in passage.events if event.type == "ETP_CALCULE"]
    assert passage.total == len(passage.events)
    assert {event.subject["autoEcoleNom"] for event in nights} == {
        "Auto-École des Plesses",
        "Une Autre École",
        "École Fermée",
    }
    assert {event.subject["autoEcoleRef"] for event in nights} == {"plesses", "autre", "fermee"}


def test_time_passes_until_an_instant(world: World) -> None:
    evening = instant("2026-03-10T18:00:00Z")

    assert asyncio.run(advance(world, to=evening)).now == evening


@pytest.mark.parametrize("days", [3_655, 999_999_999])
def test_no_more_than_ten_years_pass_at_once(days: int, world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(advance(world, by=timedelta(days=days)))

    assert refusal.value.error is ApiError.HORLOGE_EN_ARRIERE


def test_of_many_events_the_first_ones_are_told(world: World) -> None:
    day = {"debut": "2026-03-10T08:00:00Z", "fin": "2026-03-11T08:00:00Z"}
    bail = {"employe": "lea", "clientId": "editeur-demo", **day}
    asyncio.run(patch(world, source(baux=[bail] * (MOST_EVENTS + 1))))

    passage = asyncio.run(advance(world, by=timedelta(days=2)))

    assert passage.total > MOST_EVENTS
    assert len(passage.events) == MOST_EVENTS
