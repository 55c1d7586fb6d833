"""Examens on the wire (contract.md, B.6 and D)."""

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
    AskedInQuery,
    AskedPageInQuery,
    Day,
    Id,
    Instant,
    Local,
    Pagination,
    QueryBoolean,
    Shape,
    example,
)
from rdv_mock.wire.candidat import CandidatResume
from rdv_mock.wire.creneau import CentreDuCreneau


class QueryExamens(AskedInQuery):
    """Un jour d'examens."""

    statut: StatutExamen = Field(examples=["PROGRAMME"])
    groupe_permis: GroupeDuLivret = Field(examples=["B"])
    date: Day


class QueryPermutables(AskedInQuery):
    """L'examen à permuter, et le jour où chercher."""

    examen_permute_id: str = Field(examples=["e0000000-0000-4000-8000-000000000001"])
    date: Day = Field(description="Le jour où chercher.")


class QueryRemplacements(AskedInQuery):
    """Un groupe et un mois, celui de la date."""

    groupe_permis: GroupeDuLivret = Field(examples=["B"])
    date: Day = Field(description="Son mois compte : celui des examens.")


class QueryDatesExamens(AskedInQuery):
    """Quels examens, à partir de quand."""

    statut: StatutExamen = Field(examples=["PROGRAMME"])
    groupe_permis: GroupePermis = Field(examples=["B"])
    date_debut: Day
    creneau_sans_candidat: QueryBoolean = Field(
        default=False,
        alias="creneauSansCandidat",
        description="true : seulement les jours où un examen n'a pas de candidat.",
    )


class QueryExamensPagines(AskedPageInQuery):
    """Les examens du groupe lourd, page par page."""

    groupe_permis: GroupeLourd = Field(examples=["CE"])
    statut: StatutExamen = Field(examples=["PROGRAMME"])
    date_debut: Day | None = Field(None, examples=["2026-03-10"])


class Remplacement(Asked):
    """Un examen, et qui le passera."""

    model_config = example(
        examenId="e0000000-0000-4000-8000-000000000001",
        candidatRemplacantId="ca000000-0000-4000-8000-000000000001",
    )

    examen_id: Id
    candidat_remplacant_id: Id


class Permutation(Asked):
    """Deux examens dont les candidats échangent leurs places."""

    model_config = example(
        examenId1="e0000000-0000-4000-8000-000000000001",
        examenId2="e0000000-0000-4000-8000-000000000002",
    )

    examen_id_1: Id = Field(alias="examenId1")
    examen_id_2: Id = Field(alias="examenId2")


class ResultatOnWire(Shape):
    """Le résultat, tel que l'inspecteur l'a donné."""

    statut: StatutDuResultat
    points: int | None = Field(examples=[18])


class ExamenOnWire(Shape):
    """Une place que votre auto-école a réservée."""

    id: Id
    est_modifiable: bool
    est_annule: bool
    statut: StatutExamen
    creneau_id: Id
    centre: CentreDuCreneau
    numero_inspecteur: str = Field(description="Un pseudonyme.", examples=["1357"])
    date_heure_debut: Local
    date_heure_fin: Local
    groupe_permis: GroupePermis
    type_epreuve_pratique: TypeEpreuvePratique
    candidat: CandidatResume | None = Field(description="Nul tant que personne n'est nommé.")
    resultat: ResultatOnWire | None = Field(description="Nul tant qu'il n'est pas publié.")
    date_heure_reservation: Instant


class ExamensPagines(Shape):
    """Une page d'examens."""

    data: list[ExamenOnWire]
    pagination: Pagination


class NombreDeRemplacements(Shape):
    """Les remplacements d'un mois."""

    remplacements_par_mois: int = Field(examples=[3])
    remplacements_restants: int = Field(examples=[1])
