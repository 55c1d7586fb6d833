from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given

from rdv_mock.facts.auto_ecole import Declaration, Formateur, Simulateur
from rdv_mock.facts.enumerations import GroupeDuLivret, GroupePermis, StatutDuResultat
from rdv_mock.facts.etp import AutoEcoleLue, AutonomieComptee, Calcul, ExamenLu, LeconLue
from rdv_mock.rules.etp import calculate, declared_etp, has_lecon, holding
from tests.rules.night import (
    ECOLE,
    GENERIQUE,
    HUGO,
    LIMITS,
    MAUD,
    PERIODE,
    SIMULATOR,
    alone,
    lecon,
    minutes_of,
    together,
)
from tests.rules.test_heures import SETS_OF_LECONS
from tests.support import instant

A, B = GroupeDuLivret
GIVEN = {"2026-03": Decimal("2.0"), "2026-05": Decimal("3.2")}


def calculate_on(
    lecons: Iterable[LeconLue],
    examens: Iterable[ExamenLu] = (),
    *,
    ecole: AutoEcoleLue = ECOLE,
) -> Calcul:
    """What the night of 25 March 2026 finds."""
    return calculate(lecons, examens, ecole, PERIODE, LIMITS)


def etp_by_number(calcul: Calcul, groupe: GroupeDuLivret) -> dict[str, Decimal]:
    """The ETP of everyone, by authorisation number."""
    return {part.credited.numero_autorisation: part.etp for part in calcul.groupes[groupe].parts}


def hours_by_number(calcul: Calcul, groupe: GroupeDuLivret) -> dict[str, Decimal]:
    """The hours of everyone who has any, by authorisation number."""
    parts = calcul.groupes[groupe].parts
    return {part.credited.numero_autorisation: part.heures for part in parts if part.heures}


def examen(
    debut: str = "2026-02-20T10:00",
    *,
    candidat: str | None = "zoe",
    groupe: GroupeDuLivret = B,
    resultat: str | None = "EXAMEN_REUSSI",
    id_: str = "examen",
) -> ExamenLu:
    """An examen of the period with a result, unless said otherwise."""
    return ExamenLu(
        id_,
        candidat,
        groupe,
        datetime.fromisoformat(debut),
        StatutDuResultat(resultat) if resultat else None,
    )


def lecons_from(
    month: str, count: int, minutes: int, *, hours: Sequence[int], **changes: object
) -> list[LeconLue]:
    """So many leçons from the first of a month on, at these hours of each day."""
    return [
        lecon(
            f"{month}-{1 + one // len(hours):02}T{hours[one % len(hours)]:02}:00",
            minutes,
            **changes,
        )
        for one in range(count)
    ]


# The formula (docs/rules/etp.md#formula).


@pytest.mark.parametrize(("last", "etp"), [(45, "0.3"), (44, "0.2")])
def test_etp_are_rounded_half_up_on_the_minute(last: int, etp: str) -> None:
    hours = lecons_from("2026-01", 113, 60, hours=range(8, 18))

    calcul = calculate_on([*hours, lecon("2026-01-31T08:00", last)])

    assert etp_by_number(calcul, B)[HUGO] == Decimal(etp)
    assert round(hours_by_number(calcul, B)[HUGO] * 60, 9) == 113 * 60 + last


def test_base_months_and_decimals_are_limits() -> None:
    limits = LIMITS.overridden(
        {"etp.baseMensuelle": 0.5, "etp.moisGlissants": 2, "etp.decimales": 3}
    )

    calcul = calculate([lecon(minutes=125)], [], ECOLE, PERIODE, limits)

    assert str(etp_by_number(calcul, B)[HUGO]) == "2.083"


def test_exactly_half_a_decimal_is_rounded_up() -> None:
    limits = LIMITS.overridden({"etp.baseMensuelle": 10, "etp.moisGlissants": 2})

    calcul = calculate(
        [lecon(minutes=60), lecon("2026-01-13T08:00", 60, numero=MAUD)], [], ECOLE, PERIODE, limits
    )

    assert etp_by_number(calcul, B)[HUGO] == Decimal("0.1")
    assert calcul.groupes[B].etp == Decimal("0.2")


def test_all_who_are_declared_are_told_and_the_generic_number_when_it_counts() -> None:
    assert etp_by_number(calculate_on([]), B) == dict.fromkeys(
        [HUGO, MAUD, "A0850007890", "E0850000010", SIMULATOR], 0
    )
    calcul = calculate_on([alone(numero=GENERIQUE)])
    assert list(etp_by_number(calcul, B))[-1] == GENERIQUE
    assert GENERIQUE not in etp_by_number(calcul, A)


def test_the_generic_number_is_told_once_even_where_it_is_declared() -> None:
    declared = Simulateur("s", "plesses", GENERIQUE, "nantes")
    ecole = replace(ECOLE, simulateurs=(declared,))

    calcul = calculate_on([alone(numero=GENERIQUE)], ecole=ecole)

    parts = [
        part.credited for part in calcul.groupes[B].parts if part.credited.formateur_id is None
    ]
    assert parts == [(GENERIQUE, None, "085")]


# Where (docs/rules/etp.md#where).


def test_etp_lie_where_the_bureau_of_each_lies() -> None:
    calcul = calculate_on(
        [
            *lecons_from("2026-01", 60, 60, hours=range(8, 18)),
            *lecons_from("2026-01", 120, 60, hours=range(8, 18), numero=MAUD),
            *(
                alone(f"2026-01-{day:02}T08:00", 240, eleve=f"{numero}-{day}", numero=numero)
                for day in range(1, 16)
                for numero in (SIMULATOR, GENERIQUE)
            ),
        ]
    )

    assert calcul.groupes[B].by_departement == {
        "085": Decimal("0.1") + Decimal("0.1"),
        "044": Decimal("0.3") + Decimal("0.1"),
    }
    assert calcul.groupes[B].etp == Decimal("0.6")
    assert calcul.groupes[A].etp == 0


def test_of_formateurs_with_one_number_the_first_at_the_bureau_bears_the_hours() -> None:
    agrement = "E0850000099"
    ecole = replace(
        ECOLE,
        formateurs=tuple(
            Formateur(id_, "plesses", "", "", agrement, bureau, (bureau,))
            for id_, bureau in [("first", "sables"), ("second", "nantes"), ("third", "nantes")]
        ),
    )

    calcul = calculate_on(
        [
            lecon("2026-01-12T08:00", numero=agrement),
            lecon("2026-01-12T09:00", numero=agrement, bureau="nantes"),
        ],
        ecole=ecole,
    )

    credited = [verdict.credited and verdict.credited.formateur_id for verdict in calcul.verdicts]
    assert credited == ["first", "second"]


# The accompaniment (docs/rules/etp.md#accompaniment).


@pytest.mark.parametrize(
    ("held", "counts"),
    [
        (examen(resultat="EXAMEN_REUSSI"), True),
        (examen(resultat="EXAMEN_ECHOUE"), True),
        (examen(resultat="EXAMEN_ABSENT"), True),
        (examen(resultat="EXAMEN_ANNULE"), False),
        (examen(resultat=None), False),
        (examen("2025-12-01T00:00"), True),
        (examen("2025-11-30T23:59"), False),
        (examen("2026-02-28T23:59"), True),
        (examen("2026-03-01T00:00"), False),
    ],
)
def test_an_examen_with_a_result_in_the_period_is_an_hour(held: ExamenLu, *, counts: bool) -> None:
    calcul = calculate_on([], [held])

    assert hours_by_number(calcul, B) == ({HUGO: 1} if counts else {})
    assert len(calcul.accompagnements) == counts


MET_MAUD = lecon("2026-02-10T10:00", numero=MAUD)


@pytest.mark.parametrize(
    "later",
    [
        lecon("2026-02-20T10:00"),
        lecon("2026-02-11T10:00", eleve="max"),
        lecon("2026-02-11T10:00", categorie="A2"),
        lecon("2026-02-11T10:00", demande_validee=False),
        lecon("2026-02-10T10:30", numero=MAUD),
        alone("2026-02-11T10:00"),
    ],
)
def test_the_last_formateur_before_the_examen_bears_it(later: LeconLue) -> None:
    calcul = calculate_on([lecon("2026-02-09T10:00"), MET_MAUD, later], [examen()])

    (accompagnement,) = calcul.accompagnements
    assert accompagnement.examen_id == "examen"
    assert accompagnement.credited == (MAUD, "maud", "044")
    assert accompagnement.heures == 1


def test_what_earlier_nights_counted_alone_on_a_simulator_stays_counted() -> None:
    lecons = [alone("2026-01-01T08:00", 60), alone("2026-01-02T08:00", 60)]
    used_up = [AutonomieComptee("earlier", "zoe", 300), AutonomieComptee(lecons[1].id, "zoe", 60)]

    calcul = calculate(lecons, [], ECOLE, PERIODE, LIMITS, autonomies=used_up)

    assert hours_by_number(calcul, B) == {SIMULATOR: 1}
    assert minutes_of(calcul.verdicts) == [0, 60]


def test_without_a_formateur_the_first_one_with_a_bureau_principal_bears_it() -> None:
    maud_first = replace(ECOLE, formateurs=(ECOLE.formateurs[2], *ECOLE.formateurs[1::-1]))

    calcul = calculate_on(
        [alone(), lecon("2025-11-20T10:00")],
        [examen(candidat="zoe"), examen(candidat=None, id_="nobody")],
        ecole=maud_first,
    )

    assert [one.credited and one.credited.formateur_id for one in calcul.accompagnements] == [
        "maud",
        "maud",
    ]


def test_without_any_formateur_nobody_bears_it() -> None:
    calcul = calculate_on([], [examen()], ecole=replace(ECOLE, formateurs=()))

    (accompagnement,) = calcul.accompagnements
    assert accompagnement.credited is None
    assert accompagnement.heures == 0
    assert calcul.groupes[B].etp == 0


def test_how_much_an_examen_brings_is_a_limit_of_its_groupe() -> None:
    limits = LIMITS.overridden({"etp.accompagnement.A": 0.25})

    calcul = calculate([], [examen(groupe=A), examen(groupe=B, id_="b")], ECOLE, PERIODE, limits)

    assert hours_by_number(calcul, A) == {HUGO: Decimal("0.25")}
    assert hours_by_number(calcul, B) == {HUGO: 1}


# The worked examples (docs/rules/etp.md).


def test_the_worked_example_of_groupe_b() -> None:
    results = ["EXAMEN_REUSSI"] * 12 + ["EXAMEN_ECHOUE"] * 5 + ["EXAMEN_ABSENT"] * 3
    lecons = [
        *lecons_from("2025-12", 120, 60, hours=(8, 9, 10, 11, 12)),
        *lecons_from("2026-02", 60, 120, hours=(8, 10, 12), formation="BOITE_AUTOMATIQUE"),
        *lecons_from("2025-12", 30, 90, hours=(14,), formation="AAC"),
        lecon("2025-12-31T08:00"),
        *(
            one
            for day in range(1, 13)
            for one in together(8, f"2026-01-{day:02}T18:00", 120, "THEORIQUE", categorie="B")
        ),
        *lecons_from("2026-01", 3, 60, hours=(20,), activite="EVALUATION_DE_DEPART"),
        lecon("2025-12-01T08:30", eleve="max"),
        *lecons_from("2026-01", 113, 60, hours=range(8, 18), numero=MAUD),
        lecon("2026-01-31T08:00", 45, numero=MAUD),
        *(
            alone(f"2026-01-{1 + eleve:02}T{8 + 2 * turn:02}:00", 90, eleve=f"s{eleve}")
            for eleve in range(10)
            for turn in range(4)
        ),
    ]
    examens = [
        *(examen(resultat=result, id_=f"x{one}") for one, result in enumerate(results)),
        examen(resultat="EXAMEN_ANNULE", id_="cancelled"),
    ]

    calcul = calculate_on(lecons, examens)

    assert hours_by_number(calcul, B) == {
        HUGO: Decimal("388.0"),
        MAUD: Decimal("113.75"),
        SIMULATOR: 50,
    }
    etp = {number: value for number, value in etp_by_number(calcul, B).items() if value}
    assert etp == {HUGO: Decimal("0.9"), MAUD: Decimal("0.3"), SIMULATOR: Decimal("0.1")}
    assert calcul.groupes[B].etp == Decimal("1.3")
    assert calcul.groupes[A].etp == 0


def test_the_worked_example_of_groupe_a() -> None:
    lecons = [
        *(
            one
            for day in range(1, 11)
            for one in together(6, f"2026-01-{day:02}T08:00", 120, "PLATEAU")
        ),
        *together(7, "2026-01-11T08:00", 120, "PLATEAU"),
        *(
            one
            for day in range(1, 21)
            for one in together(3, f"2026-01-{day:02}T10:00", 120, "CIRCULATION")
        ),
        *together(4, "2026-01-21T10:00", 90, "CIRCULATION"),
        *(
            one
            for day in range(1, 5)
            for one in together(5, f"2026-01-{day:02}T18:00", 60, "THEORIQUE")
        ),
        *together(2, "2026-01-22T08:00", 120, "PLATEAU"),
        lecon("2026-01-22T08:00", 90, categorie="A2", type_lecon="PLATEAU", rang=3),
    ]
    examens = [examen(candidat="e1", groupe=A, id_=f"x{one}") for one in range(9)]

    calcul = calculate_on(lecons, examens)

    assert hours_by_number(calcul, A) == {HUGO: Decimal("273.5")}
    assert calcul.groupes[A].etp == Decimal("0.6")
    assert calcul.groupes[A].etp * Decimal("4.5") == Decimal("2.70")
    assert calcul.groupes[B].etp == 0


@given(lecons=SETS_OF_LECONS)
def test_what_everyone_gathers_is_the_sum_of_the_verdicts(lecons: list[LeconLue]) -> None:
    calcul = calculate_on(lecons)

    weighted: dict[tuple[GroupeDuLivret, str], Decimal] = defaultdict(Decimal)
    for verdict in calcul.verdicts:
        if verdict.credited:
            groupe = verdict.lecon.contrat.categorie_permis.groupe
            minutes = verdict.minutes * verdict.coefficient
            weighted[groupe, verdict.credited.numero_autorisation] += minutes
    assert {
        (groupe, number): round(heures * 60, 6)
        for groupe in GroupeDuLivret
        for number, heures in hours_by_number(calcul, groupe).items()
    } == weighted


# Which ETP holds (docs/rules/etp.md#in-force).


@pytest.mark.parametrize(
    ("mois", "etp"),
    [
        ("2026-02", "0"),
        ("2026-03", "2.0"),
        ("2026-04", "2.0"),
        ("2026-05", "3.2"),
        ("2027-05", "3.2"),
        ("2027-06", "0"),
    ],
)
def test_a_given_etp_goes_on_for_twelve_months(mois: str, etp: str) -> None:
    assert (holding(mois, GIVEN, {}, LIMITS) or 0) == Decimal(etp)


def test_how_long_it_goes_on_is_a_limit() -> None:
    limits = LIMITS.overridden({"etp.reportMois": 0})

    assert holding("2026-03", GIVEN, {}, limits) == Decimal("2.0")
    assert holding("2026-04", GIVEN, {}, limits) is None


@pytest.mark.parametrize(
    ("mois", "before", "after"),
    [("2026-04", "2.0", "2.0"), ("2026-05", "2.0", "0.0"), ("2026-06", "2.0", "0.0")],
)
def test_a_night_that_found_nothing_ends_what_was_given(mois: str, before: str, after: str) -> None:
    given_in_march = {"2026-03": Decimal("2.0")}
    found_on_25_march = {"2026-05": Decimal("0.0")}

    assert holding(mois, given_in_march, {}, LIMITS) == Decimal(before)
    assert holding(mois, given_in_march, found_on_25_march, LIMITS) == Decimal(after)


def test_a_given_value_goes_before_a_result() -> None:
    assert holding("2026-03", GIVEN, {"2026-03": Decimal(7)}, LIMITS) == Decimal("2.0")
    assert holding("2026-04", GIVEN, {"2026-04": Decimal(7)}, LIMITS) == 7


def test_what_holds_may_be_told_by_departement() -> None:
    in_march = {"085": Decimal(2)}

    assert holding("2026-04", {"2026-03": in_march}, {}, LIMITS) is in_march
    assert holding("2026-02", {"2026-03": in_march}, {}, LIMITS) is None


@pytest.mark.parametrize(
    ("read", "groupes"),
    [
        (lecon(), {B}),
        (lecon(demande_validee=False), {B}),
        (lecon(categorie="A1"), {A}),
        (lecon("2025-11-20T08:00"), set()),
    ],
)
def test_a_night_before_the_world_has_a_result_where_there_is_a_lecon(
    read: LeconLue, groupes: set[GroupeDuLivret]
) -> None:
    verdicts = calculate_on([read]).verdicts

    assert {groupe for groupe in GroupeDuLivret if has_lecon(verdicts, groupe)} == groupes


def test_each_formateur_that_was_declared_for_a_groupe_makes_one_in_his_departement() -> None:
    at = instant("2026-03-10T08:00:00Z")
    declarations = [
        Declaration("1", "plesses", "085", GroupePermis.B, 3, at),
        Declaration("2", "plesses", "044", GroupePermis.B, 1, at),
        Declaration("3", "plesses", "085", GroupePermis.A, 2, at),
    ]

    assert declared_etp(declarations, GroupePermis.B) == {"085": Decimal(3), "044": Decimal(1)}
    assert declared_etp(declarations, GroupePermis.A) == {"085": Decimal(2)}
    assert all(
        isinstance(etp, Decimal) for etp in declared_etp(declarations, GroupePermis.B).values()
    )
