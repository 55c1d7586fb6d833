"""Notices: events that tell that an instant has come, and change nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from rdv_mock import paris
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.enumerations import StatutDePenalite
from rdv_mock.rules.examen import end_of, resultat_visible_at
from rdv_mock.rules.penalite import date_de_fin, penalites_of, statut_on
from rdv_mock.rules.seuil import has_seuil
from rdv_mock.store import Store
from rdv_mock.worlds.events import Event, EventType, WorldState, of_examen


def held_until(state: WorldState) -> Mapping[str, datetime]:
    """When the paniers that exist expire, by the id of each créneau that they hold."""
    expiries = {panier.id: panier.date_heure_expiration for panier in state.store.paniers.all()}
    elements = state.store.elements_du_panier.all()
    return {element.creneau_id: expiries[element.panier_id] for element in elements}


def notices(
    state: WorldState, held: Mapping[str, datetime], *, since: datetime, until: datetime
) -> list[Event]:
    """The notices of the instants after `since`, up to `until` included; kind by kind, by id.

    The world must be caught up until `until`. `held` is what paniers held at `since`
    (`held_until`): a panier that has expired leaves nothing behind.
    """
    return [
        *sorted(
            _ended_penalites(state, since, until), key=lambda one: str(one.subject["penaliteId"])
        ),
        *_ended_examens(state, since, until),
        *_published_resultats(state, since, until),
        *_lifted_priorites(state, held, since, until),
        *_published_creneaux(state, since, until),
    ]


def _ended_penalites(state: WorldState, since: datetime, until: datetime) -> Iterator[Event]:
    for groupe, candidat_ids in state.store.dossiers.with_penalites().items():
        for dossier in state.store.dossiers.among(candidat_ids, groupe).values():
            for penalite in penalites_of(dossier, groupe, state.limits, now=until):
                end = date_de_fin(penalite)
                at = paris.midnight(end)
                is_over = statut_on(penalite, end) is StatutDePenalite.TERMINEE
                if not (is_over and since < at <= until):
                    continue
                if penalite in penalites_of(dossier, groupe, state.limits, now=at):
                    subject = {
                        "penaliteId": penalite.id,
                        "candidatId": dossier.candidat.id,
                        "groupePermis": groupe,
                    }
                    yield Event(at, EventType.PENALITE_TERMINEE, subject)


def _ended_examens(state: WorldState, since: datetime, until: datetime) -> Iterator[Event]:
    for reservation in state.store.reservations.ending(since, until):
        at = end_of(reservation.creneau)
        annulation = reservation.examen.date_heure_annulation
        if since < at <= until and (annulation is None or annulation > at):
            yield Event(at, EventType.EXAMEN_TERMINE, of_examen(reservation))


def _published_resultats(state: WorldState, since: datetime, until: datetime) -> Iterator[Event]:
    for reservation in state.store.reservations.with_resultat():
        at = resultat_visible_at(reservation, state.limits)
        if at is not None and since < at <= until:
            subject = {**of_examen(reservation), "resultat": str(reservation.examen.resultat)}
            yield Event(at, EventType.RESULTAT_PUBLIE, subject)


def _lifted_priorites(
    state: WorldState, held: Mapping[str, datetime], since: datetime, until: datetime
) -> Iterator[Event]:
    """The free créneaux of groupes with a seuil whose priority ends."""
    days = timedelta(days=state.limits.integer("seuil.prioriteTerritorialeJours"))
    for creneau in state.store.creneaux.published_between(since - days, until - days):
        at = creneau.date_heure_publication + days
        in_panier = creneau.id in held and held[creneau.id] > at
        in_question = has_seuil(creneau.groupe_permis, state.limits) and not in_panier
        if in_question and _was_free(state.store, creneau, at):
            subject = {"creneauId": creneau.id}
            yield Event(at, EventType.PRIORITE_TERRITORIALE_LEVEE, subject)


def _was_free(store: Store, creneau: Creneau, at: datetime) -> bool:
    """Whether a créneau had neither examen nor virtual école at a past instant, and had not begun.

    A place that is given back at that very instant is free. One that a virtual école takes at that
    instant was free.
    """
    place = store.places.find(creneau.id)
    was_taken = place is not None and (
        (place.prise is not None and place.prise.date_heure < at)
        or any(
            examen.date_heure_annulation is None
            or examen.date_heure_annulation > at
            or examen.occupies
            for examen in store.examens.ever_on(creneau.id)
        )
    )
    return not was_taken and at < paris.to_instant(creneau.date_heure_debut)


def _published_creneaux(state: WorldState, since: datetime, until: datetime) -> Iterator[Event]:
    for creneau in state.store.creneaux.published_between(since, until):
        subject = {"creneauId": creneau.id, "centreId": creneau.centre_id}
        yield Event(creneau.date_heure_publication, EventType.CRENEAU_PUBLIE, subject)
