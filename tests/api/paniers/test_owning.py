from collections.abc import Iterator

import pytest
from httpx2 import Response

from tests.api.exam_world import (
    UNKNOWN,
    change,
    nothing_written,
)
from tests.api.paniers.acts import (
    COURANT,
    PANIERS,
    ajouter,
    ajouter_multiples,
    contents,
    everything_with,
    ids_of,
    ouvrir,
    placer,
    retirer,
    valider,
)
from tests.support import Vendor, refusal_of


def writes_without_a_panier(vendor: Vendor) -> Iterator[Response]:
    """The writes that name none."""
    yield vendor.post(PANIERS)
    yield ajouter(vendor, COURANT, "b3")
    yield ajouter_multiples(vendor, COURANT, "b3")


@pytest.mark.parametrize("stranger", ["max", "nina"])
def test_a_panier_of_another_ecole_is_forbidden_and_nothing_of_it_told(
    lea: Vendor, stranger: str
) -> None:
    panier, other = ouvrir(lea, "b1"), lea.as_(stranger)
    placer(lea, panier, b1="ines")

    with nothing_written(lea):
        for answer in everything_with(other, panier):
            assert refusal_of(answer) == (403, "ACTION_INTERDITE")
            assert answer.json().keys() == {"code", "erreur", "message"}


def test_ids_of_another_kind_are_no_paniers(lea: Vendor) -> None:
    ouvrir(lea, "b1")

    with nothing_written(lea):
        for ref in ("e-inscrit", "e-noe", "b1", "ines", "lea", "plesses"):
            for answer in everything_with(lea, f"{PANIERS}/{lea.id_of(ref)}"):
                assert refusal_of(answer) == (404, "PANIER_INCONNU")


def test_paniers_are_unknown_whatever_is_written_there(lea: Vendor) -> None:
    for id_ in (UNKNOWN, "pas-un-uuid", "creneaux", "%20", "%00", "%FF"):
        assert refusal_of(lea.get(f"{PANIERS}/{id_}")) == (404, "PANIER_INCONNU")


def test_what_is_wrong_with_the_call_comes_before_the_panier(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1")

    for path in (f"{PANIERS}/{UNKNOWN}", panier):
        answer = max_.post(f"{path}/creneaux", json={})
        assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")


def test_a_colleague_may_use_the_panier_as_his_own(lea: Vendor) -> None:
    tom = lea.as_("tom")
    panier = ouvrir(lea, "b1", "b2")

    assert tom.get(panier).status_code == 200
    assert ajouter(tom, panier, "b3").status_code == 201
    assert ajouter_multiples(tom, panier, "b4").status_code == 201
    placer(tom, panier, b1="ines")
    assert retirer(tom, panier, "b2").status_code == 204
    assert valider(tom, panier).status_code == 207
    assert tom.get(panier).json()["employeAutoEcoleId"] == lea.id_of("lea")
    assert tom.delete(panier).status_code == 204


# Who may act.


def test_a_closed_ecole_reads_its_paniers_and_changes_nothing(anyone: Vendor) -> None:
    change(anyone, paniers=[{"ref": "p1", "employe": "paul", "elements": [{"creneau": "b1"}]}])
    paul = anyone.as_("paul")
    panier = f"{PANIERS}/{paul.id_of('p1')}"

    assert contents(paul, panier) == ids_of(paul, "b1")
    assert len(paul.get(PANIERS).json()) == 1
    assert paul.get(COURANT).json()["id"] == paul.id_of("p1")
    read, *writes = everything_with(paul, panier)
    assert read.status_code == 200
    for answer in [*writes, *writes_without_a_panier(paul)]:
        assert refusal_of(answer) == (403, "ACTION_INTERDITE")
    assert contents(paul, panier) == ids_of(paul, "b1")


def test_a_closed_ecole_may_even_open_a_panier_by_reading_it(anyone: Vendor) -> None:
    assert anyone.as_("paul").get(COURANT).status_code == 200


def test_of_a_closed_ecole_the_parameters_come_first_then_that_it_is_closed(
    anyone: Vendor,
) -> None:
    paul = anyone.as_("paul")

    with nothing_written(paul):
        bad = paul.post(f"{PANIERS}/{UNKNOWN}/creneaux", json={})
        unknown = paul.post(f"{PANIERS}/{UNKNOWN}/creneaux", json={"creneauId": UNKNOWN})

    assert refusal_of(bad) == (400, "PARAMETRE_INVALIDE")
    assert refusal_of(unknown) == (403, "ACTION_INTERDITE")


def test_every_call_wants_the_scope_of_the_exam_api(anyone: Vendor, lea: Vendor) -> None:
    panier = ouvrir(lea, "b1")
    stranger = anyone.as_("lea", "livret_numerique:read", "livret_numerique:write")

    with nothing_written(lea):
        for vendor, refusal in (
            (stranger, (403, "SCOPE_INSUFFISANT")),
            (anyone, (401, "JETON_INVALIDE")),
        ):
            for answer in (
                vendor.get(PANIERS),
                vendor.get(COURANT),
                *everything_with(vendor, panier),
                *writes_without_a_panier(vendor),
            ):
                assert refusal_of(answer) == refusal


def test_a_gerant_is_not_needed(lea: Vendor) -> None:
    tom = lea.as_("tom")
    panier = ouvrir(tom, "b1")
    placer(tom, panier, b1="ines")

    assert valider(tom, panier).status_code == 200
