from decimal import Decimal

import pytest

from rdv_mock.facts.etp import AutonomieComptee, LeconLue
from rdv_mock.rules.heures import autonomies_of, judge
from rdv_mock.rules.nuit_du_calcul import periode_of
from tests.rules.night import (
    ECOLE,
    GENERIQUE,
    LIMITS,
    MAUD,
    PERIODE,
    alone,
    hours_of,
    lecon,
    minutes_of,
    motifs_of,
    together,
    verdicts_on,
)

EIGHT = "2026-01-12T08:00"

# Theory (docs/rules/heures.md#theory).


@pytest.mark.parametrize("activite", ["EVALUATION_DE_DEPART", "RENDEZ_VOUS_PEDAGOGIQUE"])
def test_what_an_activite_makes_theory_is_one_course_with_it(activite: str) -> None:
    first = lecon(type_lecon="THEORIQUE", eleve="max", rang=1)
    second = lecon(activite=activite, rang=2)

    verdicts = verdicts_on(second, first)

    assert motifs_of(verdicts) == [None, "THEORIE_DEJA_COMPTEE"]
    assert verdicts[0].lecon is first


def test_alone_on_a_simulator_the_activite_is_ignored() -> None:
    (verdict,) = verdicts_on(alone(activite="EVALUATION_DE_DEPART", formation="AAC"))

    assert verdict.coefficient == Decimal("1.2")


def test_a_course_crosses_the_groupes_and_its_first_record_bears_it() -> None:
    on_moto = lecon(type_lecon="THEORIQUE", categorie="A1", eleve="max", rang=2)
    in_car = lecon(type_lecon="THEORIQUE", rang=1)

    assert [verdict.lecon for verdict in verdicts_on(on_moto, in_car) if verdict.minutes] == [
        in_car
    ]


def test_a_record_that_is_out_by_itself_bears_no_course() -> None:
    out = lecon(type_lecon="THEORIQUE", demande_validee=False, eleve="max", rang=1)

    verdicts = verdicts_on(out, lecon(type_lecon="THEORIQUE", rang=2))

    assert motifs_of(verdicts) == ["SANS_DEMANDE_ACTIVE", None]


def test_after_24_hours_of_theory_a_course_of_two_counts_for_one() -> None:
    lecons = [
        *(lecon(f"2026-01-{day:02}T08:00", 120, type_lecon="THEORIQUE") for day in range(1, 13)),
        *together(8, "2026-01-13T08:00", 120, "THEORIQUE", categorie="B"),
        lecon("2026-01-14T08:00", type_lecon="THEORIQUE"),
    ]

    verdicts = verdicts_on(*lecons)

    assert hours_of(verdicts[:12]) == 24
    assert minutes_of(verdicts[12:]) == [60, *[0] * 7, 0]
    assert motifs_of(verdicts[12:]) == [
        "PLAFOND_THEORIE",
        *["THEORIE_DEJA_COMPTEE"] * 7,
        "PLAFOND_THEORIE",
    ]


def test_each_formateur_and_month_has_a_ceiling_of_its_own() -> None:
    january = [
        lecon(f"2026-01-{day:02}T08:00", 240, activite="EVALUATION_DE_DEPART")
        for day in range(1, 8)
    ]
    elsewhere = [
        lecon("2026-01-31T23:00", 240, numero=MAUD, type_lecon="THEORIQUE"),
        lecon("2026-02-01T08:00", 240, type_lecon="THEORIQUE"),
    ]

    verdicts = verdicts_on(*january, *elsewhere)

    assert hours_of(verdicts[:7]) == 25
    assert motifs_of(verdicts[7:]) == [None, None]


def test_the_ceiling_of_theory_holds_both_groupes_together() -> None:
    lecons = [
        lecon(
            f"2026-01-{day:02}T08:00",
            240,
            type_lecon="THEORIQUE",
            categorie="A2" if day % 2 else "B",
        )
        for day in range(1, 8)
    ]

    assert minutes_of(verdicts_on(*lecons)) == [*[240] * 6, 60]


# Overlaps (docs/rules/heures.md#overlap).


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (lecon("2026-01-12T08:00"), lecon("2026-01-12T09:00"), True),
        (lecon("2026-01-12T08:00"), lecon("2026-01-12T08:59:59"), False),
        (lecon("2026-01-12T08:00"), lecon("2026-01-12T08:00", eleve="max", rang=1), False),
        (lecon("2026-01-12T08:00"), lecon("2026-01-12T08:30", numero=MAUD), True),
        (lecon("2026-01-12T08:00"), lecon("2026-01-12T08:00", categorie="A2", rang=1), False),
        (alone("2026-01-12T08:00"), alone("2026-01-12T08:30", eleve="max"), False),
        (
            alone("2026-01-12T08:00", numero=GENERIQUE),
            alone("2026-01-12T08:30", eleve="max", numero=GENERIQUE),
            True,
        ),
        # Across midnight, and across the ends of a month.
        (lecon("2026-01-12T23:30"), lecon("2026-01-13T00:29"), False),
        (lecon("2026-01-12T23:30"), lecon("2026-01-13T00:30"), True),
        (lecon("2026-01-31T23:30"), lecon("2026-02-01T00:00"), False),
        # A course of theory and practice at the same time, in cars and on motos.
        (lecon(), lecon(type_lecon="THEORIQUE", eleve="max", rang=1), False),
        (
            lecon(categorie="A2", type_lecon="PLATEAU"),
            lecon(categorie="A2", type_lecon="PLATEAU", activite="EVALUATION_DE_DEPART", rang=1),
            False,
        ),
    ],
)
def test_a_lecon_that_intersects_one_kept_is_out(
    first: LeconLue, second: LeconLue, *, kept: bool
) -> None:
    assert motifs_of(verdicts_on(second, first)) == [None, None if kept else "CHEVAUCHEMENT"]


def test_of_overlapping_lecons_one_that_is_out_stands_in_nobodys_way() -> None:
    verdicts = verdicts_on(
        lecon("2026-01-12T08:00", 60),
        lecon("2026-01-12T08:30", 120),
        lecon("2026-01-12T09:00", 60),
    )

    assert motifs_of(verdicts) == [None, "CHEVAUCHEMENT", None]


def test_at_the_same_start_reception_decides_then_arrival() -> None:
    last = lecon(eleve="a", reception="2026-01-12T12:00Z", rang=1)
    second = lecon(eleve="b", reception="2026-01-12T11:00Z", rang=3)
    first = lecon(eleve="c", reception="2026-01-12T11:00Z", rang=2)

    verdicts = verdicts_on(last, second, first)

    assert [verdict.lecon for verdict in verdicts] == [first, second, last]
    assert motifs_of(verdicts) == [None, "CHEVAUCHEMENT", "CHEVAUCHEMENT"]
    assert verdicts[2].autre is first


def test_what_ran_into_the_period_from_before_it_does_not_overlap() -> None:
    verdicts = verdicts_on(lecon("2025-11-30T23:30"), lecon("2025-12-01T00:00"))

    assert motifs_of(verdicts) == ["HORS_PERIODE", None]


@pytest.mark.parametrize(
    ("mois", "first", "second", "kept"),
    [
        # On 29 March 2026 the hour from 02:00 is skipped: an hour from 01:30 ends at 03:30.
        ("2026-04", "2026-03-29T01:30", "2026-03-29T03:29", False),
        ("2026-04", "2026-03-29T01:30", "2026-03-29T03:30", True),
        # On 25 October 2026 the hour from 02:00 comes twice: an hour from 01:30 ends in the first
        # one, two hours from 01:30 end at 02:30 in the second.
        ("2026-11", "2026-10-25T01:30", "2026-10-25T02:29", False),
        ("2026-11", "2026-10-25T01:30", "2026-10-25T02:30", True),
        ("2026-11", "2026-10-25T00:30", "2026-10-25T02:00", True),
    ],
)
def test_overlaps_are_told_on_the_time_line(
    mois: str, first: str, second: str, *, kept: bool
) -> None:
    minutes = 90 if "T00:30" in first else 60
    reception = "2026-03-30T00:00Z"

    verdicts = judge(
        [lecon(first, minutes, reception=reception), lecon(second, reception=reception)],
        ECOLE,
        periode_of(mois, LIMITS),
        LIMITS,
    )

    assert motifs_of(verdicts) == [None, None if kept else "CHEVAUCHEMENT"]


def test_on_the_long_night_what_seems_to_overlap_on_the_wall_does_not() -> None:
    night = periode_of("2026-11", LIMITS)

    verdicts = judge(
        [lecon("2026-10-25T01:00", 240), lecon("2026-10-25T04:00"), lecon("2026-10-25T03:59")],
        ECOLE,
        night,
        LIMITS,
    )

    assert motifs_of(verdicts) == [None, "CHEVAUCHEMENT", None]


# Moto groups (docs/rules/heures.md#moto-group).


def test_a_plateau_of_seven_counts_for_six() -> None:
    verdicts = verdicts_on(*together(7, EIGHT, 120, "PLATEAU"))

    assert hours_of(verdicts) == 12
    assert motifs_of(verdicts) == [*[None] * 6, "GROUPE_TROP_GRAND"]


def test_a_moto_group_begins_and_ends_together() -> None:
    third = lecon(EIGHT, 90, categorie="A1", type_lecon="PLATEAU", rang=3)

    verdicts = verdicts_on(*together(2, EIGHT, 120, "PLATEAU"), third)

    assert motifs_of(verdicts) == [None, None, "CHEVAUCHEMENT"]
    assert hours_of(verdicts) == 4


def test_a_moto_group_is_of_one_type() -> None:
    third = lecon(EIGHT, 120, categorie="A2", type_lecon="CIRCULATION", rang=3)

    verdicts = verdicts_on(*together(2, EIGHT, 120, "PLATEAU"), third)

    assert motifs_of(verdicts) == [None, None, "CHEVAUCHEMENT"]


def test_a1_and_a2_make_one_group() -> None:
    group = [lecon(EIGHT, categorie=one, rang=rang) for rang, one in enumerate(["A1", "A2", "A1"])]

    assert motifs_of(verdicts_on(*group)) == [None, None, None]


# Alone on a simulator (docs/rules/heures.md#simulator).


@pytest.mark.parametrize(("formation", "hours"), [("TRADITIONNELLE", 5), ("BOITE_AUTOMATIQUE", 7)])
def test_four_times_90_minutes_alone_count_for_five_hours(formation: str, hours: int) -> None:
    verdicts = verdicts_on(
        *(alone(f"2026-01-{day:02}T08:00", 90, formation=formation) for day in range(1, 5))
    )

    assert minutes_of(verdicts) == [90, 90, 90, 30]
    assert motifs_of(verdicts) == [None, None, None, "SIMULATEUR_AUTONOMIE_DEPASSEE"]
    assert hours_of(verdicts) == hours


def test_the_five_hours_are_those_of_an_eleve_on_all_simulators_and_contrats() -> None:
    verdicts = verdicts_on(
        alone("2026-01-01T08:00", 240),
        alone("2026-01-02T08:00", 90, numero=GENERIQUE, categorie="B1"),
        alone("2026-01-03T08:00", 240, eleve="max"),
        lecon("2026-01-04T08:00", 240, type_lecon="SIMULATEUR"),
    )

    assert minutes_of(verdicts) == [240, 60, 240, 240]


def test_only_hours_that_count_use_up_the_five() -> None:
    verdicts = verdicts_on(
        alone("2026-01-01T08:00", 240, demande_validee=False),
        alone("2026-01-02T08:00", 240, numero="S9999999999"),
        alone("2026-01-03T08:00", 240),
        alone("2026-01-04T08:00", 60),
    )

    assert minutes_of(verdicts) == [0, 0, 240, 60]


def test_the_five_hours_are_used_up_once_however_many_nights_look_at_a_lecon() -> None:
    lecons = [alone(f"2026-0{mois}-10T08:00", 120) for mois in (1, 2, 3, 4)]
    earlier: list[AutonomieComptee] = []
    counted = []
    for mois in ("2026-02", "2026-03", "2026-04", "2026-05", "2026-06"):
        verdicts = judge(lecons, ECOLE, periode_of(mois, LIMITS), LIMITS, autonomies=earlier)
        counted.append(minutes_of(verdicts))
        earlier += autonomies_of(verdicts, earlier)

    assert counted == [
        [120, 0, 0, 0],
        [120, 120, 0, 0],
        [120, 120, 60, 0],
        [0, 120, 60, 0],
        [0, 0, 60, 0],
    ]
    assert [one.minutes for one in earlier] == [120, 120, 60]


def test_one_that_comes_late_finds_what_the_earlier_nights_left() -> None:
    late = alone("2026-01-01T08:00", 120, reception="2026-03-01T00:00Z")
    in_time = [alone(f"2026-01-{day:02}T08:00", 120) for day in (2, 3)]
    february = periode_of("2026-02", LIMITS)
    earlier = autonomies_of(judge([late, *in_time], ECOLE, february, LIMITS))

    verdicts = judge([late, *in_time], ECOLE, PERIODE, LIMITS, autonomies=earlier)

    assert minutes_of(verdicts) == [60, 120, 120]
    assert autonomies_of(verdicts, earlier) == [AutonomieComptee(late.id, "zoe", 60)]


def test_what_was_used_up_stays_so_under_a_lower_limit() -> None:
    limits = LIMITS.overridden({"etp.simulateurAutonomieHeures": 1})
    lecons = [alone("2026-01-01T08:00", 120), alone("2026-01-02T08:00", 30)]
    earlier = [AutonomieComptee(lecons[0].id, "zoe", 120)]

    verdicts = judge(lecons, ECOLE, PERIODE, limits, autonomies=earlier)

    assert minutes_of(verdicts) == [120, 0]


def test_a_single_minute_is_used_up_as_well() -> None:
    lecon_alone = alone("2026-01-01T08:00", 60)
    earlier = [AutonomieComptee(lecon_alone.id, "zoe", 59)]

    verdicts = judge([lecon_alone], ECOLE, PERIODE, LIMITS, autonomies=earlier)

    assert autonomies_of(verdicts, earlier) == [AutonomieComptee(lecon_alone.id, "zoe", 1)]


def test_what_several_nights_counted_of_one_lecon_is_added_up() -> None:
    lecon_alone = alone("2026-01-01T08:00", 120)
    earlier = [AutonomieComptee(lecon_alone.id, "zoe", minutes) for minutes in (60, 40)]

    verdicts = judge([lecon_alone], ECOLE, PERIODE, LIMITS, autonomies=earlier)

    assert minutes_of(verdicts) == [120]
    assert autonomies_of(verdicts, earlier) == [AutonomieComptee(lecon_alone.id, "zoe", 20)]
