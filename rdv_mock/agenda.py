"""What happens by itself as time passes, strictly in order (rules.md 14)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from rdv_mock.store import Store


class EventType(StrEnum):
    """What may happen, in the order in which it does at one and the same instant."""

    BAIL_TERMINE = "BAIL_TERMINE"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and to what."""

    at: datetime
    type: EventType
    subject: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of event: when the next one is due, and how it happens."""

    next_at: Callable[[Store], datetime | None]
    happen: Callable[[Store, datetime], Sequence[Event]]


def _end_baux(store: Store, at: datetime) -> Sequence[Event]:
    """The connections that were opened 90 days ago are over; their tokens die with them."""
    events = []
    for bail in store.baux.due(at):
        store.baux.save(replace(bail, termine=True))
        subject = {"bailId": bail.id, "employeId": bail.employe_id, "clientId": bail.client_id}
        events.append(Event(at, EventType.BAIL_TERMINE, subject))
    return events


AGENDA: Mapping[EventType, Entry] = {
    EventType.BAIL_TERMINE: Entry(lambda store: store.baux.next_end(), _end_baux),
}


def next_event_at(store: Store) -> datetime | None:
    """When something happens next, if ever."""
    dates = (entry.next_at(store) for entry in AGENDA.values())
    return min((at for at in dates if at is not None), default=None)


def catch_up(store: Store, *, now: datetime) -> list[Event]:
    """Let everything happen that is due by now, that instant included."""
    events: list[Event] = []
    while (at := next_event_at(store)) is not None and at <= now:
        for entry in AGENDA.values():
            if entry.next_at(store) == at:
                events.extend(entry.happen(store, at))
    return events
