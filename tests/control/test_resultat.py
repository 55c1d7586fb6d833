from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import Vendor, refusal_of, running

V2 = "/api/v2/auto-ecole"

WORLD = """\
title: Un matin d'examens
seed: 7
clock: {now: 2026-03-10T07:00:00+01:00}
limits: {oauth.jetonSecondes: 7000000}
autoEcoles:
  - ref: plesses
    nom: Auto-École des Plesses
    codeDepartement: "085"
    employes: [{ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}]
    etp: [{groupePermis: A, mois: 2026-03, valeur: 9}, {groupePermis: B, mois: 2026-03, valeur: 9}]
centres:
  - {ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}
candidats:
  - {ref: ines, nom: Moreau, prenom: Inès, numeroDossier: 012345678901,
     demandes: [{categoriePermis: B}, {categoriePermis: A2}, {categoriePermis: C}]}
mandats:
  - {autoEcole: plesses, candidat: ines, groupePermis: B}
  - {autoEcole: plesses, candidat: ines, groupePermis: A}
  - {autoEcole: plesses, candidat: ines, groupePermis: CE}
creneaux:
  - &b {ref: b, id: creneau-b, centre: sables, dateHeureDebut: 2026-03-10T08:00:00}
  - &a {ref: a, centre: sables, groupePermis: A, dateHeureDebut: 2026-03-10T08:00:00,
        dateHeureFin: 2026-03-10T08:32:00}
  - {<<: *a, ref: plateau, typeEpreuvePratique: PLATEAU}
  - {<<: *a, ref: ce, groupePermis: CE}
  - {<<: *b, ref: b-plus-tard, id: later-b, dateHeureDebut: 2026-06-02T08:00:00}
  - {ref: a-plus-tard, centre: sables, groupePermis: A, dateHeureDebut: 2026-06-02T08:00:00}
  - {ref: ce-plus-tard, centre: sables, groupePermis: CE, dateHeureDebut: 2026-06-02T08:00:00}
examens:
  - {ref: e1, id: examen-1, autoEcole: plesses, creneau: b, candidat: ines}
"""

END = "2026-03-10T08:32:00+01:00"
EVE = "2026-03-11T07:59:59+01:00"
MORNING = "2026-03-11T08:00:00+01:00"
"""From when the result of an examen of 10 March shows."""


@pytest.fixture
def lea() -> Iterator[Vendor]:
    with running(WORLD) as application:
        yield Vendor(application).as_("lea")


def advance(vendor: Vendor, to: str) -> None:
    """Let time pass."""
    assert vendor.post("/_mock/clock/advance", json={"to": to}).status_code == 200


def enter(vendor: Vendor, statut: str, examen: str = "e1", **more: Any) -> tuple[int, str]:
    """What comes of entering a result."""
    body = {"statut": statut, **more}
    answer = vendor.post(f"/_mock/examens/{examen}/resultat", json=body)
    return (204, "") if answer.status_code == 204 else refusal_of(answer)


def resultat_of(vendor: Vendor, examen: str = "e1") -> object:
    """The result that the école reads."""
    return vendor.get(f"{V2}/examens/{vendor.id_of(examen)}").json()["resultat"]


def row_of(vendor: Vendor, groupe: str = "B") -> dict[str, Any]:
    """What the école reads of its one candidat for a groupe."""
    filtre = {"groupePermis": groupe}
    (row,) = vendor.post(f"{V2}/candidats-mandats/recherche", json={"filtre": filtre}).json()[
        "data"
    ]
    assert isinstance(row, dict)
    return row


def motif_of(vendor: Vendor, creneau: str = "b-plus-tard") -> str | None:
    """Why the candidat may not be put on a later créneau; None when he may."""
    filtre = {"creneauId": vendor.id_of(creneau)}
    (one,) = vendor.post(f"{V2}/candidats/recherche", json={"filtre": filtre}).json()
    motif = one["eligibilite"].get("codeMotif")
    assert one["eligibilite"]["estEligible"] == (motif is None)
    return str(motif) if motif else None


def on(vendor: Vendor, creneau: str) -> None:
    """Let the one examen be on another créneau."""
    fragment = {"examens": [{"ref": "e1", "creneau": creneau}]}
    assert vendor.patch("/_mock/state", json=fragment).status_code == 200


@pytest.mark.parametrize("name", ["e1", "examen-1"])
def test_an_inspector_enters_a_result_by_ref_or_by_id(lea: Vendor, name: str) -> None:
    advance(lea, END)

    answer = lea.post(f"/_mock/examens/{name}/resultat", json={"statut": "EXAMEN_REUSSI"})

    assert (answer.status_code, answer.content) == (204, b"")
    advance(lea, MORNING)
    assert resultat_of(lea) == {"statut": "EXAMEN_REUSSI", "points": None}


@pytest.mark.parametrize("name", ["inconnu", "creneau-b", "ines", "lea"])
def test_there_is_no_result_without_an_examen(lea: Vendor, name: str) -> None:
    assert enter(lea, "EXAMEN_REUSSI", name) == (404, "EXAMEN_INCONNU")


@pytest.mark.parametrize(
    ("statut", "points", "why"),
    [
        ("EXAMEN_REUSSI", 19, "doit être entre 20 et 31 : EXAMEN_REUSSI, groupe B"),
        ("EXAMEN_REUSSI", 32, "doit être entre 20 et 31 : EXAMEN_REUSSI, groupe B"),
        ("EXAMEN_ECHOUE", 99, "doit être entre 0 et 31 : EXAMEN_ECHOUE, groupe B"),
        ("EXAMEN_ABSENT", 20, "doit être absent : EXAMEN_ABSENT ne donne pas de points"),
        ("EXAMEN_ANNULE", 0, "doit être absent : EXAMEN_ANNULE ne donne pas de points"),
    ],
)
def test_points_that_cannot_be_are_refused_with_their_bounds(
    lea: Vendor, statut: str, points: int, why: str
) -> None:
    advance(lea, END)
    body = {"statut": statut, "points": points}

    answer = lea.post("/_mock/examens/e1/resultat", json=body)
    fragment = {"examens": [{"ref": "e1", "resultat": body}]}
    patched = lea.patch("/_mock/state", json=fragment)

    assert refusal_of(answer) == (422, "RESULTAT_INVALIDE")
    assert answer.json()["details"] == [{"champ": "points", "message": why}]
    assert patched.json()["details"] == [{"champ": "examens[0].resultat.points", "message": why}]
    advance(lea, MORNING)
    assert resultat_of(lea) is None


@pytest.mark.parametrize("creneau", ["a", "plateau", "ce"])
def test_points_of_a_and_ce_are_free(lea: Vendor, creneau: str) -> None:
    on(lea, creneau)
    advance(lea, END)

    assert enter(lea, "EXAMEN_REUSSI", points=3) == (204, "")


def test_a_failure_with_more_than_twenty_points_is_an_eliminatory_fault(lea: Vendor) -> None:
    advance(lea, END)

    assert enter(lea, "EXAMEN_ECHOUE", points=31) == (204, "")


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["statut"]),
        ({"statut": None}, ["statut"]),
        ({"statut": "REUSSI"}, ["statut"]),
        ({"statut": "EXAMEN_REUSSI", "points": "28"}, ["points"]),
        ({"statut": "EXAMEN_REUSSI", "points": 28.5}, ["points"]),
        ({"statut": "EXAMEN_REUSSI", "points": -1}, ["points"]),
        ({"statut": "EXAMEN_REUSSI", "note": 28}, ["note"]),
        ({"statut": "x", "points": "y"}, ["points", "statut"]),
        ([], ["corps"]),
    ],
)
def test_a_result_that_is_wrong_says_where(lea: Vendor, body: object, champs: list[str]) -> None:
    answer = lea.post("/_mock/examens/e1/resultat", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert sorted(detail["champ"] for detail in answer.json()["details"]) == champs


def test_before_the_end_it_is_told_when_the_examen_ends(lea: Vendor) -> None:
    answer = lea.post("/_mock/examens/e1/resultat", json={"statut": "EXAMEN_REUSSI"})

    assert answer.json()["message"] == (
        "L'examen n'est pas encore terminé : il se termine à 2026-03-10T07:32:00Z"
        " (2026-03-10T08:32:00+01:00 à Paris)"
    )
    lea.put("/_mock/clock", json={"now": "2026-03-10T07:32:00Z"})
    assert enter(lea, "EXAMEN_ABSENT") == (204, "")


def test_the_ref_of_an_examen_that_was_probably_meant_is_told(lea: Vendor) -> None:
    answer = lea.post("/_mock/examens/ee1/resultat", json={"statut": "EXAMEN_REUSSI"})

    assert refusal_of(answer) == (404, "EXAMEN_INCONNU")
    assert answer.json()["message"] == "L'examen est inconnu ; vouliez-vous dire « e1 » ?"


@pytest.mark.parametrize("statut", ["EXAMEN_REUSSI", "EXAMEN_ECHOUE", "EXAMEN_ABSENT"])
def test_a_result_is_entered_once_the_examen_is_over(lea: Vendor, statut: str) -> None:
    advance(lea, "2026-03-10T08:31:59+01:00")
    assert enter(lea, statut) == (422, "EXAMEN_NON_TERMINE")

    advance(lea, END)
    assert enter(lea, statut) == (204, "")


def test_a_cancelled_examen_takes_no_result(lea: Vendor) -> None:
    lea.patch("/_mock/state", json={"examens": [{"ref": "e1", "statut": "ANNULE"}]})

    assert enter(lea, "EXAMEN_REUSSI") == (409, "EXAMEN_DEJA_ANNULE")
    assert enter(lea, "EXAMEN_ANNULE") == (409, "EXAMEN_DEJA_ANNULE")


def test_a_result_shows_the_next_morning_with_all_that_follows_from_it(lea: Vendor) -> None:
    advance(lea, END)
    before = row_of(lea)
    enter(lea, "EXAMEN_ECHOUE", points=18)

    advance(lea, EVE)
    assert resultat_of(lea) is None
    assert row_of(lea) == before
    assert motif_of(lea) == "CANDIDAT_EN_ATTENTE_DE_RESULTAT"

    advance(lea, MORNING)
    assert resultat_of(lea) == {"statut": "EXAMEN_ECHOUE", "points": 18}
    row = row_of(lea)
    assert row["detailsResultats"] == [
        {
            **before["detailsResultats"][0],
            "derniereDateExamenCirculation": "2026-03-10",
            "statutExamenCirculation": "EXAMEN_ECHOUE",
            "nombreEchecsTotal": 1,
            "nombreEchecsCirculation": 1,
        }
    ]
    assert row["penalites"] == [
        {
            "id": row["penalites"][0]["id"],
            "motif": "ECHEC_EPREUVE_PRATIQUE",
            "statut": "ACTIVE",
            "dateExamen": "2026-03-10",
            "dateDeFin": "2026-03-30",
            "dureeEnJour": 20,
            "dateDeLevee": None,
            "groupePermis": "B",
            "typeEpreuvePratique": "CIRCULATION",
        }
    ]
    assert motif_of(lea) == "CANDIDAT_SOUS_PENALITE"


def test_what_follows_from_a_result_touches_its_groupe_alone(lea: Vendor) -> None:
    before = row_of(lea, "A")
    advance(lea, END)
    enter(lea, "EXAMEN_ECHOUE", points=18)
    assert motif_of(lea, "a-plus-tard") is None

    advance(lea, MORNING)

    assert row_of(lea, "A") == before
    assert motif_of(lea, "a-plus-tard") is None


def test_without_an_entry_a_candidat_waits_for_ever(lea: Vendor) -> None:
    assert motif_of(lea) == "CANDIDAT_DEJA_INSCRIT"
    advance(lea, END)
    assert motif_of(lea) == "CANDIDAT_EN_ATTENTE_DE_RESULTAT"

    advance(lea, "2026-05-20T08:00:00+02:00")

    assert motif_of(lea) == "CANDIDAT_EN_ATTENTE_DE_RESULTAT"
    assert row_of(lea)["penalites"] == []


@pytest.mark.parametrize(
    ("creneau", "later", "resultat", "last_day", "first_day"),
    [
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 26}, "03-11", "03-12"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 25}, "03-19", "03-20"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 21}, "03-19", "03-20"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 20}, "03-29", "03-30"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 18}, "03-29", "03-30"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 16}, "03-29", "03-30"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 15}, "04-13", "04-14"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ECHOUE"}, "04-13", "04-14"),
        ("b", "b-plus-tard", {"statut": "EXAMEN_ABSENT"}, "04-18", "04-19"),
        ("a", "a-plus-tard", {"statut": "EXAMEN_ECHOUE", "points": 3}, "03-11", "03-12"),
        ("a", "a-plus-tard", {"statut": "EXAMEN_ABSENT"}, "04-18", "04-19"),
        ("ce", "ce-plus-tard", {"statut": "EXAMEN_ECHOUE"}, "03-11", "03-12"),
        ("ce", "ce-plus-tard", {"statut": "EXAMEN_ABSENT"}, "04-18", "04-19"),
    ],
)
def test_a_candidat_may_reserve_again_from_the_midnight_of_the_last_day(
    lea: Vendor,
    creneau: str,
    later: str,
    resultat: dict[str, Any],
    last_day: str,
    first_day: str,
) -> None:
    on(lea, creneau)
    advance(lea, END)
    assert enter(lea, **resultat) == (204, "")

    zone = "+01:00" if last_day < "03-29" else "+02:00"
    advance(lea, f"2026-{last_day}T23:59:59{zone}")
    assert motif_of(lea, later) == "CANDIDAT_SOUS_PENALITE"

    advance(lea, f"2026-{first_day}T00:00:00{zone}")
    assert motif_of(lea, later) is None
    (penalite,) = row_of(lea, creneau.upper())["penalites"]
    assert (penalite["dateDeFin"], penalite["statut"]) == (f"2026-{first_day}", "TERMINEE")


def test_who_passed_is_done_with_his_epreuve_and_has_no_penalite(lea: Vendor) -> None:
    advance(lea, END)
    enter(lea, "EXAMEN_REUSSI", points=29)

    advance(lea, MORNING)

    assert resultat_of(lea) == {"statut": "EXAMEN_REUSSI", "points": 29}
    assert row_of(lea)["penalites"] == []
    assert motif_of(lea) == "CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN"


def test_a_plateau_is_told_apart_from_the_circulation(lea: Vendor) -> None:
    on(lea, "plateau")
    advance(lea, END)
    enter(lea, "EXAMEN_REUSSI")

    advance(lea, MORNING)

    (details,) = row_of(lea, "A")["detailsResultats"]
    assert (details["derniereDateExamenPlateau"], details["statutExamenPlateau"]) == (
        "2026-03-10",
        "EXAMEN_REUSSI",
    )
    assert details["statutExamenCirculation"] is None
    assert motif_of(lea, "a-plus-tard") == "CANDIDAT_SOUS_PENALITE"
    advance(lea, "2026-03-12T00:00:00+01:00")
    assert motif_of(lea, "a-plus-tard") is None


def test_an_absence_is_no_failure(lea: Vendor) -> None:
    advance(lea, END)
    enter(lea, "EXAMEN_ABSENT")

    advance(lea, MORNING)

    (details,) = row_of(lea)["detailsResultats"]
    assert details["statutExamenCirculation"] == "EXAMEN_ABSENT"
    assert details["nombreEchecsTotal"] == 0


@pytest.mark.parametrize(("before", "critical"), [(3, False), (4, True)])
def test_the_fifth_failure_is_the_critical_one(lea: Vendor, before: int, *, critical: bool) -> None:
    known = {
        "categoriePermis": "B",
        "derniereDateExamenCirculation": "2026-01-06",
        "nombreEchecsCirculation": before,
    }
    lea.patch("/_mock/state", json={"candidats": [{"ref": "ines", "resultats": [known]}]})
    advance(lea, END)
    enter(lea, "EXAMEN_ECHOUE", points=28)

    advance(lea, MORNING)

    (details,) = row_of(lea)["detailsResultats"]
    assert details["nombreEchecsCirculation"] == before + 1
    assert details["seuilCritiqueNombreEchecsAtteint"] is critical


def test_the_later_entry_wins_until_it_shows(lea: Vendor) -> None:
    advance(lea, END)
    enter(lea, "EXAMEN_REUSSI", points=29)
    advance(lea, EVE)
    assert enter(lea, "EXAMEN_ECHOUE", points=12) == (204, "")

    advance(lea, MORNING)

    assert enter(lea, "EXAMEN_REUSSI") == (409, "RESULTAT_DEJA_PUBLIE")
    assert enter(lea, "EXAMEN_ANNULE") == (409, "RESULTAT_DEJA_PUBLIE")
    assert resultat_of(lea) == {"statut": "EXAMEN_ECHOUE", "points": 12}


def test_a_late_entry_shows_at_once(lea: Vendor) -> None:
    advance(lea, MORNING)
    assert resultat_of(lea) is None

    enter(lea, "EXAMEN_ECHOUE", points=30)

    assert resultat_of(lea) == {"statut": "EXAMEN_ECHOUE", "points": 30}
    assert row_of(lea)["penalites"][0]["dateDeFin"] == "2026-03-12"
    assert enter(lea, "EXAMEN_REUSSI") == (409, "RESULTAT_DEJA_PUBLIE")


def test_a_scenario_may_let_results_show_later(lea: Vendor) -> None:
    limits = {"resultat.delaiJours": 2, "resultat.heure": "14:30"}
    lea.patch("/_mock/state", json={"limits": limits})
    advance(lea, END)
    enter(lea, "EXAMEN_REUSSI")

    advance(lea, "2026-03-12T14:29:59+01:00")
    assert resultat_of(lea) is None

    advance(lea, "2026-03-12T14:30:00+01:00")
    assert resultat_of(lea) is not None


@pytest.mark.parametrize("now", ["2026-03-10T07:00:00+01:00", END])
def test_the_administration_may_annul_at_any_time_and_the_place_is_lost(
    lea: Vendor, now: str
) -> None:
    advance(lea, now)
    used = lea.get(f"{V2}/informations-seuil-departement?code-departement=085&groupe-permis=B")

    assert enter(lea, "EXAMEN_ANNULE") == (204, "")

    examen = lea.get(f"{V2}/examens/examen-1").json()
    assert (examen["statut"], examen["estAnnule"], examen["estModifiable"]) == (
        "ANNULE",
        True,
        False,
    )
    assert examen["resultat"] == {"statut": "EXAMEN_ANNULE", "points": None}
    assert row_of(lea)["penalites"] == []
    assert motif_of(lea) is None
    left = lea.get(f"{V2}/informations-seuil-departement?code-departement=085&groupe-permis=B")
    assert left.json()["nombreDePlacesUtilisees"] == used.json()["nombreDePlacesUtilisees"] - 1 == 0
    filtre = {"groupePermis": "B", "date": "2026-03-10", "centreId": lea.id_of("sables")}
    (row,) = lea.post(f"{V2}/planning/recherche", json={"filtre": filtre}).json()
    assert row["creneauDuPlanning"]["statutDeReservation"] == "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
    assert row["examenDuPlanning"]["estAnnule"] is True
    taken = lea.post(f"{V2}/panier/creneaux", json={"creneauId": "creneau-b"})
    assert refusal_of(taken) == (422, "CRENEAU_NON_DISPONIBLE")


def test_what_the_administration_annulled_is_over(lea: Vendor) -> None:
    enter(lea, "EXAMEN_ANNULE")

    assert enter(lea, "EXAMEN_ANNULE") == (409, "EXAMEN_DEJA_ANNULE")
    assert enter(lea, "EXAMEN_REUSSI") == (409, "EXAMEN_DEJA_ANNULE")
    answer = lea.delete(f"{V2}/examens/examen-1")
    assert refusal_of(answer) == (409, "EXAMEN_DEJA_ANNULE")


def test_an_annulment_takes_the_place_of_a_result_that_does_not_show_yet(lea: Vendor) -> None:
    advance(lea, END)
    enter(lea, "EXAMEN_ECHOUE", points=3)

    assert enter(lea, "EXAMEN_ANNULE") == (204, "")

    advance(lea, MORNING)
    assert resultat_of(lea) == {"statut": "EXAMEN_ANNULE", "points": None}
    assert row_of(lea)["penalites"] == []


def test_a_result_goes_along_with_the_state_of_the_world(lea: Vendor) -> None:
    advance(lea, END)
    enter(lea, "EXAMEN_ECHOUE", points=18)
    state = lea.get("/_mock/state")

    yaml = {"content-type": "application/yaml"}
    lea.put("/_mock/scenario", content=state.content, headers=yaml)

    assert lea.get("/_mock/state").content == state.content
    lea = lea.as_("lea")
    assert resultat_of(lea) is None
    advance(lea, MORNING)
    assert resultat_of(lea) == {"statut": "EXAMEN_ECHOUE", "points": 18}
