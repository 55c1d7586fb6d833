from datetime import date, datetime

import pytest

from rdv_mock.fixtures import default_limits
from rdv_mock.rules.nuit_du_calcul import (
    is_ferie,
    is_ouvre,
    mois_d_effet,
    mois_du_calcul,
    next_nuit,
    nuit_du_calcul,
    nuits_for,
    nuits_over,
    periode_of,
)
from tests.support import instant

LIMITS = default_limits()


@pytest.mark.parametrize(
    ("mois", "night"),
    [
        ("2026-01", "2026-01-25T00:00:00+01:00"),
        ("2026-02", "2026-02-25T00:00:00+01:00"),
        ("2026-03", "2026-03-25T00:00:00+01:00"),
        ("2026-04", "2026-04-25T00:00:00+02:00"),
        ("2026-05", "2026-05-24T00:00:00+02:00"),  # Whit Monday is the 25th
        ("2026-06", "2026-06-25T00:00:00+02:00"),
        ("2026-07", "2026-07-25T00:00:00+02:00"),
        ("2026-08", "2026-08-25T00:00:00+02:00"),
        ("2026-09", "2026-09-25T00:00:00+02:00"),
        ("2026-10", "2026-10-25T00:00:00+02:00"),  # the clocks go back three hours later
        ("2026-11", "2026-11-25T00:00:00+01:00"),
        ("2026-12", "2026-12-24T00:00:00+01:00"),  # Christmas
        ("2027-05", "2027-05-25T00:00:00+02:00"),
        ("2021-05", "2021-05-24T00:00:00+02:00"),  # Whit Monday is the 24th
    ],
)
def test_the_night_is_that_of_the_24th_unless_a_holiday_is_near(mois: str, night: str) -> None:
    assert nuit_du_calcul(mois, LIMITS) == instant(night)


def test_the_shift_the_day_and_the_hour_are_limits() -> None:
    limits = LIMITS.overridden(
        {"etp.decalageJourFerie": False, "etp.jourDuCalcul": 26, "etp.heureDuCalcul": "03:30"}
    )

    assert nuit_du_calcul("2026-12", limits) == instant("2026-12-26T03:30:00+01:00")


def test_three_nights_look_at_a_lecon() -> None:
    nights = list(nuits_for(datetime(2025, 12, 31, 23, 30), LIMITS))

    assert nights == [nuit_du_calcul(mois, LIMITS) for mois in ("2026-01", "2026-02", "2026-03")]


def test_a_night_looks_at_three_full_months_for_the_month_after_next() -> None:
    periode = periode_of(mois_du_calcul("2026-05", LIMITS), LIMITS)

    assert periode.nuit == instant("2026-03-25T00:00:00+01:00")
    assert (periode.debut, periode.fin) == (datetime(2025, 12, 1), datetime(2026, 3, 1))


def test_a_night_looks_at_the_lecons_that_it_is_one_of_the_nights_for() -> None:
    limits = LIMITS.overridden({"etp.moisGlissants": 5})
    debut = datetime(2025, 12, 31, 23, 30)

    for night in nuits_for(debut, limits):
        periode = periode_of(f"{night:%Y-%m}", limits)
        assert periode.nuit == night
        assert periode.debut <= debut < periode.fin


def test_holidays_are_those_of_metropolitan_france() -> None:
    assert is_ferie(date(2026, 7, 14))
    assert not is_ferie(date(2026, 12, 26))  # a holiday in Alsace and Moselle alone


@pytest.mark.parametrize(
    ("day", "ouvre"),
    [
        (date(2026, 3, 13), True),  # a Friday
        (date(2026, 3, 14), False),
        (date(2026, 3, 15), False),
        (date(2026, 3, 16), True),
        (date(2026, 7, 14), False),  # a Tuesday
        (date(2026, 8, 15), False),  # a Saturday, and a holiday
    ],
)
def test_examens_are_held_from_monday_to_friday_but_on_holidays(
    day: date,
    ouvre: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert is_ouvre(day) is ouvre


@pytest.mark.parametrize(
    ("since", "mois", "night"),
    [
        ("2026-02-24T23:59:59+01:00", "2026-02", "2026-02-25T00:00:00+01:00"),
        ("2026-02-25T00:00:00+01:00", "2026-03", "2026-03-25T00:00:00+01:00"),
        ("2026-02-28T23:30:00Z", "2026-03", "2026-03-25T00:00:00+01:00"),
        ("2026-12-24T00:00:00+01:00", "2027-01", "2027-01-25T00:00:00+01:00"),
    ],
)
def test_the_next_night_is_the_first_one_after_an_instant(
    since: str, mois: str, night: str
) -> None:
    assert next_nuit(instant(since), LIMITS) == (mois, instant(night))


def test_the_next_night_is_looked_for_month_by_month() -> None:
    limits = LIMITS.overridden({"etp.jourDuCalcul": 2})

    assert next_nuit(instant("2026-03-05T00:00:00Z"), limits)[0] == "2026-04"
    assert next_nuit(instant("2026-03-01T00:00:00Z"), limits)[0] == "2026-03"


def test_the_nights_over_some_months_are_those_of_the_three_after_each() -> None:
    assert nuits_over([], LIMITS) == []
    assert nuits_over(["2026-01"], LIMITS) == ["2026-02", "2026-03", "2026-04"]
    assert nuits_over(["2026-01", "2025-11"], LIMITS) == [
        *("2025-12", "2026-01", "2026-02", "2026-03", "2026-04"),
    ]


def test_what_a_night_finds_takes_effect_in_the_month_after_next() -> None:
    limits = LIMITS.overridden({"etp.moisEffet": 3})

    assert mois_d_effet("2026-11", LIMITS) == "2027-01"
    assert mois_d_effet("2026-11", limits) == "2027-02"
    assert mois_du_calcul("2027-02", limits) == "2026-11"
