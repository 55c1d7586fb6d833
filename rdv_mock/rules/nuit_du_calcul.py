"""When the ETP are calculated, and over which leçons (docs/rules/nuit_du_calcul.md)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from rdv_mock import paris
from rdv_mock.facts.etp import Periode
from rdv_mock.fixtures import Limits, jours_feries

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


def periode_of(mois: str, limits: Limits) -> Periode:
    """The night of a month and what it looks at: the three full months before (`official`)."""
    debut, fin = (
        datetime.combine(paris.first_day(first), time())
        for first in (paris.add_months(mois, -limits.integer("etp.moisGlissants")), mois)
    )
    return Periode(nuit_du_calcul(mois, limits), debut, fin)


def next_nuit(since: datetime, limits: Limits) -> tuple[str, datetime]:
    """The first night after an instant: its month, and when it is."""
    mois = paris.mois_of(paris.day_of(since))
    while (nuit := nuit_du_calcul(mois, limits)) <= since:
        mois = paris.add_months(mois, 1)
    return mois, nuit


def nuits_over(taught: Iterable[str], limits: Limits) -> list[str]:
    """The months of the nights that look at any of some months, earliest first."""
    after = range(1, limits.integer("etp.moisGlissants") + 1)
    return sorted({paris.add_months(mois, months) for mois in taught for months in after})


def mois_d_effet(mois: str, limits: Limits) -> str:
    """The month in which the ETP that the night of a month finds takes effect."""
    return paris.add_months(mois, limits.integer("etp.moisEffet"))


def mois_du_calcul(mois: str, limits: Limits) -> str:
    """The month whose night makes the ETP of a month of effect: two months earlier (`press`)."""
    return paris.add_months(mois, -limits.integer("etp.moisEffet"))


def nuits_for(debut: datetime, limits: Limits) -> Iterator[datetime]:
    """The nights that look at a leçon which begins at this Paris wall time, earliest first.

    A night looks at the full calendar months before its own, three of them (`official`).
    """
    mois = paris.mois_of(debut.date())
    for months in range(1, limits.integer("etp.moisGlissants") + 1):
        yield nuit_du_calcul(paris.add_months(mois, months), limits)


def is_ferie(day: date) -> bool:
    """Whether a day is a public holiday of metropolitan France."""
    return day in jours_feries()


def is_ouvre(day: date) -> bool:
    """Whether exams are held on a day: neither at weekends nor on a public holiday."""
    return day.weekday() < SATURDAY and not is_ferie(day)
