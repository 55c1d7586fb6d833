"""A demande that goes its way and a mandat that ends, both by the clock."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rdv_mock.facts.enumerations import StatutDemande
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import read_yaml
from rdv_mock.wire.clock import EventOnWire
from rdv_mock.worlds.events import EventType
from tests.api.exam_world import V2, advance, change, state_of
from tests.support import CONTRATS, Vendor, contrat, instant, refusal_of, running

NOW = instant("2026-03-10T08:00:00Z")

WORLD = """\
title: Ce qui change pour un candidat
seed: 7
clock: {now: 2026-03-10T09:00:00+01:00}
limits: {oauth.jetonSecondes: 7000000, penalite.preavisJours: 0}
autoEcoles:
  - {ref: plesses, nom: Les Plesses, codeDepartement: "085",
     employes: [{ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}],
     etp: [{groupePermis: B, mois: 2026-03, valeur: 9}]}
  - {ref: autre, nom: Une Autre, codeDepartement: "085",
     employes: [{ref: max, nom: Roux, prenom: Max, email: max@autre.test}],
     etp: [{groupePermis: B, mois: 2026-03, valeur: 9}]}
candidats:
  - {ref: ines, nom: Moreau, prenom: Inès, numeroDossier: "012345678901", email: ines@exemple.test,
     demandes: [{categoriePermis: B, statut: EN_INSTRUCTION,
                 suite: [{statut: EXPIREE, le: 2026-05-15T00:00:00+02:00},
                         {statut: VALIDEE, le: 2026-03-12T10:00:00+01:00}]}]}
  - {ref: lou, nom: Michel, prenom: Lou, numeroDossier: "2", email: lou@exemple.test,
     demandes: [{categoriePermis: B}]}
mandats:
  - {ref: m1, autoEcole: plesses, candidat: ines, groupePermis: B}
  - {ref: m2, autoEcole: plesses, candidat: lou, groupePermis: B, fin: 2026-03-20T18:00:00+01:00}
centres: [{ref: sables, nom: SABLES, codeDepartement: "085"}]
creneaux:
  - {ref: c1, centre: sables, dateHeureDebut: 2026-04-14T08:00:00}
  - {ref: c2, centre: sables, dateHeureDebut: 2026-04-14T08:32:00}
  - {ref: c3, centre: sables, dateHeureDebut: 2026-04-15T08:00:00}
examens: [{ref: e1, autoEcole: plesses, creneau: c1, candidat: lou}]
"""

VALIDEE = "2026-03-12T09:00:00Z"
LEFT = "2026-03-20T17:00:00Z"


@pytest.fixture
def lea() -> Iterator[Vendor]:
    with running(WORLD) as application:
        yield Vendor(application).as_("lea")


def motifs(vendor: Vendor, creneau: str = "c2") -> dict[str, str | None]:
    """Who could be put on a créneau, and what is in the way of each."""
    body = {"filtre": {"creneauId": vendor.id_of(creneau)}}
    found = vendor.post(f"{V2}/candidats/recherche", json=body).json()
    return {one["candidat"]["nom"]: one["eligibilite"].get("codeMotif") for one in found}


def said(vendor: Vendor, method: str, path: str, body: Any) -> str | None:
    """The code of a refusal; None when there is none."""
    answer = vendor.call(method, path, json=body)
    return None if answer.is_success else refusal_of(answer)[1]


def mandat_of(vendor: Vendor, nom: str, numero: str) -> str | None:
    """What comes of taking a mandat for groupe B."""
    body = {"nom": nom, "numeroDossier": numero, "groupePermis": "B"}
    return said(vendor, "POST", f"{V2}/mandats", body)


def test_a_demande_is_refused_today_and_taken_tomorrow(lea: Vendor) -> None:
    assert said(lea, "POST", CONTRATS, contrat()) == "CANDIDAT_SANS_DEMANDE_ACTIVE"
    assert motifs(lea)["Moreau"] == "CANDIDAT_SANS_DEMANDE_ACTIVE"

    assert advance(lea, to="2026-03-12T09:59:59+01:00") == []
    assert motifs(lea)["Moreau"] == "CANDIDAT_SANS_DEMANDE_ACTIVE"

    assert advance(lea, to=VALIDEE) == [
        {
            "at": VALIDEE,
            "atParis": "2026-03-12T10:00:00+01:00",
            "type": "DEMANDE_CHANGE",
            "candidatId": lea.id_of("ines"),
            "candidatRef": "ines",
            "candidatNom": "Inès Moreau",
            "categoriePermis": "B",
            "statut": "VALIDEE",
        }
    ]
    assert motifs(lea)["Moreau"] is None
    assert said(lea, "POST", CONTRATS, contrat()) is None


def test_a_demande_goes_on_to_what_comes_after(lea: Vendor) -> None:
    events = advance(lea, to="2026-05-15T00:00:00+02:00")

    changes = [one["statut"] for one in events if one["type"] == "DEMANDE_CHANGE"]
    assert changes == ["VALIDEE", "EXPIREE"]
    assert motifs(lea) == {"Moreau": "CANDIDAT_SANS_DEMANDE_ACTIVE"}


def test_a_mandat_ends_and_another_ecole_may_take_it(lea: Vendor) -> None:
    max_, mandat = lea.as_("max"), lea.id_of("m2")
    assert mandat_of(max_, "Michel", "2") == "CANDIDAT_DEJA_SOUS_MANDAT"
    advance(lea, to="2026-03-20T17:59:59+01:00")
    assert mandat_of(lea, "Michel", "2") == "CANDIDAT_DEJA_SOUS_MON_MANDAT"

    assert advance(lea, to=LEFT) == [
        {
            "at": LEFT,
            "atParis": "2026-03-20T18:00:00+01:00",
            "type": "MANDAT_TERMINE",
            "mandatId": mandat,
            "candidatId": lea.id_of("lou"),
            "candidatRef": "lou",
            "candidatNom": "Lou Michel",
            "autoEcoleId": lea.id_of("plesses"),
            "autoEcoleRef": "plesses",
            "autoEcoleNom": "Les Plesses",
            "groupePermis": "B",
        }
    ]
    assert "Michel" not in motifs(lea)
    assert mandat_of(max_, "Michel", "2") is None
    assert motifs(max_) == {"Michel": "CANDIDAT_DEJA_INSCRIT"}
    assert mandat_of(lea, "Michel", "2") == "CANDIDAT_DEJA_SOUS_MANDAT"


def test_what_an_ecole_has_reserved_for_who_leaves_it_stays_its_own(lea: Vendor) -> None:
    e1, max_ = lea.id_of("e1"), lea.as_("max")
    advance(lea, to=LEFT)
    assert mandat_of(max_, "Michel", "2") is None

    examen = lea.get(f"{V2}/examens/{e1}").json()
    assert (examen["statut"], examen["candidat"]["nom"]) == ("PROGRAMME", "Michel")
    assert lea.delete(f"{V2}/examens/{e1}").status_code == 204
    assert motifs(max_) == {"Michel": None}


def test_who_left_is_in_a_panier_still_but_is_not_reserved_for(lea: Vendor) -> None:
    change(lea, mandats=[{"ref": "m1", "fin": "2026-03-12T10:10:00+01:00"}])
    advance(lea, to=VALIDEE)
    panier = lea.post(f"{V2}/panier/creneaux", json={"creneauId": lea.id_of("c2")}).json()["id"]
    place = f"{V2}/paniers/{panier}/creneaux/{lea.id_of('c2')}/candidat"
    assert said(lea, "PUT", place, {"candidatId": lea.id_of("ines")}) is None

    advance(lea, to="2026-03-12T10:10:00+01:00")

    (element,) = lea.get(f"{V2}/paniers/{panier}").json()["elementsDuPanier"]
    assert element["candidat"]["nom"] == "Moreau"
    answer = lea.post(f"{V2}/paniers/{panier}/valider")
    assert answer.status_code == 207
    assert answer.json()["data"][0]["codeMessage"] == "CANDIDAT_PAS_SOUS_MANDAT"


def test_at_one_instant_both_come_before_the_night() -> None:
    night = "2026-03-25T00:00:00+01:00"
    text = WORLD.replace(VALIDEE_AS_WRITTEN, night).replace("2026-03-20T18:00:00+01:00", night)
    with running(text) as application:
        events = advance(Vendor(application), to=night)

    assert [one["type"] for one in events[:3]] == [
        "DEMANDE_CHANGE",
        "MANDAT_TERMINE",
        "ETP_CALCULE",
    ]


VALIDEE_AS_WRITTEN = "2026-03-12T10:00:00+01:00"


def test_what_is_to_come_is_written_and_comes_after_a_load_and_a_reset_too(lea: Vendor) -> None:
    written = state_of(lea)
    candidats = list(read_yaml(written).content["candidats"])
    assert candidats[0]["demandes"] == [
        {
            "categoriePermis": "B",
            "statut": "EN_INSTRUCTION",
            "suite": [
                {"statut": "VALIDEE", "le": VALIDEE},
                {"statut": "EXPIREE", "le": "2026-05-14T22:00:00Z"},
            ],
        }
    ]
    assert candidats[1]["demandes"] == [{"categoriePermis": "B", "statut": "VALIDEE"}]

    first = advance(lea, to=LEFT)
    left = read_yaml(state_of(lea)).content
    (demande,) = next(iter(left["candidats"]))["demandes"]
    assert demande["statut"] == "VALIDEE"
    assert [one["statut"] for one in demande["suite"]] == ["EXPIREE"]
    assert [one["ref"] for one in left["mandats"]] == ["m1"]

    assert lea.post("/_mock/reset").status_code == 204
    assert advance(lea, to=LEFT) == first
    with running(written) as again:
        assert advance(Vendor(again), to=LEFT) == first


def test_what_is_past_when_a_world_begins_has_happened() -> None:
    past = WORLD.replace(VALIDEE_AS_WRITTEN, "2026-03-10T09:00:00+01:00").replace(
        "2026-03-20T18:00:00+01:00", "2026-03-10T09:00:00+01:00"
    )
    with running(past) as application:
        lea = Vendor(application).as_("lea")

        assert motifs(lea) == {"Moreau": None}
        assert mandat_of(lea.as_("max"), "Michel", "2") is None


def test_a_fragment_changes_what_is_to_come(lea: Vendor) -> None:
    sooner = [{"statut": "VALIDEE", "le": "2026-03-11T00:00:00+01:00"}]
    demandes = [{"categoriePermis": "B", "suite": sooner}]
    change(
        lea,
        candidats=[{"ref": "ines", "demandes": demandes}],
        mandats=[{"ref": "m2", "fin": None}],
    )

    events = advance(lea, to="2026-05-15T00:00:00+02:00")

    kinds = {"DEMANDE_CHANGE", "MANDAT_TERMINE"}
    told = [(one["at"], one["type"]) for one in events if one["type"] in kinds]
    assert told == [("2026-03-10T23:00:00Z", "DEMANDE_CHANGE")]


def test_who_is_no_more_changes_no_more(lea: Vendor) -> None:
    change(lea, supprimer=["ines", "lou"])

    events = advance(lea, to="2026-05-15T00:00:00+02:00")

    assert not {one["type"] for one in events} & {"DEMANDE_CHANGE", "MANDAT_TERMINE"}


def test_a_step_that_changes_nothing_is_refused_with_its_line(lea: Vendor) -> None:
    demandes = [
        {
            "categoriePermis": "B",
            "statut": "VALIDEE",
            "suite": [
                {"statut": "VALIDEE", "le": "2026-03-11T00:00:00Z"},
                {"statut": "REJETEE", "le": "2026-03-12T00:00:00Z"},
            ],
        }
    ]

    answer = lea.patch("/_mock/state", json={"candidats": [{"ref": "ines", "demandes": demandes}]})

    assert refusal_of(answer) == (422, "SCENARIO_INVALIDE")
    assert answer.json()["details"] == [
        {
            "champ": "candidats[0].demandes[0].suite[0].statut",
            "message": "ne change rien : elle est VALIDEE",
        }
    ]


def test_a_demande_that_was_valid_before_the_world_counts_in_the_nights_before_it() -> None:
    text = WORLD.replace(VALIDEE_AS_WRITTEN, "2026-03-01T10:00:00+01:00")
    store = load_scenario(read_yaml(text), name="test", now=NOW)

    assert [one.statut for one in store.demandes.all()] == [StatutDemande.VALIDEE] * 2
    assert [one.statut for one in store.etapes_de_demande.all()] == [StatutDemande.EXPIREE]
    store.close()


def test_a_mandat_that_an_ecole_takes_changes_nothing_of_what_comes_next(lea: Vendor) -> None:
    store = lea.world.store
    change(lea, supprimer=["m2"])
    advance(lea, to=VALIDEE)
    before = store.event_writes

    assert mandat_of(lea, "Michel", "2") is None

    assert store.event_writes == before


def test_a_mandat_whose_end_is_taken_back_goes_on(lea: Vendor) -> None:
    store = lea.world.store
    (mandat,) = store.mandats.where("id = ?", lea.id_of("m2"))
    assert lea.get("/_mock/clock").status_code == 200
    store.mandats.save(replace(mandat, fin=None))

    events = advance(lea, to="2026-05-01T00:00:00+02:00")

    assert "MANDAT_TERMINE" not in {one["type"] for one in events}
    assert mandat_of(lea, "Michel", "2") == "CANDIDAT_DEJA_SOUS_MON_MANDAT"


def test_the_document_names_every_kind_of_event() -> None:
    told = EventOnWire.model_fields["type"].description or ""

    positions = [told.find(f"`{kind}`") for kind in EventType]
    assert -1 not in positions
    assert positions == sorted(positions)
