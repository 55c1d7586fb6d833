"""How many places an auto-école may take in a département (docs/contract/auto_ecole.md)."""

from pydantic import Field

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.wire.base import AskedInQuery, CodeDepartement, Mois, Shape


class QueryInformationsSeuil(AskedInQuery):
    """Quel département, quel groupe, quel mois d'examens."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description="Le groupe.", examples=["B"])
    mois: Mois | None = Field(
        None, description="Mois des examens ; par défaut, le mois en cours.", examples=["2026-04"]
    )


class InformationsSeuil(Shape):
    """Ce que l'auto-école peut réserver dans un département, et ce qu'elle a déjà."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description="Le groupe.")
    mois: Mois = Field(description="Mois des examens.")
    etp: float = Field(
        description="Les ETP de l'auto-école dans ce département, ce mois-là.", examples=[1.3]
    )
    coefficient: float = Field(description="Places par ETP.", examples=[4.5])
    seuil: int = Field(description="ETP × coefficient, arrondi vers le bas.", examples=[5])
    plafond: int = Field(
        description="Ce qu'on peut réserver au plus, passée la priorité territoriale ; avec"
        " `plafond.courbe`, à tout âge du créneau.",
        examples=[7],
    )
    nombre_de_places_utilisees: int = Field(
        description="Examens programmés ou terminés, et créneaux en panier.", examples=[2]
    )
    nombre_de_places_restantes: int = Field(
        description="Ce qui reste sous le seuil et le plafond ; jamais négatif.", examples=[3]
    )
