from collections.abc import Callable

import pytest

from tests.api.exam_world import (
    UNKNOWN,
    advance,
    change,
    nothing_written,
)
from tests.api.paniers.acts import (
    COURANT,
    OBLIGATOIRE,
    ajouter,
    ajouter_multiples,
    contents,
    ids_of,
    many,
    ouvrir,
    retirer,
)
from tests.support import Vendor, refusal_of


def test_a_creneau_is_added_and_the_whole_panier_comes_back(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    answer = ajouter(lea, panier, "b2")

    assert answer.status_code == 201
    assert answer.json() == lea.get(panier).json()
    assert contents(lea, panier) == ids_of(lea, "b1", "b2")


@pytest.mark.parametrize("id_", [UNKNOWN, "", "pas-un-uuid"])
def test_an_unknown_creneau_is_not_found(lea: Vendor, id_: str) -> None:
    panier = ouvrir(lea)

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux", json={"creneauId": id_})

    assert refusal_of(answer) == (404, "CRENEAU_INCONNU")


def test_a_creneau_is_unknown_until_it_is_published(lea: Vendor) -> None:
    panier = ouvrir(lea)
    assert refusal_of(ajouter(lea, panier, "b-futur")) == (404, "CRENEAU_INCONNU")

    advance(lea, to="2026-03-10T14:00:00Z")

    assert ajouter(lea, ouvrir(lea), "b-futur").status_code == 201


def test_ids_of_other_things_are_no_creneaux(lea: Vendor) -> None:
    panier = ouvrir(lea)

    with nothing_written(lea):
        for ref in ("e-inscrit", "sables-b", "ines"):
            assert refusal_of(ajouter(lea, panier, ref)) == (404, "CRENEAU_INCONNU")


def test_a_creneau_is_in_one_panier_at_most(lea: Vendor, max_: Vendor) -> None:
    first, second, other = ouvrir(lea, "b1"), ouvrir(lea), ouvrir(max_)

    with nothing_written(lea):
        answers = [
            ajouter(lea, first, "b1"),
            ajouter(lea, second, "b1"),
            ajouter(max_, other, "b1"),
            ajouter(max_, COURANT, "b1"),
        ]

    assert [refusal_of(answer) for answer in answers] == [(409, "CRENEAU_DEJA_RESERVE")] * 4


@pytest.mark.parametrize("ref", ["b-noe", "b-inscrit", "b-ferme", "b-attente"])
def test_a_creneau_that_is_taken_or_closed_is_not_available(lea: Vendor, ref: str) -> None:
    panier = ouvrir(lea)

    with nothing_written(lea):
        assert refusal_of(ajouter(lea, panier, ref)) == (422, "CRENEAU_NON_DISPONIBLE")


def test_a_creneau_is_available_until_it_begins(lea: Vendor) -> None:
    advance(lea, to="2026-03-10T08:59:59Z")
    panier = ouvrir(lea, "b-jour")
    retirer(lea, panier, "b-jour")

    advance(lea, by="PT1S")

    assert refusal_of(ajouter(lea, panier, "b-jour")) == (422, "CRENEAU_NON_DISPONIBLE")


def test_the_thirty_seventh_creneau_finds_the_panier_full(lea: Vendor) -> None:
    refs = many(lea, 37)
    panier = ouvrir(lea)
    for start in (0, 12, 24):
        ajouter_multiples(lea, panier, *refs[start : start + 12])

    with nothing_written(lea):
        assert refusal_of(ajouter(lea, panier, refs[36])) == (400, "PANIER_PLEIN")

    assert contents(lea, panier) == ids_of(lea, *refs[:36])


def test_how_much_a_panier_holds_is_a_limit(lea: Vendor) -> None:
    change(lea, limits={"panier.capacite": 1})
    panier = ouvrir(lea, "b1")

    assert refusal_of(ajouter(lea, panier, "b2")) == (400, "PANIER_PLEIN")


def test_a_panier_is_of_one_groupe_until_it_is_empty(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    with nothing_written(lea):
        refused = [ajouter(lea, panier, ref) for ref in ("a-plateau1", "ce1")]
    assert [refusal_of(one) for one in refused] == [(400, "CRENEAU_DE_GROUPE_DIFFERENT")] * 2

    retirer(lea, panier, "b1")

    assert lea.get(panier).json()["groupePermis"] is None
    assert ajouter(lea, panier, "a-plateau1").json()["groupePermis"] == "A"
    assert refusal_of(ajouter(lea, panier, "b1")) == (400, "CRENEAU_DE_GROUPE_DIFFERENT")


def test_an_ecole_must_have_said_who_teaches_there_but_for_ce(anyone: Vendor) -> None:
    nina = anyone.as_("nina")
    panier = ouvrir(nina)
    with nothing_written(nina):
        answer = ajouter(nina, panier, "b1")
    assert refusal_of(answer) == (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION")

    assert ajouter(nina, panier, "ce1").status_code == 201


def test_seuil_and_plafond_are_the_ecoles(max_: Vendor) -> None:
    panier = ouvrir(max_, "b1", "b1bis", "b2")  # with its examen, the four of its seuil
    with nothing_written(max_):
        fresh = ajouter(max_, panier, "b3")
    ajouter(max_, panier, "b-vieux1")
    ajouter(max_, panier, "b-vieux2")
    with nothing_written(max_):
        old = ajouter(max_, panier, "b-vieux3")
        still_fresh = ajouter(max_, panier, "b3")

    assert refusal_of(fresh) == (400, "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT")
    assert refusal_of(old) == (400, "CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT")
    assert refusal_of(still_fresh) == (400, "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT")


def test_taking_a_creneau_out_gives_its_place_back(max_: Vendor) -> None:
    panier = ouvrir(max_, "b1", "b1bis", "b2")
    assert ajouter(max_, panier, "b3").status_code == 400

    retirer(max_, panier, "b1")

    assert ajouter(max_, panier, "b3").status_code == 201


def test_of_two_reasons_the_first_is_told(anyone: Vendor, lea: Vendor) -> None:
    """All reasons stand at once; each step takes away the one that was told."""
    nina = anyone.as_("nina")
    mine, other = ouvrir(nina, "ce1"), ouvrir(lea, "b1")
    change(nina, limits={"panier.capacite": 1})
    change(nina, creneaux=[{"ref": "b1", "dateHeurePublication": "2026-03-10T08:00:01Z"}])
    change(nina, centres=[{"ref": "sables-b", "estFerme": True}])

    def teach(groupe: str) -> None:
        etp = [{"groupePermis": groupe, "mois": "2026-03", "valeur": 1}]
        change(nina, autoEcoles=[{"ref": "neuve", "etp": etp}])

    steps: list[tuple[int, str, Callable[[], object]]] = [
        (404, "CRENEAU_INCONNU", lambda: advance(nina, by="PT1S")),
        (409, "CRENEAU_DEJA_RESERVE", lambda: lea.delete(other)),
        (
            422,
            "CRENEAU_NON_DISPONIBLE",
            lambda: change(nina, centres=[{"ref": "sables-b", "estFerme": False}]),
        ),
        (400, "PANIER_PLEIN", lambda: change(nina, limits={"panier.capacite": 36})),
        (400, "CRENEAU_DE_GROUPE_DIFFERENT", lambda: retirer(nina, mine, "ce1")),
        (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION", lambda: teach("A")),
        (
            400,
            "CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT",
            lambda: change(nina, limits={"seuil.prioriteTerritorialeJours": 0}),
        ),
        (400, "CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT", lambda: teach("B")),
    ]
    for status, code, take_away in steps:
        assert refusal_of(ajouter(nina, mine, "b1")) == (status, code)
        take_away()

    assert ajouter(nina, mine, "b1").status_code == 201


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["creneauId"]),
        ({"creneauId": None}, ["creneauId"]),
        ({"creneauId": 1}, ["creneauId"]),
        ({"creneauId": ["x"]}, ["creneauId"]),
        ({"creneauId": "x", "candidatId": "y"}, ["candidatId"]),
        ([], ["corps"]),
        (None, ["corps"]),
    ],
)
@pytest.mark.parametrize("form", ["by id", "current"])
def test_each_problem_of_an_addition_is_named(
    lea: Vendor, body: object, champs: list[str], form: str
) -> None:
    panier = ouvrir(lea) if form == "by id" else COURANT

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


def test_problems_of_the_query_come_before_those_of_the_body(lea: Vendor) -> None:
    answer = lea.post(f"{ouvrir(lea)}/creneaux", params={OBLIGATOIRE: "oui"}, json={})

    assert [detail["champ"] for detail in answer.json()["details"]] == [OBLIGATOIRE, "creneauId"]


def test_unknown_fields_are_ignored_where_the_scenario_wants_it(lea: Vendor) -> None:
    change(lea, responses={"unknownFields": "ignore"})

    answer = lea.post(
        f"{ouvrir(lea)}/creneaux", json={"creneauId": lea.id_of("b1"), "candidatId": 3}
    )

    assert answer.status_code == 201
