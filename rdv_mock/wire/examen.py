"""Examens on the wire (docs/contract/examens.md)."""

from typing import Annotated

from pydantic import Field

from rdv_mock.facts.enumerations import (
    GroupeDuLivret,
    GroupeLourd,
    GroupePermis,
    StatutDuResultat,
    StatutExamen,
    TypeEpreuvePratique,
)
from rdv_mock.wire.base import (
    Asked,
    AskedId,
    AskedInQuery,
    Day,
    Id,
    Instant,
    Local,
    QueryBoolean,
    Shape,
    example,
)
from rdv_mock.wire.candidat import CandidatResume
from rdv_mock.wire.certainty import CLIENT, INTEGRATOR
from rdv_mock.wire.creneau import CentreDuCreneau, NumeroInspecteur
from rdv_mock.wire.search import AskedPageInQuery, Pagination

Statut = Annotated[
    StatutExamen, Field(description="Le statut des examens voulus.", examples=["PROGRAMME"])
]


class QueryExamens(AskedInQuery, certainty=INTEGRATOR):
    """Un jour d'examens."""

    statut: Statut
    groupe_permis: GroupeDuLivret = Field(description="Leur groupe.", examples=["B"])
    date: Day = Field(description="Leur jour.")


class QueryPermutables(AskedInQuery, certainty=INTEGRATOR):
    """L'examen à permuter, et le jour où chercher."""

    examen_permute_id: AskedId = Field(
        description="L'examen à permuter.", examples=["e0000000-0000-4000-8000-000000000001"]
    )
    date: Day = Field(description="Le jour où chercher.")


class QueryRemplacements(AskedInQuery, certainty=INTEGRATOR):
    """Un groupe et un mois, celui de la date."""

    groupe_permis: GroupeDuLivret = Field(description="Le groupe des examens.", examples=["B"])
    date: Day = Field(description="Son mois compte : celui des examens.")


class QueryDatesExamens(AskedInQuery, certainty=INTEGRATOR):
    """Quels examens, à partir de quand."""

    statut: Statut
    groupe_permis: GroupePermis = Field(description="Leur groupe.", examples=["B"])
    date_debut: Day = Field(description="Le premier jour à regarder.")
    creneau_sans_candidat: Annotated[QueryBoolean, CLIENT] = Field(
        default=False,
        alias="creneauSansCandidat",
        description="true : seulement les jours où un examen n'a pas de candidat.",
    )


class QueryExamensPagines(AskedPageInQuery, certainty=INTEGRATOR):
    """Les examens du groupe lourd, page par page."""

    groupe_permis: GroupeLourd = Field(description="Leur groupe.", examples=["CE"])
    statut: Statut
    date_debut: Day | None = Field(
        None, description="Le premier jour à regarder ; par défaut, tous.", examples=["2026-03-10"]
    )


class Remplacement(Asked, certainty=INTEGRATOR):
    """Un examen, et qui le passera."""

    model_config = example(
        examenId="e0000000-0000-4000-8000-000000000001",
        candidatRemplacantId="ca000000-0000-4000-8000-000000000001",
    )

    examen_id: AskedId = Field(description="L'examen.")
    candidat_remplacant_id: AskedId = Field(description="Le candidat qui le passera.")


class Permutation(Asked, certainty=INTEGRATOR):
    """Deux examens dont les candidats échangent leurs places."""

    model_config = example(
        examenId1="e0000000-0000-4000-8000-000000000001",
        examenId2="e0000000-0000-4000-8000-000000000002",
    )

    examen_id_1: AskedId = Field(alias="examenId1", description="Un examen.")
    examen_id_2: AskedId = Field(alias="examenId2", description="L'autre.")


class ResultatOnWire(Shape):
    """Le résultat, tel que l'inspecteur l'a donné."""

    statut: StatutDuResultat = Field(description="Comment l'épreuve s'est terminée.")
    points: int | None = Field(
        description="Les points obtenus, sur 31 pour le groupe B ; nul s'il n'y en a pas.",
        examples=[18],
    )


class ExamenOnWire(Shape):
    """Une place que votre auto-école a réservée."""

    id: Annotated[Id, INTEGRATOR] = Field(description="Identifiant de l'examen.")
    est_modifiable: Annotated[bool, INTEGRATOR] = Field(
        description="S'il peut encore être annulé, remplacé ou permuté.", examples=[True]
    )
    est_annule: Annotated[bool, INTEGRATOR] = Field(
        description="S'il est annulé.", examples=[False]
    )
    statut: StatutExamen = Field(description="Où il en est.")
    creneau_id: Id = Field(description="Identifiant de son créneau.")
    centre: CentreDuCreneau = Field(description="Où il a lieu.")
    numero_inspecteur: NumeroInspecteur
    date_heure_debut: Local = Field(description="Début ; heure légale de Paris, sans fuseau.")
    date_heure_fin: Local = Field(
        description="Fin ; heure légale de Paris, sans fuseau.", examples=["2026-04-07T08:32:00"]
    )
    groupe_permis: GroupePermis = Field(description="Le groupe que l'on y examine.")
    type_epreuve_pratique: TypeEpreuvePratique = Field(description="L'épreuve.")
    candidat: Annotated[CandidatResume | None, INTEGRATOR.but("le nul est inféré")] = Field(
        description="Qui le passe ; nul tant que personne n'est nommé."
    )
    resultat: ResultatOnWire | None = Field(
        description="Le résultat ; nul tant qu'il n'est pas publié."
    )
    date_heure_reservation: Instant = Field(description="Quand il a été réservé, en UTC.")


class ExamensPagines(Shape, certainty=INTEGRATOR):
    """Une page d'examens."""

    data: list[ExamenOnWire] = Field(description="Les examens, par heure de début.")
    pagination: Pagination = Field(description="Où se trouve cette page.")


class NombreDeRemplacements(Shape, certainty=INTEGRATOR):
    """Les remplacements d'un mois, pour un groupe."""

    remplacements_par_mois: int = Field(description="Combien le mois en permet.", examples=[3])
    remplacements_restants: int = Field(description="Combien il en reste.", examples=[1])


class ResultatEntered(Asked):
    """Ce que l'inspecteur a constaté."""

    model_config = example(statut="EXAMEN_REUSSI", points=27)

    statut: StatutDuResultat = Field(description="Comment l'épreuve s'est terminée.")
    points: int | None = Field(
        None, ge=0, le=100, description="Bornés en B, libres en A et CE ; aucun sans épreuve."
    )
