"""The public holidays of metropolitan France (code du travail, L. 3133-1).

As the law names them today, for whatever year: worked out here, since a library of all countries'
holidays takes longer to load than the rest of the server. The tests compare with one.
"""

from datetime import date, timedelta
from functools import cache

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_PAQUES = (1, 39, 50)
"""Days after Easter Sunday: Easter Monday, Ascension, Whit Monday."""


@cache
def feries_of(year: int) -> frozenset[date]:
    """Those of a year."""
    paques = paques_of(year)
    return frozenset(
        {
            *(date(year, month, day) for month, day in _FIXED),
            *(paques + timedelta(days=days) for days in _AFTER_PAQUES),
        }
    )


def paques_of(year: int) -> date:
    """Easter Sunday: the first after the full moon of spring, by Butcher's rule (Nature, 1876)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    corrected = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + corrected + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
