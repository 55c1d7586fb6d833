from typing import Any

import pytest

from tests.api.exam_world import (
    UNKNOWN,
    V1,
    V2,
    advance,
    nothing_written,
)
from tests.api.paniers.acts import COURANT, PANIERS, ajouter, ajouter_multiples, ouvrir
from tests.support import Vendor, refusal_of


def test_a_new_panier_is_empty_and_lives_a_quarter_of_an_hour(lea: Vendor) -> None:
    answer = lea.post(PANIERS)

    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "employeAutoEcoleId": lea.id_of("lea"),
        "groupePermis": None,
        "dateHeureExpiration": "2026-03-10T08:15:00+00:00",
        "elementsDuPanier": [],
    }
    assert lea.get(answer.headers["location"]).json() == answer.json()


@pytest.mark.parametrize("prefix", ["", "/w/principal"])
@pytest.mark.parametrize("version", [V2, V1])
def test_a_new_panier_is_located_under_the_current_version(
    anyone: Vendor, version: str, prefix: str
) -> None:
    lea = Vendor(anyone.application, prefix).as_("lea")

    answer = lea.post(f"{version}/paniers")

    assert answer.headers["location"] == f"{prefix}{PANIERS}/{answer.json()['id']}"


def test_nothing_else_that_is_created_has_a_location(lea: Vendor) -> None:
    panier = ouvrir(lea)
    answers = [
        ajouter(lea, panier, "b1"),
        ajouter_multiples(lea, panier, "b2"),
        ajouter(lea, COURANT, "b3"),
        ajouter_multiples(lea, COURANT, "b4"),
    ]

    assert [answer.status_code for answer in answers] == [201] * 4
    assert all("location" not in answer.headers for answer in answers)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": b""},
        {"content": b"", "headers": {"content-type": "application/json"}},
        {"content": b"", "headers": {"content-type": "text/plain"}},
        {"json": {}},
        {"json": {"employeAutoEcoleId": None}},
    ],
)
def test_without_a_word_a_panier_is_the_callers(lea: Vendor, body: dict[str, Any]) -> None:
    answer = lea.post(PANIERS, **body)

    assert answer.status_code == 201
    assert answer.json()["employeAutoEcoleId"] == lea.id_of("lea")


def test_a_panier_may_be_opened_for_a_colleague(lea: Vendor) -> None:
    answer = lea.post(PANIERS, json={"employeAutoEcoleId": lea.id_of("tom")})

    assert answer.status_code == 201
    assert answer.json()["employeAutoEcoleId"] == lea.id_of("tom")


def test_a_panier_is_for_somebody_of_the_ecole_who_exists(lea: Vendor) -> None:
    stranger = {"employeAutoEcoleId": lea.id_of("max")}
    nobody = {"employeAutoEcoleId": UNKNOWN}
    no_employe = {"employeAutoEcoleId": lea.id_of("ines")}

    with nothing_written(lea):
        answers = [lea.post(PANIERS, json=body) for body in (stranger, nobody, no_employe)]

    assert [refusal_of(answer) for answer in answers] == [
        (400, "EMPLOYE_N_APPARTIENT_PAS_A_AUTO_ECOLE"),
        (400, "EMPLOYE_AUTO_ECOLE_INEXISTANT"),
        (400, "EMPLOYE_AUTO_ECOLE_INEXISTANT"),
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "champ"),
    [
        (b"\xef\xbb\xbf[]", "application/json", "corps"),
        (b"null", "text/plain", "corps"),
        (b"[]", "application/json", "corps"),
        (b'"lea"', "application/json", "corps"),
        (b"{", "application/json", "corps"),
        (b"{}", "text/plain", "corps"),
        (b"{}", "", "corps"),
        (b'{"employeAutoEcoleId": "lea"}', "application/json", "employeAutoEcoleId"),
        (b'{"employeAutoEcoleId": ""}', "application/json", "employeAutoEcoleId"),
        (b'{"employeAutoEcoleId": 1}', "application/json", "employeAutoEcoleId"),
        (b'{"employeId": "x"}', "application/json", "employeId"),
    ],
)
def test_a_body_of_creer_panier_is_read_when_there_is_one(
    lea: Vendor, content: bytes, content_type: str, champ: str
) -> None:
    with nothing_written(lea):
        answer = lea.post(PANIERS, content=content, headers={"content-type": content_type})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize("content", [b"null", b" null\n", BOM, BOM + b"null", BOM + b"{}"])
def test_a_body_that_says_nothing_is_none_where_none_is_needed(lea: Vendor, content: bytes) -> None:
    answer = lea.post(PANIERS, content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 201, answer.text


def test_the_living_paniers_of_the_ecole_are_listed_oldest_first(lea: Vendor, max_: Vendor) -> None:
    first = ouvrir(lea, "b1")
    ouvrir(max_, "b2")
    second = ouvrir(lea.as_("tom"))
    advance(lea, by="PT1M")
    third = ouvrir(lea)

    listed = lea.get(PANIERS).json()

    assert [f"{PANIERS}/{panier['id']}" for panier in listed] == [first, second, third]
    assert listed[0] == lea.get(first).json()
    assert lea.get(f"{V1}/paniers").json() == listed


def test_an_ecole_without_paniers_lists_none(lea: Vendor, max_: Vendor) -> None:
    ouvrir(max_)

    assert lea.get(PANIERS).json() == []


def test_a_panier_that_is_dropped_gives_its_creneaux_back(lea: Vendor, max_: Vendor) -> None:
    panier = ouvrir(lea, "b1", "b2")

    answer = lea.delete(panier)

    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal_of(lea.get(panier)) == (404, "PANIER_INCONNU")
    assert refusal_of(lea.delete(panier)) == (404, "PANIER_INCONNU")
    assert ajouter(max_, ouvrir(max_), "b1").status_code == 201
