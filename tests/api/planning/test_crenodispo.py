from typing import Any

import pytest

from tests.api.exam_world import UNKNOWN, change
from tests.api.planning.acts import (
    CRENODISPO,
    DISPONIBLE,
    PLANNING,
    PROCHAINE_DATE,
    SEUIL_ATTEINT,
    filtre,
    ids_of,
    in_panier,
    libres,
    prochaine_date,
    query,
)
from tests.support import Vendor, refusal_of


def test_crenodispo_lists_creneaux_flat(lea: Vendor) -> None:
    answer = lea.get(CRENODISPO, params=query(lea, "gonesse-b"))

    assert answer.json() == [
        {
            "id": lea.id_of("b-gonesse"),
            "centre": {"id": lea.id_of("gonesse-b"), "nom": "GONESSE B"},
            "numeroInspecteur": "8642",
            "dateHeureDebut": "2026-04-07T07:30:00",
            "dateHeureFin": "2026-04-07T08:02:00",
            "dateHeurePublication": "2026-01-15T14:00:00Z",
            "statutDeReservation": DISPONIBLE,
            "groupePermis": "B",
            "typeEpreuvePratique": "CIRCULATION",
        }
    ]


def test_crenodispo_lists_what_nobody_has_on_that_very_day(lea: Vendor, max_: Vendor) -> None:
    assert libres(lea) == ids_of(lea, "b1", "b1bis", "b2", "b3", "b4")
    assert libres(lea, date="2026-04-06") == []

    in_panier(max_, "b1")

    assert libres(lea) == libres(max_) == ids_of(lea, "b1bis", "b2", "b3", "b4")


def test_crenodispo_names_a_seuil_that_is_reached(max_: Vendor) -> None:
    in_panier(max_, "b1", "b1bis", "b2")

    answer = max_.get(CRENODISPO, params=query(max_))

    assert [row["statutDeReservation"] for row in answer.json()] == [SEUIL_ATTEINT] * 2


def test_several_centres_are_listed_by_hour(lea: Vendor) -> None:
    order = ids_of(lea, "b-gonesse", "b1", "b1bis", "b2", "b3", "b4")

    assert libres(lea, "sables-b", "gonesse-b") == order


@pytest.mark.parametrize(
    "form",
    [
        "centres-ids={0}&centres-ids={1}&centres-ids={2}",
        "centres-ids={0},{1},{2}",
        "centres-ids={0},{1}&centres-ids={2}",
        "centres-ids={0}%2C{1}%2C{2}&centres-ids={0}",
    ],
)
def test_centres_are_repeated_or_between_commas_or_both(lea: Vendor, form: str) -> None:
    centres = form.format(*ids_of(lea, "sables-b", "gonesse-b", "aizenay-b"))

    answer = lea.get(f"{CRENODISPO}?{centres}&groupe-permis=B&date=2026-04-07")
    date = lea.get(f"{PROCHAINE_DATE}?{centres}&groupe-permis=B&date=2026-03-11")

    assert len(answer.json()) == 6
    assert date.json() == "2026-04-07"


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-01-01", "2026-03-10"),
        ("2026-03-10", "2026-03-10"),
        ("2026-03-11", "2026-04-07"),
        ("2026-04-07", "2026-04-07"),
        ("2026-04-08", "2026-04-08"),
        ("2026-04-09", None),
    ],
)
def test_the_next_date_is_the_first_from_that_day_on(
    lea: Vendor, since: str, expected: str | None
) -> None:
    assert prochaine_date(lea, date=since) == expected


def test_the_next_date_is_a_bare_string_or_null(lea: Vendor) -> None:
    found = lea.get(PROCHAINE_DATE, params=query(lea))
    none = lea.get(PROCHAINE_DATE, params=query(lea, date="2027-01-01"))

    assert (found.status_code, found.text) == (200, '"2026-04-07"')
    assert (none.status_code, none.text) == (200, "null")
    assert none.headers["content-type"] == "application/json"


def test_the_next_date_does_not_ask_for_the_seuil_of_the_caller(anyone: Vendor) -> None:
    assert prochaine_date(anyone.as_("nina")) == "2026-04-07"


def test_the_next_date_looks_past_what_is_in_paniers(lea: Vendor, max_: Vendor) -> None:
    in_panier(lea, "b1", "b1bis", "b2", "b3", "b4")

    assert prochaine_date(max_) == "2026-04-08"
    assert prochaine_date(lea) == "2026-04-08"


def test_the_next_date_is_of_the_groupe(lea: Vendor) -> None:
    assert prochaine_date(lea, groupe_permis="CE") == "2026-04-14"
    assert prochaine_date(lea, groupe_permis="A") is None


@pytest.mark.parametrize("path", [CRENODISPO, PROCHAINE_DATE])
def test_one_unknown_centre_is_enough_to_refuse(lea: Vendor, path: str) -> None:
    params = {**query(lea), "centres-ids": [lea.id_of("sables-b"), UNKNOWN]}

    assert refusal_of(lea.get(path, params=params)) == (400, "CENTRE_INCONNU")


@pytest.mark.parametrize("path", [CRENODISPO, PROCHAINE_DATE])
@pytest.mark.parametrize(
    ("changes", "champ"),
    [
        ({"centres-ids": "sables-b"}, "centres-ids"),
        ({"centres-ids": ""}, "centres-ids"),
        ({"centres-ids": f"{UNKNOWN},"}, "centres-ids"),
        ({"centres-ids": [UNKNOWN, "1"]}, "centres-ids"),
        ({"groupe-permis": "BA"}, "groupe-permis"),
        ({"groupe-permis": ""}, "groupe-permis"),
        ({"date": "07/04/2026"}, "date"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": ""}, "date"),
    ],
)
def test_each_problem_of_a_crenodispo_is_named(
    lea: Vendor, path: str, changes: dict[str, Any], champ: str
) -> None:
    answer = lea.get(path, params={**query(lea), **changes})

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


@pytest.mark.parametrize("path", [CRENODISPO, PROCHAINE_DATE])
def test_all_of_a_crenodispo_is_required(lea: Vendor, path: str) -> None:
    answer = lea.get(path, params={"centreId": lea.id_of("sables-b")})

    assert [detail["champ"] for detail in answer.json()["details"]] == [
        "centres-ids",
        "groupe-permis",
        "date",
    ]


def test_crenodispo_has_a_bucket_of_its_own(lea: Vendor, max_: Vendor) -> None:
    limits = {"debit.actif": True, "debit.parEmploye": 2, "debit.crenodispo.parEmploye": 3}
    change(lea, limits=limits)
    both = [CRENODISPO, PROCHAINE_DATE, CRENODISPO, PROCHAINE_DATE]

    answers = [lea.get(path, params=query(lea)) for path in both]
    others = [lea.post(PLANNING, json=filtre(lea)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert refusal_of(answers[-1]) == (429, "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT")
    assert [answer.status_code for answer in others] == [200, 200, 429]
    assert max_.get(CRENODISPO, params=query(max_)).status_code == 200


def test_an_ecole_en_ligne_shares_one_bucket_of_crenodispo(lea: Vendor) -> None:
    change(lea, autoEcoles=[{"ref": "plesses", "enLigne": True}])
    change(lea, limits={"debit.actif": True, "debit.crenodispo.parAutoEcoleEnLigne": 2})
    tom = lea.as_("tom")

    answers = [vendor.get(CRENODISPO, params=query(vendor)) for vendor in (lea, tom, tom)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert tom.post(PLANNING, json=filtre(tom)).status_code == 200
