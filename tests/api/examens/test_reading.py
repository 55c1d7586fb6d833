import pytest

from tests.api.examens.acts import READS, TUESDAY, V2, advance, ids_of, reserve, row_of
from tests.support import Vendor


def test_an_examen_is_read_with_its_candidat(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines", dateHeureReservation="2026-03-10T08:04:12.9Z")

    assert lea.get(f"{V2}/examens/e1").json() == {
        "id": "e1",
        "estModifiable": True,
        "estAnnule": False,
        "statut": "PROGRAMME",
        "creneauId": "c-e1",
        "centre": {"id": lea.id_of("sables"), "nom": "SABLES"},
        "numeroInspecteur": "1357",
        "dateHeureDebut": "2026-04-14T08:00:00",
        "dateHeureFin": "2026-04-14T08:32:00",
        "groupePermis": "B",
        "typeEpreuvePratique": "CIRCULATION",
        "candidat": {
            "id": "ines",
            "nom": "Moreau",
            "prenom": "Inès",
            "numeroDossier": "012345678901",
        },
        "resultat": None,
        "dateHeureReservation": "2026-03-10T08:04:12Z",
    }


def test_an_examen_without_a_name_says_so(lea: Vendor) -> None:
    reserve(lea, "e1", groupePermis="A", typeEpreuvePratique="PLATEAU")

    examen = lea.get(f"{V2}/examens/e1").json()

    assert (examen["candidat"], examen["resultat"]) == (None, None)
    assert (examen["groupePermis"], examen["typeEpreuvePratique"]) == ("A", "PLATEAU")


def test_what_a_panier_reserves_is_an_examen(lea: Vendor) -> None:
    creneau = {"id": "c1", "centre": "sables", "dateHeureDebut": TUESDAY}
    panier = {"id": "p1", "employe": "lea", "elements": [{"creneau": "c1", "candidat": "ines"}]}
    lea.patch("/_mock/state", json={"creneaux": [creneau], "paniers": [panier]})

    (row,) = lea.post(f"{V2}/paniers/p1/valider").json()["data"]

    examen = lea.get(f"{V2}/examens/{row['examenId']}").json()
    assert (examen["creneauId"], examen["candidat"]["id"]) == ("c1", "ines")
    assert examen["dateHeureReservation"] == "2026-04-01T07:00:00Z"
    assert ids_of(lea, READS[0]) == [row["examenId"]]


def test_examens_are_listed_by_start_and_id_for_a_day_a_groupe_and_a_statut(lea: Vendor) -> None:
    reserve(lea, "e3", "2026-04-14T08:00:00", candidat="ines")
    reserve(lea, "e2", "2026-04-14T08:00:00", candidat="zoe")
    reserve(lea, "e1", "2026-04-14T16:00:00", candidat="tom")
    reserve(lea, "first", "2026-04-14T00:00:00", candidat="ana")
    reserve(lea, "last", "2026-04-14T23:59:59")
    reserve(lea, "before", "2026-04-13T23:59:59")
    reserve(lea, "after", "2026-04-15T00:00:00")
    reserve(lea, "moto", "2026-04-14T08:00:00", groupePermis="A")
    reserve(lea, "annule", "2026-04-14T08:00:00", statut="ANNULE")
    reserve(lea, "theirs", "2026-04-14T08:00:00", autoEcole="autre")

    listed = f"?date={TUESDAY[:10]}&groupe-permis="

    assert ids_of(lea, f"/examens{listed}B&statut=PROGRAMME") == ["first", "e2", "e3", "e1", "last"]
    assert ids_of(lea, f"/examens{listed}B&statut=ANNULE") == ["annule"]
    assert ids_of(lea, f"/examens{listed}B&statut=TERMINE") == []
    assert ids_of(lea, f"/examens{listed}A&statut=PROGRAMME") == ["moto"]
    assert ids_of(lea.as_("max"), f"/examens{listed}B&statut=PROGRAMME") == ["theirs"]


def test_days_of_examens_ascend_and_stand_there_once(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-05-20T08:00:00", candidat="ines")
    reserve(lea, "e2", "2026-05-06T08:00:00", candidat="zoe")
    reserve(lea, "e3", "2026-05-06T09:00:00")
    reserve(lea, "e4", "2026-05-05T23:59:59", candidat="tom")
    reserve(lea, "e5", "2026-05-07T08:00:00", statut="ANNULE")
    reserve(lea, "e6", "2026-05-08T08:00:00", groupePermis="CE")
    reserve(lea, "e7", "2026-05-09T08:00:00", autoEcole="autre")
    asked = f"{V2}/examens/dates?date-debut=2026-05-06"

    days = lea.get(f"{asked}&statut=PROGRAMME&groupe-permis=B").json()

    assert days == ["2026-05-06", "2026-05-20"]
    assert lea.get(f"{asked}&statut=ANNULE&groupe-permis=B").json() == ["2026-05-07"]
    assert lea.get(f"{asked}&statut=PROGRAMME&groupe-permis=CE").json() == ["2026-05-08"]
    assert lea.get(f"{asked}&statut=PROGRAMME&groupe-permis=A").json() == []


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ("", ["2026-05-06", "2026-05-20"]),
        ("&creneauSansCandidat=false", ["2026-05-06", "2026-05-20"]),
        ("&creneauSansCandidat=0", ["2026-05-06", "2026-05-20"]),
        ("&creneauSansCandidat=true", ["2026-05-06"]),
        ("&creneauSansCandidat=1", ["2026-05-06"]),
    ],
)
def test_days_with_a_place_to_name_somebody_for_can_be_asked_for(
    lea: Vendor, asked: str, days: list[str]
) -> None:
    reserve(lea, "e1", "2026-05-20T08:00:00", candidat="ines", groupePermis="A")
    reserve(lea, "e2", "2026-05-06T08:00:00", candidat="zoe", groupePermis="A")
    reserve(lea, "e3", "2026-05-06T09:00:00", groupePermis="A")

    path = f"{V2}/examens/dates?statut=PROGRAMME&groupe-permis=A&date-debut=2026-04-01{asked}"

    assert lea.get(path).json() == days


def test_examens_of_the_heavy_groupe_come_page_by_page(lea: Vendor) -> None:
    for number in (3, 1, 2):
        debut = f"2026-05-0{number}T08:00:00"
        reserve(lea, f"e{number}", debut, groupePermis="CE", candidat="ines")
    reserve(lea, "e0", "2026-05-02T08:00:00", groupePermis="CE")
    reserve(lea, "light", "2026-05-01T08:00:00", candidat="ines")
    reserve(lea, "theirs", "2026-05-01T08:00:00", groupePermis="CE", autoEcole="autre")
    path = f"{V2}/examens-pagines?groupe-permis=CE&statut=PROGRAMME"

    pages = [lea.get(f"{path}&page={page}&par-page=3").json() for page in (1, 2, 3)]

    assert [[one["id"] for one in page["data"]] for page in pages] == [
        ["e1", "e0", "e2"],
        ["e3"],
        [],
    ]
    assert [page["pagination"] for page in pages] == [
        {"pageCourante": page, "parPage": 3, "nombreDePages": 2, "nombreTotal": 4}
        for page in (1, 2, 3)
    ]
    assert pages[0]["data"][0] == lea.get(f"{V2}/examens/e1").json()
    whole = lea.get(f"{path}&date-debut=2026-05-02").json()
    assert [one["id"] for one in whole["data"]] == ["e0", "e2", "e3"]
    assert whole["pagination"] == {
        "pageCourante": 1,
        "parPage": 25,
        "nombreDePages": 1,
        "nombreTotal": 3,
    }


def test_where_no_examen_is_there_is_no_page(lea: Vendor) -> None:
    answer = lea.get(f"{V2}/examens-pagines?groupe-permis=CE&statut=TERMINE")

    assert answer.json() == {
        "data": [],
        "pagination": {"pageCourante": 1, "parPage": 25, "nombreDePages": 0, "nombreTotal": 0},
    }


@pytest.mark.parametrize(
    ("now", "jour_j"),
    [
        ("2026-04-13T23:59:59+02:00", False),
        ("2026-04-14T00:00:00+02:00", True),
        ("2026-04-14T08:31:59+02:00", True),
        ("2026-04-14T08:32:00+02:00", False),
    ],
)
def test_the_day_of_an_examen_shows_until_it_is_over(
    lea: Vendor, now: str, *, jour_j: bool
) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", candidat="zoe", statut="ANNULE")

    advance(lea, now)

    assert [one["examenJourJ"] for one in row_of(lea, "Moreau")["detailsResultats"]] == [jour_j]
    assert [one["examenJourJ"] for one in row_of(lea, "Moreau", "A")["detailsResultats"]] == [False]
    assert [one["examenJourJ"] for one in row_of(lea, "Petit")["detailsResultats"]] == [False]
