"""The virtual écoles that take créneaux once they are published."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Concurrence:
    """How many virtual écoles, after how many seconds, and which part of the créneaux they want."""

    auto_ecoles: int
    delai_secondes: tuple[float, float]
    part: float


@dataclass(frozen=True, slots=True)
class Prise:
    """A créneau that a virtual école has drawn: it takes it at `date_heure`, if it still can."""

    id: str
    creneau_id: str
    numero_auto_ecole: int
    date_heure: datetime
    est_faite: bool
