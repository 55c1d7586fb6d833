"""When the ETP are calculated, and over which leçons (rules.md 4.1 and 4.2)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache

from holidays import country_holidays

from rdv_mock import paris
from rdv_mock.fixtures import Limits

SATURDAY = 5


def nuit_du_calcul(mois: str, limits: Limits) -> datetime:
    """The instant of the calculation in a month: 00:00 Paris on the 25th (`official` day).

    One night earlier when the 24th or the 25th is a public holiday of metropolitan France.
    """
    day = paris.first_day(mois).replace(day=limits.integer("etp.jourDuCalcul"))
    eve = day - timedelta(days=1)
    if limits.flag("etp.decalageJourFerie") and (is_ferie(day) or is_ferie(eve)):
        day = eve
    hour = time.fromisoformat(limits.text("etp.heureDuCalcul"))
    return paris.to_instant(datetime.combine(day, hour))


def nuits_for(debut: datetime, limits: Limits) -> Iterator[datetime]:
    """The nights that look at a leçon which begins at this Paris wall time, earliest first.

    A night looks at the full calendar months before its own, three of them (`official`).
    """
    mois = paris.mois_of(debut.date())
    for months in range(1, limits.integer("etp.moisGlissants") + 1):
        yield nuit_du_calcul(paris.add_months(mois, months), limits)


def is_ferie(day: date) -> bool:
    """Whether a day is a public holiday of metropolitan France."""
    return day in _feries(day.year)


def is_ouvre(day: date) -> bool:
    """Whether exams are held on a day: neither at weekends nor on a public holiday."""
    return day.weekday() < SATURDAY and not is_ferie(day)


@cache
def _feries(year: int) -> frozenset[date]:
    return frozenset(country_holidays("FR", years=year))
