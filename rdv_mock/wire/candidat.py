"""Candidats under mandat on the wire (contract.md, B.2 and D)."""

from pydantic import Field

from rdv_mock.facts.enumerations import (
    GroupePermis,
    MotifDePenalite,
    StatutDePenalite,
    StatutDuResultat,
    TypeEpreuvePratique,
)
from rdv_mock.wire.base import (
    Asked,
    AskedPage,
    CritereTexte,
    Day,
    Id,
    Pagination,
    Shape,
    example,
)
from rdv_mock.wire.livret import NumeroDossier


class FiltreCandidatsMandats(Asked):
    """Ce que les candidats cherchés ont en commun."""

    groupe_permis: GroupePermis
    nom: CritereTexte | None = None
    numero_dossier: CritereTexte | None = None


class RechercheCandidatsMandats(AskedPage):
    """Une recherche parmi vos candidats ; `{}` les donne tous."""

    model_config = example(filtre={"groupePermis": "B", "nom": {"query": "Perrin"}})

    filtre: FiltreCandidatsMandats | None = None


class CandidatResume(Shape):
    """Un candidat, en bref."""

    id: Id
    nom: str = Field(examples=["Moreau"])
    prenom: str = Field(examples=["Inès"])
    numero_dossier: NumeroDossier


class CandidatOnWire(CandidatResume):
    """Un candidat."""

    email: str | None = Field(
        description="Nul tant qu'il n'a pas de compte.", examples=["ines@exemple.test"]
    )
    date_de_naissance: Day | None


class MandatDuCandidat(Shape):
    """Le mandat par lequel vous le connaissez."""

    id: Id
    candidat_id: Id
    groupe_permis: GroupePermis


class PenaliteOnWire(Shape):
    """Un délai pendant lequel il ne peut pas réserver."""

    id: Id
    motif: MotifDePenalite
    statut: StatutDePenalite
    date_examen: Day
    date_de_fin: Day = Field(description="Premier jour où il peut de nouveau réserver.")
    duree_en_jour: int = Field(examples=[20])
    date_de_levee: Day | None
    groupe_permis: GroupePermis
    type_epreuve_pratique: TypeEpreuvePratique | None


class DetailsResultats(Shape):
    """Où il en est pour une catégorie."""

    categorie_permis: str = Field(examples=["B"])
    derniere_date_examen_theorique: Day | None
    derniere_date_examen_circulation: Day | None
    statut_examen_circulation: StatutDuResultat | None
    derniere_date_examen_plateau: Day | None
    statut_examen_plateau: StatutDuResultat | None
    nombre_echecs_total: int = Field(examples=[1])
    nombre_echecs_circulation: int = Field(examples=[1])
    nombre_echecs_plateau: int = Field(examples=[0])
    seuil_critique_nombre_echecs_atteint: bool
    examen_jour_j: bool


class CandidatMandate(Shape):
    """Un candidat sous mandat, ses pénalités et ses résultats pour ce groupe."""

    candidat: CandidatOnWire
    mandat: MandatDuCandidat
    penalites: list[PenaliteOnWire]
    details_resultats: list[DetailsResultats]


class CandidatsMandates(Shape):
    """Une page de candidats."""

    data: list[CandidatMandate]
    pagination: Pagination
