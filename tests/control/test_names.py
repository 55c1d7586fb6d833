"""Names and refs beside ids, Paris time beside UTC, wherever the control plane tells of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from rdv_mock.worlds.names import Names
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, contrat, running

EVENTFUL = """\
centres: [{ref: roche, nom: LA ROCHE B, codeDepartement: "085"}]
mandats: [{ref: m1, autoEcole: plesses, candidat: ines, groupePermis: B}]
creneaux:
  - {ref: c1, centre: roche, dateHeureDebut: 2026-03-11T09:00:00, groupePermis: B}
  - {ref: c2, centre: roche, dateHeureDebut: 2026-04-20T09:00:00, groupePermis: B,
     dateHeurePublication: 2026-03-12T08:00:00Z}
examens:
  - {ref: e1, autoEcole: plesses, creneau: c1, candidat: ines}
paniers: [{ref: p1, employe: lea, elements: []}]
"""
PLESSES = {"autoEcoleRef": "plesses", "autoEcoleNom": "Auto-École des Plesses"}
INES = {"candidatRef": "ines", "candidatNom": "Inès Moreau"}
ROCHE = {"centreRef": "roche", "centreNom": "LA ROCHE B"}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running(SMALL + EVENTFUL) as application:
        yield Vendor(application)


def events_of(vendor: Vendor, by: str) -> dict[str, dict[str, Any]]:
    """What has happened, the last one of each kind."""
    events = vendor.post("/_mock/clock/advance", json={"by": by}).json()["events"]
    return {event["type"]: event for event in events}


def test_events_tell_whose_and_where_they_are(vendor: Vendor) -> None:
    vendor.as_("lea")
    events = events_of(vendor, "P1DT2H")
    vendor.post("/_mock/examens/e1/resultat", json={"statut": "EXAMEN_ECHOUE", "points": 12})
    events |= events_of(vendor, "P95D")

    for kind in ("EXAMEN_TERMINE", "RESULTAT_PUBLIE"):
        told = events[kind]
        assert told.items() >= {"examenRef": "e1", "creneauRef": "c1", **PLESSES}.items()
        assert told.items() >= {**INES, **ROCHE}.items()
        assert told["candidatId"] == vendor.id_of("ines")
        assert told["centreId"] == vendor.id_of("roche")
    assert events["PANIER_EXPIRE"].items() >= PLESSES.items()
    assert events["CRENEAU_PUBLIE"].items() >= {"creneauRef": "c2", **ROCHE}.items()
    assert events["PENALITE_TERMINEE"].items() >= INES.items()
    assert events["BAIL_TERMINE"].items() >= {"employeNom": "Léane Durant", **PLESSES}.items()
    assert events["ETP_CALCULE"]["etp"] == 0.0


def test_each_instant_stands_beside_itself_in_paris_time(vendor: Vendor) -> None:
    vendor.put("/_mock/clock", json={"now": "2026-10-25T00:30:00Z"})
    first = vendor.get("/_mock/clock").json()
    vendor.post("/_mock/snapshots", json={"name": "avant"})
    second = vendor.post("/_mock/clock/advance", json={"by": "PT1H"}).json()

    assert first["nowParis"] == "2026-10-25T02:30:00+02:00"
    assert second["nowParis"] == "2026-10-25T02:30:00+01:00"
    (world,) = vendor.get("/_mock/worlds").json()
    assert world["nowParis"] == second["nowParis"]
    assert vendor.get("/_mock/snapshots").json()[0]["nowParis"] == first["nowParis"]
    told_again = vendor.put("/_mock/clock", json={"now": second["nowParis"]})
    assert told_again.json()["now"] == second["now"]


def test_the_journal_names_who_called_when_it_is_read(vendor: Vendor) -> None:
    vendor.as_("lea").get(f"{LIVRET}/formateurs")
    vendor.get(f"{LIVRET}/formateurs")

    nobody, lea = vendor.get("/_mock/journal").json()["entries"]

    names = ("employe", "employeRef", "employeNom", "autoEcole", "autoEcoleRef", "autoEcoleNom")
    assert [lea[name] for name in names] == [
        vendor.id_of("lea"),
        "lea",
        "Léane Durant",
        vendor.id_of("plesses"),
        "plesses",
        "Auto-École des Plesses",
    ]
    assert {nobody[name] for name in names} == {None}


def test_whoever_is_no_more_has_no_name(vendor: Vendor) -> None:
    vendor.as_("lea").get(f"{LIVRET}/formateurs")
    id_ = vendor.id_of("lea")
    vendor.patch("/_mock/state", json={"supprimer": ["lea"]})

    (entry,) = vendor.get("/_mock/journal").json()["entries"]

    assert entry["employe"] == id_
    assert [entry[name] for name in ("employeRef", "employeNom", "autoEcoleNom")] == [None] * 3


def test_an_incident_names_whom_it_is_about(vendor: Vendor) -> None:
    armed = vendor.post("/_mock/incidents", json={"employe": "lea", "status": 500}).json()

    assert (armed["employe"], armed["employeRef"], armed["employeNom"]) == (
        vendor.id_of("lea"),
        "lea",
        "Léane Durant",
    )
    assert "autoEcoleRef" not in armed


def test_what_has_no_ref_says_so(vendor: Vendor) -> None:
    made = vendor.as_("lea").post(CONTRATS, json=contrat()).json()["id"]
    names = Names(vendor.world.store)

    assert names.beside("contrat", made) == {"contratRef": None}
    assert names.beside("employe", None) == {"employeRef": None, "employeNom": None}


def test_the_explanation_names_ecole_eleves_formateurs_and_bureaux(vendor: Vendor) -> None:
    told = vendor.get("/_mock/etp?autoEcole=plesses&groupePermis=B&mois=2026-06").json()

    assert told.items() >= PLESSES.items()
    assert [(one["ref"], one["nom"]) for one in told["formateurs"]] == [("hugo", "Hugo Petit")]
    (lecon,) = (one for one in told["lecons"] if one["leconRef"] == "l1")
    assert lecon["contratRef"] == "k1"
    assert lecon["candidatNom"] == "Zoé L'Hénaff-Œuvray"
    assert (lecon["bureauRef"], lecon["bureauNom"]) == ("sables", "Les Sables")
    assert (lecon["formateurRef"], lecon["formateurNom"]) == ("hugo", "Hugo Petit")


def test_many_are_looked_up_in_two_queries_a_kind(vendor: Vendor) -> None:
    store = vendor.world.store
    ids = [candidat.id for candidat in store.candidats.all()]
    queries: list[str] = []
    store.sql.set_trace_callback(queries.append)
    names = Names(store)
    names.read("candidat", ids)
    assert [names.nom("candidat", id_) for id_ in ids] == ["Inès Moreau", "Zoé L'Hénaff-Œuvray"]
    assert [names.ref(id_) for id_ in ids] == ["ines", "zoe"]
    store.sql.set_trace_callback(None)

    assert len(queries) == 2
