"""What an hour is worth: the coefficients, exact and quick to reckon with.

See docs/rules/bareme.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import lcm
from typing import Final, NamedTuple

from rdv_mock.facts.enumerations import CategorieDuLivret, GroupeDuLivret, TypeFormation
from rdv_mock.facts.etp import MINUTES_PER_HOUR, ContratLu
from rdv_mock.fixtures import Limits
from rdv_mock.limit_keys import DecimalKey

CATEGORIES_MOTO = frozenset(
    categorie for categorie in CategorieDuLivret if categorie.groupe is GroupeDuLivret.A
)

ACCOMPAGNEMENT: Final[Mapping[GroupeDuLivret, DecimalKey]] = {
    GroupeDuLivret.A: "etp.accompagnement.A",
    GroupeDuLivret.B: "etp.accompagnement.B",
}
"""What an examen that is accompanied is worth, by groupe."""
_FORMATION: Final[Mapping[TypeFormation, DecimalKey]] = {
    TypeFormation.TRADITIONNELLE: "etp.coefficient.TRADITIONNELLE",
    TypeFormation.BOITE_AUTOMATIQUE: "etp.coefficient.BOITE_AUTOMATIQUE",
    TypeFormation.AAC: "etp.coefficient.AAC",
    TypeFormation.CONDUITE_SUPERVISEE: "etp.coefficient.CONDUITE_SUPERVISEE",
}
_MOTO: Final = "etp.coefficient.MOTO"
_THEORIE: Final = "etp.coefficient.THEORIQUE"


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
    keys: tuple[DecimalKey, ...] = (
        *(_THEORIE, _MOTO),
        *_FORMATION.values(),
        *ACCOMPAGNEMENT.values(),
    )
    coefficients = {key: limits.decimal(key) for key in keys}
    scale = lcm(*(value.as_integer_ratio()[1] for value in coefficients.values()))
    rates = {key: Rate(value, int(value * scale)) for key, value in coefficients.items()}
    return Bareme(
        units_per_hour=MINUTES_PER_HOUR * scale,
        theorie=rates[_THEORIE],
        moto=rates[_MOTO],
        by_formation={name: rates[key] for name, key in _FORMATION.items()},
        accompagnement={groupe: rates[key] for groupe, key in ACCOMPAGNEMENT.items()},
    )
