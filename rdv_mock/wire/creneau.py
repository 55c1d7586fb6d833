"""Créneaux and the planning on the wire (contract.md, B.3 and D)."""

import re
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from rdv_mock.facts.enumerations import GroupePermis, StatutDeReservation, TypeEpreuvePratique
from rdv_mock.wire.base import (
    UUID_PATTERN,
    Asked,
    AskedInQuery,
    AskedUuid,
    CritereTexte,
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


class FiltrePlanning(Asked):
    """Un centre, un groupe, un jour."""

    groupe_permis: GroupePermis
    date: Day = Field(description="Ce jour-là exactement.")
    centre_id: AskedUuid


class RecherchePlanning(Asked):
    """Ce dont on veut voir le planning."""

    model_config = example(
        filtre={
            "groupePermis": "B",
            "date": "2026-04-07",
            "centreId": "ce000000-0000-4000-8000-000000000001",
        }
    )

    filtre: FiltrePlanning


class FiltreCandidatsEligibles(Asked):
    """Pour quel créneau, et lesquels de vos candidats."""

    creneau_id: Annotated[str, Field(min_length=1)]
    nom: CritereTexte | None = None
    numero_dossier: CritereTexte | None = None


class RechercheCandidatsEligibles(Asked):
    """Une recherche de candidats pour un créneau."""

    model_config = example(filtre={"creneauId": "c0000000-0000-4000-8000-000000000001"})

    filtre: FiltreCandidatsEligibles


class Eligibilite(Shape):
    """S'il peut être placé sur le créneau, et sinon pourquoi."""

    est_eligible: bool
    code_motif: str | SkipJsonSchema[None] = Field(
        None, exclude_if=is_absent, examples=["CANDIDAT_SOUS_PENALITE"]
    )
    motif: str | SkipJsonSchema[None] = Field(None, exclude_if=is_absent)


class CandidatEligibilite(Shape):
    """Un candidat et son éligibilité."""

    candidat: CandidatResume
    eligibilite: Eligibilite


def _parse_uuids(given: object) -> list[str]:
    """Repeated or comma-separated, both at once too (`client`)."""
    names = (
        [name for one in given for name in str(one).split(",")] if isinstance(given, list) else []
    )
    if not names or not all(re.fullmatch(UUID_PATTERN, name, re.ASCII) for name in names):
        raise PydanticCustomError(Problem.LIMIT, "doit être un ou plusieurs UUID")
    return list(dict.fromkeys(names))


Uuids = Annotated[
    list[str],
    PlainValidator(_parse_uuids),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "string", "format": "uuid", "pattern": UUID_PATTERN},
            "minItems": 1,
            "examples": [["ce000000-0000-4000-8000-000000000001"]],
        }
    ),
]


class QueryCrenodispo(AskedInQuery):
    """Dans quels centres, pour quel groupe, à partir de quand ou quel jour."""

    centres_ids: Uuids = Field(description="Répété, ou séparé par des virgules.")
    groupe_permis: GroupePermis = Field(examples=["B"])
    date: Day


class CentreDuCreneau(Shape):
    """Où il se trouve."""

    id: Id
    nom: str = Field(examples=["GONESSE B"])


class CreneauOnWire(Shape):
    """Une place d'examen."""

    id: Id
    centre: CentreDuCreneau
    numero_inspecteur: str = Field(description="Un pseudonyme.", examples=["1357"])
    date_heure_debut: Local
    date_heure_fin: Local
    date_heure_publication: Instant
    statut_de_reservation: StatutDeReservation = Field(description="Tel que vous le voyez.")
    groupe_permis: GroupePermis
    type_epreuve_pratique: TypeEpreuvePratique


class ExamenDuPlanning(Shape):
    """Votre examen sur ce créneau."""

    id: Id
    candidat: CandidatResume | None = Field(description="Nul tant que personne n'est nommé.")
    est_modifiable: bool
    est_annule: bool


class ElementDePlanning(Shape):
    """Un créneau, et votre examen s'il y en a un."""

    creneau_du_planning: CreneauOnWire
    examen_du_planning: ExamenDuPlanning | SkipJsonSchema[None] = Field(
        None, exclude_if=is_absent, description="Absent sans examen de votre auto-école."
    )
