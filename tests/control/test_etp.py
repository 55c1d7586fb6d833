import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from rdv_mock.serving.app import Application
from tests.api.exam_world import V2, advance, change
from tests.provider.browser import SCOPE, Browser, code_of
from tests.support import CONTRATS, LIVRET, Vendor, lecon, refusal_of, running

HUGO, MAUD, SIMULATOR, GENERIQUE = "A0850001230", "A0850004560", "S0850000010", "A0000000000"
BEFORE_THE_NIGHT = "2026-03-10T09:00:00+01:00"
NIGHT = "2026-03-25T00:00:00+01:00"

THREE_HOURS_ARE_ONE_ETP = {"etp.baseMensuelle": 1}
"""So that a few leçons make themselves seen: 3 h / 3 / 1 = 1.0."""

TOKENS_LAST = {"oauth.jetonSecondes": 7_000_000}

A_YEAR_LONG = {"bail.dureeJours": 365, "oauth.jetonSecondes": 365 * 86_400}
"""A token, and the bail that it opens."""

PLESSES: dict[str, Any] = {
    "ref": "plesses",
    "nom": "Auto-École des Plesses",
    "codeDepartement": "085",
    "bureaux": [
        {"ref": "sables", "nom": "Les Sables"},
        {"ref": "nantes", "nom": "Nantes", "codeDepartement": "044"},
    ],
    "employes": [{"ref": "lea", "nom": "Durant", "prenom": "Léane", "email": "lea@plesses.test"}],
    "formateurs": [
        {
            "ref": "hugo",
            "nom": "Petit",
            "prenom": "Hugo",
            "numeroAutorisation": HUGO,
            "bureauPrincipal": "sables",
        },
        {
            "ref": "maud",
            "nom": "Roy",
            "prenom": "Maud",
            "numeroAutorisation": MAUD,
            "bureauPrincipal": "sables",
        },
    ],
    "simulateurs": [{"numeroAutorisation": SIMULATOR, "bureau": "sables"}],
}


# Worlds, written in a few words.


def given(
    debut: str,
    minutes: int = 60,
    eleve: str = "zoe",
    *,
    categorie: str = "B",
    formation: str = "TRADITIONNELLE",
    **said: Any,
) -> dict[str, Any]:
    """A leçon with Hugo, on the contrat of this élève, unless said otherwise."""
    return {
        "contrat": f"{eleve} {categorie} {formation}",
        "dateHeureDebut": f"{debut}:00",
        "dureeEnMinutes": minutes,
        "numeroAutorisation": HUGO,
        **said,
    }


def alone(debut: str, minutes: int = 90, eleve: str = "zoe", **said: Any) -> dict[str, Any]:
    """A leçon alone on the simulator."""
    said = {"type": "SIMULATEUR", "numeroAutorisation": SIMULATOR, **said}
    return given(debut, minutes, eleve, **said)


def together(count: int, debut: str, minutes: int, type_: str, **said: Any) -> list[dict[str, Any]]:
    """One leçon of several élèves, on motos unless said otherwise."""
    said = {"categorie": "A2", "type": type_, **said}
    return [given(debut, minutes, f"e{one}", **said) for one in range(1, count + 1)]


def named(row: str, lecons: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, with refs that tell which row of a table they belong to."""
    return [{"ref": f"{row} {one}", **lecon} for one, lecon in enumerate(lecons, 1)]


def held(resultat: str, debut: str, eleve: str = "zoe", **said: Any) -> dict[str, Any]:
    """An examen with its result, on a créneau of its own."""
    return {"debut": f"{debut}:00", "candidat": eleve, "resultat": {"statut": resultat}, **said}


def written(
    lecons: Sequence[dict[str, Any]] = (),
    examens: Sequence[dict[str, Any]] = (),
    *,
    now: str = BEFORE_THE_NIGHT,
    limits: dict[str, Any] | None = None,
    contrats: Sequence[dict[str, Any]] = (),
    ecole: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """A scenario; élèves and contrats are those that the leçons and the examens name.

    JSON is YAML too.
    """
    refs = sorted({lecon["contrat"] for lecon in lecons} - {contrat["ref"] for contrat in contrats})
    of_lecons = [
        {
            "ref": ref,
            "autoEcole": "plesses",
            "candidat": ref.split()[0],
            "categoriePermis": ref.split()[1],
            "typeFormation": ref.split()[2],
        }
        for ref in refs
    ]
    everyone = {one["candidat"] for one in [*of_lecons, *contrats, *examens]} - {None}
    scenario = {
        "title": "Une école, ses heures et une nuit",
        "seed": 7,
        "clock": {"now": now},
        "limits": {**TOKENS_LAST, **(limits or {})},
        "autoEcoles": [{**PLESSES, **(ecole or {})}],
        "candidats": [
            {
                "ref": eleve,
                "nom": f"Nom de {eleve}",
                "prenom": eleve.title(),
                "numeroDossier": f"0850{order:08}",
                "demandes": [{"categoriePermis": one} for one in ("B", "B1", "A1", "A2")],
            }
            for order, eleve in enumerate(sorted(everyone))
        ],
        "centres": [{"ref": "centre", "nom": "LES SABLES", "codeDepartement": "085"}],
        "creneaux": [
            {
                "ref": f"c{order}",
                "centre": "centre",
                "dateHeureDebut": examen["debut"],
                "groupePermis": examen.get("groupe", "B"),
                "typeEpreuvePratique": examen.get("epreuve", "CIRCULATION"),
            }
            for order, examen in enumerate(examens)
        ],
        "examens": [
            {
                "ref": examen.get("ref", f"x{order}"),
                "autoEcole": "plesses",
                "creneau": f"c{order}",
                "candidat": examen["candidat"],
                "resultat": examen["resultat"],
            }
            for order, examen in enumerate(examens)
        ],
        "contratsDeFormation": [*of_lecons, *contrats],
        "lecons": list(lecons),
        **more,
    }
    return json.dumps(scenario, ensure_ascii=False)


@contextmanager
def living(*lecons: dict[str, Any], **said: Any) -> Iterator[Vendor]:
    """Léane's école, where a few leçons make whole ETP."""
    limits = {**THREE_HOURS_ARE_ONE_ETP, **A_YEAR_LONG}
    with running(written(lecons, limits=limits, **said)) as application:
        yield Vendor(application).as_("lea")


# What can be read of the ETP.


def etp_read(vendor: Vendor, mois: str, groupe: str = "B") -> dict[str, Any]:
    """What the Livret says of a month of effect."""
    answer = vendor.get(f"{LIVRET}/etp?mois={mois}&groupe-permis={groupe}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def etp_of(vendor: Vendor, mois: str, groupe: str = "B") -> float:
    """The ETP of the école in a month of effect."""
    etp: float = etp_read(vendor, mois, groupe)["etp"]
    return etp


def by_number(body: dict[str, Any]) -> dict[str, float]:
    """The ETP of everyone, by authorisation number."""
    parts = [*body["formateurs"], *body["simulateurs"]]
    return {part["numeroAutorisation"]: part["etp"] for part in parts}


def explained(vendor: Vendor, mois: str, groupe: str = "B") -> dict[str, Any]:
    """The calculation for a month of effect, as the control plane explains it."""
    query = f"autoEcole=plesses&groupePermis={groupe}&mois={mois}"
    answer = vendor.get(f"/_mock/etp?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def told(vendor: Vendor, mois: str, groupe: str = "B") -> dict[str, tuple[float, str | None]]:
    """The hours counted of each leçon and why not more, by its start, in the order told."""
    return {
        one["dateHeureDebut"][:16]: (one["heuresComptees"], one.get("motif"))
        for one in explained(vendor, mois, groupe)["lecons"]
    }


def rows_of(
    vendor: Vendor, body: dict[str, Any]
) -> dict[str, tuple[float, float, Counter[str | None]]]:
    """The real hours, those counted and the motifs of each row of a table."""
    rows = {id_: ref.split()[0] for ref, id_ in vendor.world.store.references.by_ref().items()}
    found: dict[str, tuple[float, float, Counter[str | None]]] = {}
    for one in body["lecons"]:
        row = rows[one["leconId"]]
        real, counted, motifs = found.get(row, (0.0, 0.0, Counter()))
        motifs[one.get("motif")] += 1
        real, counted = real + one["dureeEnMinutes"] / 60, counted + one["heuresComptees"]
        found[row] = round(real, 6), round(counted, 6), motifs
    return found


def gathered(body: dict[str, Any]) -> dict[str, float]:
    """What leçons and accompagnements bring to each number, where they bring anything."""
    heures: dict[str, float] = defaultdict(float)
    for one in body["lecons"]:
        heures[one["numeroAutorisation"]] += one["heuresComptees"]
    for one in body["accompagnements"]:
        heures[one["numeroAutorisation"]] += one["heures"]
    return {numero: round(total, 6) for numero, total in heures.items() if total}


def heures_of(body: dict[str, Any]) -> dict[str, float]:
    """The hours of each formateur and simulator who has any."""
    parts = [*body["formateurs"], *body["simulateurs"]]
    return {
        part["numeroAutorisation"]: round(part["heures"], 6) for part in parts if part["heures"]
    }


def seuil_in(vendor: Vendor, departement: str, mois: str, groupe: str = "B") -> dict[str, Any]:
    """What the exam API says of a département."""
    query = f"code-departement={departement}&groupe-permis={groupe}&mois={mois}"
    answer = vendor.get(f"{V2}/informations-seuil-departement?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def declare(vendor: Vendor, contrat: str, debut: str, minutes: int = 180, **said: Any) -> str:
    """Declare a leçon of Hugo's through the API; its address."""
    body = lecon(dateHeureDebut=f"{debut}:00", dureeEnMinutes=minutes, **said)
    answer = vendor.post(f"{CONTRATS}/{vendor.id_of(contrat)}/lecons", json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def calculated(events: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """The calculations among what happened."""
    return [event for event in events if event["type"] == "ETP_CALCULE"]


# The worked example of groupe B (4.7).


def spread(
    count: int, month: str, hours: Sequence[int], minutes: int, **said: Any
) -> list[dict[str, Any]]:
    """So many leçons from the first of a month on, at these hours of each day."""
    return [
        given(
            f"{month}-{1 + one // len(hours):02}T{hours[one % len(hours)]:02}:00", minutes, **said
        )
        for one in range(count)
    ]


LECONS_OF_B = [
    *named("manuelle", spread(120, "2025-12", (8, 9, 10, 11, 12), 60)),
    *named("automatique", spread(60, "2026-02", (8, 10, 12), 120, formation="BOITE_AUTOMATIQUE")),
    *named("aac", spread(30, "2025-12", (14,), 90, formation="AAC")),
    *named("prêtée", [given("2025-12-31T08:00", 60)]),
    *named(
        "cours",
        [
            one
            for day in range(1, 13)
            for one in together(8, f"2026-01-{day:02}T18:00", 120, "THEORIQUE", categorie="B")
        ],
    ),
    *named(
        "évaluation",
        [
            given(f"2026-01-{day}T18:00", 60, activite="EVALUATION_DE_DEPART")
            for day in (13, 14, 15)
        ],
    ),
    *named("double", [given("2025-12-01T08:30", 60, "max")]),
    *named("maud", spread(113, "2026-01", range(8, 18), 60, numeroAutorisation=MAUD)),
    *named("maud-fin", [given("2026-01-31T08:00", 45, numeroAutorisation=MAUD)]),
    *named(
        "simulateur",
        [
            alone(f"2026-01-{1 + eleve:02}T{8 + 2 * turn:02}:00", 90, f"s{eleve}")
            for eleve in range(10)
            for turn in range(4)
        ],
    ),
]
EXAMENS_OF_B = [
    held(resultat, f"2026-02-20T{8 + one // 2:02}:{one % 2 * 30:02}")
    for one, resultat in enumerate(
        ["EXAMEN_REUSSI"] * 12 + ["EXAMEN_ECHOUE"] * 5 + ["EXAMEN_ABSENT"] * 3 + ["EXAMEN_ANNULE"]
    )
]
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


# The worked example of groupe A (4.8).

LECONS_OF_A = [
    *named(
        "six",
        [
            one
            for day in range(1, 11)
            for one in together(6, f"2026-01-{day:02}T08:00", 120, "PLATEAU")
        ],
    ),
    *named("sept", together(7, "2026-01-11T08:00", 120, "PLATEAU")),
    *named(
        "trois",
        [
            one
            for day in range(1, 21)
            for one in together(3, f"2026-01-{day:02}T10:00", 120, "CIRCULATION")
        ],
    ),
    *named("quatre", together(4, "2026-01-21T10:00", 90, "CIRCULATION")),
    *named(
        "cours",
        [
            one
            for day in range(1, 5)
            for one in together(5, f"2026-01-{day:02}T18:00", 60, "THEORIQUE")
        ],
    ),
    *named("deux", together(2, "2026-01-22T08:00", 120, "PLATEAU")),
    *named(
        "troisième",
        [
            given(
                "2026-01-22T08:00",
                90,
                "e3",
                categorie="A2",
                type="PLATEAU",
                dateHeureReception="2026-01-22T12:00:00Z",
            )
        ],
    ),
]
EXAMENS_OF_A = [
    held(
        "EXAMEN_REUSSI",
        f"2026-02-20T{8 + one:02}:00",
        "e1",
        groupe="A",
        epreuve="PLATEAU" if one < 5 else "CIRCULATION",
    )
    for one in range(9)
]


@pytest.fixture(scope="module")
def example_a() -> Iterator[Vendor]:
    """The world of the example right after the night."""
    with running(written(LECONS_OF_A, EXAMENS_OF_A)) as application:
        advance(Vendor(application), to=NIGHT)
        yield Vendor(application).as_("lea")


def test_the_night_finds_the_etp_of_example_a(example_a: Vendor) -> None:
    found = etp_read(example_a, "2026-05", "A")

    assert (found["etp"], by_number(found)) == (0.6, {HUGO: 0.6, MAUD: 0.0, SIMULATOR: 0.0})
    assert etp_of(example_a, "2026-05", "B") == 0.0


def test_example_a_gives_a_seuil_of_two(example_a: Vendor) -> None:
    found = seuil_in(example_a, "085", "2026-05", "A")

    assert (found["etp"], found["seuil"], found["plafond"]) == (0.6, 2, 3)


def test_each_lecon_of_example_a_counts_as_in_the_table(example_a: Vendor) -> None:
    body = explained(example_a, "2026-05", "A")

    assert rows_of(example_a, body) == {
        "six": (120.0, 120.0, Counter({None: 60})),
        "sept": (14.0, 12.0, Counter({None: 6, "GROUPE_TROP_GRAND": 1})),
        "trois": (120.0, 120.0, Counter({None: 60})),
        "quatre": (6.0, 4.5, Counter({None: 3, "GROUPE_TROP_GRAND": 1})),
        "cours": (20.0, 4.0, Counter({None: 4, "THEORIE_DEJA_COMPTEE": 16})),
        "deux": (4.0, 4.0, Counter({None: 2})),
        "troisième": (1.5, 0.0, Counter({"CHEVAUCHEMENT": 1})),
    }
    assert heures_of(body) == gathered(body) == {HUGO: 273.5}
    assert sum(one["heures"] for one in body["accompagnements"]) == 9.0


# Which ETP holds (4.5).


def test_a_given_etp_holds_until_a_night_has_found_nothing() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 2.0}]}
    with living(ecole=ecole) as lea:
        before = {mois: etp_of(lea, mois) for mois in ("2026-04", "2026-05", "2026-06")}
        advance(lea, to=NIGHT)
        after = {mois: etp_of(lea, mois) for mois in ("2026-04", "2026-05", "2026-06")}

    assert before == {"2026-04": 2.0, "2026-05": 2.0, "2026-06": 2.0}
    assert after == {"2026-04": 2.0, "2026-05": 0.0, "2026-06": 0.0}


def test_an_etp_is_carried_over_for_twelve_months_and_never_back() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 2.0}]}
    with living(ecole=ecole) as lea:
        found = {mois: etp_of(lea, mois) for mois in ("2026-02", "2027-03", "2027-04")}

    assert found == {"2026-02": 0.0, "2027-03": 2.0, "2027-04": 0.0}


def test_what_a_night_found_is_carried_over_too() -> None:
    with living(given("2026-02-10T08:00", 180)) as lea:
        advance(lea, to=NIGHT)
        found = {mois: etp_of(lea, mois) for mois in ("2026-05", "2027-05", "2027-06")}

    assert found == {"2026-05": 1.0, "2027-05": 1.0, "2027-06": 0.0}


def test_a_given_value_goes_before_the_result_whose_formateurs_still_show() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-05", "valeur": 3.2}]}
    with living(given("2026-02-10T08:00", 180), ecole=ecole) as lea:
        advance(lea, to=NIGHT)
        found = etp_read(lea, "2026-05")
        seuil = seuil_in(lea, "085", "2026-05")
        body = explained(lea, "2026-05")

    assert found["origine"] == body["origine"] == "scenario"
    assert (body["etp"], body["etpDonne"], body["etpCalcule"]) == (3.2, 3.2, 1.0)
    assert body["calcul"] == (
        "Calcul : 1,0 ETP, somme des valeurs arrondies. Le scénario en donne 3,2 pour ce mois :"
        " c'est ce qui vaut."
    )
    assert (found["etp"], by_number(found)) == (3.2, {HUGO: 1.0, MAUD: 0.0, SIMULATOR: 0.0})
    assert (seuil["etp"], seuil["seuil"], seuil["plafond"]) == (3.2, 14, 21)


def test_without_a_calculation_a_given_value_leaves_the_formateurs_at_nothing() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 3.2}]}
    with living(ecole=ecole) as lea:
        found = etp_read(lea, "2026-03")

    assert (found["etp"], by_number(found)) == (3.2, {HUGO: 0.0, MAUD: 0.0, SIMULATOR: 0.0})


def test_what_holds_is_told_month_by_month() -> None:
    ecole = {"etp": [{"groupePermis": "B", "mois": "2026-03", "valeur": 3.2}]}
    keys = ("etp", "etpDonne", "etpCalcule", "origine", "moisDOrigine")
    with living(given("2026-02-10T08:00", 180), ecole=ecole) as lea:
        before = {mois: explained(lea, mois) for mois in ("2026-02", "2026-03", "2026-05")}
        advance(lea, to=NIGHT)
        after = {mois: explained(lea, mois) for mois in ("2026-05", "2026-06")}
        held = {mois: etp_of(lea, mois) for mois in ("2026-02", "2026-03", "2026-05", "2026-06")}

    assert {mois: [one[key] for key in keys] for mois, one in before.items()} == {
        "2026-02": [0.0, None, 0.0, None, None],
        "2026-03": [3.2, 3.2, 0.0, "scenario", "2026-03"],
        "2026-05": [3.2, None, 1.0, "scenario", "2026-03"],
    }
    assert {mois: [one[key] for key in keys] for mois, one in after.items()} == {
        "2026-05": [1.0, None, 1.0, "calcul", "2026-05"],
        "2026-06": [1.0, None, 1.0, "calcul", "2026-05"],
    }
    assert held == {"2026-02": 0.0, "2026-03": 3.2, "2026-05": 1.0, "2026-06": 1.0}
    told = [
        one["calcul"].partition(" arrondies. ")[2] for one in (*before.values(), after["2026-06"])
    ]
    assert told == [
        "Rien n'est donné, ni trouvé par une nuit : c'est 0 qui vaut.",
        "Le scénario en donne 3,2 pour ce mois : c'est ce qui vaut.",
        "Sans rien pour ce mois, vaut encore ce que le scénario donne pour 2026-03 : 3,2.",
        "Sans rien pour ce mois, vaut encore ce qu'une nuit a trouvé pour 2026-05 : 1,0.",
    ]


GIVEN_IN_FEBRUARY = {
    "etp": [{"groupePermis": groupe, "mois": "2026-02", "valeur": 2.0} for groupe in "AB"]
}


@pytest.mark.parametrize(
    ("debut", "found"),
    [
        ("2025-11-01T00:00", {"2026-03": 1.0, "2026-04": 1.0, "2026-05": 1.0}),
        ("2026-01-31T22:00", {"2026-03": 2.0, "2026-04": 1.0, "2026-05": 1.0}),
        ("2026-02-01T00:00", {"2026-03": 2.0, "2026-04": 2.0, "2026-05": 2.0}),
    ],
)
def test_nights_before_the_world_have_a_result_where_they_see_a_lecon_of_the_groupe(
    debut: str, found: dict[str, float]
) -> None:
    with living(given(debut, 180), ecole=GIVEN_IN_FEBRUARY) as lea:
        assert {mois: etp_of(lea, mois) for mois in found} == found
        assert {mois: etp_of(lea, mois, "A") for mois in found} == dict.fromkeys(found, 2.0)


def test_nights_before_the_world_have_a_result_even_where_the_lecon_does_not_count() -> None:
    with living(
        given("2026-01-10T08:00", numeroAutorisation="A9999999999"), ecole=GIVEN_IN_FEBRUARY
    ) as lea:
        assert (etp_of(lea, "2026-03"), etp_of(lea, "2026-04")) == (2.0, 0.0)


def test_the_night_in_which_a_world_begins_is_replayed() -> None:
    with living(given("2026-02-10T08:00", 180), now=NIGHT) as lea:
        assert etp_of(lea, "2026-05") == 1.0
        assert calculated(advance(lea, by="P20D")) == []


def test_a_lecon_declared_later_never_counts_in_a_night_before_the_world() -> None:
    with living(given("2026-01-10T08:00", 180)) as lea:
        declare(lea, "zoe B TRADITIONNELLE", "2026-01-12T08:00")
        advance(lea, to=NIGHT)
        found = {mois: etp_of(lea, mois) for mois in ("2026-04", "2026-05")}

    assert found == {"2026-04": 1.0, "2026-05": 2.0}


# Where it lies (4.6).


def test_an_etp_lies_where_each_bureau_lies() -> None:
    ecole = {
        "formateurs": [PLESSES["formateurs"][0], {**PLESSES["formateurs"][1]}],
        "simulateurs": [{"numeroAutorisation": SIMULATOR, "bureau": "nantes"}],
    }
    ecole["formateurs"][1]["bureauPrincipal"] = "nantes"
    with living(
        given("2026-02-10T08:00", 180),
        given("2026-02-10T08:00", 240, "max", numeroAutorisation=MAUD),
        alone("2026-02-11T08:00", 180),
        alone("2026-02-11T08:00", 240, "max", numeroAutorisation=GENERIQUE),
        ecole=ecole,
    ) as lea:
        advance(lea, to=NIGHT)
        found = {code: seuil_in(lea, code, "2026-05") for code in ("085", "044", "095")}
        lies = explained(lea, "2026-05")
        etp = etp_read(lea, "2026-05")

    assert by_number(etp) == {HUGO: 1.0, MAUD: 1.3, SIMULATOR: 1.0, GENERIQUE: 1.3}
    assert etp["etp"] == 4.6
    assert {code: (one["etp"], one["seuil"]) for code, one in found.items()} == {
        "085": (2.3, 10),
        "044": (2.3, 10),
        "095": (0.0, 0),
    }
    assert {one["plafond"] for one in found.values()} == {30}
    assert {
        one["numeroAutorisation"]: one["codeDepartement"]
        for one in [*lies["formateurs"], *lies["simulateurs"]]
    } == {HUGO: "085", MAUD: "044", SIMULATOR: "044", GENERIQUE: "085"}


def test_a_given_value_lies_in_the_departement_of_the_ecole() -> None:
    formateurs = [{**PLESSES["formateurs"][0], "bureauPrincipal": "nantes"}]
    etp = [{"groupePermis": "B", "mois": "2026-03", "valeur": 2.0}]
    with living(ecole={"formateurs": formateurs, "etp": etp}) as lea:
        assert [seuil_in(lea, code, "2026-03")["etp"] for code in ("085", "044")] == [2.0, 0.0]


# When (4.1).


@pytest.mark.parametrize(
    ("mois", "last_second", "night"),
    [
        ("2026-05", "2026-03-24T22:59:59Z", "2026-03-24T23:00:00Z"),
        ("2026-06", "2026-04-24T21:59:59Z", "2026-04-24T22:00:00Z"),
        ("2026-07", "2026-05-23T21:59:59Z", "2026-05-23T22:00:00Z"),
        ("2026-12", "2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z"),
        ("2027-01", "2026-11-24T22:59:59Z", "2026-11-24T23:00:00Z"),
        ("2027-02", "2026-12-23T22:59:59Z", "2026-12-23T23:00:00Z"),
    ],
)
def test_a_night_passes_at_its_instant(mois: str, last_second: str, night: str) -> None:
    with living(now="2026-03-10T09:00:00+01:00") as lea:
        before = calculated(advance(lea, to=last_second))
        events = advance(lea, to=night)
        again = calculated(advance(lea, by="PT1H"))
        body = explained(lea, mois)

    assert mois not in {event["mois"] for event in before}
    assert events == [
        {
            "at": night,
            "atParis": events[0]["atParis"],
            "type": "ETP_CALCULE",
            "autoEcoleId": events[0]["autoEcoleId"],
            "autoEcoleRef": "plesses",
            "autoEcoleNom": "Auto-École des Plesses",
            "groupePermis": groupe,
            "mois": mois,
            "etp": 0.0,
        }
        for groupe in "AB"
    ]
    assert again == []
    assert body["dateHeureCalcul"] == night
    assert body["dateHeureCalculParis"] == events[0]["atParis"]
    assert "T00:00:00+0" in events[0]["atParis"]


def test_months_without_hours_have_a_result_all_the_same() -> None:
    with living(given("2026-02-10T08:00", 180), ecole={"formateurs": [], "simulateurs": []}) as lea:
        events = calculated(advance(lea, to="2027-01-01T00:00:00Z"))
        found = etp_read(lea, "2027-02")

    assert [event["at"] for event in events if event["groupePermis"] == "B"] == [
        "2026-03-24T23:00:00Z",
        "2026-04-24T22:00:00Z",
        "2026-05-23T22:00:00Z",
        "2026-06-24T22:00:00Z",
        "2026-07-24T22:00:00Z",
        "2026-08-24T22:00:00Z",
        "2026-09-24T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-11-24T23:00:00Z",
        "2026-12-23T23:00:00Z",
    ]
    assert (found["etp"], found["formateurs"], found["simulateurs"]) == (0.0, [], [])


def test_a_lecon_across_midnight_belongs_to_the_month_in_which_it_begins() -> None:
    with living(
        given("2025-11-30T23:30", 180),
        given("2026-02-28T23:30", 180),
    ) as lea:
        advance(lea, to="2026-06-25T00:00:00+02:00")

        assert told(lea, "2026-05") == {"2026-02-28T23:30": (3.0, None)}
        assert told(lea, "2026-04") == {
            "2025-11-30T23:30": (3.0, None),
            "2026-02-28T23:30": (0.0, "HORS_PERIODE"),
        }
        assert (etp_of(lea, "2026-05"), etp_of(lea, "2026-07"), etp_of(lea, "2026-08")) == (
            1.0,
            1.0,
            0.0,
        )


@pytest.mark.parametrize(
    ("debut", "after", "mois"),
    [
        ("2026-03-29T01:30", "2026-03-29T03:30", "2026-06"),
        ("2026-10-25T01:30", "2026-10-25T02:30", "2027-01"),
    ],
)
def test_over_a_change_of_hour_a_lecon_counts_its_minutes(
    debut: str, after: str, mois: str
) -> None:
    with living(given(debut, 60), given(after, 60, "max")) as lea:
        advance(lea, to="2026-12-01T00:00:00Z")

        assert told(lea, mois) == {debut: (1.0, None), after: (1.0, None)}


# What a night has read (2.7, 3.7).


def test_a_lecon_may_be_corrected_until_the_night_that_reads_it_and_no_later() -> None:
    with living(given("2026-02-10T08:00", 60), given("2026-02-11T08:00", 60)) as lea:
        contrat = f"{CONTRATS}/{lea.id_of('zoe B TRADITIONNELLE')}/lecons"
        first, second = (f"{contrat}/{one['id']}" for one in lea.get(contrat).json())
        longer = lecon(dateHeureDebut="2026-02-10T08:00:00", dureeEnMinutes=180)
        advance(lea, to="2026-03-24T23:59:59+01:00")

        corrected, withdrawn = lea.put(first, json=longer), lea.delete(second)
        advance(lea, to=NIGHT)
        refused = [lea.put(first, json=longer), lea.delete(first)]

        assert (corrected.status_code, withdrawn.status_code) == (200, 204)
        assert [refusal_of(one) for one in refused] == [(409, "LECON_VERROUILLEE")] * 2
        assert told(lea, "2026-05") == {"2026-02-10T08:00": (3.0, None)}
        assert etp_of(lea, "2026-05") == 1.0


def test_a_lecon_received_after_the_night_waits_for_the_next() -> None:
    with living() as lea:
        contrat = _open_contrat(lea)
        advance(lea, to="2026-03-25T00:00:01+01:00")
        late = declare(lea, contrat, "2026-02-10T08:00")
        too_late = declare(lea, contrat, "2025-12-10T08:00")

        by_the_first = told(lea, "2026-05")
        still_open = lea.put(
            late, json=lecon(dateHeureDebut="2026-02-10T08:00:00", dureeEnMinutes=240)
        )
        advance(lea, to="2026-04-25T00:00:00+02:00")

        assert by_the_first == {
            "2025-12-10T08:00": (0.0, "RECEPTION_TARDIVE"),
            "2026-02-10T08:00": (0.0, "RECEPTION_TARDIVE"),
        }
        assert still_open.status_code == 200
        assert told(lea, "2026-06") == {
            "2025-12-10T08:00": (0.0, "HORS_PERIODE"),
            "2026-02-10T08:00": (4.0, None),
        }
        assert (etp_of(lea, "2026-05"), etp_of(lea, "2026-06")) == (0.0, 1.3)
        assert refusal_of(lea.delete(late)) == (409, "LECON_VERROUILLEE")
        assert lea.delete(too_late).status_code == 204


def test_the_explanation_lists_what_begins_in_the_period_or_came_since_the_night_before() -> None:
    with living(
        given("2025-11-20T08:00"),
        given("2025-11-21T08:00", dateHeureReception="2026-02-24T23:00:00Z"),
        given("2025-11-22T08:00", dateHeureReception="2026-02-24T23:00:01Z"),
        given("2025-12-01T00:00"),
        given("2026-02-28T20:00"),
        given("2026-03-02T08:00"),
        given("2026-02-03T08:00", categorie="A2"),
    ) as lea:
        assert told(lea, "2026-05") == {
            "2025-11-22T08:00": (0.0, "HORS_PERIODE"),
            "2025-12-01T00:00": (1.0, None),
            "2026-02-28T20:00": (1.0, None),
            "2026-03-02T08:00": (0.0, "HORS_PERIODE"),
        }
        assert told(lea, "2026-05", "A") == {"2026-02-03T08:00": (1.0, None)}


def test_a_line_of_the_explanation_says_which_lecon_and_why() -> None:
    with living(
        {"ref": "l1", **given("2026-02-10T08:00", 90, formation="AAC")},
        given("2026-02-11T08:00", numeroAutorisation="A9999999999"),
    ) as lea:
        counted, excluded = explained(lea, "2026-05")["lecons"]

        assert counted == {
            "leconId": lea.id_of("l1"),
            "leconRef": "l1",
            "contratId": lea.id_of("zoe B AAC"),
            "contratRef": "zoe B AAC",
            "candidatId": lea.id_of("zoe"),
            "candidatRef": "zoe",
            "candidatNom": "Zoe Nom de zoe",
            "bureauId": None,
            "bureauRef": None,
            "bureauNom": None,
            "numeroAutorisation": HUGO,
            "formateurId": lea.id_of("hugo"),
            "formateurRef": "hugo",
            "formateurNom": "Hugo Petit",
            "dateHeureDebut": "2026-02-10T08:00:00",
            "dureeEnMinutes": 90,
            "coefficient": 1.2,
            "heuresComptees": 1.8,
            "explication": f"1,50 h × 1,2 = 1,80 h comptée pour {HUGO}.",
        }
        assert excluded["motif"] == "FORMATEUR_NON_DECLARE"
        assert "A9999999999" in excluded["explication"]
        assert [excluded[f"formateur{name}"] for name in ("Id", "Ref", "Nom")] == [None] * 3


# The bail (13.4).

EACH_HIS_BUREAU = {
    "employes": [
        {**PLESSES["employes"][0], "bureaux": ["sables"]},
        {
            "ref": "tom",
            "nom": "Martin",
            "prenom": "Tom",
            "email": "tom@plesses.test",
            "bureaux": ["nantes"],
        },
    ]
}
AT_BOTH_BUREAUX = [
    {
        "ref": ref,
        "autoEcole": "plesses",
        "candidat": "zoe",
        "categoriePermis": categorie,
        **({"bureau": ref} if ref != "nulle part" else {}),
    }
    for ref, categorie in (("sables", "B"), ("nantes", "B1"), ("nulle part", "B"))
]


def _at_both_bureaux() -> str:
    contrats = [{**one, "ref": f"k-{one['ref']}"} for one in AT_BOTH_BUREAUX]
    return written(
        contrats=contrats,
        ecole=EACH_HIS_BUREAU,
        limits=THREE_HOURS_ARE_ONE_ETP,
    )


@pytest.fixture
def two_bureaux() -> Iterator[Application]:
    """A decentralised école: each employé connects his own bureau."""
    with running(_at_both_bureaux()) as application:
        yield application


def test_a_second_login_on_the_cookie_of_the_first_connects_the_first_bureau_again(
    two_bureaux: Application,
) -> None:
    browser, vendor = Browser(two_bureaux), Vendor(two_bureaux)
    scope = f"{SCOPE} livret_numerique:write rdvpermis"
    first = browser.exchange(browser.log_in(scope=scope))
    second = browser.exchange(code_of(browser.authorize(scope=scope)))
    token = second.json()["access_token"]
    vendor.headers = {"Authorization": f"Bearer {token}"}

    declare(vendor, "k-sables", "2026-02-10T08:00")
    declare(vendor, "k-nantes", "2026-02-11T08:00")
    declare(vendor, "k-nulle part", "2026-02-12T08:00")
    advance(vendor, to=NIGHT)

    assert first.status_code == second.status_code == 200
    assert vendor.get(f"{V2}/employes/moi").json()["email"] == "lea@plesses.test"
    assert told(vendor, "2026-05") == {
        "2026-02-10T08:00": (3.0, None),
        "2026-02-11T08:00": (0.0, "BAIL_EXPIRE"),
        "2026-02-12T08:00": (3.0, None),
    }
    assert etp_of(vendor, "2026-05") == 2.0
    connected = {one["bureau"]: one["connecte"] for one in vendor.get("/_mock/connexions").json()}
    assert connected == {vendor.id_of("sables"): True, vendor.id_of("nantes"): False}


def test_a_bureau_counts_from_its_own_login_on(two_bureaux: Application) -> None:
    lea = Vendor(two_bureaux).as_("lea")
    declare(lea, "k-nantes", "2026-02-10T08:00")
    advance(lea, by="PT1H")
    lea.as_("tom")
    declare(lea, "k-nantes", "2026-02-11T08:00")
    advance(lea, to=NIGHT)

    assert told(lea, "2026-05") == {
        "2026-02-10T08:00": (0.0, "BAIL_EXPIRE"),
        "2026-02-11T08:00": (3.0, None),
    }


def test_a_bureau_no_longer_counts_once_its_bail_is_over(two_bureaux: Application) -> None:
    tom = Vendor(two_bureaux).as_("tom")
    declare(tom, "k-nantes", "2026-03-09T08:00")
    advance(tom, by="P30D")
    lea = tom.as_("lea")
    advance(lea, by="P60D")

    declare(lea, "k-nantes", "2026-03-10T08:00")
    declare(lea, "k-sables", "2026-03-11T08:00")

    assert refusal_of(tom.get(f"{LIVRET}/formateurs")) == (401, "JETON_INVALIDE")
    assert told(lea, "2026-08") == {
        "2026-03-09T08:00": (3.0, None),
        "2026-03-10T08:00": (0.0, "BAIL_EXPIRE"),
        "2026-03-11T08:00": (3.0, None),
    }


def test_before_the_first_bail_of_the_ecole_nothing_is_excluded() -> None:
    lecons = [
        given("2026-02-10T08:00", 180, contrat="k-nantes", dateHeureReception=reception)
        for reception in ("2026-03-10T07:59:59Z", "2026-03-10T08:00:00Z")
    ]
    lecons[1]["dateHeureDebut"] = "2026-02-11T08:00:00"
    scenario = json.loads(_at_both_bureaux())
    with running(json.dumps({**scenario, "lecons": lecons})) as application:
        lea = Vendor(application).as_("lea")
        advance(lea, to=NIGHT)

        assert told(lea, "2026-05") == {
            "2026-02-10T08:00": (3.0, None),
            "2026-02-11T08:00": (0.0, "BAIL_EXPIRE"),
        }


# Alone on a simulator, over several nights (3.6, 16).


def test_the_hours_alone_are_used_up_once_over_several_nights() -> None:
    with living(*(alone(f"2026-0{month}-10T08:00", 120) for month in (2, 3, 4, 5))) as lea:
        months = ("2026-05", "2026-06", "2026-07", "2026-08")
        seen = []
        for mois, night in zip(months, ("03-25", "04-25", "05-24", "06-25"), strict=True):
            advance(lea, to=f"2026-{night}T00:00:00+02:00")
            advance(lea, by="PT1H")
            seen.append([heures for heures, _ in told(lea, mois).values()])
        afterwards = [[heures for heures, _ in told(lea, mois).values()] for mois in months]
        etp = [etp_of(lea, mois) for mois in months]

    assert seen == afterwards
    assert [sum(heures) for heures in seen] == [2.0, 4.0, 5.0, 3.0]
    assert etp == [0.7, 1.3, 1.7, 1.0]


# The preview, and what the night then finds.


@pytest.mark.parametrize("groupe", ["A", "B"])
def test_what_the_preview_shows_is_what_the_night_finds(groupe: str) -> None:
    lecons = [{**one, "ref": f"{order}"} for order, one in enumerate(LECONS_OF_B + LECONS_OF_A)]
    with running(written(lecons, EXAMENS_OF_B[:20] + EXAMENS_OF_A)) as application:
        lea = Vendor(application).as_("lea")
        preview = explained(lea, "2026-05", groupe)
        advance(lea, to=NIGHT)
        found = explained(lea, "2026-05", groupe)

        told = {"dateHeureCalcul", "dateHeureCalculParis", "etp", "moisDOrigine", "calcul"}
        assert preview | found == preview | {key: found[key] for key in told}
        assert preview["dateHeureCalcul"] is None
        assert preview["dateHeureCalculParis"] is None
        assert found["dateHeureCalcul"] == "2026-03-24T23:00:00Z"
        assert by_number(found) == by_number(etp_read(lea, "2026-05", groupe))
        assert found["etp"] == etp_of(lea, "2026-05", groupe)


# Bad input.


@pytest.mark.parametrize(
    ("query", "champ"),
    [
        ("autoEcole=inconnue&groupePermis=B&mois=2026-05", "autoEcole"),
        ("autoEcole=hugo&groupePermis=B&mois=2026-05", "autoEcole"),
        ("groupePermis=B&mois=2026-05", "autoEcole"),
        ("autoEcole=plesses&groupePermis=CE&mois=2026-05", "groupePermis"),
        ("autoEcole=plesses&mois=2026-05", "groupePermis"),
        ("autoEcole=plesses&groupePermis=B&mois=2026-13", "mois"),
        ("autoEcole=plesses&groupePermis=B&mois=2026-05-01", "mois"),
        ("autoEcole=plesses&groupePermis=B&mois=0000-01", "mois"),
        ("autoEcole=plesses&groupePermis=B", "mois"),
    ],
)
def test_a_bad_question_names_its_field(lea: Vendor, query: str, champ: str) -> None:
    answer = lea.get(f"/_mock/etp?{query}")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


def test_all_that_is_wrong_with_a_question_is_said_at_once(lea: Vendor) -> None:
    details = lea.get("/_mock/etp").json()["details"]

    assert {detail["champ"] for detail in details} == {"autoEcole", "groupePermis", "mois"}


@pytest.mark.parametrize("mois", ["1900-01", "2199-12"])
def test_the_first_and_the_last_month_can_be_asked_for(lea: Vendor, mois: str) -> None:
    assert explained(lea, mois)["etp"] == 0.0
    assert etp_of(lea, mois) == 0.0


def test_an_ecole_is_named_by_its_ref_or_its_id(lea: Vendor) -> None:
    id_ = lea.id_of("plesses")
    answer = lea.get(f"/_mock/etp?autoEcole={id_}&groupePermis=B&mois=2026-05")

    assert answer.json() == explained(lea, "2026-05")


# Several months at once.


def test_months_lived_at_once_are_as_if_lived_one_by_one() -> None:
    lecons = [
        *named("simulateur", (alone(f"2026-0{month}-10T08:00", 120) for month in (2, 3, 4, 5))),
        *named("hugo", spread(20, "2026-04", (10, 12, 14, 16), 90)),
    ]
    stops = ["2026-03-25", "2026-04-01", "2026-04-25", "2026-05-24", "2026-05-26"]
    worlds = []
    for path in (stops[-1:], stops):
        with living(*lecons) as lea:
            events = [
                event
                for stop in path
                for event in advance(lea, to=f"{stop}T00:00:00+02:00")
                if event["type"] == "ETP_CALCULE"
            ]
            worlds.append((events, lea.get("/_mock/state").text))

    assert len(worlds[0][0]) == 6
    assert worlds[0] == worlds[1]


def test_a_result_that_shows_only_after_the_night_is_no_hour_of_it() -> None:
    with living(examens=[held("EXAMEN_REUSSI", "2026-02-20T08:00", ref="x")]) as lea:
        change(
            lea,
            examens=[
                {
                    "ref": "x",
                    "resultat": {
                        "statut": "EXAMEN_REUSSI",
                        "dateHeureEntree": "2026-03-25T00:00:00Z",
                    },
                }
            ],
        )
        advance(lea, to="2026-04-25T00:00:00+02:00")

        assert explained(lea, "2026-05")["accompagnements"] == []
        assert len(explained(lea, "2026-06")["accompagnements"]) == 1
        assert (etp_of(lea, "2026-05"), etp_of(lea, "2026-06")) == (0.0, 0.3)


def _open_contrat(vendor: Vendor) -> str:
    """A contrat of Zoé's, in a world that has none; its ref."""
    change(
        vendor,
        candidats=[
            {
                "ref": "zoe",
                "nom": "L'Hénaff",
                "prenom": "Zoé",
                "numeroDossier": "000123456789",
                "demandes": [{"categoriePermis": "B"}],
            }
        ],
        contratsDeFormation=[
            {"ref": "k", "autoEcole": "plesses", "candidat": "zoe", "categoriePermis": "B"}
        ],
    )
    return "k"
