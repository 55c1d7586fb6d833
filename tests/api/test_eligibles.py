from typing import Any

import pytest

from rdv_mock.errors import ApiError
from rdv_mock.rules.candidat import REFUSALS
from tests.api.exam_world import UNKNOWN, V1, V2, advance, change, nothing_written
from tests.support import Vendor, refusal_of

RECHERCHE = f"{V2}/candidats/recherche"


def candidats(vendor: Vendor, creneau: str = "b1", **criteria: Any) -> list[dict[str, Any]]:
    """Who is found for a créneau."""
    filtre = {"creneauId": vendor.id_of(creneau), **criteria}
    answer = vendor.post(RECHERCHE, json={"filtre": filtre})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def noms(vendor: Vendor, creneau: str = "b1", **criteria: Any) -> list[str]:
    """The names of those who are found."""
    return [row["candidat"]["nom"] for row in candidats(vendor, creneau, **criteria)]


def eligibilite(vendor: Vendor, ref: str, creneau: str = "b1") -> dict[str, Any]:
    """What is said of one candidat."""
    (found,) = (
        row["eligibilite"]
        for row in candidats(vendor, creneau)
        if row["candidat"]["id"] == vendor.id_of(ref)
    )
    assert isinstance(found, dict)
    return found


def in_panier(vendor: Vendor, creneau: str, candidat: str) -> None:
    """Put a candidat on a créneau of the current panier."""
    body = {"creneauId": vendor.id_of(creneau)}
    panier = vendor.post(f"{V2}/panier/creneaux", json=body).json()["id"]
    answer = vendor.put(
        f"{V2}/paniers/{panier}/creneaux/{vendor.id_of(creneau)}/candidat",
        json={"candidatId": vendor.id_of(candidat)},
    )
    assert answer.status_code == 204, answer.text


def test_an_eligible_candidat_has_no_motif_at_all(lea: Vendor) -> None:
    (ines,) = candidats(lea, nom={"query": "Moreau"})

    assert ines == {
        "candidat": {
            "id": lea.id_of("ines"),
            "nom": "Moreau",
            "prenom": "Inès",
            "numeroDossier": "012345678901",
        },
        "eligibilite": {"estEligible": True},
    }


def test_an_ineligible_one_is_there_with_the_code_and_its_message(lea: Vendor) -> None:
    assert eligibilite(lea, "penalite") == {
        "estEligible": False,
        "codeMotif": "CANDIDAT_SOUS_PENALITE",
        "motif": ApiError.CANDIDAT_SOUS_PENALITE.value.message,
    }


def test_a_motif_is_said_as_the_scenario_words_it(lea: Vendor) -> None:
    change(lea, errors={"CANDIDAT_SOUS_PENALITE": {"message": "Pas encore"}})

    assert eligibilite(lea, "penalite")["motif"] == "Pas encore"


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("renvoi", "CANDIDAT_SANS_DEMANDE_ACTIVE"),
        ("penalite", "CANDIDAT_SOUS_PENALITE"),
        ("inscrit", "CANDIDAT_DEJA_INSCRIT"),
        ("attente", "CANDIDAT_EN_ATTENTE_DE_RESULTAT"),
        ("recu", "CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN"),
        ("zoe", "CANDIDAT_DEJA_DANS_PANIER"),
    ],
)
def test_each_reason_is_told_by_its_code(lea: Vendor, ref: str, code: str) -> None:
    in_panier(lea, "b2", "zoe")

    assert eligibilite(lea, ref)["codeMotif"] == code


def test_who_is_on_this_very_creneau_is_eligible_for_it(lea: Vendor) -> None:
    in_panier(lea, "b1", "zoe")

    assert eligibilite(lea, "zoe", "b1") == {"estEligible": True}
    assert eligibilite(lea, "zoe", "b2")["codeMotif"] == "CANDIDAT_DEJA_DANS_PANIER"


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_magic_data_makes_a_candidat_ineligible_with_any_code(
    lea: Vendor, refusal: ApiError
) -> None:
    change(lea, candidats=[{"ref": "ines", "toujours": refusal.code}])

    assert eligibilite(lea, "ines")["codeMotif"] == refusal.code


def test_all_mandated_candidats_of_the_groupe_are_found_by_name(lea: Vendor) -> None:
    order = ["Abadie", "Bénard", "Caron", "Dumas", "Étienne", "L'Hénaff", "Moreau"]

    assert noms(lea) == order
    assert noms(lea, "a-plateau1") == ["L'Hénaff", "Moreau"]
    assert noms(lea, "ce1") == []


def test_namesakes_are_ordered_by_prenom(lea: Vendor) -> None:
    change(
        lea,
        candidats=[
            {"ref": "zac", "nom": "MOREAU", "prenom": "Zac", "numeroDossier": "1"},
            {"ref": "ada", "nom": "Moreau", "prenom": "Ada", "numeroDossier": "2"},
        ],
        mandats=[
            {"autoEcole": "plesses", "candidat": ref, "groupePermis": "B"} for ref in ("zac", "ada")
        ],
    )

    rows = candidats(lea, nom={"query": "moreau", "match": "EXACT"})

    assert [row["candidat"]["prenom"] for row in rows] == ["Ada", "Inès", "Zac"]


def test_only_those_of_the_ecole_are_found(anyone: Vendor) -> None:
    assert noms(anyone.as_("max")) == ["Petit"]
    assert noms(anyone.as_("nina")) == []


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"nom": {"query": "henaff"}}, ["L'Hénaff"]),
        ({"nom": {"query": "henaff", "match": "EXACT"}}, []),
        ({"nom": {"query": "l’HÉNAFF", "match": "EXACT"}}, ["L'Hénaff"]),
        ({"nom": {"query": "ar", "match": "PARTIAL"}}, ["Bénard", "Caron"]),
        ({"numeroDossier": {"query": "0001"}}, ["L'Hénaff"]),
        ({"numeroDossier": {"query": "123456789", "match": "EXACT"}}, []),
        ({"numeroDossier": {"query": "123456789"}}, ["L'Hénaff", "Moreau"]),
        ({"nom": {"query": "moreau"}, "numeroDossier": {"query": "0001"}}, []),
        ({"nom": {"query": ""}, "numeroDossier": {"query": "678901"}}, ["Moreau"]),
        ({"nom": {"match": "EXACT"}, "numeroDossier": {"query": "678901"}}, ["Moreau"]),
        ({"nom": None, "numeroDossier": {"query": "678901"}}, ["Moreau"]),
    ],
)
def test_names_and_numbers_narrow_the_search(
    lea: Vendor, criteria: dict[str, Any], expected: list[str]
) -> None:
    assert noms(lea, **criteria) == expected


def test_a_creneau_that_is_taken_or_over_is_looked_at_all_the_same(lea: Vendor) -> None:
    assert len(noms(lea, "b-noe")) == 7
    assert len(noms(lea, "b-attente")) == 7
    assert len(noms(lea, "b-ferme")) == 7


def test_an_unknown_creneau_is_a_bad_request(lea: Vendor) -> None:
    for id_ in (UNKNOWN, "pas-un-uuid", lea.id_of("e-inscrit"), lea.id_of("sables-b")):
        answer = lea.post(RECHERCHE, json={"filtre": {"creneauId": id_}})

        assert refusal_of(answer) == (400, "CRENEAU_INCONNU")


def test_a_creneau_is_unknown_until_it_is_published(lea: Vendor) -> None:
    filtre = {"creneauId": lea.id_of("b-futur")}

    advance(lea, to="2026-03-10T13:59:59Z")
    assert refusal_of(lea.post(RECHERCHE, json={"filtre": filtre})) == (400, "CRENEAU_INCONNU")

    advance(lea, to="2026-03-10T14:00:00Z")
    assert len(candidats(lea, "b-futur")) == 7


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["filtre"]),
        ({"filtre": None}, ["filtre"]),
        ({"filtre": {}}, ["filtre.creneauId"]),
        ({"filtre": {"creneauId": ""}}, ["filtre.creneauId"]),
        ({"filtre": {"creneauId": 1}}, ["filtre.creneauId"]),
        ({"filtre": {"creneauId": "x", "groupePermis": "B"}}, ["filtre.groupePermis"]),
        ({"filtre": {"creneauId": "x"}, "page": 1}, ["page"]),
        ({"filtre": {"creneauId": "x", "nom": "Moreau"}}, ["filtre.nom"]),
        (
            {"filtre": {"creneauId": "x", "nom": {"match": "exact", "query": 1}}},
            ["filtre.nom.query", "filtre.nom.match"],
        ),
        ([], ["corps"]),
    ],
)
def test_each_problem_of_a_search_is_named(lea: Vendor, body: object, champs: list[str]) -> None:
    answer = lea.post(RECHERCHE, json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


def test_a_body_is_required(lea: Vendor) -> None:
    answer = lea.post(RECHERCHE)

    assert [detail["champ"] for detail in answer.json()["details"]] == ["corps"]


def test_the_search_answers_the_same_through_v1(lea: Vendor) -> None:
    body = {"filtre": {"creneauId": lea.id_of("b1")}}

    assert lea.post(f"{V1}/candidats/recherche", json=body).json() == candidats(lea)
    unknown = lea.post(f"{V1}/candidats/recherche", json={"filtre": {"creneauId": UNKNOWN}})
    assert refusal_of(unknown) == (400, "CRENEAU_INCONNU")


def test_a_closed_ecole_goes_on_searching(anyone: Vendor) -> None:
    paul = anyone.as_("paul")

    with nothing_written(paul):
        assert candidats(paul) == []


def test_searching_wants_the_scope_of_the_exam_api(anyone: Vendor) -> None:
    stranger = anyone.as_("lea", "livret_numerique:read")

    assert refusal_of(stranger.post(RECHERCHE)) == (403, "SCOPE_INSUFFISANT")
    assert refusal_of(anyone.post(RECHERCHE)) == (401, "JETON_INVALIDE")
