from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock import paris
from rdv_mock.facts.enumerations import (
    Activite,
    CategorieDuLivret,
    MotifDExclusion,
    TypeFormation,
    TypeLecon,
)
from rdv_mock.facts.etp import AutoEcoleLue, LeconLue
from rdv_mock.rules.explication import explication
from rdv_mock.rules.heures import judge
from tests.rules.night import (
    ECOLE,
    GENERIQUE,
    HUGO,
    LIMITS,
    MAUD,
    PERIODE,
    SIMULATOR,
    alone,
    bail,
    lecon,
    motifs_of,
    together,
    verdicts_on,
)

EIGHT = "2026-01-12T08:00"
CONNECTED_ON_NEW_YEAR = replace(ECOLE, baux=(bail("2026-01-01T00:00Z", "2026-01-02T00:00Z"),))


EXCLUSIONS: list[tuple[str, list[LeconLue], LeconLue, AutoEcoleLue, str]] = [
    (
        "HORS_PERIODE",
        [],
        lecon("2025-11-30T23:59"),
        ECOLE,
        "1,00 h non comptée : elle commence hors de la période, du 01/12/2025 au 28/02/2026.",
    ),
    (
        "RECEPTION_TARDIVE",
        [],
        lecon(reception="2026-03-24T23:00:01Z"),
        ECOLE,
        "1,00 h non comptée : elle a été reçue après la nuit du calcul.",
    ),
    (
        "DUREE_HORS_LIMITES",
        [],
        lecon(minutes=241),
        ECOLE,
        "4,02 h non comptées : une leçon CIRCULATION dure entre 30 et 240 mn.",
    ),
    (
        "SANS_DEMANDE_ACTIVE",
        [],
        lecon(demande_validee=False),
        ECOLE,
        "1,00 h non comptée : l'élève n'a pas de demande validée pour la catégorie B.",
    ),
    (
        "FORMATEUR_NON_DECLARE",
        [],
        lecon(numero="A9999999999"),
        ECOLE,
        "1,00 h non comptée : aucun formateur déclaré par l'auto-école ne porte le numéro"
        " A9999999999.",
    ),
    (
        "FORMATEUR_NON_DECLARE",
        [],
        lecon(numero=MAUD, bureau="sables"),
        ECOLE,
        "1,00 h non comptée : aucun formateur déclaré au bureau du contrat ne porte le numéro"
        " A0850004560.",
    ),
    (
        "TYPE_INCOMPATIBLE",
        [],
        lecon(type_lecon="SIMULATEUR", categorie="A2"),
        ECOLE,
        "1,00 h non comptée : le type SIMULATEUR ne va pas avec le numéro A0850001230"
        " sur un contrat A2.",
    ),
    (
        "SIMULATEUR_NON_REFERENCE",
        [],
        alone(numero="S9999999999"),
        ECOLE,
        "1,00 h non comptée : le simulateur S9999999999 n'est pas de l'auto-école.",
    ),
    (
        "SANS_BUREAU_PRINCIPAL",
        [],
        lecon(numero="A0850007890"),
        ECOLE,
        "1,00 h non comptée : le formateur A0850007890 n'a pas de bureau principal.",
    ),
    (
        "BAIL_EXPIRE",
        [],
        lecon(),
        CONNECTED_ON_NEW_YEAR,
        "1,00 h non comptée : le bureau du contrat n'était pas connecté quand elle a été reçue.",
    ),
    (
        "CHEVAUCHEMENT",
        [lecon("2026-01-12T07:30", id_="l1", eleve="max")],
        lecon(),
        ECOLE,
        "1,00 h non comptée : elle chevauche la leçon l1 du 12/01/2026 à 07:30 (60 mn).",
    ),
    (
        "GROUPE_TROP_GRAND",
        together(3, EIGHT, 90, "CIRCULATION"),
        lecon(EIGHT, 90, categorie="A2", rang=4),
        ECOLE,
        "1,50 h non comptée : un groupe CIRCULATION compte pour 3 élèves au plus,"
        " celui de la leçon e1 2026-01-12T08:00 du 12/01/2026 à 08:00 (90 mn) est complet.",
    ),
    (
        "THEORIE_DEJA_COMPTEE",
        together(1, EIGHT, 60, "THEORIQUE"),
        lecon(type_lecon="THEORIQUE", rang=2),
        ECOLE,
        "1,00 h non comptée : les heures de ce cours sont portées par"
        " la leçon e1 2026-01-12T08:00 du 12/01/2026 à 08:00 (60 mn).",
    ),
    (
        "PLAFOND_THEORIE",
        [lecon(f"2026-01-0{day}T08:00", 240, type_lecon="THEORIQUE") for day in range(1, 7)],
        lecon(minutes=120, type_lecon="THEORIQUE"),
        ECOLE,
        "1,00 h sur 2,00 × 1,0 = 1,00 h comptée pour A0850001230 :"
        " la théorie compte pour 25 h au plus par formateur et par mois.",
    ),
    (
        "SIMULATEUR_AUTONOMIE_DEPASSEE",
        [alone("2026-01-11T08:00", 240)],
        alone(minutes=90, formation="BOITE_AUTOMATIQUE"),
        ECOLE,
        "1,00 h sur 1,50 × 1,4 = 1,40 h comptée pour S0850000010 :"
        " seul sur simulateur, un élève compte pour 5 h au plus.",
    ),
]


def test_every_reason_has_its_example() -> None:
    assert {row[0] for row in EXCLUSIONS} == set(MotifDExclusion)


@pytest.mark.parametrize(("motif", "before", "lecon_out", "ecole", "why"), EXCLUSIONS)
def test_a_lecon_that_does_not_count_says_why(
    motif: str, before: list[LeconLue], lecon_out: LeconLue, ecole: AutoEcoleLue, why: str
) -> None:
    *others, verdict = judge([*before, lecon_out], ecole, PERIODE, LIMITS)

    assert motifs_of(others) == [None] * len(others)
    assert verdict.lecon is lecon_out
    assert verdict.motif == motif
    assert (verdict.credited is None) == (verdict.minutes == 0)
    assert explication(verdict, PERIODE, LIMITS) == why


@pytest.mark.parametrize(
    ("counted", "why"),
    [
        (
            lecon(minutes=90, formation="AAC"),
            "1,50 h × 1,2 = 1,80 h comptée pour A0850001230.",
        ),
        (lecon(minutes=120), "2,00 h × 1,0 = 2,00 h comptées pour A0850001230."),
        (
            lecon(minutes=50, numero="E0850000010"),
            "0,83 h × 1,0 = 0,83 h comptée pour E0850000010.",
        ),
    ],
)
def test_a_lecon_that_counts_tells_its_reckoning(counted: LeconLue, why: str) -> None:
    (verdict,) = verdicts_on(counted)

    assert verdict.motif is None
    assert explication(verdict, PERIODE, LIMITS) == why


def test_half_a_hundredth_of_an_hour_is_told_rounded_up() -> None:
    limits = LIMITS.overridden({"etp.coefficient.TRADITIONNELLE": 1.5})

    (verdict,) = judge([lecon(minutes=45)], ECOLE, PERIODE, limits)

    assert explication(verdict, PERIODE, limits) == (
        "0,75 h × 1,5 = 1,13 h comptée pour A0850001230."
    )


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("HORS_PERIODE", {"debut": "2026-03-01T08:00"}),
    ("RECEPTION_TARDIVE", {"reception": "2026-04-01T00:00Z"}),
    ("DUREE_HORS_LIMITES", {"minutes": 29}),
    ("SANS_DEMANDE_ACTIVE", {"demande_validee": False}),
    ("FORMATEUR_NON_DECLARE", {"numero": "A9999999999"}),
    ("TYPE_INCOMPATIBLE", {"categorie": "A1", "type_lecon": "SIMULATEUR"}),
    ("BAIL_EXPIRE", {}),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_reasons_the_first_in_order_is_told(first: int) -> None:
    faults = {key: value for _, changes in FAULTS[first:] for key, value in changes.items()}

    (verdict,) = judge([lecon(**faults)], CONNECTED_ON_NEW_YEAR, PERIODE, LIMITS)

    assert verdict.motif == FAULTS[first][0]


@pytest.mark.parametrize(
    ("numero", "motif"),
    [("S9999999999", "SIMULATEUR_NON_REFERENCE"), ("A0850007890", "SANS_BUREAU_PRINCIPAL")],
)
def test_a_type_that_does_not_fit_is_told_before_the_number(numero: str, motif: str) -> None:
    fitting = lecon(numero=numero, type_lecon="SIMULATEUR")
    on_moto = lecon(numero=numero, type_lecon="SIMULATEUR", categorie="A2", eleve="max")

    verdicts = verdicts_on(fitting, on_moto)

    assert {verdict.lecon.id: verdict.motif for verdict in verdicts} == {
        fitting.id: motif,
        on_moto.id: "TYPE_INCOMPATIBLE",
    }


@pytest.mark.parametrize(
    ("within", "outside"),
    [
        (lecon("2025-12-01T00:00"), lecon("2025-11-30T23:59:59")),
        (lecon("2026-02-28T23:59:59"), lecon("2026-03-01T00:00")),
        (lecon(reception="2026-03-24T23:00:00Z"), lecon(reception="2026-03-24T23:00:00.000001Z")),
        (lecon(minutes=30), lecon(minutes=29)),
        (lecon(minutes=240), lecon(minutes=241)),
        (lecon(numero=MAUD), lecon(numero=MAUD, bureau="sables")),
        (lecon(numero=MAUD, bureau="nantes"), lecon(numero="E0850000010", bureau="nantes")),
        (alone(numero=GENERIQUE), lecon(numero=GENERIQUE)),
        (alone(), lecon(numero=SIMULATOR, type_lecon="THEORIQUE")),
        (lecon(type_lecon="SIMULATEUR"), lecon(type_lecon="SIMULATEUR", categorie="A1")),
    ],
)
def test_a_lecon_counts_up_to_the_edge(within: LeconLue, outside: LeconLue) -> None:
    assert motifs_of(verdicts_on(within)) == [None]
    assert motifs_of(verdicts_on(outside)) != [None]


@pytest.mark.parametrize(
    ("changes", "hours"),
    [
        ({"formation": "TRADITIONNELLE"}, "1.50"),
        ({"formation": "CONDUITE_SUPERVISEE"}, "1.50"),
        ({"formation": "AAC"}, "1.80"),
        ({"formation": "BOITE_AUTOMATIQUE"}, "2.10"),
        ({"formation": "BOITE_AUTOMATIQUE", "categorie": "B1"}, "2.10"),
        ({"formation": "AAC", "type_lecon": "SIMULATEUR"}, "1.80"),
        ({"formation": "AAC", "type_lecon": "SIMULATEUR", "numero": GENERIQUE}, "1.80"),
        ({"formation": "AAC", "categorie": "A2"}, "1.50"),
        ({"formation": "AAC", "categorie": "A1", "type_lecon": "PLATEAU"}, "1.50"),
        ({"formation": "AAC", "type_lecon": "THEORIQUE"}, "1.50"),
        ({"formation": "AAC", "activite": "EVALUATION_DE_DEPART"}, "1.50"),
        ({"formation": "AAC", "activite": "RENDEZ_VOUS_PEDAGOGIQUE"}, "1.50"),
    ],
)
def test_the_contrat_decides_what_an_hour_is_worth(changes: dict[str, Any], hours: str) -> None:
    (verdict,) = verdicts_on(lecon(minutes=90, **changes))

    assert verdict.heures == Decimal(hours)


def test_a_coefficient_may_have_any_number_of_decimals() -> None:
    limits = LIMITS.overridden({"etp.coefficient.AAC": 1.2345})

    (verdict,) = judge([lecon(formation="AAC")], ECOLE, PERIODE, limits)

    assert verdict.heures == Decimal("1.2345")


def test_on_a_simulator_the_number_tells_whether_a_formateur_is_there() -> None:
    with_formateur, by_himself, unnumbered = verdicts_on(
        lecon("2026-01-12T08:00", type_lecon="SIMULATEUR"),
        alone("2026-01-12T09:00"),
        alone("2026-01-12T10:00", numero=GENERIQUE),
    )

    assert with_formateur.credited == (HUGO, "hugo", "085")
    assert by_himself.credited == (SIMULATOR, None, "044")
    assert unnumbered.credited == (GENERIQUE, None, "085")


# The connection (docs/rules/bail.md#bureaux).


@pytest.mark.parametrize(
    ("bureau", "reception", "counts"),
    [
        # Before the first bail of the école nothing is excluded.
        ("nantes", "2026-01-04T23:59:59Z", True),
        ("sables", "2026-01-05T00:00:00Z", True),
        ("nantes", "2026-01-05T00:00:00Z", False),
        (None, "2026-01-05T00:00:00Z", True),
        ("sables", "2026-01-20T11:59:59Z", True),
        ("sables", "2026-01-20T12:00:00Z", False),
        (None, "2026-01-20T12:00:00Z", False),
        # From February on somebody connects all bureaux.
        ("sables", "2026-02-01T00:00:00Z", True),
        ("nantes", "2026-02-01T00:00:00Z", True),
        ("nantes", "2026-03-01T00:00:00Z", False),
    ],
)
def test_hours_count_while_their_bureau_is_connected(
    bureau: str | None, reception: str, *, counts: bool
) -> None:
    ecole = replace(
        ECOLE,
        baux=(
            bail("2026-02-01T00:00Z", "2026-03-01T00:00Z"),
            bail("2026-01-10T00:00Z", "2026-01-20T12:00Z", "sables"),
            bail("2026-01-11T00:00Z", "2026-01-12T00:00Z", "sables"),
            bail("2026-01-05T00:00Z", "2026-01-10T00:00Z", "sables"),
        ),
    )

    (verdict,) = judge([lecon(bureau=bureau, reception=reception)], ecole, PERIODE, LIMITS)

    assert verdict.motif == (None if counts else "BAIL_EXPIRE")


def test_the_second_bureau_is_not_connected_by_the_account_of_the_first() -> None:
    ecole = replace(ECOLE, baux=(bail("2026-01-01T00:00Z", "2026-04-01T00:00Z", "sables"),) * 2)

    verdicts = judge(
        [
            lecon("2026-01-12T08:00", bureau="sables"),
            lecon("2026-01-12T08:00", bureau="nantes", numero=MAUD, rang=1),
            lecon("2026-01-12T09:00", bureau="nantes", numero=MAUD),
        ],
        ecole,
        PERIODE,
        LIMITS,
    )

    assert motifs_of(verdicts) == [None, "BAIL_EXPIRE", "BAIL_EXPIRE"]


def test_a_bail_that_covers_the_contrats_without_a_bureau_does_not_cover_each_bureau() -> None:
    ecole = replace(ECOLE, baux=(bail("2026-01-10T00:00Z", "2026-01-20T00:00Z", "sables"),))
    lecons = [
        lecon(f"2026-01-12T{hour:02}:00", bureau=bureau)
        for hour, bureau in ((8, None), (9, "nantes"), (10, "sables"), (11, None))
    ]

    assert motifs_of(judge(lecons, ecole, PERIODE, LIMITS)) == [None, "BAIL_EXPIRE", None, None]


# Whatever the leçons.

LECONS = st.builds(
    lambda day, hour, minutes, categorie, formation, type_lecon, activite, eleve, numero, late: (
        lecon(
            f"2026-01-{day:02}T{hour:02}:00",
            minutes,
            eleve=eleve,
            categorie=categorie,
            formation=formation,
            type_lecon=type_lecon,
            activite=activite,
            numero=numero,
            reception=f"2026-02-01T0{late}:00Z",
        )
    ),
    st.integers(1, 3),
    st.integers(8, 10),
    st.sampled_from([30, 60, 90, 240]),
    st.sampled_from(CategorieDuLivret),
    st.sampled_from(TypeFormation),
    st.sampled_from(TypeLecon),
    st.sampled_from(Activite),
    st.sampled_from(["zoe", "max", "ines"]),
    st.sampled_from([HUGO, HUGO, HUGO, MAUD, SIMULATOR, GENERIQUE]),
    st.integers(0, 2),
)
SETS_OF_LECONS = st.lists(LECONS, max_size=40).map(
    lambda lecons: [one._replace(id=str(rang), rang=rang) for rang, one in enumerate(lecons)]
)
TIGHT = LIMITS.overridden({"etp.plafondTheorieHeures": 2, "etp.simulateurAutonomieHeures": 1})


@given(lecons=SETS_OF_LECONS)
def test_no_more_counts_than_was_given(lecons: list[LeconLue]) -> None:
    for verdict in judge(lecons, ECOLE, PERIODE, TIGHT):
        duree = verdict.lecon.duree_en_minutes
        assert 0 <= verdict.minutes <= duree
        assert verdict.heures <= duree * verdict.coefficient / 60
        assert (verdict.motif is None) == (verdict.minutes == duree)


@given(lecons=SETS_OF_LECONS, data=st.data())
def test_the_order_in_which_lecons_are_read_does_not_matter(
    lecons: list[LeconLue], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(lecons))

    assert judge(shuffled, ECOLE, PERIODE, TIGHT) == judge(lecons, ECOLE, PERIODE, TIGHT)


@given(lecons=SETS_OF_LECONS)
def test_no_ceiling_is_ever_passed(lecons: list[LeconLue]) -> None:
    theory: dict[Any, int] = defaultdict(int)
    by_himself: dict[str, int] = defaultdict(int)
    groups: dict[Any, int] = defaultdict(int)
    for verdict in judge(lecons, ECOLE, PERIODE, TIGHT):
        one = verdict.lecon
        if verdict.credited and verdict.credited.formateur_id is None:
            by_himself[one.contrat.candidat_id] += verdict.minutes
        elif one.type is TypeLecon.THEORIQUE or one.activite is not Activite.LECON:
            theory[verdict.credited] += verdict.minutes
        elif verdict.credited and one.contrat.categorie_permis in {"A1", "A2"}:
            groups[one.type, one.date_heure_debut, verdict.credited] += 1

    theory.pop(None, None)
    assert all(minutes <= 120 for minutes in theory.values())
    assert all(minutes <= 60 for minutes in by_himself.values())
    assert all(count <= (6 if key[0] is TypeLecon.PLATEAU else 3) for key, count in groups.items())


@given(lecons=SETS_OF_LECONS)
def test_what_counts_of_one_number_never_intersects(lecons: list[LeconLue]) -> None:
    spans: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for verdict in judge(lecons, ECOLE, PERIODE, TIGHT):
        one = verdict.lecon
        if verdict.minutes and one.numero_autorisation != GENERIQUE:
            start = paris.seconds(one.date_heure_debut)
            spans[one.numero_autorisation].add((start, start + one.duree_en_minutes * 60))

    for of_number in spans.values():
        assert all(first[1] <= then[0] for first, then in pairwise(sorted(of_number)))
