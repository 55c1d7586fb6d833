import pytest

from tests.api.exam_world import (
    advance,
    change,
    nothing_written,
)
from tests.api.paniers.acts import (
    COURANT,
    OBLIGATOIRE,
    PANIERS,
    ajouter,
    ajouter_multiples,
    contents,
    ids_of,
    ouvrir,
    placer,
    retirer,
)
from tests.support import Vendor, refusal_of


def test_an_element_shows_its_creneau_and_its_candidat(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    alone = lea.get(panier).json()
    placer(lea, panier, b1="ines")

    named = lea.get(panier).json()

    creneau = {
        "id": lea.id_of("b1"),
        "centre": {"id": lea.id_of("sables-b"), "nom": "SABLES B"},
        "numeroInspecteur": "1357",
        "dateHeureDebut": "2026-04-07T08:00:00",
        "dateHeureFin": "2026-04-07T08:32:00",
        "dateHeurePublication": "2026-03-01T14:00:00Z",
        "statutDeReservation": "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE",
        "groupePermis": "B",
        "typeEpreuvePratique": "CIRCULATION",
    }
    ines = {
        "id": lea.id_of("ines"),
        "nom": "Moreau",
        "prenom": "Inès",
        "numeroDossier": "012345678901",
    }
    assert alone == {
        "id": panier.removeprefix(f"{PANIERS}/"),
        "employeAutoEcoleId": lea.id_of("lea"),
        "groupePermis": "B",
        "dateHeureExpiration": "2026-03-10T08:15:00+00:00",
        "elementsDuPanier": [{"creneau": creneau, "candidat": None}],
    }
    assert named["elementsDuPanier"] == [{"creneau": creneau, "candidat": ines}]


def test_elements_stand_in_the_order_of_their_addition(lea: Vendor) -> None:
    panier = ouvrir(lea, "b3", "b1", "b2")
    placer(lea, panier, b3="ines")
    retirer(lea, panier, "b1")

    ajouter(lea, panier, "b1")

    assert contents(lea, panier) == ids_of(lea, "b3", "b2", "b1")


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ({}, False),
        ({OBLIGATOIRE: "false"}, False),
        ({OBLIGATOIRE: "0"}, False),
        ({OBLIGATOIRE: "true"}, True),
        ({OBLIGATOIRE: "1"}, True),
    ],
)
def test_whether_a_name_is_compulsory_is_said_when_asked(
    lea: Vendor, query: dict[str, str], *, is_there: bool
) -> None:
    panier = ouvrir(lea)

    answers = [
        ajouter(lea, panier, "b1", params=query).json(),
        ajouter_multiples(lea, panier, "b2", params=query).json()["panier"],
        ajouter_multiples(lea, panier, "b1", params=query).json()["panier"],
        ajouter(lea, COURANT, "b3", params=query).json(),
        ajouter_multiples(lea, COURANT, "b4", params=query).json()["panier"],
        lea.get(COURANT, params=query).json(),
    ]

    expected = {"creneau", "candidat"} | ({"estCandidatObligatoire"} if is_there else set())
    for answer in answers:
        assert all(element.keys() == expected for element in answer["elementsDuPanier"])


def test_reading_a_panier_by_its_id_never_says_it(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    answer = lea.get(panier, params={OBLIGATOIRE: "true"})

    assert "estCandidatObligatoire" not in answer.json()["elementsDuPanier"][0]


@pytest.mark.parametrize(
    ("creneau", "expected"),
    [("b1", True), ("a-plateau1", False), ("ce1", False)],
)
def test_a_name_is_compulsory_by_groupe(lea: Vendor, creneau: str, *, expected: bool) -> None:
    answer = ajouter(lea, COURANT, creneau, params={OBLIGATOIRE: "1"})

    assert answer.json()["elementsDuPanier"][0]["estCandidatObligatoire"] is expected


def test_a_scenario_may_say_otherwise_until_the_tenth_day_before(lea: Vendor) -> None:
    change(lea, creneaux=[{"ref": "b1", "estCandidatObligatoire": False}])
    advance(lea, to="2026-03-27T22:55:00Z")
    ajouter(lea, COURANT, "b1")
    before = lea.get(COURANT, params={OBLIGATOIRE: "1"}).json()

    advance(lea, to="2026-03-27T23:00:00Z")  # 28 March in Paris
    after = lea.get(COURANT, params={OBLIGATOIRE: "1"}).json()

    assert before["elementsDuPanier"][0]["estCandidatObligatoire"] is False
    assert after["elementsDuPanier"][0]["estCandidatObligatoire"] is True


@pytest.mark.parametrize("said", ["oui", "TRUE", "", "2", "null"])
def test_the_flag_is_a_boolean(lea: Vendor, said: str) -> None:
    panier, params = ouvrir(lea), {OBLIGATOIRE: said}

    with nothing_written(lea):
        answers = [
            ajouter(lea, panier, "b1", params=params),
            ajouter_multiples(lea, panier, "b1", params=params),
            lea.get(COURANT, params=params),
            ajouter(lea, COURANT, "b1", params=params),
            ajouter_multiples(lea, COURANT, "b1", params=params),
        ]

    for answer in answers:
        assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
        assert [detail["champ"] for detail in answer.json()["details"]] == [OBLIGATOIRE]
