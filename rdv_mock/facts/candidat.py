"""A candidat: his demandes at the ANTS, his pénalités, how his exams ended."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from rdv_mock.facts.enumerations import (
    CategoriePermis,
    GroupePermis,
    MotifDePenalite,
    StatutDemande,
    StatutDuResultat,
    TypeEpreuvePratique,
)

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ẞ": "ss"})


@lru_cache(maxsize=65_536)
def fold(nom: str) -> str:
    """A name as it is compared: no accent, no ligature, no case, letters and digits only.

    Source: docs/rules/identifiants.md#nom (`inferred`; the State's predecessor folded accents and
    case).
    """
    decomposed = unicodedata.normalize("NFKD", nom.translate(_LIGATURES)).translate(_LIGATURES)
    return "".join(letter for letter in decomposed if letter.isalnum()).upper()


@dataclass(frozen=True, slots=True)
class Candidat:
    """Someone who learns to drive, known by his birth name and his NEPH (`numero_dossier`).

    Without `email` he has no account yet. With `toujours`, every rule that looks at him refuses
    with this code: magic data of a scenario.
    """

    id: str
    nom: str
    prenom: str
    date_de_naissance: date | None
    numero_dossier: str
    email: str | None
    toujours: str | None = None


@dataclass(frozen=True, slots=True)
class Demande:
    """What a candidat asked of the ANTS for one category, and how far it has come."""

    id: str
    candidat_id: str
    categorie_permis: CategoriePermis
    statut: StatutDemande


@dataclass(frozen=True, slots=True)
class EtapeDeDemande:
    """What a demande will become by itself, and at which instant."""

    id: str
    demande_id: str
    candidat_id: str
    statut: StatutDemande
    date_heure: datetime


@dataclass(frozen=True, slots=True)
class Penalite:
    """A time during which a candidat may not reserve; `duree_en_jour` in days.

    See docs/rules/penalite.md#days.
    """

    id: str
    candidat_id: str
    groupe_permis: GroupePermis
    motif: MotifDePenalite
    type_epreuve_pratique: TypeEpreuvePratique | None
    date_examen: date
    duree_en_jour: int
    date_de_levee: date | None


@dataclass(frozen=True, slots=True)
class Resultats:
    """How the last exams of a candidat ended, for one category."""

    id: str
    candidat_id: str
    categorie_permis: CategoriePermis
    derniere_date_examen_theorique: date | None
    derniere_date_examen_circulation: date | None
    statut_examen_circulation: StatutDuResultat | None
    derniere_date_examen_plateau: date | None
    statut_examen_plateau: StatutDuResultat | None
    nombre_echecs_circulation: int
    nombre_echecs_plateau: int
