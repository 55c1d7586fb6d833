"""Coefficients in a scenario, from the file to the store and back."""

from decimal import Decimal

from pydantic import Field

from rdv_mock.facts.capacite import Coefficient
from rdv_mock.facts.enumerations import (
    GroupePermis,
)
from rdv_mock.scenario.base import Part, Parts, RefOf, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.base import CodeDepartement, Mois
from rdv_mock.wire.seuil import InformationsSeuil


class CoefficientPart(Part):
    """Combien de places vaut un ETP, dans un département, pour un groupe et un mois."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description=text_of(InformationsSeuil, "groupe_permis"))
    mois: Mois = Field(description=text_of(InformationsSeuil, "mois"))
    valeur: Decimal = Field(
        ge=0,
        le=1000,
        max_digits=10,
        decimal_places=6,
        description=f"{text_of(InformationsSeuil, 'coefficient')} Sans coefficient,"
        " `seuil.coefficientParDefaut`.",
    )


def save_coefficients(parts: Parts[CoefficientPart], build: Build, at: Where) -> None:
    """Put coefficients into the build, known by what they are about."""
    for index, part in parts:
        about = (part.code_departement, part.groupe_permis, part.mois)
        id_ = build.part_id(build.store.coefficients, *about)
        build.once(build.store.coefficients, id_, (*at, index))
        build.add(build.store.coefficients, Coefficient(id_, *about, part.valeur))


def write_coefficient(coefficient: Coefficient, _store: Store, ref: RefOf) -> CoefficientPart:
    """A coefficient as a scenario says it."""
    return part_of(coefficient, CoefficientPart, ref)
