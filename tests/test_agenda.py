from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock import agenda
from rdv_mock.agenda import Entry, Event, EventType
from rdv_mock.facts.access import Bail
from rdv_mock.facts.world import WorldSettings
from rdv_mock.store import Store
from tests.support import instant

NOON = instant("2026-03-10T12:00:00Z")
SECOND = timedelta(seconds=1)
EMPTY = WorldSettings("test", "x", "", 0, None, clock_frozen=False)

BAUX = st.lists(st.tuples(st.integers(0, 48), st.booleans()), max_size=8)
"""In how many hours each bail ends, and whether it has been ended already."""


def bail(id_: str, fin: datetime, *, termine: bool = False) -> Bail:
    return Bail(id_, f"employe-{id_}", "client", fin - timedelta(days=90), fin, termine)


def ended(bail: Bail) -> Event:
    subject = {"bailId": bail.id, "employeId": bail.employe_id, "clientId": bail.client_id}
    return Event(bail.fin, EventType.BAIL_TERMINE, subject)


def live_through(baux: Sequence[Bail], stops: Sequence[datetime]) -> tuple[list[Event], list[Bail]]:
    """What happens until the last stop, and what is left of the baux then."""
    with closing(Store.new(EMPTY)) as store:
        store.baux.save_all(baux)
        events = [event for now in stops for event in agenda.catch_up(store, now=now)]
        return events, list(store.baux.all())


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store.new(EMPTY)) as store:
        yield store


def test_where_nothing_is_due_ever_nothing_happens(store: Store) -> None:
    store.baux.save(bail("over", NOON, termine=True))

    assert agenda.next_event_at(store) is None
    assert agenda.catch_up(store, now=NOON + timedelta(days=3653)) == []


@pytest.mark.parametrize(
    ("now", "termine"),
    [
        (NOON - SECOND, False),
        (NOON - SECOND / 1_000_000, False),
        (NOON, True),
        (NOON + SECOND, True),
    ],
)
def test_a_bail_ends_exactly_at_its_instant(store: Store, now: datetime, *, termine: bool) -> None:
    one = bail("b1", NOON)
    store.baux.save(one)

    events = agenda.catch_up(store, now=now)

    assert events == [ended(one)] * termine
    assert store.baux.get("b1") == replace(one, termine=termine)


def test_an_event_happens_once(store: Store) -> None:
    store.baux.save(bail("b1", NOON))
    agenda.catch_up(store, now=NOON)

    assert agenda.catch_up(store, now=NOON + SECOND) == []
    assert agenda.next_event_at(store) is None


def test_events_happen_in_order_of_time_and_then_of_id(store: Store) -> None:
    baux = [bail("c", NOON), bail("a", NOON), bail("z", NOON - SECOND), bail("b", NOON + SECOND)]
    store.baux.save_all(baux)

    events = agenda.catch_up(store, now=NOON)

    assert [(event.subject["bailId"], event.at) for event in events] == [
        ("z", NOON - SECOND),
        ("a", NOON),
        ("c", NOON),
    ]
    assert agenda.next_event_at(store) == NOON + SECOND


def test_what_is_caught_up_late_still_happened_in_its_time(store: Store) -> None:
    store.baux.save(bail("b1", NOON))

    (event,) = agenda.catch_up(store, now=NOON + timedelta(days=400))

    assert event.at == NOON


def test_kinds_of_events_have_their_order_at_one_instant_and_wait_for_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = {"a": [NOON, NOON + SECOND], "b": [NOON - SECOND, NOON], "c": [NOON + 2 * SECOND]}
    happened: list[tuple[str, datetime]] = []

    def entry(kind: str) -> Entry:
        def happen(_store: Store, at: datetime) -> list[Event]:
            happened.append((kind, due[kind].pop(0)))
            return [Event(at, EventType.BAIL_TERMINE, {"kind": kind})]

        return Entry(lambda _store: next(iter(due[kind]), None), happen)

    monkeypatch.setattr(agenda, "AGENDA", {kind: entry(kind) for kind in "cab"})

    events = agenda.catch_up(store, now=NOON + SECOND)

    assert happened == [
        ("b", NOON - SECOND),
        ("a", NOON),
        ("b", NOON),
        ("a", NOON + SECOND),
    ]
    assert [(event.subject["kind"], event.at) for event in events] == happened
    assert due["c"] == [NOON + 2 * SECOND]


@given(ends=BAUX, stops=st.lists(st.integers(0, 60)))
def test_one_long_advance_equals_many_short_ones(
    ends: list[tuple[int, bool]], stops: list[int]
) -> None:
    baux = [
        bail(f"b{number}", NOON + timedelta(hours=hours), termine=termine)
        for number, (hours, termine) in enumerate(ends)
    ]
    hours = sorted({*stops, 60})

    once = live_through(baux, [NOON + timedelta(hours=60)])
    often = live_through(baux, [NOON + timedelta(hours=hour) for hour in hours])

    assert often == once
    assert len(once[0]) == sum(not termine for _, termine in ends)
