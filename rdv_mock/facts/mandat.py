"""What lets an école book for a candidat."""

from dataclasses import dataclass
from datetime import datetime

from rdv_mock.facts.enumerations import GroupePermis


@dataclass(frozen=True, slots=True)
class Mandat:
    """One école at a time per candidat and groupe (docs/rules/mandat.md).

    With `fin` the candidat ends it at that instant: he may do so at any moment (`press`).
    """

    id: str
    auto_ecole_id: str
    candidat_id: str
    groupe_permis: GroupePermis
    fin: datetime | None = None
