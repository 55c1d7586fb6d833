"""Formateurs, simulateurs and the ETP they earn (contract.md, D)."""

from typing import Annotated

from pydantic import Field

from rdv_mock.facts.enumerations import GroupeDuLivret, GroupePermis, OrigineEtp
from rdv_mock.wire.base import AskedInQuery, CodeDepartement, Id, Mois, Shape
from rdv_mock.wire.certainty import INFERRED
from rdv_mock.wire.livret import NumeroAutorisation


class FiltreEtp(AskedInQuery):
    """Quel mois d'effet, quel groupe."""

    mois: Mois = Field(description="Mois d'effet : {etp.moisEffet} mois après la nuit du calcul.")
    groupe_permis: GroupeDuLivret = Field(description="Le groupe.", examples=["B"])


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


OFFICIAL_DATA = INFERRED.but("données officielles, forme inférée")


class EtpDuFormateur(Shape, certainty=OFFICIAL_DATA):
    """Ce qu'un formateur rapporte."""

    id: Id = Field(description="Identifiant du formateur.")
    nom: str = Field(description="Nom du formateur.", examples=["Marchand"])
    prenom: str = Field(description="Prénom du formateur.", examples=["Hugo"])
    numero_autorisation: NumeroAutorisation
    etp: float = Field(description="Ses ETP, à une décimale ; 0.0 compris.", examples=[0.9])


class EtpDuSimulateur(Shape):
    """Ce qu'un simulateur rapporte."""

    numero_autorisation: str = Field(
        description="Numéro d'autorisation du simulateur, ou le numéro générique.",
        examples=["S0850000010"],
    )
    etp: float = Field(description="Ses ETP, à une décimale.", examples=[0.1])


class EtpOnWire(Shape):
    """Les ETP d'une auto-école pour un groupe et un mois d'effet."""

    mois: Mois = Field(description="Mois d'effet.")
    groupe_permis: GroupeDuLivret = Field(description="Le groupe.")
    etp: float = Field(
        description="La somme des valeurs arrondies, à une décimale ; ou la valeur donnée.",
        examples=[1.3],
    )
    formateurs: Annotated[list[EtpDuFormateur], OFFICIAL_DATA] = Field(
        description="Tous les formateurs déclarés, et ce que le calcul trouve pour chacun ; la"
        " somme n'en est pas `etp` quand c'est le scénario qui le donne."
    )
    simulateurs: list[EtpDuSimulateur] = Field(
        description="Les simulateurs ; le numéro générique aussi, quand il compte."
    )
    origine: Annotated[OrigineEtp | None, INFERRED.but("dit par rdv-mock seul")] = Field(
        description="D'où viennent ces ETP ; nul s'il n'y en a pas."
    )


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
