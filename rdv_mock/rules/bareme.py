"""What an hour is worth (rules.md 3.2): the coefficients, exact and quick to reckon with."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import lcm
from typing import NamedTuple

from rdv_mock.facts.enumerations import CategorieDuLivret, GroupeDuLivret, TypeFormation
from rdv_mock.facts.etp import MINUTES_PER_HOUR, ContratLu
from rdv_mock.fixtures import Limits

CATEGORIES_MOTO = frozenset(
    categorie for categorie in CategorieDuLivret if categorie.groupe is GroupeDuLivret.A
)


class Rate(NamedTuple):
    """A coefficient, and what one of its minutes weighs in units of the barème."""

    coefficient: Decimal
    weight: int


@dataclass(frozen=True, slots=True)
class Bareme:
    """The rates, in units so small that every weight is a whole number."""

    units_per_hour: int
    theorie: Rate
    moto: Rate
    by_formation: Mapping[TypeFormation, Rate]
    accompagnement: Mapping[GroupeDuLivret, Rate]

    def rate_of(self, contrat: ContratLu, *, is_theorie: bool) -> Rate:
        """The rate of a leçon: its contrat decides, never the vehicle (`official`)."""
        if is_theorie:
            return self.theorie
        if contrat.categorie_permis in CATEGORIES_MOTO:
            return self.moto
        return self.by_formation[contrat.type_formation]


def bareme_of(limits: Limits) -> Bareme:
    """The barème of the limits `etp.coefficient.…` and `etp.accompagnement.…`."""
    coefficients = {
        key: limits.decimal(key)
        for key in limits.values
        if key.startswith(("etp.coefficient.", "etp.accompagnement."))
    }
    scale = lcm(*(value.as_integer_ratio()[1] for value in coefficients.values()))
    rates = {key: Rate(value, int(value * scale)) for key, value in coefficients.items()}
    return Bareme(
        units_per_hour=MINUTES_PER_HOUR * scale,
        theorie=rates["etp.coefficient.THEORIQUE"],
        moto=rates["etp.coefficient.MOTO"],
        by_formation={name: rates[f"etp.coefficient.{name}"] for name in TypeFormation},
        accompagnement={groupe: rates[f"etp.accompagnement.{groupe}"] for groupe in GroupeDuLivret},
    )
