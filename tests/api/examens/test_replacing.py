import pytest

from tests.api.examens.acts import (
    LAST_SECOND,
    REMPLACEMENT,
    V2,
    advance,
    remplacer,
    reserve,
    restants,
    row_of,
)
from tests.support import Vendor, refusal_of


def candidat_of(vendor: Vendor, id_: str) -> str | None:
    """Who is named on an examen."""
    candidat = vendor.get(f"{V2}/examens/{id_}").json()["candidat"]
    return candidat["id"] if candidat else None


def test_a_candidat_is_replaced_and_free_to_go_elsewhere(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-04-15T08:00:00", candidat="zoe")
    advance(lea, LAST_SECOND)

    assert remplacer(lea, "e1", "tom") == (204, "")

    assert candidat_of(lea, "e1") == "tom"
    assert row_of(lea, "Moreau")["penalites"] == []
    assert remplacer(lea, "e2", "ines") == (204, "")


@pytest.mark.parametrize(
    ("candidat", "expected"),
    [
        ("inconnu", (404, "CANDIDAT_INCONNU")),
        ("c-e1", (404, "CANDIDAT_INCONNU")),
        ("", (404, "CANDIDAT_INCONNU")),
        ("libre", (422, "CANDIDAT_PAS_SOUS_MANDAT")),
        ("perdu", (422, "CANDIDAT_SANS_DEMANDE_ACTIVE")),
        ("puni", (422, "CANDIDAT_SOUS_PENALITE")),
        ("zoe", (409, "CANDIDAT_DEJA_INSCRIT")),
        ("ines", (409, "CANDIDAT_DEJA_INSCRIT")),
        ("ana", (409, "CANDIDAT_DEJA_DANS_PANIER")),
        ("eve", (422, "CANDIDAT_EN_ATTENTE_DE_RESULTAT")),
        ("tom", (422, "CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN")),
    ],
)
def test_who_may_not_reserve_may_not_replace_either(
    lea: Vendor, candidat: str, expected: tuple[int, str]
) -> None:
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-05-20T08:00:00", candidat="zoe")
    reserve(lea, "e3", "2026-03-31T08:00:00", candidat="eve")
    passed = {"statut": "EXAMEN_REUSSI", "points": 29}
    reserve(lea, "e4", "2026-03-17T08:00:00", candidat="tom", resultat=passed)
    creneau = {"id": "c9", "centre": "sables", "dateHeureDebut": "2026-05-21T08:00:00"}
    panier = {"employe": "lea", "elements": [{"creneau": "c9", "candidat": "ana"}]}
    lea.patch("/_mock/state", json={"creneaux": [creneau], "paniers": [panier]})

    assert remplacer(lea, "e1", candidat) == expected

    assert candidat_of(lea, "e1") == "ines"
    assert restants(lea) == 3


def test_an_unknown_candidat_is_told_by_his_id_alone(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    body = {**REMPLACEMENT, "candidatRemplacantId": "inconnu"}

    answer = lea.post(f"{V2}/examens/remplacement", json=body)

    assert answer.json()["message"] == "Le candidat est inconnu"


def test_the_allowance_is_three_a_month_of_the_examen(lea: Vendor) -> None:
    path = f"{V2}/examens/nombre-de-remplacement?groupe-permis=B&date=2026-04-30"
    reserve(lea, "e1", candidat="ines")
    reserve(lea, "e2", "2026-04-30T08:00:00", candidat="eve")
    reserve(lea, "e3", "2026-05-05T08:00:00", candidat="zoe")
    assert lea.get(path).json() == {"remplacementsParMois": 3, "remplacementsRestants": 3}

    for candidat in ("tom", "ines"):
        assert remplacer(lea, "e1", candidat) == (204, "")
    assert remplacer(lea, "e2", "tom") == (204, "")

    assert lea.get(path).json() == {"remplacementsParMois": 3, "remplacementsRestants": 0}
    refused = (422, "NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT")
    assert remplacer(lea, "e1", "ana") == refused
    assert remplacer(lea, "e1", "inconnu") == refused
    assert [restants(lea, "B", day) for day in ("2026-04-01", "2026-03-31", "2026-05-01")] == [
        0,
        3,
        3,
    ]
    assert restants(lea, "A") == 3
    assert restants(lea.as_("max")) == 3
    assert remplacer(lea, "e3", "ana") == (204, "")
    assert restants(lea, "B", "2026-05-31") == 2


def test_a_replacement_counts_even_when_the_examen_is_cancelled_afterwards(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines")
    remplacer(lea, "e1", "tom")

    lea.delete(f"{V2}/examens/e1")

    assert restants(lea) == 2


def test_a_scenario_may_allow_other_numbers_of_replacements(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines", nombreDeRemplacements=2)
    lea.patch("/_mock/state", json={"limits": {"examen.remplacementsParMois": 1}})

    answer = lea.get(f"{V2}/examens/nombre-de-remplacement?groupe-permis=B&date=2026-04-14")

    assert answer.json() == {"remplacementsParMois": 1, "remplacementsRestants": 0}


def test_the_first_name_on_a_place_is_free_of_charge(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-04-20T08:00:00", groupePermis="A", nombreDeRemplacements=3)
    advance(lea, "2026-04-09T23:59:59+02:00")
    assert restants(lea, "A") == 0

    assert remplacer(lea, "e1", "ines") == (204, "")

    assert candidat_of(lea, "e1") == "ines"
    assert remplacer(lea, "e1", "tom") == (422, "NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT")


def test_a_place_that_nobody_is_named_for_goes_ten_days_before(lea: Vendor) -> None:
    reserve(lea, "moto", "2026-04-20T08:00:00", groupePermis="A")
    reserve(lea, "bus", "2026-04-20T08:00:00", groupePermis="CE")
    advance(lea, "2026-04-09T23:59:59+02:00")
    assert lea.get(f"{V2}/examens/moto").json()["statut"] == "PROGRAMME"

    advance(lea, "2026-04-10T00:00:00+02:00")

    for id_ in ("moto", "bus"):
        examen = lea.get(f"{V2}/examens/{id_}").json()
        assert (examen["statut"], examen["estAnnule"]) == ("ANNULE", True)
        assert remplacer(lea, id_, "ines") == (422, "EXAMEN_NON_MODIFIABLE")
        assert refusal_of(lea.delete(f"{V2}/examens/{id_}")) == (409, "EXAMEN_DEJA_ANNULE")
    free = lea.get(
        f"{V2}/crenodispo?centres-ids={lea.id_of('sables')}&groupe-permis=A&date=2026-04-20"
    ).json()
    assert [(one["id"], one["statutDeReservation"]) for one in free] == [("c-moto", "DISPONIBLE")]


def test_a_place_with_a_name_stays(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-04-20T08:00:00", groupePermis="A", candidat="ines")

    advance(lea, "2026-04-10T00:00:00+02:00")

    assert lea.get(f"{V2}/examens/e1").json()["statut"] == "PROGRAMME"
