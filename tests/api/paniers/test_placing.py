import pytest

from tests.api.exam_world import (
    UNKNOWN,
    V1,
    V2,
    change,
    nothing_written,
)
from tests.api.paniers.acts import (
    COURANT,
    affecter,
    ajouter,
    contents,
    ids_of,
    ouvrir,
    placer,
    retirer,
)
from tests.support import Vendor, refusal_of


def test_a_creneau_that_is_taken_out_is_free_again(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1", "b2")

    answer = retirer(lea, panier, "b1")

    assert (answer.status_code, answer.content) == (204, b"")
    assert contents(lea, panier) == ids_of(lea, "b2")
    assert ajouter(max_, COURANT, "b1").status_code == 201


@pytest.mark.parametrize("ref", ["b3", "b2", "b-noe", "b-futur", "e-inscrit"])
def test_what_a_panier_does_not_hold_is_not_in_it(lea: Vendor, max_: Vendor, ref: str) -> None:
    panier = ouvrir(lea, "b1")
    ouvrir(max_, "b2")

    with nothing_written(lea):
        answers = [retirer(lea, panier, ref), affecter(lea, panier, ref, "ines")]

    assert [refusal_of(answer) for answer in answers] == [(404, "CRENEAU_PAS_DANS_LE_PANIER")] * 2


def test_a_candidat_is_placed_replaced_and_taken_away(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    placed = []
    for candidat in ("ines", "ines", "zoe", None, None):
        answer = affecter(lea, panier, "b1", candidat)
        assert (answer.status_code, answer.content) == (204, b"")
        (element,) = lea.get(panier).json()["elementsDuPanier"]
        placed.append(element["candidat"] and element["candidat"]["prenom"])

    assert placed == ["Inès", "Inès", "Zoé", None, None]


def test_who_is_there_already_is_not_looked_at_again(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    placer(lea, panier, b1="ines")
    change(lea, candidats=[{"ref": "ines", "toujours": "CANDIDAT_SOUS_PENALITE"}])

    with nothing_written(lea):
        assert affecter(lea, panier, "b1", "ines").status_code == 204


@pytest.mark.parametrize(
    ("candidat", "refusal"),
    [
        ("eva", (422, "CANDIDAT_PAS_SOUS_MANDAT")),
        ("noe", (422, "CANDIDAT_PAS_SOUS_MANDAT")),
        ("renvoi", (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        ("penalite", (422, "CANDIDAT_SOUS_PENALITE")),
        ("inscrit", (409, "CANDIDAT_DEJA_INSCRIT")),
        ("attente", (422, "CANDIDAT_EN_ATTENTE_DE_RESULTAT")),
        ("recu", (422, "CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN")),
        ("zoe", (409, "CANDIDAT_DEJA_DANS_PANIER")),
        ("b1", (404, "CANDIDAT_INCONNU")),
    ],
)
def test_each_reason_not_to_place_a_candidat(
    lea: Vendor, candidat: str, refusal: tuple[int, str]
) -> None:
    placer(lea, ouvrir(lea, "b2"), b2="zoe")
    panier = ouvrir(lea, "b1")

    with nothing_written(lea):
        assert refusal_of(affecter(lea, panier, "b1", candidat)) == refusal


@pytest.mark.parametrize("version", [V2, V1])
def test_an_unknown_candidat_is_not_said_to_be_a_pair(lea: Vendor, version: str) -> None:
    panier = ouvrir(lea, "b1").replace(V2, version)

    answer = lea.put(f"{panier}/creneaux/{lea.id_of('b1')}/candidat", json={"candidatId": UNKNOWN})

    assert refusal_of(answer) == (404, "CANDIDAT_INCONNU")
    assert answer.json()["message"] == "Le candidat est inconnu"


def test_of_two_reasons_about_a_candidat_the_first_is_told(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    placer(lea, ouvrir(lea, "b2"), b2="ines")
    penalite = {"groupePermis": "B", "dateExamen": "2026-03-09", "dureeEnJour": 20}
    change(lea, candidats=[{"ref": "ines", "penalites": [penalite]}])

    told = [refusal_of(affecter(lea, panier, "b1", "ines"))[1]]
    rejetee = {"categoriePermis": "B", "statut": "REJETEE"}
    change(lea, candidats=[{"ref": "ines", "demandes": [rejetee]}])
    told.append(refusal_of(affecter(lea, panier, "b1", "ines"))[1])
    missing = affecter(lea, panier, "b3", "ines")

    assert told == ["CANDIDAT_SOUS_PENALITE", "CANDIDAT_SANS_DEMANDE_ACTIVE"]
    assert refusal_of(missing) == (404, "CRENEAU_PAS_DANS_LE_PANIER")


def test_plateau_and_circulation_of_one_candidat_share_a_panier(lea: Vendor) -> None:
    panier = ouvrir(lea, "a-plateau1", "a-plateau2", "a-circulation")
    placer(lea, panier, a_plateau1="ines", a_circulation="ines")

    answer = affecter(lea, panier, "a-plateau2", "ines")

    assert refusal_of(answer) == (409, "CANDIDAT_DEJA_DANS_PANIER")


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["candidatId"]),
        ({"candidatId": 1}, ["candidatId"]),
        ({"candidatId": None, "creneauId": "x"}, ["creneauId"]),
        ([], ["corps"]),
        (None, ["corps"]),
    ],
)
def test_the_key_of_the_candidat_must_be_there(
    lea: Vendor, body: object, champs: list[str]
) -> None:
    panier = ouvrir(lea, "b1")

    with nothing_written(lea):
        answer = lea.put(f"{panier}/creneaux/{lea.id_of('b1')}/candidat", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs
