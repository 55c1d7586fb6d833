from datetime import timedelta

import pytest

from tests.api.exam_world import advance
from tests.support import Vendor, instant, running
from tests.worlds.events import (
    ANNULLED,
    PASSED,
    PASSED_LATE,
    bail_from,
    creneau_from,
    examen_at,
    of_type,
    panier_until,
    penalite_of,
    starting,
    told,
    told_from,
    with_candidats,
)

SECOND = timedelta(seconds=1)
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
