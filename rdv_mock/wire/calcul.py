"""The calculation of ETP explained, on the control plane.

See docs/contract/control_plane.md#calculation.
"""

from datetime import date

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from rdv_mock.facts.enumerations import GroupeDuLivret, MotifDExclusion, OrigineEtp
from rdv_mock.wire.base import (
    AskedInQuery,
    Id,
    InParis,
    Instant,
    Local,
    Mois,
    Shape,
    ShownNom,
    ShownRef,
    is_absent,
)


class QueryCalcul(AskedInQuery):
    """Quelle auto-école, quel groupe, quel mois d'effet."""

    auto_ecole: str = Field(
        alias="autoEcole", description="Une réf ou un identifiant.", examples=["plesses"]
    )
    groupe_permis: GroupeDuLivret = Field(
        alias="groupePermis", description="Le groupe.", examples=["B"]
    )
    mois: Mois = Field(description="Mois d'effet.")


class PartDuCalcul(Shape):
    """Ce qu'un formateur ou un simulateur rapporte."""

    numero_autorisation: str = Field(description="Numéro d'autorisation.")
    code_departement: str = Field(description="Où vont ces ETP.")
    heures: float = Field(description="Les heures comptées, majorées.")
    etp: float = Field(description="Les ETP, à une décimale.")
    calcul: str = Field(
        description="Comment ces heures font ces ETP.",
        examples=["117,60 h ÷ 3 mois ÷ 151,666 h = 0,25846, arrondi à 0,3."],
    )


class PartDuFormateur(PartDuCalcul):
    """Ce qu'un formateur rapporte."""

    id: Id = Field(description="Identifiant du formateur.")
    ref: ShownRef
    nom: ShownNom


class LeconDuCalcul(Shape):
    """Ce qu'il advient d'une leçon."""

    lecon_id: Id = Field(description="La leçon.")
    lecon_ref: ShownRef
    contrat_id: Id = Field(description="Son contrat.")
    contrat_ref: ShownRef
    candidat_id: Id = Field(description="L'élève.")
    candidat_ref: ShownRef
    candidat_nom: ShownNom
    bureau_id: Id | None = Field(description="Le bureau du contrat ; nul s'il n'en dit aucun.")
    bureau_ref: ShownRef
    bureau_nom: ShownNom
    numero_autorisation: str = Field(description="Le numéro d'autorisation déclaré.")
    formateur_id: Id | None = Field(
        description="Le formateur de l'auto-école qui a ce numéro ; nul si aucun ne l'a."
    )
    formateur_ref: ShownRef
    formateur_nom: ShownNom
    date_heure_debut: Local = Field(description="Début ; heure légale de Paris.")
    duree_en_minutes: int = Field(description="Durée réelle.")
    coefficient: float = Field(description="Ce que compte une heure.")
    heures_comptees: float = Field(description="Ce qu'elle compte, en heures.")
    motif: MotifDExclusion | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="Pourquoi elle ne compte pas, ou pas en entier ; absent sinon.",
    )
    explication: str = Field(description="La même chose en une phrase.")


class AccompagnementDuCalcul(Shape):
    """Un examen où l'élève a été accompagné."""

    examen_id: Id = Field(description="L'examen.")
    examen_ref: ShownRef
    candidat_id: Id | None = Field(description="L'élève.")
    candidat_ref: ShownRef
    candidat_nom: ShownNom
    numero_autorisation: str | None = Field(
        description="Le formateur à qui il va ; nul s'il ne va à personne."
    )
    formateur_id: Id | None = Field(description="Lequel ; nul s'il ne va à aucun formateur.")
    formateur_ref: ShownRef
    formateur_nom: ShownNom
    heures: float = Field(description="Ce qu'il compte, en heures.")


class CalculExplique(Shape):
    """Les ETP d'une auto-école pour un groupe et un mois d'effet, leçon par leçon."""

    auto_ecole_id: Id = Field(description="L'auto-école.")
    auto_ecole_ref: ShownRef
    auto_ecole_nom: ShownNom
    groupe_permis: GroupeDuLivret = Field(description="Le groupe.")
    mois: Mois = Field(description="Mois d'effet.")
    date_heure_calcul: Instant | None = Field(description="Nul avant la nuit : un aperçu.")
    date_heure_calcul_paris: InParis | None = Field(description="La même heure, à Paris.")
    debut: date = Field(
        description="Premier jour de la période ; peut précéder les années que l'on peut demander."
    )
    fin: date = Field(description="Dernier jour de la période.")
    etp: float = Field(description="Ceux qui valent, donnés ou calculés : ceux de `lireEtp`.")
    etp_donne: float | None = Field(
        description="Ceux que le scénario donne pour ce mois ; nul s'il n'en donne pas. Ils passent"
        " avant ceux du calcul."
    )
    etp_calcule: float = Field(
        description="Ceux que la nuit trouve sur les faits d'aujourd'hui : la somme des valeurs"
        " arrondies."
    )
    origine: OrigineEtp | None = Field(description="Lesquels valent ; nul si ni l'un ni l'autre.")
    mois_d_origine: Mois | None = Field(
        description="Le mois pour lequel ils ont été donnés ou calculés ; antérieur, ils sont"
        " reportés. Nul s'il n'y en a pas."
    )
    calcul: str = Field(description="La même chose en une phrase ou deux.")
    formateurs: list[PartDuFormateur] = Field(description="Ce que rapporte chaque formateur.")
    simulateurs: list[PartDuCalcul] = Field(description="Ce que rapporte chaque simulateur.")
    lecons: list[LeconDuCalcul] = Field(description="Ce qu'il advient de chaque leçon.")
    accompagnements: list[AccompagnementDuCalcul] = Field(description="Les examens accompagnés.")
