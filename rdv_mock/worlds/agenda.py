"""What changes a world by itself as time passes, strictly in order (docs/rules/agenda.md).

Each change is caught up before a call is served. What happens without a change is in `notices`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rdv_mock import paris
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.rules.creneau import affectation_due_at, is_open
from rdv_mock.rules.examen import day_of
from rdv_mock.rules.nuit_du_calcul import next_nuit
from rdv_mock.worlds.draws import (
    draw_published,
    draw_resultats,
    next_drawn_resultat,
    next_publication,
)
from rdv_mock.worlds.events import Event, EventType, WorldState, of_examen
from rdv_mock.worlds.nuit import run_night


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change: what it does, when it is due next, and how it happens, step by step."""

    name: str
    next_at: Callable[[WorldState], datetime | None]
    happen: Callable[[WorldState, datetime], Iterator[Event]]


def _next_end_of_access(state: WorldState) -> datetime | None:
    """When the next bail ends, or the next midnight at which ended access is forgotten."""
    store = state.store
    dates = [store.baux.next_end()]
    if (ended := store.baux.first_ended()) is not None:
        dates.append(_midnight_after(ended + _days(state, "bail.memoireJours")))
    if store.logins.exist():
        dates.append(_midnight_after(store.caught_up_until()))
    return min((at for at in dates if at is not None), default=None)


def _midnight_after(instant: datetime) -> datetime:
    return paris.midnight(paris.day_of(instant) + timedelta(days=1))


def _days(state: WorldState, key: IntegerKey) -> timedelta:
    return timedelta(days=state.limits.integer(key))


def _end_access(state: WorldState, at: datetime) -> Iterator[Event]:
    """End the baux that are due; their tokens end with them.

    Baux and tokens that ended long ago are removed: this yields no event.
    """
    store = state.store
    for bail in store.baux.ended_by(at - _days(state, "bail.memoireJours")):
        store.forget(store.baux, bail.id)
    store.logins.purge(at, remembered_since=at - _days(state, "oauth.memoireJours"))
    for bail in state.store.baux.due(at):
        state.store.baux.save(replace(bail, termine=True))
        subject = {"bailId": bail.id, "employeId": bail.employe_id, "clientId": bail.client_id}
        yield Event(at, EventType.BAIL_TERMINE, subject)


def _expire_paniers(state: WorldState, at: datetime) -> Iterator[Event]:
    """Remove the expired paniers, which frees their créneaux (docs/rules/panier.md#life)."""
    for panier in state.store.paniers.expired(at):
        state.store.forget(state.store.paniers, panier.id)
        subject = {"panierId": panier.id, "autoEcoleId": panier.auto_ecole_id}
        yield Event(at, EventType.PANIER_EXPIRE, subject)


def _change_demandes(state: WorldState, at: datetime) -> Iterator[Event]:
    """Give demandes the statut that the scenario plans for this instant."""
    store = state.store
    for etape in store.etapes_de_demande.due(at):
        demande = replace(store.demandes.get(etape.demande_id), statut=etape.statut)
        store.demandes.save(demande)
        store.etapes_de_demande.remove(etape.id)
        subject = {
            "candidatId": demande.candidat_id,
            "categoriePermis": demande.categorie_permis,
            "statut": demande.statut,
        }
        yield Event(at, EventType.DEMANDE_CHANGE, subject)


def _end_mandats(state: WorldState, at: datetime) -> Iterator[Event]:
    """End mandats; what the école has reserved for the candidat stays (`inferred`)."""
    for mandat in state.store.mandats.ended(at):
        state.store.forget(state.store.mandats, mandat.id)
        subject = {
            "mandatId": mandat.id,
            "candidatId": mandat.candidat_id,
            "autoEcoleId": mandat.auto_ecole_id,
            "groupePermis": mandat.groupe_permis,
        }
        yield Event(at, EventType.MANDAT_TERMINE, subject)


def _next_without_candidat(state: WorldState) -> datetime | None:
    """When the next examen without a candidat is cancelled."""
    first = state.store.reservations.first_without_candidat()
    return affectation_due_at(first.creneau, state.limits) if first else None


def _cancel_without_candidat(state: WorldState, at: datetime) -> Iterator[Event]:
    """Cancel the examens that were given no candidat in time.

    See docs/rules/examen.md#without-a-name.
    """
    store = state.store
    first = store.reservations.first_without_candidat()
    for reservation in store.reservations.without_candidat_on(day_of(first)) if first else ():
        examen = reservation.examen
        store.examens.save(replace(examen, date_heure_annulation=at))
        yield Event(at, EventType.EXAMEN_SANS_CANDIDAT_ANNULE, of_examen(reservation))


def _next_night(state: WorldState) -> datetime:
    return next_nuit(state.store.caught_up_until(), state.limits)[1]


def _run_night(state: WorldState, at: datetime) -> Iterator[Event]:
    """Calculate the ETP of all écoles from their leçons, école by école.

    See docs/rules/nuit_du_calcul.md#when.
    """
    mois, _ = next_nuit(state.store.caught_up_until(), state.limits)
    for auto_ecole in sorted(state.store.auto_ecoles.all(), key=lambda one: one.id):
        for calcule, etp in run_night(state.store, auto_ecole.id, mois, state.limits):
            subject: dict[str, str | float] = {
                "autoEcoleId": auto_ecole.id,
                "groupePermis": calcule.groupe_permis,
                "mois": calcule.mois,
                "etp": float(etp),
            }
            yield Event(at, EventType.ETP_CALCULE, subject)


def _take(state: WorldState, at: datetime) -> Iterator[Event]:
    """Let virtual écoles take the créneaux that are still free, and drop their other wishes."""
    store = state.store
    for prise in store.prises.due(at):
        place = store.places.find(prise.creneau_id)
        if place is None or not place.is_free or not is_open(place, now=at):
            store.prises.remove(prise.id)
            continue
        store.prises.save(replace(prise, est_faite=True))
        subject = {
            "creneauId": prise.creneau_id,
            "concurrent": f"concurrent-{prise.numero_auto_ecole}",
        }
        yield Event(at, EventType.CRENEAU_PRIS_PAR_CONCURRENCE, subject)


AGENDA: Sequence[Change] = (
    Change("access ends", _next_end_of_access, _end_access),
    Change("paniers expire", lambda state: state.store.paniers.next_expiry(), _expire_paniers),
    Change(
        "demandes advance", lambda state: state.store.etapes_de_demande.next_at(), _change_demandes
    ),
    Change("mandats end", lambda state: state.store.mandats.next_end(), _end_mandats),
    Change("results are drawn", next_drawn_resultat, draw_resultats),
    Change(
        "examens without a candidat are cancelled",
        _next_without_candidat,
        _cancel_without_candidat,
    ),
    Change("the night calculates ETP", _next_night, _run_night),
    Change("virtual écoles choose", next_publication, draw_published),
    Change("virtual écoles take", lambda state: state.store.prises.next_at(), _take),
)
"""All that changes the world by itself, in the order of one instant."""


def next_change_at(state: WorldState) -> datetime | None:
    """When the world changes next by itself, if ever."""
    dates = (change.next_at(state) for change in AGENDA)
    return min((at for at in dates if at is not None), default=None)


def catch_up(state: WorldState, *, now: datetime) -> Iterator[Event]:
    """Let everything happen that is due by now, `now` included, event by event."""
    while (at := next_change_at(state)) is not None and at <= now:
        for change in AGENDA:
            if change.next_at(state) == at:
                yield from change.happen(state, at)
        state.store.save_caught_up_until(max(at, state.store.caught_up_until()))
