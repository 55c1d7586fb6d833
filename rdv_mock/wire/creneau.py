"""Créneaux and the planning on the wire (docs/contract/creneaux.md)."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from rdv_mock.facts.enumerations import GroupePermis, StatutDeReservation, TypeEpreuvePratique
from rdv_mock.facts.reference import UUID_PATTERN, canonical
from rdv_mock.wire.base import (
    Asked,
    AskedInQuery,
    AskedUuid,
    Day,
    Id,
    Instant,
    Local,
    Problem,
    Shape,
    example,
    is_absent,
)
from rdv_mock.wire.candidat import CandidatResume
from rdv_mock.wire.certainty import CLIENT, INTEGRATOR, INTEGRATOR_AND_CLIENT
from rdv_mock.wire.search import CritereTexte


class FiltrePlanning(Asked, certainty=INTEGRATOR_AND_CLIENT):
    """Un centre, un groupe, un jour."""

    groupe_permis: GroupePermis = Field(description="Le groupe des créneaux.")
    date: Day = Field(description="Ce jour-là exactement.")
    centre_id: AskedUuid = Field(description="Identifiant du centre.")


class RecherchePlanning(Asked, certainty=INTEGRATOR_AND_CLIENT):
    """Ce dont on veut voir le planning."""

    model_config = example(
        filtre={
            "groupePermis": "B",
            "date": "2026-04-07",
            "centreId": "ce000000-0000-4000-8000-000000000001",
        }
    )

    filtre: FiltrePlanning = Field(description="Quel centre, quel groupe, quel jour.")


class FiltreCandidatsEligibles(Asked, certainty=INTEGRATOR):
    """Pour quel créneau, et lesquels de vos candidats."""

    creneau_id: Annotated[str, Field(min_length=1), AfterValidator(canonical)] = Field(
        description="Le créneau où placer un candidat ; son groupe est celui des candidats.",
        examples=["c0000000-0000-4000-8000-000000000001"],
    )
    nom: CritereTexte | None = Field(None, description="Leur nom de naissance.")
    numero_dossier: CritereTexte | None = Field(None, description="Leur NEPH.")


class RechercheCandidatsEligibles(Asked, certainty=INTEGRATOR):
    """Une recherche de candidats pour un créneau."""

    model_config = example(filtre={"creneauId": "c0000000-0000-4000-8000-000000000001"})

    filtre: FiltreCandidatsEligibles = Field(description="Quel créneau, quels candidats.")


class Eligibilite(Shape, certainty=INTEGRATOR):
    """S'il peut être placé sur le créneau, et sinon pourquoi."""

    est_eligible: bool = Field(description="S'il peut y être placé.", examples=[False])
    code_motif: str | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="Le code du refus qu'aurait `affecterCandidat` ; absent s'il est éligible.",
        examples=["CANDIDAT_SOUS_PENALITE"],
    )
    motif: str | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="Le même motif, en une phrase ; absent s'il est éligible.",
        examples=[
            "Le candidat ne peut pas encore réserver : son délai de représentation n'est pas écoulé"
        ],
    )


class CandidatEligibilite(Shape, certainty=INTEGRATOR):
    """Un candidat et son éligibilité."""

    candidat: CandidatResume = Field(description="Le candidat.")
    eligibilite: Eligibilite = Field(description="S'il peut être placé sur le créneau.")


def _parse_uuids(given: object) -> list[str]:
    """Repeated or comma-separated, both at once too (`client`)."""
    names = (
        [name for one in given for name in str(one).split(",")] if isinstance(given, list) else []
    )
    if not names or not all(re.fullmatch(UUID_PATTERN, name, re.ASCII) for name in names):
        raise PydanticCustomError(Problem.LIMIT, "doit être un ou plusieurs UUID")
    return list(dict.fromkeys(map(canonical, names)))


Uuids = Annotated[
    list[str],
    PlainValidator(_parse_uuids),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "string", "pattern": UUID_PATTERN},
            "minItems": 1,
            "examples": [["ce000000-0000-4000-8000-000000000001"]],
        }
    ),
]


class QueryCrenodispo(AskedInQuery, certainty=CLIENT):
    """Dans quels centres, pour quel groupe, à partir de quand ou quel jour."""

    centres_ids: Uuids = Field(
        description="Identifiants des centres : le paramètre répété, ou séparés par des virgules."
    )
    groupe_permis: GroupePermis = Field(description="Le groupe des créneaux.", examples=["B"])
    date: Day = Field(description="Le jour ; pour la prochaine date, celui d'où partir.")


class CentreDuCreneau(Shape, certainty=INTEGRATOR_AND_CLIENT):
    """Où se trouve un créneau."""

    id: Id = Field(description="Identifiant du centre.")
    nom: str = Field(description="Nom du centre.", examples=["GONESSE B"])


NumeroInspecteur = Annotated[
    str, Field(description="L'inspecteur, sous un pseudonyme en chiffres.", examples=["1357"])
]


class CreneauOnWire(Shape, certainty=INTEGRATOR_AND_CLIENT):
    """Une place d'examen : un centre, un inspecteur, une heure."""

    id: Id = Field(description="Identifiant du créneau.")
    centre: CentreDuCreneau = Field(description="Où il se trouve.")
    numero_inspecteur: NumeroInspecteur
    date_heure_debut: Local = Field(description="Début ; heure légale de Paris, sans fuseau.")
    date_heure_fin: Local = Field(
        description="Fin ; heure légale de Paris, sans fuseau.", examples=["2026-04-07T08:32:00"]
    )
    date_heure_publication: Annotated[Instant, INTEGRATOR] = Field(
        description="Depuis quand il existe pour les auto-écoles, en UTC."
    )
    statut_de_reservation: StatutDeReservation = Field(description="Tel que vous le voyez.")
    groupe_permis: GroupePermis = Field(description="Le groupe que l'on y examine.")
    type_epreuve_pratique: TypeEpreuvePratique = Field(description="L'épreuve.")


class ExamenDuPlanning(Shape, certainty=INTEGRATOR):
    """Votre examen sur ce créneau."""

    id: Id = Field(description="Identifiant de l'examen.")
    candidat: Annotated[CandidatResume | None, INTEGRATOR.but("le nul est inféré")] = Field(
        description="Qui le passe ; nul tant que personne n'est nommé."
    )
    est_modifiable: bool = Field(
        description="S'il peut encore être annulé, remplacé ou permuté.", examples=[True]
    )
    est_annule: bool = Field(description="S'il est annulé.", examples=[False])


class ElementDePlanning(Shape, certainty=INTEGRATOR_AND_CLIENT):
    """Un créneau, et votre examen s'il y en a un."""

    creneau_du_planning: CreneauOnWire = Field(description="Le créneau.")
    examen_du_planning: Annotated[ExamenDuPlanning | SkipJsonSchema[None], INTEGRATOR] = Field(
        None, exclude_if=is_absent, description="Absent sans examen de votre auto-école."
    )
