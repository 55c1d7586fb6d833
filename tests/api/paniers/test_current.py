import pytest

from tests.api.exam_world import (
    advance,
    change,
    nothing_written,
)
from tests.api.paniers.acts import (
    COURANT,
    PANIERS,
    ajouter,
    ajouter_multiples,
    contents,
    ids_of,
    ouvrir,
)
from tests.support import Vendor, refusal_of


def test_the_current_panier_is_opened_on_demand_by_each_call(lea: Vendor) -> None:
    read = lea.get(COURANT)

    assert read.status_code == 200
    assert read.json() == lea.get(f"{PANIERS}/{read.json()['id']}").json()
    assert read.json()["elementsDuPanier"] == []
    assert lea.get(COURANT).json() == read.json()

    tom = lea.as_("tom")
    added = ajouter(tom, COURANT, "b1")
    assert added.status_code == 201
    assert added.json() == tom.get(COURANT).json()
    assert added.json()["id"] != read.json()["id"]


def test_a_bulk_opens_the_current_panier_too(lea: Vendor) -> None:
    answer = ajouter_multiples(lea, COURANT, "b1", "b-noe")

    assert answer.status_code == 207
    assert answer.json()["panier"] == lea.get(COURANT).json()
    assert len(lea.get(PANIERS).json()) == 1


def test_the_current_panier_is_the_youngest_of_the_employe(lea: Vendor) -> None:
    tom = lea.as_("tom")
    ouvrir(lea)
    second = ouvrir(lea)
    assert f"{PANIERS}/{lea.get(COURANT).json()['id']}" == second

    advance(lea, by="PT1M")
    third = lea.post(PANIERS, json={"employeAutoEcoleId": lea.id_of("tom")}).json()["id"]
    fourth = ouvrir(tom, "b1")
    tom.delete(fourth)

    assert tom.get(COURANT).json()["id"] == third
    assert f"{PANIERS}/{lea.get(COURANT).json()['id']}" == second


def test_a_new_one_is_current_once_the_last_has_expired(lea: Vendor) -> None:
    before = ajouter(lea, COURANT, "b1").json()
    advance(lea, by="PT15M")

    after = lea.get(COURANT).json()

    assert after["id"] != before["id"]
    assert after["dateHeureExpiration"] == "2026-03-10T08:30:00+00:00"
    assert after["elementsDuPanier"] == []


def test_both_forms_act_on_one_panier(lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    ajouter(lea, COURANT, "b2")
    ajouter_multiples(lea, COURANT, "b3")

    assert contents(lea, panier) == ids_of(lea, "b1", "b2", "b3")


@pytest.mark.parametrize(
    ("ref", "refusal"),
    [
        ("e-inscrit", (404, "CRENEAU_INCONNU")),
        ("b1", (409, "CRENEAU_DEJA_RESERVE")),
        ("b-noe", (422, "CRENEAU_NON_DISPONIBLE")),
        ("a-plateau1", (400, "AUTO_ECOLE_NA_AUCUNE_DECLARATION")),
    ],
)
def test_a_refused_addition_opens_no_panier(
    anyone: Vendor, lea: Vendor, ref: str, refusal: tuple[int, str]
) -> None:
    nina = anyone.as_("nina")
    ouvrir(lea, "b1")

    with nothing_written(nina):
        assert refusal_of(ajouter(nina, COURANT, ref)) == refusal

    assert nina.get(PANIERS).json() == []


def test_the_current_panier_may_be_full_or_of_another_groupe(lea: Vendor) -> None:
    ajouter(lea, COURANT, "b1")
    with nothing_written(lea):
        groupe = ajouter(lea, COURANT, "ce1")
    change(lea, limits={"panier.capacite": 1})
    with nothing_written(lea):
        full = ajouter(lea, COURANT, "ce1")

    assert refusal_of(groupe) == (400, "CRENEAU_DE_GROUPE_DIFFERENT")
    assert refusal_of(full) == (400, "PANIER_PLEIN")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", COURANT),
        ("POST", COURANT),
        ("GET", f"{COURANT}/creneaux"),
        ("GET", f"{COURANT}/creneaux-multiples"),
        ("PUT", PANIERS),
    ],
)
def test_the_current_panier_has_no_other_calls(lea: Vendor, method: str, path: str) -> None:
    assert refusal_of(lea.call(method, path)) == (405, "METHODE_NON_AUTORISEE")


def test_the_current_panier_is_not_validated_by_that_name(lea: Vendor) -> None:
    assert refusal_of(lea.post(f"{COURANT}/valider")) == (404, "RESSOURCE_INCONNUE")
