"""How écoles see a créneau: unknown, open, taken.

See docs/rules/creneau.md and docs/rules/examen.md#without-a-name.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.creneau import Creneau, Place
from rdv_mock.facts.enumerations import GroupePermis, StatutDeReservation
from rdv_mock.fixtures import Limits
from rdv_mock.limit_keys import FlagKey
from rdv_mock.rules.seuil import is_reservable


def is_published(creneau: Creneau, *, now: datetime) -> bool:
    """Whether écoles may know of it: from its publication on, that second included."""
    return creneau.date_heure_publication <= now


def check_published(place: Place | None, *, now: datetime) -> Place:
    """The créneau, if there is one for écoles; CRENEAU_INCONNU otherwise.

    See docs/rules/creneau.md#publication.
    """
    if place is None or not is_published(place.creneau, now=now):
        raise Refusal(ApiError.CRENEAU_INCONNU)
    return place


def is_open(place: Place, *, now: datetime) -> bool:
    """Whether anybody could still go there: it has not begun, and its centre is open."""
    return now < paris.to_instant(place.creneau.date_heure_debut) and not place.centre.est_ferme


def is_shown(place: Place, *, now: datetime) -> bool:
    """Whether the planning shows it: a free one is hidden once nobody could go there any more."""
    return is_published(place.creneau, now=now) and (not place.is_free or is_open(place, now=now))


def is_available(place: Place, *, now: datetime) -> bool:
    """Whether a créneau is free and visible; the seuil of an école is not looked at."""
    return place.is_free and is_shown(place, now=now)


def is_affectation_due(creneau: Creneau, limits: Limits, *, now: datetime) -> bool:
    """Whether the tenth day before has begun, when a place must have a name.

    See docs/rules/examen.md#without-a-name.
    """
    return affectation_due_at(creneau, limits) <= now


def affectation_due_at(creneau: Creneau, limits: Limits) -> datetime:
    """Midnight at the beginning of that day (`examen.delaiAffectationJours`)."""
    days = limits.integer("examen.delaiAffectationJours")
    return paris.midnight(creneau.date_heure_debut.date() - timedelta(days=days))


_OBLIGATOIRE: Final[Mapping[GroupePermis, FlagKey]] = {
    GroupePermis.A: "creneau.candidatObligatoire.A",
    GroupePermis.B: "creneau.candidatObligatoire.B",
    GroupePermis.CE: "creneau.candidatObligatoire.CE",
}


def is_candidat_obligatoire(creneau: Creneau, limits: Limits, *, now: datetime) -> bool:
    """Whether it can only be reserved with a name (docs/rules/creneau.md#name).

    As the scenario says, else by groupe (`creneau.candidatObligatoire.<groupe>`), and in any case
    once the tenth day before has begun.
    """
    said = creneau.est_candidat_obligatoire
    if said is None:
        said = limits.flag(_OBLIGATOIRE[creneau.groupe_permis])
    return said or is_affectation_due(creneau, limits, now=now)


def statut_de_reservation(
    place: Place, auto_ecole: AutoEcole, capacite: Capacite | None, limits: Limits, *, now: datetime
) -> StatutDeReservation:
    """A créneau as an école sees it, first match (docs/rules/creneau.md#statut, `inferred`)."""
    if not place.is_free:
        holder = place.examen or place.panier
        return (
            StatutDeReservation.RESERVE_PAR_MON_AUTO_ECOLE
            if holder is not None and holder.auto_ecole_id == auto_ecole.id
            else StatutDeReservation.RESERVE_PAR_AUTRE_AUTO_ECOLE
        )
    if not is_reservable(place.creneau, capacite, limits, now=now):
        return StatutDeReservation.SEUIL_ATTEINT
    return StatutDeReservation.DISPONIBLE
