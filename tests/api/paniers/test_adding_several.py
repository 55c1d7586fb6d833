import pytest

from tests.api.exam_world import (
    EXAM_WORLD,
    UNKNOWN,
    change,
    nothing_written,
    selects,
)
from tests.api.paniers.acts import COURANT, ajouter_multiples, contents, ids_of, many, ouvrir
from tests.support import Vendor, refusal_of, running


def test_a_bulk_that_succeeds_entirely_is_created(lea: Vendor) -> None:
    panier = ouvrir(lea)

    answer = ajouter_multiples(lea, panier, "b2", "b1")

    assert answer.status_code == 201
    assert answer.json() == {
        "crenauxIdsAjoutesAuPanierAvecSucces": ids_of(lea, "b2", "b1"),
        "crenauxIdsAjoutesAuPanierEnEchec": [],
        "panier": lea.get(panier).json(),
    }
    assert contents(lea, panier) == ids_of(lea, "b2", "b1")


@pytest.mark.parametrize("status", [200, 201, 207])
@pytest.mark.parametrize("form", ["by id", "current"])
def test_the_status_of_a_whole_success_is_the_scenarios(form: str, status: int) -> None:
    text = f"{EXAM_WORLD}responses: {{bulkSuccessStatus: {status}}}\n"
    with running(text) as application:
        lea = Vendor(application).as_("lea")
        panier = ouvrir(lea) if form == "by id" else COURANT

        assert ajouter_multiples(lea, panier, "b1").status_code == status
        assert ajouter_multiples(lea, panier, "b1", "b2").status_code == 207


def test_what_succeeds_stays_when_a_part_fails(lea: Vendor, max_: Vendor) -> None:
    ouvrir(max_, "b2")
    panier = ouvrir(lea)
    asked = ["b4", "b2", "b-futur", "b3", "a-plateau1", "b-noe", "b1"]

    answer = ajouter_multiples(lea, panier, *asked)

    assert answer.status_code == 207
    assert answer.json() == {
        "crenauxIdsAjoutesAuPanierAvecSucces": ids_of(lea, "b4", "b3", "b1"),
        "crenauxIdsAjoutesAuPanierEnEchec": ids_of(lea, "b2", "b-futur", "a-plateau1", "b-noe"),
        "panier": lea.get(panier).json(),
    }
    assert contents(lea, panier) == ids_of(lea, "b4", "b3", "b1")


def test_a_bulk_of_which_nothing_succeeds_is_answered_alike(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    body = {"creneauxId": [lea.id_of("b1"), UNKNOWN, "", "pas-un-uuid"]}

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux-multiples", json=body)

    assert answer.status_code == 207
    assert answer.json()["crenauxIdsAjoutesAuPanierAvecSucces"] == []
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == body["creneauxId"]


def test_of_three_more_than_thirty_five_one_enters(lea: Vendor) -> None:
    refs = many(lea, 38)
    panier = ouvrir(lea)
    for start in (0, 12, 24):
        ajouter_multiples(lea, panier, *refs[start : min(start + 12, 35)])

    answer = ajouter_multiples(lea, panier, *refs[35:])

    assert answer.status_code == 207
    assert answer.json()["crenauxIdsAjoutesAuPanierAvecSucces"] == ids_of(lea, refs[35])
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == ids_of(lea, *refs[36:])
    assert len(contents(lea, panier)) == 36


def test_a_bulk_stops_counting_at_the_seuil(max_: Vendor) -> None:
    answer = ajouter_multiples(max_, COURANT, "b1", "b1bis", "b2", "b3", "b-vieux1", "b4")

    assert answer.status_code == 207
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == ids_of(max_, "b3", "b4")


def test_the_first_creneau_of_a_bulk_gives_the_groupe(lea: Vendor) -> None:
    answer = ajouter_multiples(lea, ouvrir(lea), "b-noe", "a-plateau1", "b1")

    assert answer.json()["panier"]["groupePermis"] == "A"
    assert answer.json()["crenauxIdsAjoutesAuPanierEnEchec"] == ids_of(lea, "b-noe", "b1")


@pytest.mark.parametrize("form", ["by id", "current"])
def test_a_bulk_without_declaration_is_refused_as_a_whole(anyone: Vendor, form: str) -> None:
    nina = anyone.as_("nina")
    panier = ouvrir(nina) if form == "by id" else COURANT

    with nothing_written(nina):
        answer = ajouter_multiples(nina, panier, "b1", "b2")

    assert refusal_of(answer) == (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION")
    assert ajouter_multiples(nina, panier, "ce1", "ce2").status_code == 201


@pytest.mark.parametrize(
    ("body", "champs"),
    [
        ({}, ["creneauxId"]),
        ({"creneauxId": None}, ["creneauxId"]),
        ({"creneauxId": []}, ["creneauxId"]),
        ({"creneauxId": "x"}, ["creneauxId"]),
        ({"creneauxId": [f"x{number}" for number in range(13)]}, ["creneauxId"]),
        ({"creneauxId": ["x", "y", "x"]}, ["creneauxId"]),
        ({"creneauxId": ["x", 1, None]}, ["creneauxId[1]", "creneauxId[2]"]),
        ({"creneauxId": ["x"], "creneauId": "x"}, ["creneauId"]),
        ([], ["corps"]),
    ],
)
@pytest.mark.parametrize("form", ["by id", "current"])
def test_each_problem_of_a_bulk_is_named(
    lea: Vendor, body: object, champs: list[str], form: str
) -> None:
    panier = ouvrir(lea) if form == "by id" else COURANT

    with nothing_written(lea):
        answer = lea.post(f"{panier}/creneaux-multiples", json=body)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == champs


def test_how_many_a_bulk_may_name_is_a_limit(lea: Vendor) -> None:
    change(lea, limits={"panier.ajoutMultipleMax": 1})

    assert ajouter_multiples(lea, ouvrir(lea), "b1", "b2").status_code == 400
    assert ajouter_multiples(lea, ouvrir(lea), "b1").status_code == 201


def test_a_bulk_reads_each_creneau_once_and_all_else_as_often_as_for_one(lea: Vendor) -> None:
    before, first, *others = ids_of(lea, *many(lea, 14))
    path = f"{ouvrir(lea)}/creneaux-multiples"
    lea.post(path, json={"creneauxId": [before]})  # what happens next by itself is looked up once
    with selects(lea) as of_one:
        lea.post(path, json={"creneauxId": [first]})
    with selects(lea) as of_twelve:
        answer = lea.post(path, json={"creneauxId": others})

    assert answer.status_code == 201
    find_it, count_its_id, check_its_id = 1, 1, 1
    assert len(of_twelve) - len(of_one) == 11 * (find_it + count_its_id + check_its_id)


def test_twelve_are_not_too_many(lea: Vendor) -> None:
    assert ajouter_multiples(lea, ouvrir(lea), *many(lea, 12)).status_code == 201
