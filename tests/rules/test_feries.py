from datetime import date

import pytest
from holidays import country_holidays

from rdv_mock.rules.feries import feries_of, paques_of

SOLIDARITE = {2005: date(2005, 5, 16), 2006: date(2006, 6, 5), 2007: date(2007, 5, 28)}
"""Whit Monday was to be worked in these years; by law it has remained a public holiday."""


@pytest.mark.parametrize("year", range(1982, 2101))
def test_the_holidays_are_those_that_a_library_of_all_countries_knows(year: int) -> None:
    known = set(country_holidays("FR", years=year))

    assert feries_of(year) == known | {SOLIDARITE.get(year, date(year, 1, 1))}


@pytest.mark.parametrize(
    "paques",
    [date(1818, 3, 22), date(1943, 4, 25), date(2000, 4, 23), date(2190, 4, 25), date(2285, 3, 22)],
)
def test_easter_is_found_at_both_ends_of_where_it_may_lie(paques: date) -> None:
    assert paques_of(paques.year) == paques


def test_there_are_holidays_after_the_last_year_that_the_library_knows() -> None:
    assert date(2199, 12, 25) in feries_of(2199)
