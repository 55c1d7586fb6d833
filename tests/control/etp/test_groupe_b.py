from collections import Counter
from collections.abc import Iterator

import pytest

from tests.api.exam_world import V2, advance
from tests.control.etp.support import (
    EXAMENS_OF_B,
    HUGO,
    LECONS_OF_B,
    MAUD,
    NIGHT,
    SIMULATOR,
    by_number,
    etp_of,
    etp_read,
    explained,
    gathered,
    heures_of,
    rows_of,
    seuil_in,
    written,
)
from tests.support import Vendor, running

ROWS_OF_B = {
    "manuelle": (120.0, 120.0, Counter({None: 120})),
    "automatique": (120.0, 168.0, Counter({None: 60})),
    "aac": (45.0, 54.0, Counter({None: 30})),
    "prêtée": (1.0, 1.0, Counter({None: 1})),
    "cours": (192.0, 24.0, Counter({None: 12, "THEORIE_DEJA_COMPTEE": 84})),
    "évaluation": (3.0, 1.0, Counter({None: 1, "PLAFOND_THEORIE": 2})),
    "double": (1.0, 0.0, Counter({"CHEVAUCHEMENT": 1})),
    "maud": (113.0, 113.0, Counter({None: 113})),
    "maud-fin": (0.75, 0.75, Counter({None: 1})),
    "simulateur": (60.0, 50.0, Counter({None: 30, "SIMULATEUR_AUTONOMIE_DEPASSEE": 10})),
}


@pytest.fixture(scope="module")
def example_b() -> Iterator[Vendor]:
    """The world of the example once May has come."""
    with running(written(LECONS_OF_B, EXAMENS_OF_B)) as application:
        anyone = Vendor(application)
        advance(anyone, to=NIGHT)
        advance(anyone, to="2026-05-10T09:00:00+02:00")
        yield anyone.as_("lea")


def test_the_night_finds_the_etp_of_example_b(example_b: Vendor) -> None:
    found = etp_read(example_b, "2026-05")

    assert found == {
        "mois": "2026-05",
        "groupePermis": "B",
        "etp": 1.3,
        "origine": "calcul",
        "formateurs": [
            {
                "id": example_b.id_of("hugo"),
                "nom": "Petit",
                "prenom": "Hugo",
                "numeroAutorisation": HUGO,
                "etp": 0.9,
            },
            {
                "id": example_b.id_of("maud"),
                "nom": "Roy",
                "prenom": "Maud",
                "numeroAutorisation": MAUD,
                "etp": 0.3,
            },
        ],
        "simulateurs": [{"numeroAutorisation": SIMULATOR, "etp": 0.1}],
    }
    assert etp_of(example_b, "2026-05", "A") == 0.0


def test_the_formateurs_of_example_b_show_their_etp_in_may(example_b: Vendor) -> None:
    formateurs = example_b.get(f"{V2}/moi").json()["formateurs"]

    assert {one["numeroAutorisation"]: one["etp"] for one in formateurs} == {
        numero: [
            {"groupePermis": "A", "mois": "2026-05", "valeur": 0.0},
            {"groupePermis": "B", "mois": "2026-05", "valeur": valeur},
        ]
        for numero, valeur in ((HUGO, 0.9), (MAUD, 0.3))
    }


def test_example_b_gives_a_seuil_of_five(example_b: Vendor) -> None:
    assert seuil_in(example_b, "085", "2026-05") == {
        "codeDepartement": "085",
        "groupePermis": "B",
        "mois": "2026-05",
        "etp": 1.3,
        "coefficient": 4.5,
        "seuil": 5,
        "plafond": 7,
        "nombreDePlacesUtilisees": 0,
        "nombreDePlacesRestantes": 5,
    }


def test_each_lecon_of_example_b_counts_as_in_the_table(example_b: Vendor) -> None:
    body = explained(example_b, "2026-05")

    assert rows_of(example_b, body) == ROWS_OF_B
    assert (body["debut"], body["fin"]) == ("2025-12-01", "2026-02-28")
    assert body["dateHeureCalcul"] == "2026-03-24T23:00:00Z"


def test_the_examens_of_example_b_are_hours_of_formateur_1(example_b: Vendor) -> None:
    accompagnements = explained(example_b, "2026-05")["accompagnements"]

    assert [(one["numeroAutorisation"], one["heures"]) for one in accompagnements] == [
        (HUGO, 1.0)
    ] * 20
    cancelled = example_b.id_of("x20")
    assert cancelled not in {one["examenId"] for one in accompagnements}


def test_what_everyone_gathers_in_example_b_is_the_sum_of_the_lines(example_b: Vendor) -> None:
    body = explained(example_b, "2026-05")

    assert heures_of(body) == {HUGO: 388.0, MAUD: 113.75, SIMULATOR: 50.0}
    assert gathered(body) == heures_of(body)
    assert by_number(body) == by_number(etp_read(example_b, "2026-05"))
    assert body["etp"] == body["etpCalcule"] == 1.3
    assert (body["etpDonne"], body["origine"], body["moisDOrigine"]) == (None, "calcul", "2026-05")


def test_the_arithmetic_of_example_b_is_shown(example_b: Vendor) -> None:
    body = explained(example_b, "2026-05")

    assert {
        part["numeroAutorisation"]: part["calcul"]
        for part in (*body["formateurs"], *body["simulateurs"])
    } == {
        HUGO: "388,00 h ÷ 3 mois ÷ 151,666 h = 0,85275, arrondi à 0,9.",
        MAUD: "113,75 h ÷ 3 mois ÷ 151,666 h = 0,25000, arrondi à 0,3.",
        SIMULATOR: "50,00 h ÷ 3 mois ÷ 151,666 h = 0,10989, arrondi à 0,1.",
    }
    assert body["calcul"] == (
        "Calcul : 0,9 + 0,3 + 0,1 = 1,3 ETP, somme des valeurs arrondies. La nuit a enregistré"
        " 1,3 : c'est ce qui vaut."
    )
