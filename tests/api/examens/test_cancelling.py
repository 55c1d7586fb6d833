from typing import Any

import pytest

from tests.api.examens.acts import (
    LAST_SECOND,
    PERMUTATION,
    READS,
    REMPLACEMENT,
    TOO_LATE,
    TUESDAY,
    V2,
    advance,
    ids_of,
    permuter,
    remplacer,
    reserve,
    row_of,
)
from tests.support import Vendor, refusal_of


def planning_of(vendor: Vendor, day: str = TUESDAY[:10]) -> list[dict[str, Any]]:
    """The planning of the centre for groupe B on a day."""
    filtre = {"groupePermis": "B", "date": day, "centreId": vendor.id_of("sables")}
    rows = vendor.post(f"{V2}/planning/recherche", json={"filtre": filtre}).json()
    assert isinstance(rows, list)
    return rows


def call_with(examen_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every call that names an examen."""
    return [
        ("GET", f"/examens/{examen_id}", {}),
        ("DELETE", f"/examens/{examen_id}", {}),
        ("GET", f"/examens/permutables?examen-permute-id={examen_id}&date=2026-04-14", {}),
        ("POST", "/examens/remplacement", {"json": {**REMPLACEMENT, "examenId": examen_id}}),
        ("POST", "/examens/permutation", {"json": {**PERMUTATION, "examenId1": examen_id}}),
        ("POST", "/examens/permutation", {"json": {**PERMUTATION, "examenId2": examen_id}}),
    ]


@pytest.mark.parametrize("number", range(6))
def test_what_is_no_examen_is_unknown_whatever_else_it_is(lea: Vendor, number: int) -> None:
    reserve(lea, "e1", candidat="ines", ref="le-premier")
    reserve(lea, "e2", candidat="zoe")
    panier = lea.post(f"{V2}/paniers").json()["id"]
    others = ["inconnu", "E1", "le-premier", "c-e1", "ines", panier, lea.id_of("sables")]

    for id_ in others:
        method, path, options = call_with(id_)[number]
        assert refusal_of(lea.call(method, V2 + path, **options)) == (404, "EXAMEN_INCONNU")


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("statut", ["PROGRAMME", "ANNULE"])
def test_the_examen_of_another_ecole_is_forbidden_whatever_its_state(
    lea: Vendor, number: int, statut: str
) -> None:
    reserve(lea, "theirs", autoEcole="autre", statut=statut)
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe")
    method, path, options = call_with("theirs")[number]

    answer = lea.call(method, V2 + path, **options)

    assert refusal_of(answer) == (403, "ACTION_INTERDITE")
    assert set(answer.json()) == {"code", "erreur", "message"}


def test_of_two_examens_the_first_is_looked_at_first(lea: Vendor) -> None:
    reserve(lea, "theirs", autoEcole="autre")

    assert permuter(lea, "inconnu", "theirs") == (404, "EXAMEN_INCONNU")
    assert permuter(lea, "theirs", "inconnu") == (403, "ACTION_INTERDITE")


def test_an_examen_may_be_changed_until_midnight_of_the_second_day_before(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe")

    advance(lea, LAST_SECOND)
    assert lea.get(f"{V2}/examens/e1").json()["estModifiable"] is True
    assert permuter(lea, "e1", "e2") == (204, "")
    assert remplacer(lea, "e1", "tom") == (204, "")
    assert lea.get(V2 + READS[2]).status_code == 200

    advance(lea, TOO_LATE)
    assert lea.get(f"{V2}/examens/e1").json()["estModifiable"] is False
    assert permuter(lea, "e1", "e2") == (422, "EXAMEN_NON_MODIFIABLE")
    assert remplacer(lea, "e1", "ana") == (422, "EXAMEN_NON_MODIFIABLE")
    assert refusal_of(lea.get(V2 + READS[2])) == (422, "EXAMEN_NON_MODIFIABLE")
    assert refusal_of(lea.delete(f"{V2}/examens/e1")) == (422, "EXAMEN_NON_MODIFIABLE")


def test_a_scenario_may_close_an_examen_earlier(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    lea.patch("/_mock/state", json={"limits": {"examen.delaiModificationJours": 13}})

    assert refusal_of(lea.delete(f"{V2}/examens/e1")) == (422, "EXAMEN_NON_MODIFIABLE")


def test_an_examen_is_over_at_the_second_of_its_end(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    over = READS[0].replace("PROGRAMME", "TERMINE")

    advance(lea, "2026-04-14T08:31:59+02:00")
    assert (ids_of(lea, READS[0]), ids_of(lea, over)) == (["e1"], [])

    advance(lea, "2026-04-14T08:32:00+02:00")
    assert (ids_of(lea, READS[0]), ids_of(lea, over)) == ([], ["e1"])
    examen = lea.get(f"{V2}/examens/e1").json()
    assert (examen["statut"], examen["estModifiable"], examen["resultat"]) == (
        "TERMINE",
        False,
        None,
    )


def test_cancelling_frees_the_creneau_at_once(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    (before,) = planning_of(lea)
    assert before["creneauDuPlanning"]["statutDeReservation"] == "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"

    answer = lea.delete(f"{V2}/examens/e1")

    assert (answer.status_code, answer.content) == (204, b"")
    for vendor in (lea, lea.as_("max")):
        (row,) = planning_of(vendor)
        assert set(row) == {"creneauDuPlanning"}
        assert row["creneauDuPlanning"]["statutDeReservation"] == "DISPONIBLE"
        assert row["creneauDuPlanning"]["dateHeurePublication"] == "2026-03-10T14:00:00Z"
    panier = lea.as_("max").post(f"{V2}/panier/creneaux", json={"creneauId": "c-e1"})
    assert panier.status_code == 201


def test_a_cancelled_examen_can_still_be_read_by_its_ecole(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")

    lea.delete(f"{V2}/examens/e1")

    examen = lea.get(f"{V2}/examens/e1").json()
    assert (examen["statut"], examen["estAnnule"]) == ("ANNULE", True)
    assert (examen["estModifiable"], examen["resultat"]) == (False, None)
    assert ids_of(lea, READS[0]) == []
    assert ids_of(lea, READS[0].replace("PROGRAMME", "ANNULE")) == ["e1"]


@pytest.mark.parametrize("now", ["2026-04-01T09:00:00+02:00", TOO_LATE])
def test_an_examen_is_cancelled_once_only(lea: Vendor, now: str) -> None:
    reserve(lea, "e1", candidat="ines")
    lea.delete(f"{V2}/examens/e1")

    advance(lea, now)

    assert refusal_of(lea.delete(f"{V2}/examens/e1")) == (409, "EXAMEN_DEJA_ANNULE")
    assert remplacer(lea, "e1", "tom") == (422, "EXAMEN_NON_MODIFIABLE")


def test_a_creneau_may_be_reserved_and_cancelled_again_and_again(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    lea.delete(f"{V2}/examens/e1")
    lea.patch("/_mock/state", json={"examens": [again("e2")]})

    assert lea.delete(f"{V2}/examens/e2").status_code == 204

    lea.patch("/_mock/state", json={"examens": [again("e3")]})
    assert ids_of(lea, READS[0]) == ["e3"]
    assert ids_of(lea, READS[0].replace("PROGRAMME", "ANNULE")) == ["e1", "e2"]


def again(id_: str) -> dict[str, str]:
    """Another examen on the créneau of e1."""
    return {"id": id_, "autoEcole": "plesses", "creneau": "c-e1", "candidat": "ines"}


def test_cancelling_four_days_before_costs_the_candidat_nothing(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    advance(lea, "2026-04-10T23:59:59+02:00")

    lea.delete(f"{V2}/examens/e1")

    assert row_of(lea, "Moreau")["penalites"] == []
    reserve(lea, "e2", "2026-06-02T08:00:00", candidat="zoe")
    assert remplacer(lea, "e2", "ines") == (204, "")


def test_cancelling_later_makes_the_candidat_wait(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-06-02T08:00:00", candidat="zoe")
    advance(lea, "2026-04-11T00:00:00+02:00")

    lea.delete(f"{V2}/examens/e1")

    (penalite,) = row_of(lea, "Moreau")["penalites"]
    assert penalite == {
        "id": penalite["id"],
        "motif": "ANNULATION_TARDIVE",
        "statut": "ACTIVE",
        "dateExamen": "2026-04-14",
        "dateDeFin": "2026-05-14",
        "dureeEnJour": 30,
        "dateDeLevee": None,
        "groupePermis": "B",
        "typeEpreuvePratique": "CIRCULATION",
    }
    assert remplacer(lea, "e2", "ines") == (422, "CANDIDAT_SOUS_PENALITE")
    advance(lea, "2026-05-13T23:59:59+02:00")
    assert remplacer(lea, "e2", "ines") == (422, "CANDIDAT_SOUS_PENALITE")
    advance(lea, "2026-05-14T00:00:00+02:00")
    assert row_of(lea, "Moreau")["penalites"] == [{**penalite, "statut": "TERMINEE"}]
    assert remplacer(lea, "e2", "ines") == (204, "")


def test_nobody_pays_for_a_place_without_a_name(lea: Vendor) -> None:
    lea.patch("/_mock/state", json={"limits": {"examen.delaiAffectationJours": 1}})
    reserve(lea, "e1", groupePermis="A")
    advance(lea, LAST_SECOND)

    assert lea.delete(f"{V2}/examens/e1").status_code == 204

    assert row_of(lea, "Moreau", "A")["penalites"] == []
