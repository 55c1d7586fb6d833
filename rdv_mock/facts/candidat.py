"""A candidat and his demandes at the ANTS."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rdv_mock.facts.enumerations import CategoriePermis, StatutDemande

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ẞ": "ss"})


@lru_cache(maxsize=65_536)
def fold(nom: str) -> str:
    """A name as it is compared: no accent, no ligature, no case, letters and digits only.

    Source: rules.md 1.2 (`inferred`; the State's predecessor folded accents and case).
    """
    decomposed = unicodedata.normalize("NFKD", nom.translate(_LIGATURES)).translate(_LIGATURES)
    return "".join(letter for letter in decomposed if letter.isalnum()).upper()


@dataclass(frozen=True, slots=True)
class Candidat:
    """Someone who learns to drive, known by his birth name and his NEPH (`numero_dossier`).

    Without `email` he has no account yet.
    """

    id: str
    nom: str
    prenom: str
    date_de_naissance: date | None
    numero_dossier: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Demande:
    """What a candidat asked of the ANTS for one category, and how far it has come."""

    id: str
    candidat_id: str
    categorie_permis: CategoriePermis
    statut: StatutDemande
