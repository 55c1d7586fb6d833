"""The life of an examen: statut, changes, result (rules.md 9 and 10)."""

from datetime import date, datetime, time, timedelta

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.creneau import Creneau, Reservation
from rdv_mock.facts.enumerations import StatutDuResultat, StatutExamen
from rdv_mock.facts.examen import Examen
from rdv_mock.fixtures import Limits


def statut_of(reservation: Reservation, *, now: datetime) -> StatutExamen:
    """ANNULE once cancelled, else TERMINE from its end on, Paris wall time."""
    if reservation.examen.est_annule:
        return StatutExamen.ANNULE
    return StatutExamen.PROGRAMME if now < end_of(reservation.creneau) else StatutExamen.TERMINE


def is_today(reservation: Reservation, *, now: datetime) -> bool:
    """Whether an examen PROGRAMME is of today: `examenJourJ` (rules.md 10.7)."""
    is_programme = statut_of(reservation, now=now) is StatutExamen.PROGRAMME
    return is_programme and day_of(reservation) == paris.day_of(now)


def end_of(creneau: Creneau) -> datetime:
    """The instant at which an examen on this créneau is over."""
    return paris.to_instant(creneau.date_heure_fin)


def day_of(reservation: Reservation) -> date:
    """The day of an examen."""
    return reservation.creneau.date_heure_debut.date()


def is_modifiable(reservation: Reservation, limits: Limits, *, now: datetime) -> bool:
    """Whether it may be cancelled, replaced or permuted (`inferred`, rules.md 10.1).

    While it is PROGRAMME, until midnight at the beginning of the second day before.
    """
    days = limits.integer("examen.delaiModificationJours")
    last = paris.midnight(day_of(reservation) - timedelta(days=days))
    return now < last and statut_of(reservation, now=now) is StatutExamen.PROGRAMME


def check_modifiable(reservation: Reservation, limits: Limits, *, now: datetime) -> None:
    """EXAMEN_NON_MODIFIABLE from then on."""
    if not is_modifiable(reservation, limits, now=now):
        raise Refusal(ApiError.EXAMEN_NON_MODIFIABLE)


def check_nominatif(examen: Examen) -> None:
    """EXAMEN_NON_NOMINATIF while nobody is named."""
    if examen.candidat_id is None:
        raise Refusal(ApiError.EXAMEN_NON_NOMINATIF)


def check_annuler_examen(reservation: Reservation, limits: Limits, *, now: datetime) -> None:
    """Raise the first refusal: EXAMEN_DEJA_ANNULE, EXAMEN_NON_MODIFIABLE."""
    if reservation.examen.est_annule:
        raise Refusal(ApiError.EXAMEN_DEJA_ANNULE)
    check_modifiable(reservation, limits, now=now)


def check_remplacer_candidat(
    reservation: Reservation, remplacements: int, limits: Limits, *, now: datetime
) -> None:
    """Raise the first refusal that concerns the examen (rules.md 10.3).

    `remplacements`: those of the month of the examen so far. To name somebody for a place without
    a name is free of charge (`inferred`).
    """
    check_modifiable(reservation, limits, now=now)
    if reservation.examen.candidat_id is not None and not remplacements_left(remplacements, limits):
        raise Refusal(ApiError.NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT)


def remplacements_left(remplacements: int, limits: Limits) -> int:
    """How many replacements a month still allows (`examen.remplacementsParMois`)."""
    return max(0, limits.integer("examen.remplacementsParMois") - remplacements)


def check_permutable(reservation: Reservation, limits: Limits, *, now: datetime) -> None:
    """Whether an examen may be permuted at all: EXAMEN_NON_MODIFIABLE, EXAMEN_NON_NOMINATIF."""
    check_modifiable(reservation, limits, now=now)
    check_nominatif(reservation.examen)


def check_permuter_examens(
    one: Reservation, other: Reservation, limits: Limits, *, now: datetime
) -> None:
    """Raise the first refusal; PERMUTATION_IMPOSSIBLE for the same examen, or for unlike ones.

    Both must be of one groupe and épreuve (`inferred`, rules.md 10.4).
    """
    for reservation in (one, other):
        check_modifiable(reservation, limits, now=now)
    for reservation in (one, other):
        check_nominatif(reservation.examen)
    if one.examen.id == other.examen.id or _kind(one) != _kind(other):
        raise Refusal(ApiError.PERMUTATION_IMPOSSIBLE)


def _kind(reservation: Reservation) -> tuple[str, str]:
    return reservation.creneau.groupe_permis, reservation.creneau.type_epreuve_pratique


def is_permutable_with(
    one: Reservation, other: Reservation, limits: Limits, *, now: datetime
) -> bool:
    """Whether a permutation of the two would succeed."""
    try:
        check_permuter_examens(one, other, limits, now=now)
    except Refusal:
        return False
    return True


def resultat_visible_at(reservation: Reservation, limits: Limits) -> datetime | None:
    """When the result that was entered shows: the morning after (rules.md 10.6).

    Never before it was entered; an annulment at once. None without an entry.
    """
    examen = reservation.examen
    if examen.resultat is None or examen.date_heure_resultat is None:
        return None
    if examen.resultat is StatutDuResultat.EXAMEN_ANNULE:
        return examen.date_heure_resultat
    day = day_of(reservation) + timedelta(days=limits.integer("resultat.delaiJours"))
    hour = time.fromisoformat(limits.text("resultat.heure"))
    return max(paris.to_instant(datetime.combine(day, hour)), examen.date_heure_resultat)


def visible_resultat(
    reservation: Reservation, limits: Limits, *, now: datetime
) -> StatutDuResultat | None:
    """The result that écoles can read by now."""
    at = resultat_visible_at(reservation, limits)
    return reservation.examen.resultat if at is not None and at <= now else None


def check_entrer_resultat(
    reservation: Reservation, statut: StatutDuResultat, limits: Limits, *, now: datetime
) -> None:
    """Raise the first reason for which an inspector's result is not taken (rules.md 16).

    EXAMEN_DEJA_ANNULE, RESULTAT_DEJA_PUBLIE, EXAMEN_NON_TERMINE: only the administration's
    EXAMEN_ANNULE may come before the end.
    """
    if reservation.examen.est_annule:
        raise Refusal(ApiError.EXAMEN_DEJA_ANNULE)
    if visible_resultat(reservation, limits, now=now) is not None:
        raise Refusal(ApiError.RESULTAT_DEJA_PUBLIE)
    is_over = statut_of(reservation, now=now) is StatutExamen.TERMINE
    if not is_over and statut is not StatutDuResultat.EXAMEN_ANNULE:
        end = end_of(reservation.creneau)
        told = f"{end:%Y-%m-%dT%H:%M:%SZ} ({paris.write(end)} à Paris)"
        raise Refusal(ApiError.EXAMEN_NON_TERMINE, hint=f" : il se termine à {told}")
