import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdv_mock import paris
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
from tests.api.exam_world import V2, advance, state_of
from tests.rules.facts import CENTRE, CRENEAU, EXAMEN, PANIER
from tests.support import Vendor, change_named, instant, refusal_of, running

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
        "nowParis": "2026-04-10T00:00:00+02:00",
        "total": 2,
        "events": [
            {
                "at": "2026-04-09T20:15:00Z",
                "atParis": "2026-04-09T22:15:00+02:00",
                "type": "PANIER_EXPIRE",
                "panierId": ids["p1"],
                "autoEcoleId": ids["plesses"],
                "autoEcoleRef": "plesses",
                "autoEcoleNom": "a",
            },
            {
                "at": "2026-04-09T22:00:00Z",
                "atParis": "2026-04-10T00:00:00+02:00",
                "type": "EXAMEN_SANS_CANDIDAT_ANNULE",
                "examenId": ids["e1"],
                "examenRef": "e1",
                "creneauId": ids["c1"],
                "creneauRef": "c1",
                "autoEcoleId": ids["plesses"],
                "autoEcoleRef": "plesses",
                "autoEcoleNom": "a",
                "centreId": ids["sables"],
                "centreRef": "sables",
                "centreNom": "SABLES",
            },
        ],
    }


def test_what_falls_due_at_the_instant_of_a_call_has_happened_before_it() -> None:
    path = "/api/v2/auto-ecole/examens/dates?statut=ANNULE&groupe-permis=A&date-debut=2026-04-01"
    with running(WORLD.replace("20:00:00Z", "22:00:00Z")) as application:
        lea = Vendor(application).as_("lea")

        assert lea.get(path).json() == ["2026-04-20"]


PLACE = """\
title: Ce qui arrive tout seul
seed: 7
clock: {now: START}
autoEcoles:
  - {ref: plesses, nom: a, codeDepartement: "085", employes: [
      {ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}]}
candidats:
  - {ref: ines, nom: Moreau, numeroDossier: "01", demandes: [{categoriePermis: B}]}
centres: [{ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}]
"""
"""An école, a candidat and a centre, at START: what happens there is each test's own."""

Told = list[tuple[str, str, str]]
"""When, of which kind, and to what: the ref of the first thing that has one."""


def starting(at: str, more: str = "") -> str:
    return PLACE.replace("START", at) + more


def told(vendor: Vendor, **how: str) -> Told:
    """What an advance says has happened."""
    refs = {id_: ref for ref, id_ in vendor.world.store.references.by_ref().items()}
    return [
        (event["at"], event["type"], next(refs[value] for value in event.values() if value in refs))
        for event in advance(vendor, **how)
    ]


def told_from(text: str, *, to: str) -> Told:
    """What happens in a world from its beginning to an instant, both told of and alike."""
    with running(text) as application:
        return told(Vendor(application), to=to)


def of_type(events: Told, type_: str) -> Told:
    return [event for event in events if event[1] == type_]


def bail_from(debut: str) -> str:
    return f"baux: [{{ref: b1, employe: lea, clientId: editeur-demo, debut: {debut}}}]"


def panier_until(fin: str) -> str:
    return f"paniers: [{{ref: p1, employe: lea, dateHeureExpiration: {fin}}}]"


def penalite_of(date_examen: str, days: int) -> str:
    penalite = f"{{groupePermis: B, dateExamen: {date_examen}, dureeEnJour: {days}}}"
    return (
        f"candidats: [{{ref: ines, nom: Moreau, numeroDossier: '01', penalites: [{penalite}]}}]\n"
    )


def examen_at(debut: str, fin: str = "", **more: str) -> str:
    """A reserved créneau of groupe B."""
    until = f", dateHeureFin: {fin}" if fin else ""
    extra = "".join(f", {key}: {value}" for key, value in more.items())
    return (
        f"creneaux: [{{ref: c1, centre: sables, dateHeureDebut: {debut}{until},"
        " dateHeurePublication: 2025-10-01T13:00:00Z}]\n"
        f"examens: [{{ref: e1, autoEcole: plesses, creneau: c1, candidat: ines{extra}}}]"
    )


def creneau_from(publication: str, debut: str = "2026-12-14T08:00:00", groupe: str = "B") -> str:
    return (
        f"creneaux: [{{ref: c1, centre: sables, groupePermis: {groupe},"
        f" dateHeureDebut: {debut}, dateHeurePublication: {publication}}}]"
    )


PASSED = "{statut: EXAMEN_REUSSI, points: 28}"
PASSED_LATE = "{statut: EXAMEN_REUSSI, points: 28, dateHeureEntree: 2026-04-16T10:00:00Z}"
ANNULLED = "{statut: EXAMEN_ANNULE, dateHeureEntree: 2026-04-10T09:30:00Z}"

IN_SPRING, IN_AUTUMN = "2026-03-29", "2026-10-25"
"""The days on which Paris changes its hour, at 01:00Z."""


@pytest.mark.parametrize(
    ("type_", "more", "at"),
    [
        ("BAIL_TERMINE", bail_from("2026-01-12T08:00:00Z"), "2026-04-12T08:00:00Z"),
        ("BAIL_TERMINE", bail_from("2026-07-27T08:00:00Z"), "2026-10-25T08:00:00Z"),
        ("PANIER_EXPIRE", panier_until("2026-03-10T08:15:00Z"), "2026-03-10T08:15:00Z"),
        ("PANIER_EXPIRE", panier_until("2026-03-29T03:30:00+02:00"), "2026-03-29T01:30:00Z"),
        ("PANIER_EXPIRE", panier_until("2026-10-25T02:30:00+01:00"), "2026-10-25T01:30:00Z"),
        ("PENALITE_TERMINEE", penalite_of("2026-03-10", 20), "2026-03-29T22:00:00Z"),
        ("PENALITE_TERMINEE", penalite_of("2026-03-19", 10), "2026-03-28T23:00:00Z"),
        ("PENALITE_TERMINEE", penalite_of("2026-10-15", 10), "2026-10-24T22:00:00Z"),
        ("PENALITE_TERMINEE", penalite_of("2026-10-16", 10), "2026-10-25T23:00:00Z"),
        ("EXAMEN_TERMINE", examen_at("2026-04-14T08:00:00"), "2026-04-14T06:32:00Z"),
        ("EXAMEN_TERMINE", examen_at(f"{IN_SPRING}T01:45:00"), "2026-03-29T01:17:00Z"),
        (
            "EXAMEN_TERMINE",
            examen_at(f"{IN_AUTUMN}T01:45:00", f"{IN_AUTUMN}T02:30:00"),
            "2026-10-25T00:30:00Z",
        ),
        (
            "EXAMEN_TERMINE",
            examen_at(f"{IN_AUTUMN}T01:45:00", f"{IN_AUTUMN}T03:00:00"),
            "2026-10-25T02:00:00Z",
        ),
        (
            "RESULTAT_PUBLIE",
            examen_at("2026-04-14T08:00:00", resultat=PASSED),
            "2026-04-15T06:00:00Z",
        ),
        (
            "RESULTAT_PUBLIE",
            examen_at("2026-03-28T08:00:00", resultat=PASSED),
            "2026-03-29T06:00:00Z",
        ),
        (
            "RESULTAT_PUBLIE",
            examen_at("2026-10-24T08:00:00", resultat=PASSED),
            "2026-10-25T07:00:00Z",
        ),
        (
            "RESULTAT_PUBLIE",
            examen_at("2026-04-14T08:00:00", resultat=PASSED_LATE),
            "2026-04-16T10:00:00Z",
        ),
        (
            "RESULTAT_PUBLIE",
            examen_at("2026-04-14T08:00:00", resultat=ANNULLED),
            "2026-04-10T09:30:00Z",
        ),
        ("ETP_CALCULE", "", "2026-03-24T23:00:00Z"),
        ("ETP_CALCULE", "", "2026-04-24T22:00:00Z"),
        ("ETP_CALCULE", "", "2026-05-23T22:00:00Z"),
        ("ETP_CALCULE", "", "2026-06-24T22:00:00Z"),
        ("ETP_CALCULE", "", "2026-10-24T22:00:00Z"),
        ("ETP_CALCULE", "", "2026-12-23T23:00:00Z"),
        ("ETP_CALCULE", "limits: {etp.heureDuCalcul: '02:30'}", "2026-10-25T00:30:00Z"),
        (
            "PRIORITE_TERRITORIALE_LEVEE",
            creneau_from("2026-03-01T14:00:00Z"),
            "2026-03-31T14:00:00Z",
        ),
        (
            "PRIORITE_TERRITORIALE_LEVEE",
            creneau_from("2026-10-01T13:00:00Z"),
            "2026-10-31T13:00:00Z",
        ),
        ("CRENEAU_PUBLIE", creneau_from("2026-03-29T00:59:59Z"), "2026-03-29T00:59:59Z"),
        ("CRENEAU_PUBLIE", creneau_from("2026-03-29T03:00:00+02:00"), "2026-03-29T01:00:00Z"),
        ("CRENEAU_PUBLIE", creneau_from("2026-10-25T02:30:00+02:00"), "2026-10-25T00:30:00Z"),
        ("CRENEAU_PUBLIE", creneau_from("2026-10-25T02:30:00+01:00"), "2026-10-25T01:30:00Z"),
        (
            "CRENEAU_PRIS_PAR_CONCURRENCE",
            creneau_from("2026-03-29T00:59:59Z")
            + "\nconcurrence: {part: 1, delaiSecondes: [2, 2]}",
            "2026-03-29T01:00:01Z",
        ),
    ],
)
def test_everything_happens_once_and_at_its_second(type_: str, more: str, at: str) -> None:
    start = (instant(at) - timedelta(days=1)).isoformat()
    second_before = (instant(at) - SECOND).isoformat()
    known = starting(start, more) if "candidats" not in more else with_candidats(start, more)
    with running(known) as application:
        vendor = Vendor(application)

        before, then, after = (
            of_type(told(vendor, **how), type_)
            for how in ({"to": second_before}, {"to": at}, {"by": "P20D"})
        )

    assert before == after == []
    assert {(event[0], event[1]) for event in then} == {(at, type_)}
    assert len(then) == (2 if type_ == "ETP_CALCULE" else 1)


def with_candidats(start: str, candidats: str) -> str:
    """The same place with other candidats."""
    lines = starting(start).splitlines(keepends=True)
    kept = [line for line in lines if "candidats:" not in line and "ines" not in line]
    return "".join(kept) + candidats


EVERYTHING = """\
limits: {etp.jourDuCalcul: 10}
concurrence: {part: 1, delaiSecondes: [0, 0]}
baux:
  - &bail {ref: b1, employe: lea, clientId: editeur-demo, debut: 2026-01-09T22:00:00Z}
  - {<<: *bail, ref: b2}
  - {<<: *bail, ref: b3}
creneaux:
  - &fini {ref: fini1, centre: sables, dateHeureDebut: 2026-04-09T23:28:00,
           dateHeurePublication: 2026-02-01T14:00:00Z}
  - {<<: *fini, ref: fini2}
  - {<<: *fini, ref: fini3}
  - &corrige {<<: *fini, ref: corrige1, dateHeureDebut: 2026-04-07T08:00:00}
  - {<<: *corrige, ref: corrige2}
  - {<<: *corrige, ref: corrige3}
  - &anonyme {<<: *fini, ref: anonyme1, groupePermis: A, dateHeureDebut: 2026-04-20T08:00:00}
  - {<<: *anonyme, ref: anonyme2}
  - {<<: *anonyme, ref: anonyme3}
  - &vieux {<<: *fini, ref: vieux1, dateHeureDebut: 2026-04-20T08:00:00,
            dateHeurePublication: 2026-03-10T22:00:00Z}
  - {<<: *vieux, ref: vieux2}
  - {<<: *vieux, ref: vieux3}
  - &neuf {<<: *vieux, ref: neuf1, dateHeurePublication: 2026-04-09T22:00:00Z}
  - {<<: *neuf, ref: neuf2}
  - {<<: *neuf, ref: neuf3}
examens:
  - &passe {ref: e1, autoEcole: plesses, creneau: fini1, candidat: ines}
  - {<<: *passe, ref: e2, creneau: fini2}
  - {<<: *passe, ref: e3, creneau: fini3}
  - &juge {<<: *passe, ref: e4, creneau: corrige1, resultat: {statut: EXAMEN_REUSSI,
              dateHeureEntree: 2026-04-09T22:00:00Z}}
  - {<<: *juge, ref: e5, creneau: corrige2}
  - {<<: *juge, ref: e6, creneau: corrige3}
  - &vide {ref: e7, autoEcole: plesses, creneau: anonyme1}
  - {<<: *vide, ref: e8, creneau: anonyme2}
  - {<<: *vide, ref: e9, creneau: anonyme3}
paniers:
  - &panier {ref: p1, employe: lea, dateHeureExpiration: 2026-04-09T22:00:00Z}
  - {<<: *panier, ref: p2}
  - {<<: *panier, ref: p3}
"""
PUNISHED = """\
candidats:
  - &puni {ref: ines, nom: Moreau, numeroDossier: "01", penalites: [
      {groupePermis: B, dateExamen: 2026-03-31, dureeEnJour: 10}]}
  - {<<: *puni, ref: zoe, numeroDossier: "02"}
  - {<<: *puni, ref: eva, numeroDossier: "03"}
"""
"""Everything that can fall due when 10 April begins in Paris does, three times."""


def test_at_one_instant_everything_has_its_order_by_kind_and_then_by_id() -> None:
    text = with_candidats("2026-04-09T20:00:00Z", PUNISHED + EVERYTHING)
    with running(text) as application:
        vendor = Vendor(application)
        by_ref = vendor.world.store.references.by_ref()
        puni = {one.candidat_id: one.id for one in vendor.world.store.penalites.all()}
        events = advance(vendor, to="2026-04-09T22:00:00Z")
        again = advance(vendor, by="PT1H")

    def ids(*refs: str) -> list[str]:
        return sorted(by_ref[ref] for ref in refs)

    happened = [(event["type"], list(event.values())[3]) for event in events]
    assert {event["at"] for event in events} == {"2026-04-09T22:00:00Z"}
    assert happened == [
        *(("BAIL_TERMINE", id_) for id_ in ids("b1", "b2", "b3")),
        *(("PANIER_EXPIRE", id_) for id_ in ids("p1", "p2", "p3")),
        *(("PENALITE_TERMINEE", id_) for id_ in sorted(puni.values())),
        *(("EXAMEN_TERMINE", id_) for id_ in ids("e1", "e2", "e3")),
        *(("RESULTAT_PUBLIE", id_) for id_ in ids("e4", "e5", "e6")),
        *(("EXAMEN_SANS_CANDIDAT_ANNULE", id_) for id_ in ids("e7", "e8", "e9")),
        *(("ETP_CALCULE", id_) for id_ in ids("plesses") * 2),
        *(("PRIORITE_TERRITORIALE_LEVEE", id_) for id_ in ids("vieux1", "vieux2", "vieux3")),
        *(("CRENEAU_PUBLIE", id_) for id_ in ids("neuf1", "neuf2", "neuf3")),
        *(("CRENEAU_PRIS_PAR_CONCURRENCE", id_) for id_ in ids("neuf1", "neuf2", "neuf3")),
    ]
    assert again == []


def test_a_penalite_ends_and_then_a_place_without_a_name_goes() -> None:
    more = """\
creneaux: [{ref: c1, centre: sables, groupePermis: A, dateHeureDebut: 2026-04-20T08:00:00}]
examens: [{ref: e1, autoEcole: plesses, creneau: c1}]
"""
    text = with_candidats("2026-04-09T20:00:00Z", penalite_of("2026-03-31", 10) + more)

    assert told_from(text, to="2026-04-09T22:00:00Z") == [
        ("2026-04-09T22:00:00Z", "PENALITE_TERMINEE", "ines"),
        ("2026-04-09T22:00:00Z", "EXAMEN_SANS_CANDIDAT_ANNULE", "e1"),
    ]


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"resultat": "{statut: EXAMEN_ECHOUE, points: 18}"}, "2026-03-29T22:00:00Z"),
        ({"resultat": "{statut: EXAMEN_ECHOUE, points: 28}"}, "2026-03-11T23:00:00Z"),
        ({"resultat": "{statut: EXAMEN_ABSENT}"}, "2026-04-18T22:00:00Z"),
        ({"dateHeureAnnulation": "2026-03-07T09:00:00Z"}, "2026-04-08T22:00:00Z"),
        ({"dateHeureAnnulation": "2026-03-06T09:00:00Z"}, None),
        ({"resultat": "{statut: EXAMEN_REUSSI, points: 28}"}, None),
        ({"resultat": "{statut: EXAMEN_ANNULE}"}, None),
        ({}, None),
    ],
)
def test_a_penalite_that_follows_from_an_examen_ends_too(
    more: dict[str, str], at: str | None
) -> None:
    text = starting("2026-03-10T10:00:00Z", examen_at("2026-03-10T08:00:00", **more))

    events = of_type(told_from(text, to="2026-07-01T00:00:00Z"), "PENALITE_TERMINEE")

    assert events == ([(at, "PENALITE_TERMINEE", "ines")] if at else [])


@pytest.mark.parametrize(
    ("levee", "ends"), [("2026-03-09", False), ("2026-03-30", False), ("2026-03-31", True)]
)
def test_a_penalite_that_is_lifted_before_does_not_end(levee: str, *, ends: bool) -> None:
    lifted = penalite_of("2026-03-10", 20).replace("20}", f"20, dateDeLevee: {levee}}}")
    text = with_candidats("2026-03-20T08:00:00Z", lifted)

    events = of_type(told_from(text, to="2026-06-01T00:00:00Z"), "PENALITE_TERMINEE")

    assert events == [("2026-03-29T22:00:00Z", "PENALITE_TERMINEE", "ines")] * ends


def test_a_penalite_that_nobody_knew_of_in_its_days_does_not_end() -> None:
    late = "{statut: EXAMEN_ECHOUE, points: 28, dateHeureEntree: 2026-03-20T10:00:00Z}"
    text = starting("2026-03-10T10:00:00Z", examen_at("2026-03-10T08:00:00", resultat=late))

    events = told_from(text, to="2026-03-24T00:00:00Z")

    assert events == [("2026-03-20T10:00:00Z", "RESULTAT_PUBLIE", "e1")]


def test_an_examen_that_was_cancelled_does_not_end() -> None:
    annule = {"dateHeureAnnulation": "2026-04-01T08:00:00Z"}
    text = starting("2026-04-13T08:00:00Z", examen_at("2026-04-14T08:00:00", **annule))

    assert told_from(text, to="2026-04-15T08:00:00Z") == []


def test_a_resultat_that_is_entered_by_hand_shows_the_next_morning() -> None:
    text = starting("2026-04-14T06:31:00Z", examen_at("2026-04-14T08:00:00"))
    with running(text) as application:
        vendor = Vendor(application)
        ended = told(vendor, by="PT1M")
        entered = {"statut": "EXAMEN_ECHOUE", "points": 22}
        assert vendor.post("/_mock/examens/e1/resultat", json=entered).status_code == 204
        (shown,) = advance(vendor, to="2026-04-15T06:00:00Z")

    assert ended == [("2026-04-14T06:32:00Z", "EXAMEN_TERMINE", "e1")]
    assert (shown["type"], shown["at"]) == ("RESULTAT_PUBLIE", "2026-04-15T06:00:00Z")
    assert shown["resultat"] == "EXAMEN_ECHOUE"


LIFTED = """\
creneaux:
  - &creneau {ref: libre, centre: sables, dateHeureDebut: 2026-04-20T08:00:00,
              dateHeurePublication: 2026-03-10T09:00:00Z}
  - {<<: *creneau, ref: moto, groupePermis: A}
  - {<<: *creneau, ref: remorque, groupePermis: CE}
  - {<<: *creneau, ref: commence, dateHeureDebut: 2026-04-09T11:00:00}
  - {<<: *creneau, ref: pas-commence, dateHeureDebut: 2026-04-09T11:00:01}
  - {<<: *creneau, ref: pris}
  - {<<: *creneau, ref: rendu}
  - {<<: *creneau, ref: perdu}
  - {<<: *creneau, ref: au-panier}
  - {<<: *creneau, ref: au-panier-dix-minutes}
  - {<<: *creneau, ref: au-panier-juste-assez}
  - {<<: *creneau, ref: anonyme, groupePermis: A, dateHeureDebut: 2026-04-20T08:00:00}
  - {<<: *creneau, ref: a-un-autre}
  - {<<: *creneau, ref: bientot-a-un-autre}
  - {<<: *creneau, ref: a-un-autre-trop-tard}
examens:
  - {ref: e1, autoEcole: plesses, creneau: pris, candidat: ines}
  - {ref: e2, autoEcole: plesses, creneau: rendu, dateHeureAnnulation: 2026-04-09T08:00:00Z}
  - {ref: e3, autoEcole: plesses, creneau: perdu, resultat: {statut: EXAMEN_ANNULE}}
  - {ref: e4, autoEcole: plesses, creneau: anonyme}
paniers:
  - &panier {ref: p1, employe: lea, dateHeureExpiration: 2026-04-09T22:30:00Z,
             elements: [{creneau: au-panier}]}
  - {<<: *panier, ref: p2, dateHeureExpiration: 2026-04-09T09:10:00Z,
     elements: [{creneau: au-panier-dix-minutes}]}
  - {<<: *panier, ref: p3, dateHeureExpiration: 2026-04-09T09:00:00Z,
     elements: [{creneau: au-panier-juste-assez}]}
prises:
  - {creneau: a-un-autre, numeroAutoEcole: 1, dateHeure: 2026-04-09T08:59:59Z}
  - {creneau: bientot-a-un-autre, numeroAutoEcole: 1, dateHeure: 2026-04-09T09:00:00Z}
  - {creneau: a-un-autre-trop-tard, numeroAutoEcole: 1, dateHeure: 2026-04-09T10:00:00Z}
"""


@pytest.mark.parametrize(
    "stops",
    [
        ["2026-04-09T23:00:00Z"],
        ["2026-04-09T09:00:00Z", "2026-04-09T23:00:00Z"],
        ["2026-04-09T09:05:00Z", "2026-04-09T22:10:00Z", "2026-04-09T23:00:00Z"],
    ],
)
def test_the_priorite_is_lifted_for_creneaux_that_are_free_at_that_instant(
    stops: list[str],
) -> None:
    with running(starting("2026-04-09T08:30:00Z", LIFTED)) as application:
        vendor = Vendor(application)
        events = [event for stop in stops for event in told(vendor, to=stop)]

    lifted = of_type(events, "PRIORITE_TERRITORIALE_LEVEE")
    assert {at for at, _, _ in lifted} == {"2026-04-09T09:00:00Z"}
    assert {ref for _, _, ref in lifted} == {
        "libre",
        "moto",
        "pas-commence",
        "rendu",
        "au-panier-juste-assez",
        "bientot-a-un-autre",
        "a-un-autre-trop-tard",
    }


ECOLES = """\
title: Trois auto-écoles et une nuit
clock: {now: 2026-03-20T08:00:00Z}
autoEcoles:
  - ref: plesses
    nom: a
    codeDepartement: "085"
    bureaux: [{ref: sables, nom: Les Sables}]
    formateurs:
      - {ref: hugo, nom: Petit, prenom: Hugo, numeroAutorisation: A0850001230,
         bureauPrincipal: sables}
  - {ref: port, nom: b, codeDepartement: "044"}
  - {ref: fermee, nom: c, codeDepartement: "044", estFermee: true}
candidats: [{ref: ines, nom: Moreau, numeroDossier: "01", demandes: [{categoriePermis: B}]}]
contratsDeFormation: [{ref: k1, autoEcole: plesses, candidat: ines, categoriePermis: B}]
lecons:
"""


def test_a_night_tells_the_etp_of_each_ecole_and_groupe_and_the_month_of_its_effect() -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 28)]
    lecons = "".join(
        f"  - {{contrat: k1, dateHeureDebut: {day}T{hour:02}:00:00, dureeEnMinutes: 120,"
        " numeroAutorisation: A0850001230}\n"
        for day in days
        for hour in (8, 11)
    )
    with running(ECOLES + lecons) as application:
        vendor = Vendor(application)
        ids = vendor.world.store.references.by_ref()
        events = advance(vendor, to="2026-03-25T00:00:00+01:00")

    assert events == [
        {
            "at": "2026-03-24T23:00:00Z",
            "atParis": "2026-03-25T00:00:00+01:00",
            "type": "ETP_CALCULE",
            "autoEcoleId": ids[ref],
            "autoEcoleRef": ref,
            "autoEcoleNom": nom,
            "groupePermis": groupe,
            "mois": "2026-05",
            "etp": 0.5 if (ref, groupe) == ("plesses", "B") else 0.0,
        }
        for ref, nom in sorted(
            (("plesses", "a"), ("port", "b"), ("fermee", "c")), key=lambda one: ids[one[0]]
        )
        for groupe in ("A", "B")
    ]


def test_ten_years_pass_in_one_advance_and_the_first_thousand_events_are_told() -> None:
    ecoles = [f"  - {{ref: e{n}, nom: a, codeDepartement: '085'}}\n" for n in range(5)]
    text = f"title: x\nclock: {{now: 2026-03-20T08:00:00Z}}\nautoEcoles:\n{''.join(ecoles)}"
    with running(text) as application:
        vendor = Vendor(application)
        answer = vendor.post("/_mock/clock/advance", json={"by": "P3653D"}).json()
        now = vendor.get("/_mock/clock").json()["now"]

    assert (answer["now"], answer["total"]) == ("2036-03-20T08:00:00Z", 10 * 12 * 5 * 2)
    assert now == answer["now"]
    assert len(answer["events"]) == 1_000
    ats = [event["at"] for event in answer["events"]]
    assert ats == sorted(ats)


@pytest.mark.parametrize(
    "how",
    [
        {"to": "2026-03-20T07:59:59Z"},
        {"to": "1999-01-01T00:00:00Z"},
        {"by": "P3653DT1S"},
        {"by": "P999999D"},
        {"by": "P99999W"},
        {"by": "P99999W999999DT9999999H999999999M9999999999S"},
        {"to": "2036-03-20T08:00:01Z"},
    ],
)
def test_the_clock_goes_neither_back_nor_more_than_ten_years_ahead(how: dict[str, str]) -> None:
    with running(starting("2026-03-20T08:00:00Z")) as application:
        vendor = Vendor(application)

        answer = vendor.post("/_mock/clock/advance", json=how)

        assert refusal_of(answer) == (422, "HORLOGE_EN_ARRIERE")
        assert vendor.get("/_mock/clock").json()["now"] == "2026-03-20T08:00:00Z"
        assert vendor.world.store.etp_calcules.count() == 0


@pytest.mark.parametrize("by", ["PT0S", "P0D"])
def test_an_advance_by_nothing_tells_nothing(by: str) -> None:
    with running(starting("2026-03-24T23:00:00Z", panier_until("2026-03-24T23:00:00Z"))) as app:
        assert told(Vendor(app), by=by) == []


class Watch:
    """Real time, as the test sets it."""

    def __init__(self) -> None:
        self.shows = instant("2031-07-14T10:00:00Z")

    def __call__(self) -> datetime:
        return self.shows


ALIVE = """\
resultatsAutomatiques: {part: 0.5}
concurrence: {part: 0.5, delaiSecondes: [1, 90000]}
limits: {etp.jourDuCalcul: 11}
baux: [{ref: b1, employe: lea, clientId: editeur-demo, debut: 2026-01-10T09:00:00Z}]
creneaux:
  - &anonyme {ref: c1, centre: sables, groupePermis: A, dateHeureDebut: 2026-04-20T08:00:00}
  - {<<: *anonyme, ref: c2}
  - &nomme {ref: c3, centre: sables, dateHeureDebut: 2026-04-10T08:00:00}
  - {<<: *nomme, ref: c4}
  - &neuf {ref: n1, centre: sables, dateHeureDebut: 2026-05-20T08:00:00,
           dateHeurePublication: 2026-04-10T13:00:00Z}
  - {<<: *neuf, ref: n2}
  - {<<: *neuf, ref: n3}
  - {<<: *neuf, ref: n4}
  - {<<: *neuf, ref: n5}
examens:
  - {ref: e1, autoEcole: plesses, creneau: c1}
  - {ref: e2, autoEcole: plesses, creneau: c3, candidat: ines}
  - {ref: e3, autoEcole: plesses, creneau: c4, candidat: ines}
paniers: [{ref: p1, employe: lea, dateHeureExpiration: 2026-04-10T07:00:00Z,
           elements: [{creneau: c2}]}]
"""


def state_after(*, advanced: bool) -> str:
    """The world three days later: advanced at once, or called for the first time then."""
    real = Watch()
    text = starting("2026-04-09T20:00:00Z, frozen: false", ALIVE)
    with running(text, real=real) as application:
        vendor = Vendor(application)
        if advanced:
            advance(vendor, by="P3D")
        else:
            real.shows += timedelta(days=3)
        return state_of(vendor)


def test_what_is_caught_up_before_a_call_is_what_an_advance_lets_happen() -> None:
    late, at_once = state_after(advanced=False), state_after(advanced=True)

    assert late == at_once
    assert "EXAMEN_ECHOUE" in late or "EXAMEN_REUSSI" in late
    assert 'estFaite: "true"' in late or "estFaite: true" in late


def with_examens(part: str, *, seed: int = 7, count: int = 1, groupe: str = "B") -> str:
    """Examens that all end at 08:32 on 14 April, a minute after the world begins."""
    creneaux = ", ".join(
        f"{{ref: c{n}, centre: sables, groupePermis: {groupe},"
        " dateHeureDebut: 2026-04-14T08:00:00, dateHeureFin: 2026-04-14T08:32:00}"
        for n in range(count)
    )
    examens = ", ".join(
        f"{{ref: e{n}, autoEcole: plesses, creneau: c{n}, candidat: ines}}" for n in range(count)
    )
    text = starting("2026-04-14T06:31:00Z", f"creneaux: [{creneaux}]\nexamens: [{examens}]\n")
    automatic = f"resultatsAutomatiques: {{part: {part}}}\n" if part else ""
    return text.replace("seed: 7", f"seed: {seed}") + automatic


def drawn(text: str, *stops: str) -> list[tuple[str | None, int | None]]:
    """The result of each examen after some advances."""
    with running(text) as application:
        vendor = Vendor(application)
        for stop in stops:
            advance(vendor, to=stop)
        store = vendor.world.store
        ids = store.references.by_ref()
        examens = [store.examens.get(ids[f"e{n}"]) for n in range(store.examens.count())]
        return [(examen.resultat, examen.points) for examen in examens]


END = "2026-04-14T06:32:00Z"


def test_a_resultat_is_drawn_when_an_examen_ends_and_not_before() -> None:
    text = with_examens("0.5")

    assert drawn(text, "2026-04-14T06:31:59Z") == [(None, None)]
    assert drawn(text, END) == drawn(text, "2026-05-14T06:32:00Z") != [(None, None)]


def test_without_the_key_nothing_is_drawn() -> None:
    assert drawn(with_examens(""), "2026-05-14T06:32:00Z") == [(None, None)]


@pytest.mark.parametrize(
    ("part", "resultat", "points"),
    [("1", "EXAMEN_REUSSI", range(20, 32)), ("0", "EXAMEN_ECHOUE", range(8, 30))],
)
def test_the_part_says_how_many_are_passed(part: str, resultat: str, points: range) -> None:
    results = drawn(with_examens(part, count=40), END)

    assert {found for found, _ in results} == {resultat}
    assert {count for _, count in results} <= set(points)
    assert len({count for _, count in results}) > 1


def test_draws_come_from_the_seed_however_time_passes() -> None:
    text = with_examens("0.6", count=40)

    once = drawn(text, END)

    assert drawn(text, "2026-04-14T06:31:30Z", "2026-04-14T06:40:00Z") == once
    assert drawn(with_examens("0.6", count=40, seed=8), END) != once
    assert 10 < sum(resultat == "EXAMEN_REUSSI" for resultat, _ in once) < 35


def test_however_many_examens_end_at_once_each_has_its_resultat() -> None:
    results = drawn(with_examens("0.5", count=130), END)

    assert len(results) == 130
    assert {resultat for resultat, _ in results} == {"EXAMEN_REUSSI", "EXAMEN_ECHOUE"}


def test_examens_that_ended_before_the_world_began_wait_and_hide_no_later_one() -> None:
    past = with_examens("0.5", count=130).replace("06:31:00Z", "06:32:00Z")
    later = past.replace("c129, centre: sables, groupePermis: B", "c129, centre: sables").replace(
        "creneaux: [",
        "creneaux: [{ref: c130, centre: sables, dateHeureDebut: 2026-04-14T09:00:00},",
    )
    later = later.replace(
        "examens: [", "examens: [{ref: e130, autoEcole: plesses, creneau: c130, candidat: ines},"
    )

    results = drawn(later, "2026-04-14T12:00:00Z")

    assert results[:130] == [(None, None)] * 130
    assert results[130] != (None, None)


@pytest.mark.parametrize("groupe", ["A", "CE"])
def test_points_are_drawn_for_groupe_b_alone(groupe: str) -> None:
    ((resultat, points),) = drawn(with_examens("1", groupe=groupe), END)

    assert (resultat, points) == ("EXAMEN_REUSSI", None)


def test_a_drawn_resultat_shows_the_next_morning() -> None:
    with running(with_examens("1")) as application:
        vendor = Vendor(application)
        ended = told(vendor, to="2026-04-15T05:59:59Z")
        hidden = vendor.as_("lea").get(f"{V2}/examens/{vendor.id_of('e0')}").json()["resultat"]
        shown = told(vendor, to="2026-04-15T06:00:00Z")
        seen = vendor.as_("lea").get(f"{V2}/examens/{vendor.id_of('e0')}").json()["resultat"]

    assert ended == [(END, "EXAMEN_TERMINE", "e0")]
    assert shown == [("2026-04-15T06:00:00Z", "RESULTAT_PUBLIE", "e0")]
    assert (hidden, seen["statut"]) == (None, "EXAMEN_REUSSI")


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


MINUTES = 31 * 24 * 60
"""How long the property looks on: over a calculation night and a change of hour."""

ALL_AT_ONCE = instant("2026-03-20T08:00:00Z")


def after(minutes: int) -> str:
    return (ALL_AT_ONCE + timedelta(minutes=minutes)).isoformat()


def wall(minutes: int) -> str:
    """What the clock on the wall shows then."""
    return paris.to_local(ALL_AT_ONCE + timedelta(minutes=minutes)).isoformat()


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """A world in which anything may fall due, and much of it at the same instant."""
    step = draw(st.sampled_from([1, 60, 720, 1440]))
    month_before = -30 * 24 * 60
    soon = st.integers(0, MINUTES // step).map(lambda count: count * step)
    some_time = st.integers(month_before // step, MINUTES // step).map(lambda count: count * step)
    creneaux: list[dict[str, Any]] = []

    def creneau(groupe: str, debut: int, publication: int) -> str:
        about = {"centre": "sables", "groupePermis": groupe, "dateHeureDebut": wall(debut)}
        ref = f"c{len(creneaux)}"
        creneaux.append({**about, "ref": ref, "dateHeurePublication": after(publication)})
        return ref

    for publication in draw(st.lists(some_time, max_size=6)):
        creneau(draw(st.sampled_from(["A", "B", "CE"])), MINUTES + 30 * 1440, publication)
    paniers = [
        {
            "employe": "lea",
            "dateHeureExpiration": after(fin),
            "elements": [{"creneau": creneau("B", MINUTES + 1440, month_before + early)}],
        }
        for fin, early in draw(st.lists(st.tuples(soon, soon), max_size=3))
    ]
    examens: list[dict[str, Any]] = []
    for debut in draw(st.lists(soon, max_size=4)):
        place = creneau("A", debut + 10 * 1440, month_before + debut)
        examens.append({"autoEcole": "plesses", "creneau": place})
    resultats = ["EXAMEN_REUSSI", "EXAMEN_ECHOUE", "EXAMEN_ABSENT", "EXAMEN_ANNULE"]
    for debut, entered in draw(st.lists(st.tuples(some_time, some_time), max_size=6)):
        examen: dict[str, Any] = {
            "autoEcole": "plesses",
            "creneau": creneau(draw(st.sampled_from(["A", "B"])), debut, month_before),
            "candidat": draw(st.sampled_from(["ines", "zoe"])),
        }
        kind = draw(st.sampled_from(["automatic", "annule", *resultats]))
        if kind == "annule":
            examen["dateHeureAnnulation"] = after(min(debut - 1440, 0))
        elif kind != "automatic":
            examen["resultat"] = {"statut": kind, "dateHeureEntree": after(entered)}
        examens.append(examen)
    penalites = [
        {"groupePermis": "B", "dateExamen": wall(debut)[:10], "dureeEnJour": days}
        for debut, days in draw(
            st.lists(
                st.tuples(some_time, st.integers(1, 40)),
                max_size=3,
                unique_by=lambda one: wall(one[0])[:10],
            )
        )
    ]
    lecons = [
        {
            "contrat": "k1",
            "dateHeureDebut": f"2026-02-{day:02}T{hour:02}:00:00",
            "dureeEnMinutes": 240,
            **(
                {"numeroAutorisation": "A0850001230"}
                if hour < 12
                else {"type": "SIMULATEUR", "numeroAutorisation": "S0850000010"}
            ),
        }
        for day, hour in draw(
            st.sets(st.tuples(st.integers(1, 28), st.sampled_from([8, 14])), max_size=40)
        )
    ]
    least = draw(st.integers(0, 3000))
    return {
        "title": "Tout à la fois",
        "seed": draw(st.integers(0, 99)),
        "clock": {"now": ALL_AT_ONCE.isoformat()},
        "limits": {
            "seuil.prioriteTerritorialeJours": draw(st.sampled_from([0, 10, 30])),
            "resultat.delaiJours": draw(st.sampled_from([1, 4])),
        },
        "resultatsAutomatiques": {"part": 0.5},
        "concurrence": {"part": 0.7, "delaiSecondes": [least, least + draw(st.integers(0, 9000))]},
        "autoEcoles": [
            {
                "ref": "plesses",
                "nom": "a",
                "codeDepartement": "085",
                "bureaux": [{"ref": "bureau", "nom": "a"}],
                "employes": [
                    {"ref": "lea", "nom": "a", "prenom": "b", "email": "lea@plesses.test"}
                ],
                "formateurs": [
                    {
                        "nom": "a",
                        "prenom": "b",
                        "numeroAutorisation": "A0850001230",
                        "bureauPrincipal": "bureau",
                    }
                ],
                "simulateurs": [{"numeroAutorisation": "S0850000010", "bureau": "bureau"}],
            },
            {"ref": "port", "nom": "b", "codeDepartement": "044"},
        ],
        "candidats": [
            {
                "ref": ref,
                "nom": "a",
                "numeroDossier": ref,
                "demandes": [{"categoriePermis": "B"}, {"categoriePermis": "A2"}],
                "penalites": penalites,
            }
            for ref in ("ines", "zoe")
        ],
        "centres": [
            {"ref": "sables", "nom": "a", "codeDepartement": "085", "groupesPermis": ["A", "B"]}
        ],
        "creneaux": creneaux,
        "paniers": paniers,
        "examens": examens,
        "contratsDeFormation": [
            {"ref": "k1", "autoEcole": "plesses", "candidat": "ines", "categoriePermis": "B"}
        ],
        "lecons": lecons,
        "baux": [{"employe": "lea", "clientId": "editeur-demo", "debut": "2026-01-01T08:00:00Z"}],
    }


def life_of(scenario: dict[str, Any], stops: Sequence[int]) -> tuple[list[dict[str, str]], str]:
    """All that happens until the last stop, and the world as it is then."""
    with running(json.dumps(scenario)) as application:
        vendor = Vendor(application)
        events = [event for stop in stops for event in advance(vendor, to=after(stop))]
        return events, state_of(vendor)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenario=worlds(), stops=st.sets(st.integers(0, MINUTES // 30), max_size=12))
def test_a_world_that_advances_once_or_often_has_lived_through_the_same(
    scenario: dict[str, Any], stops: set[int]
) -> None:
    events, state = life_of(scenario, [MINUTES])
    often, state_then = life_of(scenario, [*(stop * 30 for stop in sorted(stops)), MINUTES])

    assert often == events
    assert state_then == state
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert sum(event["type"] == "ETP_CALCULE" for event in events) == 4
