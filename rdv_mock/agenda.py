"""What happens by itself as time passes, strictly in order (rules.md 14)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from rdv_mock.fixtures import Limits
from rdv_mock.rules.creneau import affectation_due_at
from rdv_mock.rules.examen import day_of
from rdv_mock.store import Store


class EventType(StrEnum):
    """What may happen, in the order in which it does at one and the same instant."""

    BAIL_TERMINE = "BAIL_TERMINE"
    PANIER_EXPIRE = "PANIER_EXPIRE"
    EXAMEN_SANS_CANDIDAT_ANNULE = "EXAMEN_SANS_CANDIDAT_ANNULE"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and to what."""

    at: datetime
    type: EventType
    subject: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of event: when the next one is due, and how it happens."""

    next_at: Callable[[Store, Limits], datetime | None]
    happen: Callable[[Store, Limits, datetime], Sequence[Event]]


def _end_baux(store: Store, _limits: Limits, at: datetime) -> Sequence[Event]:
    """The connections that were opened 90 days ago are over; their tokens die with them."""
    events = []
    for bail in store.baux.due(at):
        store.baux.save(replace(bail, termine=True))
        subject = {"bailId": bail.id, "employeId": bail.employe_id, "clientId": bail.client_id}
        events.append(Event(at, EventType.BAIL_TERMINE, subject))
    return events


def _expire_paniers(store: Store, _limits: Limits, at: datetime) -> Sequence[Event]:
    """The paniers whose time is over let go of their créneaux (rules.md 6.3)."""
    events = []
    for panier in store.paniers.expired(at):
        store.forget(store.paniers, panier.id)
        subject = {"panierId": panier.id, "autoEcoleId": panier.auto_ecole_id}
        events.append(Event(at, EventType.PANIER_EXPIRE, subject))
    return events


def _next_without_candidat(store: Store, limits: Limits) -> datetime | None:
    """When the next examen without a name is cancelled."""
    first = store.reservations.first_without_candidat()
    return affectation_due_at(first.creneau, limits) if first else None


def _cancel_without_candidat(store: Store, _limits: Limits, at: datetime) -> Sequence[Event]:
    """The examens that nobody was named for in time are cancelled (rules.md 9.2)."""
    events = []
    first = store.reservations.first_without_candidat()
    for reservation in store.reservations.without_candidat_on(day_of(first)) if first else ():
        examen = reservation.examen
        store.examens.save(replace(examen, date_heure_annulation=at))
        subject = {
            "examenId": examen.id,
            "creneauId": examen.creneau_id,
            "autoEcoleId": examen.auto_ecole_id,
        }
        events.append(Event(at, EventType.EXAMEN_SANS_CANDIDAT_ANNULE, subject))
    return events


AGENDA: Mapping[EventType, Entry] = {
    EventType.BAIL_TERMINE: Entry(lambda store, _: store.baux.next_end(), _end_baux),
    EventType.PANIER_EXPIRE: Entry(lambda store, _: store.paniers.next_expiry(), _expire_paniers),
    EventType.EXAMEN_SANS_CANDIDAT_ANNULE: Entry(_next_without_candidat, _cancel_without_candidat),
}


def next_event_at(store: Store, limits: Limits) -> datetime | None:
    """When something happens next, if ever."""
    dates = (entry.next_at(store, limits) for entry in AGENDA.values())
    return min((at for at in dates if at is not None), default=None)


def catch_up(store: Store, limits: Limits, *, now: datetime) -> list[Event]:
    """Let everything happen that is due by now, that instant included."""
    events: list[Event] = []
    while (at := next_event_at(store, limits)) is not None and at <= now:
        for entry in AGENDA.values():
            if entry.next_at(store, limits) == at:
                events.extend(entry.happen(store, limits, at))
    return events
