"""The life of an examen: statut, changes, result (docs/rules/examen.md)."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from rdv_mock import paris
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.creneau import Creneau, Reservation
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import GroupePermis, StatutDuResultat, StatutExamen
from rdv_mock.facts.examen import Examen
from rdv_mock.fixtures import Limits


def statut_of(reservation: Reservation, *, now: datetime) -> StatutExamen:
    """ANNULE once cancelled, else TERMINE from its end on, Paris wall time."""
    if reservation.examen.est_annule:
        return StatutExamen.ANNULE
    return StatutExamen.PROGRAMME if now < end_of(reservation.creneau) else StatutExamen.TERMINE


def is_today(reservation: Reservation, *, now: datetime) -> bool:
    """Whether an examen PROGRAMME is of today: `examenJourJ` (docs/rules/examen.md#counted)."""
    is_programme = statut_of(reservation, now=now) is StatutExamen.PROGRAMME
    return is_programme and day_of(reservation) == paris.day_of(now)


def has_examen_today(dossier: Dossier, groupe: GroupePermis, *, now: datetime) -> bool:
    """Whether a candidat has an examen PROGRAMME of a groupe today: `examenJourJ`."""
    return any(
        is_today(one, now=now)
        for one in dossier.reservations
        if one.creneau.groupe_permis is groupe
    )


def end_of(creneau: Creneau) -> datetime:
    """The instant at which an examen on this créneau is over."""
    return paris.to_instant(creneau.date_heure_fin)


def day_of(reservation: Reservation) -> date:
    """The day of an examen."""
    return reservation.creneau.date_heure_debut.date()


def is_modifiable(reservation: Reservation, limits: Limits, *, now: datetime) -> bool:
    """Whether it may be cancelled, replaced or permuted (`inferred`).

    While it is PROGRAMME, until midnight at the beginning of the second day before.

    See docs/rules/examen.md#modifiable.
    """
    days = limits.integer("examen.delaiModificationJours")
    last = paris.midnight(day_of(reservation) - timedelta(days=days))
    return now < last and statut_of(reservation, now=now) is StatutExamen.PROGRAMME


def check_modifiable(reservation: Reservation, limits: Limits, *, now: datetime) -> None:
    """Refuse a change after the limit: EXAMEN_NON_MODIFIABLE."""
    if not is_modifiable(reservation, limits, now=now):
        raise Refusal(ApiError.EXAMEN_NON_MODIFIABLE)


def check_nominatif(examen: Examen) -> None:
    """Refuse while nobody is named: EXAMEN_NON_NOMINATIF."""
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
    """Raise the first refusal that concerns the examen (docs/rules/examen.md#replacing).

    `remplacements`: those of the month of the examen so far. To name somebody for a place without
    a name is free of charge (`inferred`).
    """
    check_modifiable(reservation, limits, now=now)
    if reservation.examen.candidat_id is not None and not remplacements_left(remplacements, limits):
        raise Refusal(ApiError.NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT)


def with_candidat(examen: Examen, candidat_id: str) -> Examen:
    """Name a candidat for an examen. It counts as a replacement where one was named before."""
    replaced = examen.nombre_de_remplacements + (examen.candidat_id is not None)
    return replace(examen, candidat_id=candidat_id, nombre_de_remplacements=replaced)


def permuted(one: Examen, other: Examen) -> tuple[Examen, Examen]:
    """Let the candidats of two examens change places; it counts as no replacement."""
    return (
        replace(one, candidat_id=other.candidat_id),
        replace(other, candidat_id=one.candidat_id),
    )


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

    Both must be of one groupe and épreuve (`inferred`, docs/rules/examen.md#permuting); with
    `examen.permutationFenetre: semaine`, of one week from Monday to Sunday (`press`).
    """
    for reservation in (one, other):
        check_modifiable(reservation, limits, now=now)
    for reservation in (one, other):
        check_nominatif(reservation.examen)
    is_far = limits.text("examen.permutationFenetre") == "semaine" and _week(one) != _week(other)
    if one.examen.id == other.examen.id or _kind(one) != _kind(other) or is_far:
        raise Refusal(ApiError.PERMUTATION_IMPOSSIBLE)


def _kind(reservation: Reservation) -> tuple[str, str]:
    return reservation.creneau.groupe_permis, reservation.creneau.type_epreuve_pratique


def _week(reservation: Reservation) -> tuple[int, int]:
    """The ISO week of an examen in Paris, and its year."""
    year, week, _ = day_of(reservation).isocalendar()
    return year, week


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
    """When the result that was entered shows: the morning after (docs/rules/examen.md#result).

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
    """Find the result that écoles can read by now."""
    at = resultat_visible_at(reservation, limits)
    return reservation.examen.resultat if at is not None and at <= now else None


def points_complaint(
    statut: StatutDuResultat, points: int | None, groupe: GroupePermis, limits: Limits
) -> str | None:
    """What is wrong with the points of a result, in French; None when they may be.

    In groupe B they go from 0 to 31, from 20 on it is passed (`official`); more than 20 in a
    failure is an eliminatory fault. A and CE are free. Nobody has points who was not examined.

    See docs/rules/examen.md#result.
    """
    if points is None:
        return None
    if statut in _NOT_EXAMINED:
        return f"doit être absent : {statut} ne donne pas de points"
    if groupe is not GroupePermis.B:
        return None
    most = limits.integer("resultat.points.B.maximum")
    passed = statut is StatutDuResultat.EXAMEN_REUSSI
    least = limits.integer("resultat.points.B.reussite") if passed else 0
    if least <= points <= most:
        return None
    return f"doit être entre {least} et {most} : {statut}, groupe B"


_NOT_EXAMINED = frozenset({StatutDuResultat.EXAMEN_ABSENT, StatutDuResultat.EXAMEN_ANNULE})


def check_points(
    statut: StatutDuResultat, points: int | None, groupe: GroupePermis, limits: Limits
) -> None:
    """Refuse points outside the bounds: RESULTAT_INVALIDE, with the bounds."""
    if complaint := points_complaint(statut, points, groupe, limits):
        raise Refusal(ApiError.RESULTAT_INVALIDE, details=[Detail("points", complaint)])


def points_drawn(limits: Limits, *, passed: bool) -> range:
    """What an inspector gives in groupe B, where results are drawn (the spread is `inferred`).

    A failure with more than 20 is an eliminatory fault.
    """
    most = limits.integer("resultat.points.B.maximum")
    if passed:
        return range(min(limits.integer("resultat.points.B.reussite"), most), most + 1)
    least = min(limits.integer("resultat.points.B.tiresAuMoins"), most)
    return range(least, max(least, min(limits.integer(_MOST_OF_A_FAILURE), most)) + 1)


_MOST_OF_A_FAILURE: Final = "resultat.points.B.tiresAuPlusEchec"


def check_entrer_resultat(
    reservation: Reservation,
    statut: StatutDuResultat,
    points: int | None,
    limits: Limits,
    *,
    now: datetime,
) -> None:
    """Raise the first reason for which an inspector's result is not taken.

    RESULTAT_INVALIDE, EXAMEN_DEJA_ANNULE, RESULTAT_DEJA_PUBLIE, EXAMEN_NON_TERMINE: only the
    administration's EXAMEN_ANNULE may come before the end.

    See docs/rules/examen.md#result.
    """
    check_points(statut, points, reservation.creneau.groupe_permis, limits)
    if reservation.examen.est_annule:
        raise Refusal(ApiError.EXAMEN_DEJA_ANNULE)
    if visible_resultat(reservation, limits, now=now) is not None:
        raise Refusal(ApiError.RESULTAT_DEJA_PUBLIE)
    is_over = statut_of(reservation, now=now) is StatutExamen.TERMINE
    if not is_over and statut is not StatutDuResultat.EXAMEN_ANNULE:
        end = end_of(reservation.creneau)
        told = f"{end:%Y-%m-%dT%H:%M:%SZ} ({paris.write(end)} à Paris)"
        raise Refusal(ApiError.EXAMEN_NON_TERMINE, hint=f" : il se termine à {told}")
