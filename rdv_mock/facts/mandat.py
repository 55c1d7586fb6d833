"""What lets an école book for a candidat."""

from dataclasses import dataclass

from rdv_mock.facts.enumerations import GroupePermis


@dataclass(frozen=True, slots=True)
class Mandat:
    """One école at a time per candidat and groupe (rules.md 7.1)."""

    id: str
    auto_ecole_id: str
    candidat_id: str
    groupe_permis: GroupePermis
