"""Formateurs, simulateurs and the ETP they earn (contract.md, D)."""

from pydantic import Field

from rdv_mock.facts.enumerations import GroupeDuLivret
from rdv_mock.wire.base import AskedInQuery, CodeDepartement, Id, Mois, Shape


class FiltreEtp(AskedInQuery):
    """Quel mois d'effet, quel groupe."""

    mois: Mois = Field(description="Mois d'effet.")
    groupe_permis: GroupeDuLivret = Field(examples=["B"])


class QueryInformationsSeuil(AskedInQuery):
    """Quel département, quel groupe, quel mois d'examens."""

    code_departement: CodeDepartement
    groupe_permis: GroupeDuLivret = Field(examples=["B"])
    mois: Mois | None = Field(
        None, description="Par défaut, le mois en cours.", examples=["2026-04"]
    )


class InformationsSeuil(Shape):
    """Ce que l'auto-école peut réserver, et ce qu'elle a déjà."""

    code_departement: CodeDepartement
    groupe_permis: GroupeDuLivret
    mois: Mois
    etp: float = Field(description="Dans ce département.", examples=[1.3])
    coefficient: float = Field(examples=[4.5])
    seuil: int = Field(examples=[5])
    plafond: int = Field(examples=[7])
    nombre_de_places_utilisees: int = Field(
        description="Examens programmés ou terminés, et créneaux en panier.", examples=[2]
    )
    nombre_de_places_restantes: int = Field(description="Sous le seuil.", examples=[3])


class EtpDuFormateur(Shape):
    """Ce qu'un formateur rapporte."""

    id: Id
    nom: str
    prenom: str
    numero_autorisation: str = Field(examples=["A0850001230"])
    etp: float = Field(examples=[0.9])


class EtpDuSimulateur(Shape):
    """Ce qu'un simulateur rapporte."""

    numero_autorisation: str = Field(examples=["S0850000010"])
    etp: float = Field(examples=[0.1])


class EtpOnWire(Shape):
    """Les ETP d'une auto-école pour un mois d'effet."""

    mois: Mois
    groupe_permis: GroupeDuLivret
    etp: float = Field(description="Une décimale.", examples=[1.3])
    formateurs: list[EtpDuFormateur]
    simulateurs: list[EtpDuSimulateur]


class FormateurOnWire(Shape):
    """Un formateur déclaré."""

    id: Id
    nom: str
    prenom: str
    numero_autorisation: str = Field(examples=["A0850001230"])
    bureau_principal_id: Id | None


class SimulateurOnWire(Shape):
    """Un simulateur déclaré."""

    numero_autorisation: str = Field(examples=["S0850000010"])
    bureau_id: Id | None
