"""The ETP of an auto-école, formateur by formateur (docs/contract/livret.md#shapes)."""

from typing import Annotated

from pydantic import Field

from rdv_mock.facts.enumerations import GroupeDuLivret, OrigineEtp
from rdv_mock.wire.base import AskedInQuery, Id, Mois, Shape
from rdv_mock.wire.certainty import INFERRED
from rdv_mock.wire.livret import NumeroAutorisation

OFFICIAL_DATA = INFERRED.but("données officielles, forme inférée")


class FiltreEtp(AskedInQuery):
    """Quel mois d'effet, quel groupe."""

    mois: Mois = Field(description="Mois d'effet : {etp.moisEffet} mois après la nuit du calcul.")
    groupe_permis: GroupeDuLivret = Field(description="Le groupe.", examples=["B"])


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
