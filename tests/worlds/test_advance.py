from datetime import datetime, timedelta

import pytest

from tests.api.exam_world import advance, state_of
from tests.support import Vendor, instant, refusal_of, running
from tests.worlds.events import panier_until, starting, told

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
