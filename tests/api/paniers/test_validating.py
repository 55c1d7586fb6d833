from typing import Any

import pytest

from tests.api.exam_world import (
    V2,
    advance,
    change,
    nothing_written,
    state_of,
)
from tests.api.paniers.acts import (
    COURANT,
    PANIERS,
    ajouter,
    contents,
    ids_of,
    ouvrir,
    placer,
    valider,
)
from tests.support import Vendor, refusal_of


def test_a_panier_of_which_all_is_reserved_is_closed(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b2", "b1")
    placer(lea, panier, b2="ines", b1="zoe")

    answer = valider(lea, panier)

    rows = answer.json()["data"]
    assert answer.status_code == 200
    assert answer.json() == {
        "panierId": panier.removeprefix(f"{PANIERS}/"),
        "contientAuMoinsUneErreur": False,
        "data": [
            {"creneauId": lea.id_of("b2"), "estReserve": True, "examenId": rows[0]["examenId"]},
            {"creneauId": lea.id_of("b1"), "estReserve": True, "examenId": rows[1]["examenId"]},
        ],
    }
    assert lea.get(PANIERS).json() == []
    examen = lea.get(f"{V2}/examens/{rows[0]['examenId']}").json()
    assert examen["creneauId"] == lea.id_of("b2")
    assert examen["candidat"]["prenom"] == "Inès"
    assert examen["dateHeureReservation"] == "2026-03-10T08:00:00Z"
    assert refusal_of(ajouter(max_, COURANT, "b2")) == (422, "CRENEAU_NON_DISPONIBLE")


def test_a_second_validation_reserves_nothing_twice(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    placer(lea, panier, b1="ines")
    valider(lea, panier)

    with nothing_written(lea):
        answer = valider(lea, panier)

    assert refusal_of(answer) == (404, "PANIER_INCONNU")
    assert state_of(lea).count("creneau: b1\n") == 1


def test_an_empty_panier_is_closed_too(lea: Vendor) -> None:
    panier = ouvrir(lea)

    answer = valider(lea, panier)

    assert answer.status_code == 200
    assert answer.json()["contientAuMoinsUneErreur"] is False
    assert answer.json()["data"] == []
    assert refusal_of(valider(lea, panier)) == (404, "PANIER_INCONNU")


def test_what_is_refused_stays_and_is_looked_at_alone(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1", "b2", "b3")
    change(lea, creneaux=[{"ref": "b3", "estCandidatObligatoire": False}])
    placer(lea, panier, b1="ines", b2="zoe")
    change(lea, candidats=[{"ref": "zoe", "toujours": "CANDIDAT_SOUS_PENALITE"}])
    advance(lea, by="PT5M")

    first = valider(lea, panier)

    assert first.status_code == 207
    one, two, three = first.json()["data"]
    assert first.json()["contientAuMoinsUneErreur"] is True
    assert one.keys() == three.keys() == {"creneauId", "estReserve", "examenId"}
    assert two == {
        "creneauId": lea.id_of("b2"),
        "estReserve": False,
        "codeMessage": "CANDIDAT_SOUS_PENALITE",
    }
    assert contents(lea, panier) == ids_of(lea, "b2")
    assert lea.get(panier).json()["dateHeureExpiration"] == "2026-03-10T08:15:00+00:00"

    with nothing_written(lea):
        second = valider(lea, panier)
    assert second.status_code == 207
    assert second.json()["data"] == [two]

    change(lea, candidats=[{"ref": "zoe", "toujours": None}])
    third = valider(lea, panier)
    assert third.status_code == 200
    assert [row["creneauId"] for row in third.json()["data"]] == ids_of(lea, "b2")


def test_a_name_that_is_compulsory_and_missing_refuses_a_row(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    with nothing_written(lea):
        answer = valider(lea, panier)

    assert answer.status_code == 207
    assert answer.json()["data"][0]["codeMessage"] == "EXAMEN_NON_NOMINATIF"


def test_a_place_of_groupe_a_is_reserved_without_a_name(lea: Vendor) -> None:
    answer = valider(lea, ouvrir(lea, "a-plateau1"))

    assert answer.status_code == 200
    examen = lea.get(f"{V2}/examens/{answer.json()['data'][0]['examenId']}").json()
    assert examen["candidat"] is None


def test_the_tenth_day_before_wants_a_name_for_everybody(lea: Vendor) -> None:
    advance(lea, to="2026-04-10T21:55:00Z")
    panier = ouvrir(lea, "a-plateau1", "a-plateau2")
    placer(lea, panier, a_plateau2="ines")

    advance(lea, to="2026-04-10T22:00:00Z")  # 11 April in Paris
    answer = valider(lea, panier)

    assert answer.status_code == 207
    assert [row.get("codeMessage") for row in answer.json()["data"]] == [
        "EXAMEN_NON_NOMINATIF",
        None,
    ]


def test_what_has_begun_or_closed_meanwhile_is_not_available(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T08:55:00Z")
    change(lea, centres=[{"ref": "gonesse-b", "codeDepartement": "085"}])
    panier = ouvrir(lea, "b-jour", "b-gonesse", "b1")
    placer(lea, panier, b1="ines")
    change(lea, centres=[{"ref": "gonesse-b", "estFerme": True}])
    advance(lea, to="2026-03-10T09:00:00Z")

    answer = valider(lea, panier)

    assert answer.status_code == 207
    assert [row.get("codeMessage") for row in answer.json()["data"]] == [
        "CRENEAU_NON_DISPONIBLE",
        "CRENEAU_NON_DISPONIBLE",
        None,
    ]


def test_seuil_and_plafond_are_not_looked_at_again(max_: Vendor) -> None:
    panier = ouvrir(max_, "b1")
    etp = [{"groupePermis": "B", "mois": "2026-03", "valeur": 0}]
    change(max_, autoEcoles=[{"ref": "autre", "etp": etp}])
    change(max_, creneaux=[{"ref": "b1", "estCandidatObligatoire": False}])

    assert valider(max_, panier).status_code == 200


def test_plateau_and_circulation_of_one_candidat_are_reserved_together(lea: Vendor) -> None:
    panier = ouvrir(lea, "a-circulation", "a-plateau1")
    placer(lea, panier, a_circulation="ines", a_plateau1="ines")

    assert valider(lea, panier).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"content": b"{"},
        {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}},
        {"content": b"a=b", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"json": {"inconnu": 1}},
        {"json": None},
        {"json": []},
    ],
)
def test_whatever_comes_with_a_validation_is_ignored(lea: Vendor, body: dict[str, Any]) -> None:
    assert valider(lea, ouvrir(lea, "a-plateau1"), **body).status_code == 200
