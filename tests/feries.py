"""The public holidays of metropolitan France, as the library `holidays` knows them (until 2100).

`make docs` writes them down (`fixtures/jours_feries.csv`), so that a server need not bring along a
library of every country's; a test asks the library again and compares.
"""

import csv
from collections.abc import Iterator
from datetime import date
from typing import TextIO

from holidays import country_holidays

from rdv_mock.fixtures import JOURS_FERIES
from rdv_mock.paris import FIRST_YEAR, LAST_YEAR

COLUMNS = ("date", "nom_jour_ferie")
"""Those of the file that the State publishes on data.gouv.fr."""


def feries() -> Iterator[tuple[date, str]]:
    """Each holiday and its name, earliest first."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    yield from sorted(country_holidays("FR", years=years, language="fr").items())


def write(file: TextIO) -> None:
    """Write them all as CSV."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((day.isoformat(), nom) for day, nom in feries())


if __name__ == "__main__":
    with JOURS_FERIES.open("w", encoding="utf-8") as file:
        write(file)
