from typing import Any

import pytest

from tests.api.exam_world import UNKNOWN, V1, V2, advance, change
from tests.api.planning.acts import (
    DISPONIBLE,
    PLANNING,
    SEUIL_ATTEINT,
    filtre,
    ids_of,
    in_panier,
    libres,
    planning,
    prochaine_date,
    query,
    statut_of,
)
from tests.support import Vendor, refusal_of

A_MOI = "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
A_UN_AUTRE = "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE"


def shown(vendor: Vendor, **changes: Any) -> list[str]:
    """Which créneaux the planning shows."""
    return [row["creneauDuPlanning"]["id"] for row in planning(vendor, **changes)]


# The planning.


def test_a_free_creneau_of_the_planning_has_no_examen_at_all(lea: Vendor) -> None:
    first = planning(lea)[0]

    assert first == {
        "creneauDuPlanning": {
            "id": lea.id_of("b1"),
            "centre": {"id": lea.id_of("sables-b"), "nom": "SABLES B"},
            "numeroInspecteur": "1357",
            "dateHeureDebut": "2026-04-07T08:00:00",
            "dateHeureFin": "2026-04-07T08:32:00",
            "dateHeurePublication": "2026-03-01T14:00:00Z",
            "statutDeReservation": DISPONIBLE,
            "groupePermis": "B",
            "typeEpreuvePratique": "CIRCULATION",
        }
    }


def test_an_examen_of_the_ecole_stands_beside_its_creneau(lea: Vendor) -> None:
    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-inscrit"))

    assert row["creneauDuPlanning"]["statutDeReservation"] == A_MOI
    assert row["examenDuPlanning"] == {
        "id": lea.id_of("e-inscrit"),
        "candidat": {
            "id": lea.id_of("inscrit"),
            "nom": "Caron",
            "prenom": "Ugo",
            "numeroDossier": "0110751002345603",
        },
        "estModifiable": True,
        "estAnnule": False,
    }


def test_an_examen_without_a_name_is_shown_with_null(lea: Vendor) -> None:
    change(lea, examens=[{"autoEcole": "plesses", "creneau": "a-plateau1"}])
    where = {
        "groupePermis": "A",
        "date": "2026-04-21",
        "centreId": lea.id_of("sables-a"),
    }

    first, second = planning(lea, **where)

    assert first["examenDuPlanning"]["candidat"] is None
    assert "examenDuPlanning" not in second


def test_an_examen_of_another_ecole_is_never_shown(lea: Vendor, max_: Vendor) -> None:
    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-noe"))
    assert row.keys() == {"creneauDuPlanning"}
    assert row["creneauDuPlanning"]["statutDeReservation"] == A_UN_AUTRE

    (own,) = (r for r in planning(max_) if r["creneauDuPlanning"]["id"] == lea.id_of("b-noe"))
    assert own["creneauDuPlanning"]["statutDeReservation"] == A_MOI
    assert own["examenDuPlanning"]["candidat"]["nom"] == "Petit"


def test_an_examen_that_the_ecole_cancels_leaves_a_free_creneau(lea: Vendor) -> None:
    lea.delete(f"{V2}/examens/{lea.id_of('e-inscrit')}")

    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-inscrit"))

    assert row.keys() == {"creneauDuPlanning"}
    assert row["creneauDuPlanning"]["statutDeReservation"] == DISPONIBLE
    assert row["creneauDuPlanning"]["dateHeurePublication"] == "2026-03-01T14:00:00Z"
    assert lea.id_of("b-inscrit") in libres(lea)


def test_an_examen_that_the_administration_annuls_takes_its_creneau_along(lea: Vendor) -> None:
    examen = lea.id_of("e-inscrit")
    lea.post(f"/_mock/examens/{examen}/resultat", json={"statut": "EXAMEN_ANNULE"})

    (row,) = (r for r in planning(lea) if r["creneauDuPlanning"]["id"] == lea.id_of("b-inscrit"))

    assert row["creneauDuPlanning"]["statutDeReservation"] == A_MOI
    assert row["examenDuPlanning"]["estAnnule"] is True
    assert row["examenDuPlanning"]["estModifiable"] is False
    assert lea.id_of("b-inscrit") not in libres(lea)


def test_the_planning_goes_by_hour_then_by_inspecteur(lea: Vendor) -> None:
    b1, b1bis, *later = ids_of(lea, "b1", "b1bis", "b2", "b3", "b4", "b-inscrit", "b-noe")
    assert shown(lea) == [b1, b1bis, *later]

    change(lea, creneaux=[{"ref": "b1", "numeroInspecteur": "3579"}])

    assert shown(lea) == [b1bis, b1, *later]
    assert libres(lea)[:2] == [b1bis, b1]


@pytest.mark.parametrize(
    ("centre", "groupe", "date", "expected"),
    [
        ("sables-b", "B", "2026-04-06", []),
        ("sables-b", "B", "2026-04-08", ["b-vieux1", "b-vieux2", "b-vieux3"]),
        ("sables-b", "CE", "2026-04-14", ["ce1"]),
        ("sables-b", "A", "2026-04-07", []),
        ("sables-a", "A", "2026-04-21", ["a-plateau1", "a-plateau2"]),
        ("gonesse-b", "B", "2026-04-07", ["b-gonesse"]),
    ],
)
def test_the_planning_is_that_of_one_centre_groupe_and_day(
    lea: Vendor, centre: str, groupe: str, date: str, expected: list[str]
) -> None:
    rows = shown(lea, centreId=lea.id_of(centre), groupePermis=groupe, date=date)

    assert rows == ids_of(lea, *expected)


def test_a_creneau_is_published_to_the_second(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T13:59:59Z")
    assert shown(lea, date="2026-04-09") == []
    assert libres(lea, date="2026-04-09") == []

    advance(lea, to="2026-03-10T14:00:00Z")
    assert shown(lea, date="2026-04-09") == ids_of(lea, "b-futur")
    assert libres(lea, date="2026-04-09") == ids_of(lea, "b-futur")


def test_a_free_creneau_is_hidden_from_the_second_it_begins(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T08:59:59Z")
    assert shown(lea, date="2026-03-10") == ids_of(lea, "b-jour")
    assert libres(lea, date="2026-03-10") == ids_of(lea, "b-jour")

    advance(lea, to="2026-03-10T09:00:00Z")
    assert shown(lea, date="2026-03-10") == []
    assert libres(lea, date="2026-03-10") == []


def test_a_taken_creneau_is_shown_even_when_it_is_over(lea: Vendor, max_: Vendor) -> None:
    assert statut_of(lea, "b-attente", date="2026-03-09") == A_MOI
    assert statut_of(max_, "b-attente", date="2026-03-09") == A_UN_AUTRE


def test_a_creneau_in_a_panier_is_shown_when_it_has_begun(lea: Vendor, max_: Vendor) -> None:
    advance(lea, to="2026-03-10T08:50:00Z")
    in_panier(lea, "b-jour")

    advance(lea, to="2026-03-10T09:00:00Z")

    assert statut_of(lea, "b-jour", date="2026-03-10") == A_MOI
    assert statut_of(max_, "b-jour", date="2026-03-10") == A_UN_AUTRE


def test_a_closed_centre_shows_what_is_taken_and_nothing_free(lea: Vendor) -> None:
    assert shown(lea, centreId=lea.id_of("aizenay-b")) == []

    change(lea, centres=[{"ref": "sables-b", "estFerme": True}])

    assert shown(lea) == ids_of(lea, "b-inscrit", "b-noe")
    assert libres(lea) == []
    assert prochaine_date(lea, "sables-b", "aizenay-b") is None


def test_two_ecoles_see_one_creneau_each_in_its_own_way(lea: Vendor, max_: Vendor) -> None:
    assert (statut_of(lea, "b1"), statut_of(max_, "b1")) == (DISPONIBLE, DISPONIBLE)

    in_panier(lea, "b1")

    assert (statut_of(lea, "b1"), statut_of(max_, "b1")) == (A_MOI, A_UN_AUTRE)


def test_from_its_seuil_on_an_ecole_sees_fresh_creneaux_as_seuil_atteint(
    lea: Vendor, max_: Vendor
) -> None:
    in_panier(max_, "b1", "b1bis", "b2")

    assert (statut_of(lea, "b3"), statut_of(max_, "b3")) == (DISPONIBLE, SEUIL_ATTEINT)
    assert statut_of(max_, "b-vieux1", date="2026-04-08") == DISPONIBLE
    assert statut_of(max_, "b1") == A_MOI
    assert statut_of(max_, "b-inscrit") == A_UN_AUTRE

    in_panier(max_, "b-vieux1", "b-vieux2")

    assert statut_of(max_, "b-vieux3", date="2026-04-08") == SEUIL_ATTEINT


def test_a_fresh_creneau_is_for_everybody_after_thirty_days(max_: Vendor) -> None:
    change(max_, limits={"panier.dureeMinutes": 100_000})
    in_panier(max_, "b1", "b1bis", "b2")

    advance(max_, to="2026-03-31T13:59:59Z")
    assert statut_of(max_, "b3") == SEUIL_ATTEINT

    advance(max_, to="2026-03-31T14:00:00Z")
    assert statut_of(max_, "b3") == DISPONIBLE


def test_an_ecole_outside_its_departement_has_a_seuil_of_nought(max_: Vendor) -> None:
    change(max_, creneaux=[{"ref": "b-gonesse", "dateHeurePublication": "2026-03-01T14:00:00Z"}])

    assert statut_of(max_, "b-gonesse", centreId=max_.id_of("gonesse-b")) == SEUIL_ATTEINT


def test_without_declaration_all_is_seuil_atteint_but_ce(anyone: Vendor) -> None:
    nina = anyone.as_("nina")

    assert statut_of(nina, "b1") == SEUIL_ATTEINT
    assert statut_of(nina, "b-vieux1", date="2026-04-08") == SEUIL_ATTEINT
    assert statut_of(nina, "ce1", groupePermis="CE", date="2026-04-14") == DISPONIBLE


def test_an_unknown_centre_is_a_bad_request(lea: Vendor) -> None:
    for centre in (UNKNOWN, lea.id_of("b1"), lea.id_of("plesses")):
        answer = lea.post(PLANNING, json=filtre(lea, centreId=centre))

        assert refusal_of(answer) == (400, "CENTRE_INCONNU")


@pytest.mark.parametrize(
    ("changes", "champ"),
    [
        ({"date": "07/04/2026"}, "filtre.date"),
        ({"date": "2026-04-07T08:00:00"}, "filtre.date"),
        ({"date": None}, "filtre.date"),
        ({"date": 20260407}, "filtre.date"),
        ({"groupePermis": "BA"}, "filtre.groupePermis"),
        ({"groupePermis": None}, "filtre.groupePermis"),
        ({"centreId": "sables-b"}, "filtre.centreId"),
        ({"centreId": 85}, "filtre.centreId"),
        ({"codeDepartement": "085"}, "filtre.codeDepartement"),
    ],
)
def test_each_problem_of_a_planning_is_named(
    lea: Vendor, changes: dict[str, Any], champ: str
) -> None:
    answer = lea.post(PLANNING, json=filtre(lea, **changes))

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["filtre"]),
        ({"filtre": None}, ["filtre"]),
        ({"filtre": {}}, ["filtre.groupePermis", "filtre.date", "filtre.centreId"]),
        ([], ["corps"]),
    ],
)
def test_all_problems_of_a_planning_are_named_at_once(
    lea: Vendor, body: object, champs: list[str]
) -> None:
    answer = lea.post(PLANNING, json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


def test_ignoring_unknown_fields_does_not_make_up_for_the_centre(lea: Vendor) -> None:
    change(lea, responses={"unknownFields": "ignore"})
    body = {"filtre": {"groupePermis": "B", "date": "2026-04-07", "codeDepartement": "085"}}

    answer = lea.post(PLANNING, json=body)

    assert [detail["champ"] for detail in answer.json()["details"]] == ["filtre.centreId"]


def test_the_planning_answers_the_same_through_v1(lea: Vendor) -> None:
    old = lea.post(f"{V1}/planning/recherche", json=filtre(lea))
    assert old.json() == lea.post(PLANNING, json=filtre(lea)).json()
    assert len(old.json()) == 7

    refused = lea.post(f"{V1}/planning/recherche", json=filtre(lea, centreId=UNKNOWN))
    assert refusal_of(refused) == (400, "CENTRE_INCONNU")


def test_crenodispo_never_existed_in_v1(lea: Vendor) -> None:
    for path in ("crenodispo", "crenodispo/date"):
        answer = lea.get(f"{V1}/{path}", params=query(lea))

        assert refusal_of(answer) == (404, "RESSOURCE_INCONNUE")
