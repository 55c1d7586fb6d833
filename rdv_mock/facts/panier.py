"""What an école holds for a few minutes before it reserves."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Panier:
    """A panier of an école, opened by one of its employés; gone at its expiry.

    See docs/rules/panier.md#life.
    """

    id: str
    auto_ecole_id: str
    employe_id: str
    date_heure_creation: datetime
    date_heure_expiration: datetime


@dataclass(frozen=True, slots=True)
class ElementDuPanier:
    """A créneau in a panier, perhaps for a candidat already."""

    id: str
    panier_id: str
    creneau_id: str
    candidat_id: str | None
