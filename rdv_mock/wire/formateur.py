"""Formateurs and simulateurs as an auto-école declares them (docs/contract/README.md#shapes)."""

from pydantic import Field

from rdv_mock.wire.base import Id, Shape
from rdv_mock.wire.livret import NumeroAutorisation


class FormateurOnWire(Shape):
    """Un formateur déclaré."""

    id: Id = Field(description="Identifiant du formateur.")
    nom: str = Field(description="Nom du formateur.", examples=["Marchand"])
    prenom: str = Field(description="Prénom du formateur.", examples=["Hugo"])
    numero_autorisation: NumeroAutorisation
    bureau_principal_id: Id | None = Field(
        description="Son bureau principal ; nul s'il n'en a pas déclaré : ses heures ne comptent"
        " alors pas."
    )


class SimulateurOnWire(Shape):
    """Un simulateur déclaré."""

    numero_autorisation: str = Field(
        description="Numéro d'autorisation du simulateur.", examples=["S0850000010"]
    )
    bureau_id: Id | None = Field(description="Le bureau où il se trouve.")
