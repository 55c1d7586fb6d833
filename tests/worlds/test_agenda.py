import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdv_mock.facts.access import Bail
from rdv_mock.facts.concurrence import Concurrence
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.enumerations import StatutDuResultat
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.facts.reference import Reference
from rdv_mock.facts.world import WorldSettings
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.store import Store
from rdv_mock.worlds import agenda
from rdv_mock.worlds.agenda import Change
from rdv_mock.worlds.events import Event, EventType, WorldState
from tests.rules.facts import CENTRE, CRENEAU, EXAMEN, PANIER
from tests.support import change_named, instant

NOON = instant("2026-03-10T12:00:00Z")
LIMITS = default_limits()
SECOND = timedelta(seconds=1)
EMPTY = WorldSettings("test", "x", "", 0, None, clock_frozen=False)

BAUX = st.lists(st.tuples(st.integers(0, 48), st.booleans()), max_size=8)
"""In how many hours each bail ends, and whether it has been ended already."""

PANIERS = st.lists(st.integers(0, 48), max_size=4)
"""In how many hours each panier expires."""

EXAMENS = st.lists(st.tuples(st.integers(9, 14), st.booleans()), max_size=6)
"""In how many days each examen without a name is held, and whether it was cancelled before."""

MIDNIGHT = instant("2026-04-09T22:00:00Z")
"""When 10 April begins in Paris: the tenth day before an examen of Monday 20 April."""

NUIT = instant("2026-03-24T23:00:00Z")
"""The first calculation night after NOON."""


def bail(id_: str, fin: datetime, *, termine: bool = False) -> Bail:
    return Bail(id_, f"employe-{id_}", "client", fin - timedelta(days=90), fin, termine)


def ended(bail: Bail) -> Event:
    subject = {"bailId": bail.id, "employeId": bail.employe_id, "clientId": bail.client_id}
    return Event(bail.fin, EventType.BAIL_TERMINE, subject)


def panier(id_: str, fin: datetime) -> Panier:
    return replace(
        PANIER,
        id=id_,
        date_heure_creation=fin - timedelta(minutes=15),
        date_heure_expiration=fin,
    )


def expired(panier: Panier) -> Event:
    subject = {"panierId": panier.id, "autoEcoleId": panier.auto_ecole_id}
    return Event(panier.date_heure_expiration, EventType.PANIER_EXPIRE, subject)


def sans_candidat(id_: str, debut: str = "2026-04-20T08:00:00") -> Reservation:
    begin = datetime.fromisoformat(debut)
    fin = begin + timedelta(minutes=32)
    creneau = replace(CRENEAU, id=f"c-{id_}", date_heure_debut=begin, date_heure_fin=fin)
    examen = replace(EXAMEN, id=id_, creneau_id=creneau.id, candidat_id=None)
    return Reservation(examen, creneau, CENTRE)


def cancelled(reservation: Reservation, at: datetime) -> Event:
    subject = {
        "examenId": reservation.examen.id,
        "creneauId": reservation.creneau.id,
        "autoEcoleId": reservation.examen.auto_ecole_id,
    }
    return Event(at, EventType.EXAMEN_SANS_CANDIDAT_ANNULE, subject)


def life(store: Store, limits: Limits = LIMITS) -> WorldState:
    return WorldState(store, limits, store.settings())


def catch_up(store: Store, *, now: datetime) -> list[Event]:
    """Let happen what is due by now."""
    return list(agenda.catch_up(life(store), now=now))


def next_at(store: Store, name: str, limits: Limits = LIMITS) -> datetime | None:
    """When a change is due next."""
    return change_named(name).next_at(life(store, limits))


def save(store: Store, *reservations: Reservation) -> None:
    store.centres.save(CENTRE)
    store.creneaux.save_all(one.creneau for one in reservations)
    store.examens.save_all(one.examen for one in reservations)


def live_through(
    baux: Sequence[Bail],
    stops: Sequence[datetime],
    paniers: Sequence[Panier] = (),
    reservations: Sequence[Reservation] = (),
) -> tuple[list[Event], list[object]]:
    """What happens until the last stop, and what is left of everything then."""
    with closing(Store.new(EMPTY, now=NOON)) as store:
        store.baux.save_all(baux)
        store.paniers.save_all(paniers)
        save(store, *reservations)
        events = [event for now in stops for event in catch_up(store, now=now)]
        left = [fact for table in store.tables for fact in table.all()]
        return events, left


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store.new(EMPTY, now=NOON)) as store:
        yield store


def tables_read_for_the_next_event(store: Store) -> set[str]:
    """What SQLite is asked for when everything that may happen by itself can."""
    read = set()

    def note(_action: int, table: str | None, column: str | None, *_where: str | None) -> int:
        if table is not None and column is not None:
            read.add(table)
        return sqlite3.SQLITE_OK

    settings = replace(EMPTY, concurrence=Concurrence(8, (0.5, 5.0), 0.9), resultats_automatiques=1)
    store.sql.set_authorizer(note)
    agenda.next_change_at(WorldState(store, LIMITS, settings))
    store.sql.set_authorizer(None)
    return read


def test_whatever_decides_what_happens_next_is_counted_when_it_is_written(store: Store) -> None:
    for name in sorted(tables_read_for_the_next_event(store)):
        before = store.event_writes
        if name == "lived":
            store.save_caught_up_until(NOON)
        else:
            store.table(name).remove("nobody")
        assert store.event_writes == before + 1, name


def test_where_nothing_is_due_ever_nights_pass_and_nothing_happens(store: Store) -> None:
    store.baux.save(bail("over", NOON, termine=True))

    assert agenda.next_change_at(life(store)) == NUIT
    assert catch_up(store, now=NOON + timedelta(days=3653)) == []


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

    events = catch_up(store, now=now)

    assert events == [ended(one)] * termine
    assert store.baux.get("b1") == replace(one, termine=termine)


def test_an_event_happens_once(store: Store) -> None:
    store.baux.save(bail("b1", NOON))
    catch_up(store, now=NOON)

    assert catch_up(store, now=NOON + SECOND) == []
    assert agenda.next_change_at(life(store)) == NUIT


def test_events_happen_in_order_of_time_and_then_of_id(store: Store) -> None:
    baux = [bail("c", NOON), bail("a", NOON), bail("z", NOON - SECOND), bail("b", NOON + SECOND)]
    store.baux.save_all(baux)

    events = catch_up(store, now=NOON)

    assert [(event.subject["bailId"], event.at) for event in events] == [
        ("z", NOON - SECOND),
        ("a", NOON),
        ("c", NOON),
    ]
    assert agenda.next_change_at(life(store)) == NOON + SECOND


def test_what_is_caught_up_late_still_happened_in_its_time(store: Store) -> None:
    store.baux.save(bail("b1", NOON))

    (event,) = catch_up(store, now=NOON + timedelta(days=400))

    assert event.at == NOON


def test_kinds_of_events_have_their_order_at_one_instant_and_wait_for_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = {"a": [NOON, NOON + SECOND], "b": [NOON - SECOND, NOON], "c": [NOON + 2 * SECOND]}
    happened: list[tuple[str, datetime]] = []

    def change(kind: str) -> Change:
        def happen(_life: WorldState, at: datetime) -> Iterator[Event]:
            happened.append((kind, due[kind].pop(0)))
            yield Event(at, EventType.BAIL_TERMINE, {"kind": kind})

        return Change(kind, lambda _life: next(iter(due[kind]), None), happen)

    monkeypatch.setattr(agenda, "AGENDA", [change(kind) for kind in "cab"])

    events = catch_up(store, now=NOON + SECOND)

    assert happened == [
        ("b", NOON - SECOND),
        ("a", NOON),
        ("b", NOON),
        ("a", NOON + SECOND),
    ]
    assert [(event.subject["kind"], event.at) for event in events] == happened
    assert due["c"] == [NOON + 2 * SECOND]


@settings(deadline=None)
@given(ends=BAUX, expiries=PANIERS, examens=EXAMENS, stops=st.lists(st.integers(0, 120)))
def test_one_long_advance_equals_many_short_ones(
    ends: list[tuple[int, bool]],
    expiries: list[int],
    examens: list[tuple[int, bool]],
    stops: list[int],
) -> None:
    baux = [
        bail(f"b{number}", NOON + timedelta(hours=hours), termine=termine)
        for number, (hours, termine) in enumerate(ends)
    ]
    paniers = [
        panier(f"p{number}", NOON + timedelta(hours=hours)) for number, hours in enumerate(expiries)
    ]
    reservations = []
    for number, (days, was_cancelled) in enumerate(examens):
        one = sans_candidat(f"e{number}", f"2026-03-{10 + days}T08:00:00")
        annulation = NOON - SECOND if was_cancelled else None
        examen = replace(one.examen, date_heure_annulation=annulation)
        reservations.append(replace(one, examen=examen))
    hours = sorted({*stops, 120})

    once = live_through(baux, [NOON + timedelta(hours=120)], paniers, reservations)
    often = live_through(
        baux, [NOON + timedelta(hours=hour) for hour in hours], paniers, reservations
    )

    assert often == once
    events = once[0]
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert len(events) == (
        sum(not termine for _, termine in ends)
        + len(expiries)
        + sum(not was_cancelled for _, was_cancelled in examens)
    )


@pytest.mark.parametrize(
    ("now", "gone"),
    [(NOON - SECOND / 1_000_000, False), (NOON, True), (NOON + timedelta(days=400), True)],
)
def test_a_panier_is_gone_with_all_it_holds_exactly_at_its_instant(
    store: Store, now: datetime, *, gone: bool
) -> None:
    one, later = panier("p1", NOON), panier("p2", NOON + timedelta(days=500))
    held = ElementDuPanier("el1", "p1", "c1", "ines")
    kept = ElementDuPanier("el2", "p2", "c2", None)
    store.paniers.save_all([one, later])
    store.elements_du_panier.save_all([held, kept])
    store.references.save(Reference("mon-panier", "paniers", "p1"))

    events = catch_up(store, now=now)

    assert events == [expired(one)] * gone
    assert list(store.paniers.all()) == [one, later][gone:]
    assert list(store.elements_du_panier.all()) == [held, kept][gone:]
    assert store.references.count() == (not gone)


@pytest.mark.parametrize(
    ("debut", "at"),
    [
        ("2026-04-20T08:00:00", "2026-04-09T22:00:00Z"),
        ("2026-04-20T00:00:00", "2026-04-09T22:00:00Z"),
        ("2026-04-20T23:59:59", "2026-04-09T22:00:00Z"),
        ("2026-04-08T08:00:00", "2026-03-28T23:00:00Z"),
        ("2026-04-09T08:00:00", "2026-03-29T22:00:00Z"),
        ("2026-11-04T08:00:00", "2026-10-24T22:00:00Z"),
        ("2026-11-05T08:00:00", "2026-10-25T23:00:00Z"),
    ],
)
def test_a_place_without_a_name_goes_at_midnight_in_paris_ten_days_before(
    store: Store, debut: str, at: str
) -> None:
    one, midnight = sans_candidat("e1", debut), instant(at)
    save(store, one)

    assert next_at(store, "examens without a candidat are cancelled") == midnight
    assert catch_up(store, now=midnight - SECOND) == []
    assert store.examens.get("e1") == one.examen

    assert catch_up(store, now=midnight) == [cancelled(one, midnight)]
    assert store.examens.get("e1") == replace(one.examen, date_heure_annulation=midnight)
    assert next_at(store, "examens without a candidat are cancelled") is None


def test_a_place_with_a_name_or_given_back_before_is_left_alone(store: Store) -> None:
    named, annule = sans_candidat("e1"), sans_candidat("e2")
    named = replace(named, examen=replace(named.examen, candidat_id="zoe"))
    annule = replace(annule, examen=replace(annule.examen, date_heure_annulation=NOON))
    save(store, named, annule)

    assert next_at(store, "examens without a candidat are cancelled") is None
    assert catch_up(store, now=MIDNIGHT + timedelta(days=30)) == []
    assert [store.examens.get("e1"), store.examens.get("e2")] == [named.examen, annule.examen]


def test_places_without_a_name_go_day_by_day_and_then_by_id(store: Store) -> None:
    later = sans_candidat("a", "2026-04-21T08:00:00")
    second = sans_candidat("c", "2026-04-20T08:00:00")
    first = sans_candidat("b", "2026-04-20T16:00:00")
    save(store, later, second, first)

    events = catch_up(store, now=MIDNIGHT + timedelta(days=2))

    assert events == [
        cancelled(first, MIDNIGHT),
        cancelled(second, MIDNIGHT),
        cancelled(later, MIDNIGHT + timedelta(days=1)),
    ]


def test_a_scenario_may_leave_a_place_without_a_name_for_longer(store: Store) -> None:
    save(store, sans_candidat("e1"))
    limits = LIMITS.overridden({"examen.delaiAffectationJours": 3})

    due = next_at(store, "examens without a candidat are cancelled", limits)
    assert due == MIDNIGHT + timedelta(days=7)


def test_at_one_instant_a_bail_ends_then_a_panier_expires_then_a_place_goes(store: Store) -> None:
    reservation, paniers = sans_candidat("a"), [panier("c", MIDNIGHT), panier("b", MIDNIGHT)]
    early = panier("z", MIDNIGHT - SECOND)
    save(store, reservation)
    store.paniers.save_all([*paniers, early])
    store.baux.save(bail("d", MIDNIGHT))

    events = catch_up(store, now=MIDNIGHT)

    assert events == [
        expired(early),
        ended(bail("d", MIDNIGHT)),
        expired(panier("b", MIDNIGHT)),
        expired(panier("c", MIDNIGHT)),
        cancelled(reservation, MIDNIGHT),
    ]


def test_nothing_is_drawn_for_places_that_are_cancelled_nameless_or_judged_already(
    store: Store,
) -> None:
    store.save_settings(replace(EMPTY, resultats_automatiques=1.0))
    places = {id_: sans_candidat(id_, "2026-03-12T08:00:00") for id_ in "abcd"}
    changes: dict[str, dict[str, object]] = {
        "a": {},
        "b": {"candidat_id": "zoe", "date_heure_annulation": NOON},
        "c": {"candidat_id": "zoe", "resultat": StatutDuResultat.EXAMEN_ABSENT},
        "d": {"candidat_id": "zoe"},
    }
    examens = {
        id_: replace(place.examen, **changes[id_])  # type: ignore[arg-type]
        for id_, place in places.items()
    }
    save(store, *(replace(place, examen=examens[id_]) for id_, place in places.items()))
    end = instant("2026-03-12T07:32:00Z")

    assert next_at(store, "results are drawn") == end
    draws = change_named("results are drawn")
    assert list(draws.happen(life(store), end)) == []

    assert [store.examens.get(id_) for id_ in "abc"] == [examens[id_] for id_ in "abc"]
    assert store.examens.get("d").resultat is StatutDuResultat.EXAMEN_REUSSI
    assert next_at(store, "results are drawn") is None


@pytest.mark.parametrize(
    ("fin", "now", "end"),
    [
        ("2026-10-25T02:30:00", "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:30:00", "2026-10-25T01:00:00Z", None),
        ("2026-10-25T03:00:00", "2026-10-25T01:59:59Z", "2026-10-25T02:00:00Z"),
        ("2026-03-29T03:00:00", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z", None),
    ],
)
def test_in_nights_that_change_the_hour_an_examen_ends_once(
    store: Store, fin: str, now: str, end: str | None
) -> None:
    store.save_settings(replace(EMPTY, resultats_automatiques=1.0))
    store.save_caught_up_until(instant(now))
    one = sans_candidat("e1", f"{fin[:10]}T00:30:00")
    creneau = replace(one.creneau, date_heure_fin=datetime.fromisoformat(fin))
    save(store, replace(one, creneau=creneau, examen=replace(one.examen, candidat_id="zoe")))

    assert next_at(store, "results are drawn") == (instant(end) if end else None)
