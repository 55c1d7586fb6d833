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
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.facts.reference import Reference
from rdv_mock.facts.world import WorldSettings
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.store import Store
from tests.rules.facts import CENTRE, CRENEAU, EXAMEN, PANIER
from tests.support import Vendor, instant, running

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
    with closing(Store.new(EMPTY)) as store:
        store.baux.save_all(baux)
        store.paniers.save_all(paniers)
        save(store, *reservations)
        events = [event for now in stops for event in agenda.catch_up(store, LIMITS, now=now)]
        left = [fact for table in store.tables for fact in table.all()]
        return events, left


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store.new(EMPTY)) as store:
        yield store


def test_where_nothing_is_due_ever_nothing_happens(store: Store) -> None:
    store.baux.save(bail("over", NOON, termine=True))

    assert agenda.next_event_at(store, LIMITS) is None
    assert agenda.catch_up(store, LIMITS, now=NOON + timedelta(days=3653)) == []


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

    events = agenda.catch_up(store, LIMITS, now=now)

    assert events == [ended(one)] * termine
    assert store.baux.get("b1") == replace(one, termine=termine)


def test_an_event_happens_once(store: Store) -> None:
    store.baux.save(bail("b1", NOON))
    agenda.catch_up(store, LIMITS, now=NOON)

    assert agenda.catch_up(store, LIMITS, now=NOON + SECOND) == []
    assert agenda.next_event_at(store, LIMITS) is None


def test_events_happen_in_order_of_time_and_then_of_id(store: Store) -> None:
    baux = [bail("c", NOON), bail("a", NOON), bail("z", NOON - SECOND), bail("b", NOON + SECOND)]
    store.baux.save_all(baux)

    events = agenda.catch_up(store, LIMITS, now=NOON)

    assert [(event.subject["bailId"], event.at) for event in events] == [
        ("z", NOON - SECOND),
        ("a", NOON),
        ("c", NOON),
    ]
    assert agenda.next_event_at(store, LIMITS) == NOON + SECOND


def test_what_is_caught_up_late_still_happened_in_its_time(store: Store) -> None:
    store.baux.save(bail("b1", NOON))

    (event,) = agenda.catch_up(store, LIMITS, now=NOON + timedelta(days=400))

    assert event.at == NOON


def test_kinds_of_events_have_their_order_at_one_instant_and_wait_for_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = {"a": [NOON, NOON + SECOND], "b": [NOON - SECOND, NOON], "c": [NOON + 2 * SECOND]}
    happened: list[tuple[str, datetime]] = []

    def entry(kind: str) -> Entry:
        def happen(_store: Store, _limits: Limits, at: datetime) -> list[Event]:
            happened.append((kind, due[kind].pop(0)))
            return [Event(at, EventType.BAIL_TERMINE, {"kind": kind})]

        return Entry(lambda _store, _limits: next(iter(due[kind]), None), happen)

    monkeypatch.setattr(agenda, "AGENDA", {kind: entry(kind) for kind in "cab"})

    events = agenda.catch_up(store, LIMITS, now=NOON + SECOND)

    assert happened == [
        ("b", NOON - SECOND),
        ("a", NOON),
        ("b", NOON),
        ("a", NOON + SECOND),
    ]
    assert [(event.subject["kind"], event.at) for event in events] == happened
    assert due["c"] == [NOON + 2 * SECOND]


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

    events = agenda.catch_up(store, LIMITS, now=now)

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

    assert agenda.next_event_at(store, LIMITS) == midnight
    assert agenda.catch_up(store, LIMITS, now=midnight - SECOND) == []
    assert store.examens.get("e1") == one.examen

    assert agenda.catch_up(store, LIMITS, now=midnight) == [cancelled(one, midnight)]
    assert store.examens.get("e1") == replace(one.examen, date_heure_annulation=midnight)
    assert agenda.next_event_at(store, LIMITS) is None


def test_a_place_with_a_name_or_given_back_before_is_left_alone(store: Store) -> None:
    named, annule = sans_candidat("e1"), sans_candidat("e2")
    named = replace(named, examen=replace(named.examen, candidat_id="zoe"))
    annule = replace(annule, examen=replace(annule.examen, date_heure_annulation=NOON))
    save(store, named, annule)

    assert agenda.next_event_at(store, LIMITS) is None
    assert agenda.catch_up(store, LIMITS, now=MIDNIGHT + timedelta(days=30)) == []
    assert [store.examens.get("e1"), store.examens.get("e2")] == [named.examen, annule.examen]


def test_places_without_a_name_go_day_by_day_and_then_by_id(store: Store) -> None:
    later = sans_candidat("a", "2026-04-21T08:00:00")
    second = sans_candidat("c", "2026-04-20T08:00:00")
    first = sans_candidat("b", "2026-04-20T16:00:00")
    save(store, later, second, first)

    events = agenda.catch_up(store, LIMITS, now=MIDNIGHT + timedelta(days=2))

    assert events == [
        cancelled(first, MIDNIGHT),
        cancelled(second, MIDNIGHT),
        cancelled(later, MIDNIGHT + timedelta(days=1)),
    ]


def test_a_scenario_may_leave_a_place_without_a_name_for_longer(store: Store) -> None:
    save(store, sans_candidat("e1"))
    limits = LIMITS.overridden({"examen.delaiAffectationJours": 3})

    assert agenda.next_event_at(store, limits) == MIDNIGHT + timedelta(days=7)


def test_at_one_instant_a_bail_ends_then_a_panier_expires_then_a_place_goes(store: Store) -> None:
    reservation, paniers = sans_candidat("a"), [panier("c", MIDNIGHT), panier("b", MIDNIGHT)]
    early = panier("z", MIDNIGHT - SECOND)
    save(store, reservation)
    store.paniers.save_all([*paniers, early])
    store.baux.save(bail("d", MIDNIGHT))

    events = agenda.catch_up(store, LIMITS, now=MIDNIGHT)

    assert events == [
        expired(early),
        ended(bail("d", MIDNIGHT)),
        expired(panier("b", MIDNIGHT)),
        expired(panier("c", MIDNIGHT)),
        cancelled(reservation, MIDNIGHT),
    ]


WORLD = """\
title: Minuit
clock: {now: 2026-04-09T20:00:00Z}
autoEcoles: [{ref: plesses, nom: a, codeDepartement: "085", employes: [
  {ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}]}]
centres: [{ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A]}]
creneaux:
  - &creneau {ref: c1, centre: sables, groupePermis: A, dateHeureDebut: 2026-04-20T08:00:00}
  - {<<: *creneau, ref: c2}
examens: [{ref: e1, autoEcole: plesses, creneau: c1}]
paniers: [{ref: p1, employe: lea, elements: [{creneau: c2}]}]
"""


def test_an_advance_tells_what_happened_on_the_way() -> None:
    with running(WORLD) as application:
        vendor = Vendor(application)
        ids = vendor.world.store.references.by_ref()

        told = vendor.post("/_mock/clock/advance", json={"to": "2026-04-09T22:00:00Z"}).json()

    assert told == {
        "now": "2026-04-09T22:00:00Z",
        "total": 2,
        "events": [
            {
                "at": "2026-04-09T20:15:00Z",
                "type": "PANIER_EXPIRE",
                "panierId": ids["p1"],
                "autoEcoleId": ids["plesses"],
            },
            {
                "at": "2026-04-09T22:00:00Z",
                "type": "EXAMEN_SANS_CANDIDAT_ANNULE",
                "examenId": ids["e1"],
                "creneauId": ids["c1"],
                "autoEcoleId": ids["plesses"],
            },
        ],
    }


def test_what_falls_due_at_the_instant_of_a_call_has_happened_before_it() -> None:
    path = "/api/v2/auto-ecole/examens/dates?statut=ANNULE&groupe-permis=A&date-debut=2026-04-01"
    with running(WORLD.replace("20:00:00Z", "22:00:00Z")) as application:
        lea = Vendor(application).as_("lea")

        assert lea.get(path).json() == ["2026-04-20"]
