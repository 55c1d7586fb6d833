"""Exam centres, and those that an école prefers."""

from dataclasses import dataclass

from rdv_mock.facts.enumerations import GroupePermis


@dataclass(frozen=True, slots=True)
class Centre:
    """Where exams take place; `groupes_permis` are those that it serves."""

    id: str
    nom: str
    code_departement: str
    adresse: str
    code_postal: str
    ville: str
    est_ferme: bool
    groupes_permis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CentreFavori:
    """A centre that an école prefers for one groupe; the lower `priorite`, the more."""

    id: str
    auto_ecole_id: str
    groupe_permis: GroupePermis
    centre_id: str
    priorite: int
