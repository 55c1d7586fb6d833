"""Which ETP an école has in a month (rules.md 4.5)."""

from collections.abc import Mapping
from decimal import Decimal

from rdv_mock import paris
from rdv_mock.fixtures import Limits


def etp_of(mois: str, given: Mapping[str, Decimal], limits: Limits) -> Decimal:
    """The ETP of an école for a month of effect, one groupe.

    `given` holds the values of the scenario by month; a value goes on for twelve months at most
    (`etp.reportMois`), then it is 0 (`inferred`).
    """
    for months in range(limits.integer("etp.reportMois") + 1):
        valeur = given.get(paris.add_months(mois, -months))
        if valeur is not None:
            return valeur
    return Decimal(0)
