"""What happens in a world by itself: kinds of events, an event, the order of events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.world import WorldSettings
from rdv_mock.fixtures import Limits
from rdv_mock.store import Store


class EventType(StrEnum):
    """Kinds of events, in the order in which they happen at one instant."""

    BAIL_TERMINE = "BAIL_TERMINE"
    PANIER_EXPIRE = "PANIER_EXPIRE"
    DEMANDE_CHANGE = "DEMANDE_CHANGE"
    MANDAT_TERMINE = "MANDAT_TERMINE"
    PENALITE_TERMINEE = "PENALITE_TERMINEE"
    EXAMEN_TERMINE = "EXAMEN_TERMINE"
    RESULTAT_PUBLIE = "RESULTAT_PUBLIE"
    EXAMEN_SANS_CANDIDAT_ANNULE = "EXAMEN_SANS_CANDIDAT_ANNULE"
    ETP_CALCULE = "ETP_CALCULE"
    PRIORITE_TERRITORIALE_LEVEE = "PRIORITE_TERRITORIALE_LEVEE"
    CRENEAU_PUBLIE = "CRENEAU_PUBLIE"
    CRENEAU_PRIS_PAR_CONCURRENCE = "CRENEAU_PRIS_PAR_CONCURRENCE"


_ORDER = {type_: order for order, type_ in enumerate(EventType)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and to what."""

    at: datetime
    type: EventType
    subject: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorldState:
    """The tables of a world, its numbers and its settings: all that decides what happens."""

    store: Store
    limits: Limits
    settings: WorldSettings


def of_examen(reservation: Reservation) -> Mapping[str, str]:
    """What an event of an examen is about."""
    examen = reservation.examen
    return {
        "examenId": examen.id,
        "creneauId": examen.creneau_id,
        "autoEcoleId": examen.auto_ecole_id,
    }


def in_order(events: Sequence[Event]) -> list[Event]:
    """Sort events by instant, then by kind; equal ones keep their order."""
    return sorted(events, key=lambda event: (event.at, _ORDER[event.type]))
