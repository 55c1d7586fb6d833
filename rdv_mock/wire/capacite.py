"""Formateurs, simulateurs and the ETP they earn (contract.md, D)."""

from pydantic import Field

from rdv_mock.facts.enumerations import GroupeDuLivret
from rdv_mock.wire.base import AskedInQuery, Id, Mois, Shape


class FiltreEtp(AskedInQuery):
    """Quel mois d'effet, quel groupe."""

    mois: Mois = Field(description="Mois d'effet.")
    groupe_permis: GroupeDuLivret


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
