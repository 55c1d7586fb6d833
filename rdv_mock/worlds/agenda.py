"""What happens by itself as time passes, strictly in order (rules.md 14).

Some events change the world: they are caught up before each call, one after the other. The others
only tell that an instant has come: `notices` finds those of a time that has been lived through.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from rdv_mock import paris
from rdv_mock.chance import seeded_random
from rdv_mock.facts.concurrence import Prise
from rdv_mock.facts.creneau import Creneau, Reservation
from rdv_mock.facts.enumerations import GroupePermis, StatutDePenalite, StatutDuResultat
from rdv_mock.facts.world import WorldSettings
from rdv_mock.fixtures import Limits
from rdv_mock.rules.creneau import affectation_due_at, is_open
from rdv_mock.rules.examen import day_of, end_of, points_drawn, resultat_visible_at
from rdv_mock.rules.nuit_du_calcul import next_nuit
from rdv_mock.rules.penalite import date_de_fin, penalites_of, statut_on
from rdv_mock.rules.seuil import has_seuil
from rdv_mock.store import Store
from rdv_mock.worlds.nuit import live_night


class EventType(StrEnum):
    """What may happen, in the order in which it does at one and the same instant."""

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


_PASSED, _FAILED = StatutDuResultat.EXAMEN_REUSSI, StatutDuResultat.EXAMEN_ECHOUE

ORDER = {type_: order for order, type_ in enumerate(EventType)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and to what."""

    at: datetime
    type: EventType
    subject: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Life:
    """What a world lives by."""

    store: Store
    limits: Limits
    settings: WorldSettings


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of event: when the next one is due, and how it happens, a step at a time."""

    next_at: Callable[[Life], datetime | None]
    happen: Callable[[Life, datetime], Iterator[Event]]


def _next_end_of_access(life: Life) -> datetime | None:
    """When the next connection ends, or what is long over is forgotten: at midnight, day by day."""
    store = life.store
    dates = [store.baux.next_end()]
    if (ended := store.baux.first_ended()) is not None:
        dates.append(_midnight_after(ended + _days(life, "bail.memoireJours")))
    if store.has_sessions():
        dates.append(_midnight_after(store.lived_until()))
    return min((at for at in dates if at is not None), default=None)


def _midnight_after(instant: datetime) -> datetime:
    return paris.midnight(paris.day_of(instant) + timedelta(days=1))


def _days(life: Life, key: str) -> timedelta:
    return timedelta(days=life.limits.integer(key))


def _end_access(life: Life, at: datetime) -> Iterator[Event]:
    """The connections that were opened 90 days ago are over; their tokens die with them.

    What has been over for long is forgotten without a word.
    """
    store = life.store
    for bail in store.baux.ended_by(at - _days(life, "bail.memoireJours")):
        store.forget(store.baux, bail.id)
    store.purge_sessions(at, remembered_since=at - _days(life, "oauth.memoireJours"))
    for bail in life.store.baux.due(at):
        life.store.baux.save(replace(bail, termine=True))
        subject = {"bailId": bail.id, "employeId": bail.employe_id, "clientId": bail.client_id}
        yield Event(at, EventType.BAIL_TERMINE, subject)


def _expire_paniers(life: Life, at: datetime) -> Iterator[Event]:
    """The paniers whose time is over let go of their créneaux (rules.md 6.3)."""
    for panier in life.store.paniers.expired(at):
        life.store.forget(life.store.paniers, panier.id)
        subject = {"panierId": panier.id, "autoEcoleId": panier.auto_ecole_id}
        yield Event(at, EventType.PANIER_EXPIRE, subject)


def _change_demandes(life: Life, at: datetime) -> Iterator[Event]:
    """The ANTS gets on with what candidats have asked of it: what the scenario has foreseen."""
    store = life.store
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


def _end_mandats(life: Life, at: datetime) -> Iterator[Event]:
    """Candidats leave their école; what it has reserved for them stays (`inferred`)."""
    for mandat in life.store.mandats.ended(at):
        life.store.forget(life.store.mandats, mandat.id)
        subject = {
            "mandatId": mandat.id,
            "candidatId": mandat.candidat_id,
            "autoEcoleId": mandat.auto_ecole_id,
            "groupePermis": mandat.groupe_permis,
        }
        yield Event(at, EventType.MANDAT_TERMINE, subject)


def _next_drawn_resultat(life: Life) -> datetime | None:
    """When the next examen ends whose result is drawn, where results are."""
    if life.settings.resultats_automatiques is None:
        return None
    since = life.store.lived_until()
    ends = map(paris.to_instant, life.store.reservations.ends_without_resultat(since))
    return next((at for at in ends if at > since), None)


def _draw_resultats(life: Life, at: datetime) -> Iterator[Event]:
    """The inspector enters results by himself: what the seed draws (design.md 6)."""
    part = life.settings.resultats_automatiques or 0.0
    for reservation in life.store.reservations.ending_on(paris.to_local(at)):
        examen = reservation.examen
        if examen.candidat_id is not None and examen.resultat is None:
            draw = seeded_random(life.settings.seed, f"resultat/{examen.id}")
            passed = draw.random() < part
            points = draw.choice(points_drawn(life.limits, passed=passed))
            entered = replace(
                examen,
                resultat=_PASSED if passed else _FAILED,
                points=points if reservation.creneau.groupe_permis is GroupePermis.B else None,
                date_heure_resultat=at,
            )
            life.store.examens.save(entered)
    yield from ()


def _next_without_candidat(life: Life) -> datetime | None:
    """When the next examen without a name is cancelled."""
    first = life.store.reservations.first_without_candidat()
    return affectation_due_at(first.creneau, life.limits) if first else None


def _cancel_without_candidat(life: Life, at: datetime) -> Iterator[Event]:
    """The examens that nobody was named for in time are cancelled (rules.md 9.2)."""
    store = life.store
    first = store.reservations.first_without_candidat()
    for reservation in store.reservations.without_candidat_on(day_of(first)) if first else ():
        examen = reservation.examen
        store.examens.save(replace(examen, date_heure_annulation=at))
        yield Event(at, EventType.EXAMEN_SANS_CANDIDAT_ANNULE, _of_examen(reservation))


def _next_night(life: Life) -> datetime:
    return next_nuit(life.store.lived_until(), life.limits)[1]


def _live_night(life: Life, at: datetime) -> Iterator[Event]:
    """The hours that the écoles have declared become ETP, école by école (rules.md 4.1)."""
    mois, _ = next_nuit(life.store.lived_until(), life.limits)
    for auto_ecole in sorted(life.store.auto_ecoles.all(), key=lambda one: one.id):
        for calcule, etp in live_night(life.store, auto_ecole.id, mois, life.limits):
            subject: dict[str, str | float] = {
                "autoEcoleId": auto_ecole.id,
                "groupePermis": calcule.groupe_permis,
                "mois": calcule.mois,
                "etp": float(etp),
            }
            yield Event(at, EventType.ETP_CALCULE, subject)


def _next_publication(life: Life) -> datetime | None:
    """When the next créneaux appear, where virtual écoles wait for them."""
    if life.settings.concurrence is None:
        return None
    return life.store.creneaux.next_publication(life.store.lived_until())


def _draw_prises(life: Life, at: datetime) -> Iterator[Event]:
    """Virtual écoles choose among what has just been published."""
    draw_prises(life, life.store.creneaux.published_at(at))
    yield from ()


def draw_prises(life: Life, creneaux: Iterable[Creneau]) -> None:
    """Let virtual écoles choose, at the instant of their publication (rules.md 11.3)."""
    concurrence = life.settings.concurrence
    if concurrence is None:
        return
    for creneau in creneaux:
        draw = seeded_random(life.settings.seed, f"concurrence/{creneau.id}")
        if draw.random() < concurrence.part:
            delay = timedelta(seconds=draw.uniform(*concurrence.delai_secondes))
            numero = draw.randrange(concurrence.auto_ecoles) + 1
            at = creneau.date_heure_publication + delay
            prise = Prise(f"{creneau.id}/prise", creneau.id, numero, at, est_faite=False)
            life.store.prises.save(prise)


def _take(life: Life, at: datetime) -> Iterator[Event]:
    """They take what is still free; the rest they forget about."""
    store = life.store
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


AGENDA: Mapping[EventType, Entry] = {
    EventType.BAIL_TERMINE: Entry(_next_end_of_access, _end_access),
    EventType.PANIER_EXPIRE: Entry(lambda life: life.store.paniers.next_expiry(), _expire_paniers),
    EventType.DEMANDE_CHANGE: Entry(
        lambda life: life.store.etapes_de_demande.next_at(), _change_demandes
    ),
    EventType.MANDAT_TERMINE: Entry(lambda life: life.store.mandats.next_end(), _end_mandats),
    EventType.EXAMEN_TERMINE: Entry(_next_drawn_resultat, _draw_resultats),
    EventType.EXAMEN_SANS_CANDIDAT_ANNULE: Entry(_next_without_candidat, _cancel_without_candidat),
    EventType.ETP_CALCULE: Entry(_next_night, _live_night),
    EventType.CRENEAU_PUBLIE: Entry(_next_publication, _draw_prises),
    EventType.CRENEAU_PRIS_PAR_CONCURRENCE: Entry(lambda life: life.store.prises.next_at(), _take),
}
"""What changes the world. That an examen has ended or a créneau appeared is a notice besides."""


def next_event_at(life: Life) -> datetime | None:
    """When something happens next that changes the world, if ever."""
    dates = (entry.next_at(life) for entry in AGENDA.values())
    return min((at for at in dates if at is not None), default=None)


def catch_up(life: Life, *, now: datetime) -> Iterator[Event]:
    """Let everything happen that is due by now, that instant included, event by event."""
    while (at := next_event_at(life)) is not None and at <= now:
        for entry in AGENDA.values():
            if entry.next_at(life) == at:
                yield from entry.happen(life, at)
        life.store.save_lived_until(max(at, life.store.lived_until()))


def held_until(life: Life) -> Mapping[str, datetime]:
    """When the living paniers let go of the créneaux that they hold."""
    expiries = {panier.id: panier.date_heure_expiration for panier in life.store.paniers.all()}
    elements = life.store.elements_du_panier.all()
    return {element.creneau_id: expiries[element.panier_id] for element in elements}


def notices(
    life: Life, held: Mapping[str, datetime], *, since: datetime, until: datetime
) -> list[Event]:
    """The instants that have come after `since`, `until` included; those of a kind by id.

    Told from the world as it is once that time has been lived through, and from what paniers held
    before: nothing is left of one that has expired.
    """
    return [
        *sorted(
            _ended_penalites(life, since, until), key=lambda one: str(one.subject["penaliteId"])
        ),
        *_ended_examens(life, since, until),
        *_published_resultats(life, since, until),
        *_lifted_priorites(life, held, since, until),
        *_published_creneaux(life, since, until),
    ]


def _ended_penalites(life: Life, since: datetime, until: datetime) -> Iterator[Event]:
    for groupe, candidat_ids in life.store.candidats_with_penalites().items():
        for dossier in life.store.dossiers(candidat_ids, groupe).values():
            for penalite in penalites_of(dossier, groupe, life.limits, now=until):
                end = date_de_fin(penalite)
                at = paris.midnight(end)
                is_over = statut_on(penalite, end) is StatutDePenalite.TERMINEE
                if not (is_over and since < at <= until):
                    continue
                if penalite in penalites_of(dossier, groupe, life.limits, now=at):
                    subject = {
                        "penaliteId": penalite.id,
                        "candidatId": dossier.candidat.id,
                        "groupePermis": groupe,
                    }
                    yield Event(at, EventType.PENALITE_TERMINEE, subject)


def _ended_examens(life: Life, since: datetime, until: datetime) -> Iterator[Event]:
    for reservation in life.store.reservations.ending(since, until):
        at = end_of(reservation.creneau)
        annulation = reservation.examen.date_heure_annulation
        if since < at <= until and (annulation is None or annulation > at):
            yield Event(at, EventType.EXAMEN_TERMINE, _of_examen(reservation))


def _published_resultats(life: Life, since: datetime, until: datetime) -> Iterator[Event]:
    for reservation in life.store.reservations.with_resultat():
        at = resultat_visible_at(reservation, life.limits)
        if at is not None and since < at <= until:
            subject = {**_of_examen(reservation), "resultat": str(reservation.examen.resultat)}
            yield Event(at, EventType.RESULTAT_PUBLIE, subject)


def _lifted_priorites(
    life: Life, held: Mapping[str, datetime], since: datetime, until: datetime
) -> Iterator[Event]:
    """Of créneaux that nobody had at that instant, in the groupes that know a seuil."""
    days = timedelta(days=life.limits.integer("seuil.prioriteTerritorialeJours"))
    for creneau in life.store.creneaux.published_between(since - days, until - days):
        at = creneau.date_heure_publication + days
        in_panier = creneau.id in held and held[creneau.id] > at
        in_question = has_seuil(creneau.groupe_permis, life.limits) and not in_panier
        if in_question and _was_free(life.store, creneau, at):
            subject = {"creneauId": creneau.id}
            yield Event(at, EventType.PRIORITE_TERRITORIALE_LEVEE, subject)


def _was_free(store: Store, creneau: Creneau, at: datetime) -> bool:
    """Whether a créneau had neither examen nor virtual école, and had not begun.

    At an instant that was lived through: a place that is given back then is free, and a virtual
    école takes one that was free until then.
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


def _published_creneaux(life: Life, since: datetime, until: datetime) -> Iterator[Event]:
    for creneau in life.store.creneaux.published_between(since, until):
        subject = {"creneauId": creneau.id, "centreId": creneau.centre_id}
        yield Event(creneau.date_heure_publication, EventType.CRENEAU_PUBLIE, subject)


def _of_examen(reservation: Reservation) -> Mapping[str, str]:
    examen = reservation.examen
    return {
        "examenId": examen.id,
        "creneauId": examen.creneau_id,
        "autoEcoleId": examen.auto_ecole_id,
    }


def in_order(events: Sequence[Event]) -> list[Event]:
    """By instant, then by kind; at one instant and of one kind, as they came."""
    return sorted(events, key=lambda event: (event.at, ORDER[event.type]))
