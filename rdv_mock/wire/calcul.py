"""The calculation of ETP explained, on the control plane (design.md 7)."""

from datetime import date

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from rdv_mock.facts.enumerations import GroupeDuLivret, MotifDExclusion
from rdv_mock.wire.base import AskedInQuery, Id, Instant, Local, Mois, Shape, is_absent


class QueryCalcul(AskedInQuery):
    """Quelle auto-école, quel groupe, quel mois d'effet."""

    auto_ecole: str = Field(alias="autoEcole", description="Une réf ou un identifiant.")
    groupe_permis: GroupeDuLivret = Field(alias="groupePermis")
    mois: Mois = Field(description="Mois d'effet.")


class PartDuCalcul(Shape):
    """Ce qu'un formateur ou un simulateur rapporte."""

    numero_autorisation: str
    code_departement: str
    heures: float
    etp: float


class PartDuFormateur(PartDuCalcul):
    """Ce qu'un formateur rapporte."""

    id: Id


class LeconDuCalcul(Shape):
    """Ce qu'il advient d'une leçon."""

    lecon_id: Id
    contrat_id: Id
    numero_autorisation: str
    date_heure_debut: Local
    duree_en_minutes: int
    coefficient: float
    heures_comptees: float
    motif: MotifDExclusion | SkipJsonSchema[None] = Field(None, exclude_if=is_absent)
    explication: str


class AccompagnementDuCalcul(Shape):
    """Un examen où l'élève a été accompagné."""

    examen_id: Id
    numero_autorisation: str | None
    heures: float


class CalculExplique(Shape):
    """Les ETP d'une auto-école pour un groupe et un mois d'effet, leçon par leçon."""

    auto_ecole_id: Id
    groupe_permis: GroupeDuLivret
    mois: Mois
    date_heure_calcul: Instant | None = Field(description="Nul avant la nuit : un aperçu.")
    debut: date = Field(description="Peut être d'avant les années que l'on peut demander.")
    fin: date
    etp: float
    formateurs: list[PartDuFormateur]
    simulateurs: list[PartDuCalcul]
    lecons: list[LeconDuCalcul]
    accompagnements: list[AccompagnementDuCalcul]
