"""Candidats under mandat on the wire (docs/contract/candidats.md)."""

from typing import Annotated

from pydantic import Field

from rdv_mock.facts.enumerations import (
    GroupePermis,
    MotifDePenalite,
    StatutDePenalite,
    StatutDuResultat,
    TypeEpreuvePratique,
)
from rdv_mock.wire.base import Asked, Day, Id, Shape, example
from rdv_mock.wire.certainty import CLIENT, INFERRED, INTEGRATOR
from rdv_mock.wire.livret import NumeroDossier
from rdv_mock.wire.search import AskedPage, CritereTexte, Pagination


class FiltreCandidatsMandats(Asked, certainty=INTEGRATOR):
    """Ce que les candidats cherchés ont en commun."""

    groupe_permis: GroupePermis = Field(description="Le groupe de leur mandat.")
    nom: CritereTexte | None = Field(None, description="Leur nom de naissance.")
    numero_dossier: CritereTexte | None = Field(None, description="Leur NEPH.")


class RechercheCandidatsMandats(AskedPage, certainty=INTEGRATOR):
    """Une recherche parmi vos candidats ; `{}` les donne tous."""

    model_config = example(filtre={"groupePermis": "B", "nom": {"query": "Perrin"}})

    filtre: FiltreCandidatsMandats | None = Field(None, description="Sans filtre : tous.")


class CandidatResume(Shape, certainty=INTEGRATOR):
    """Un candidat, en bref."""

    id: Id = Field(description="Identifiant du candidat.")
    nom: str = Field(description="Nom de naissance.", examples=["Moreau"])
    prenom: str = Field(description="Prénom.", examples=["Inès"])
    numero_dossier: Annotated[NumeroDossier, INFERRED]


class CandidatOnWire(CandidatResume, certainty=CLIENT):
    """Un candidat."""

    email: str | None = Field(
        description="L'adresse de son compte ; nul tant qu'il n'en a pas.",
        examples=["ines@exemple.test"],
    )
    date_de_naissance: Annotated[Day | None, CLIENT.but("nom du champ inféré")] = Field(
        description="Sa date de naissance.", examples=["2005-04-02"]
    )


class MandatDuCandidat(Shape, certainty=INTEGRATOR):
    """Le mandat par lequel vous le connaissez."""

    id: Annotated[Id, INFERRED] = Field(description="Identifiant du mandat.")
    candidat_id: Id = Field(description="Identifiant du candidat.")
    groupe_permis: GroupePermis = Field(description="Le groupe du mandat.")


class PenaliteOnWire(Shape, certainty=CLIENT):
    """Un délai de représentation pendant lequel on ne peut réserver pour lui."""

    id: Id = Field(description="Identifiant de la pénalité.")
    motif: MotifDePenalite = Field(description="Ce qui la lui vaut.")
    statut: StatutDePenalite = Field(description="Si elle court encore.")
    date_examen: Day = Field(description="Le jour de l'examen.", examples=["2026-03-10"])
    date_de_fin: Annotated[Day, CLIENT.but("signification inférée")] = Field(
        description="Premier jour où l'on peut de nouveau réserver pour lui.",
        examples=["2026-03-30"],
    )
    duree_en_jour: int = Field(description="Jours entre l'examen et la fin.", examples=[20])
    date_de_levee: Day | None = Field(
        description="Le jour où l'administration l'a levée ; nul si elle ne l'a pas fait."
    )
    groupe_permis: GroupePermis = Field(description="Le groupe pour lequel elle vaut.")
    type_epreuve_pratique: TypeEpreuvePratique | None = Field(description="L'épreuve.")


class DetailsResultats(Shape, certainty=CLIENT):
    """Où en est un candidat pour une catégorie."""

    categorie_permis: str = Field(
        description="La catégorie de sa demande, telle que l'ANTS la nomme.", examples=["B"]
    )
    derniere_date_examen_theorique: Day | None = Field(
        description="Le jour de l'ETG.", examples=["2025-11-04"]
    )
    derniere_date_examen_circulation: Day | None = Field(
        description="Le jour de sa dernière épreuve en circulation dont le résultat est publié."
    )
    statut_examen_circulation: StatutDuResultat | None = Field(
        description="Le résultat de cette épreuve."
    )
    derniere_date_examen_plateau: Annotated[Day | None, INFERRED] = Field(
        description="Le jour de sa dernière épreuve sur plateau ; toujours nul pour le groupe B."
    )
    statut_examen_plateau: Annotated[StatutDuResultat | None, INFERRED] = Field(
        description="Le résultat de cette épreuve ; toujours nul pour le groupe B."
    )
    nombre_echecs_total: int = Field(
        description="Ses échecs, toutes épreuves ; une absence n'en est pas un.", examples=[1]
    )
    nombre_echecs_circulation: int = Field(description="Ses échecs en circulation.", examples=[1])
    nombre_echecs_plateau: Annotated[int, INFERRED] = Field(
        description="Ses échecs sur plateau.", examples=[0]
    )
    seuil_critique_nombre_echecs_atteint: bool = Field(
        description="S'il a échoué tant de fois que son ETG ne sert plus.", examples=[False]
    )
    examen_jour_j: bool = Field(
        description="S'il a un examen programmé aujourd'hui.", examples=[False]
    )


class CandidatMandate(Shape, certainty=CLIENT):
    """Un candidat sous mandat, ses pénalités et ses résultats pour ce groupe."""

    candidat: Annotated[CandidatOnWire, INTEGRATOR] = Field(description="Le candidat.")
    mandat: Annotated[MandatDuCandidat, INTEGRATOR] = Field(description="Votre mandat.")
    penalites: list[PenaliteOnWire] = Field(
        description="Ses pénalités pour ce groupe, de la plus récente à la plus ancienne."
    )
    details_resultats: list[DetailsResultats] = Field(
        description="Un élément par catégorie du groupe pour laquelle il a une demande."
    )


class CandidatsMandates(Shape, certainty=INTEGRATOR):
    """Une page de candidats sous mandat."""

    data: list[CandidatMandate] = Field(description="Un élément par mandat, par nom et prénom.")
    pagination: Pagination = Field(description="Où se trouve cette page.")
