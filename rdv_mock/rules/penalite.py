"""Pénalités and past results: given by the scenario, or following from examens.

See docs/rules/penalite.md and docs/rules/examen.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from rdv_mock import paris
from rdv_mock.facts.candidat import Penalite, Resultats
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import (
    CategoriePermis,
    GroupePermis,
    MotifDePenalite,
    StatutDemande,
    StatutDePenalite,
    StatutDuResultat,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import Limits
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.rules.examen import day_of, visible_resultat


def date_de_fin(penalite: Penalite) -> date:
    """The first day on which the candidat may reserve again: date of the examen plus its days."""
    return penalite.date_examen + timedelta(days=penalite.duree_en_jour)


def statut_on(penalite: Penalite, day: date) -> StatutDePenalite:
    """LEVEE from its day of lifting on, else ACTIVE until `dateDeFin`, then TERMINEE.

    See docs/rules/penalite.md#statut.
    """
    if penalite.date_de_levee is not None and penalite.date_de_levee <= day:
        return StatutDePenalite.LEVEE
    return StatutDePenalite.ACTIVE if day < date_de_fin(penalite) else StatutDePenalite.TERMINEE


def nombre_echecs(resultats: Resultats) -> int:
    """All failures of a candidat in a category; absences are none."""
    return resultats.nombre_echecs_circulation + resultats.nombre_echecs_plateau


def is_seuil_critique_atteint(resultats: Resultats, limits: Limits) -> bool:
    """Whether he has failed so often that his ETG is used up: `examen.echecsCritiques`."""
    return nombre_echecs(resultats) >= limits.integer("examen.echecsCritiques")


def resultats_of(
    dossier: Dossier, groupe: GroupePermis, limits: Limits, *, now: datetime
) -> list[Resultats]:
    """One entry per category of the groupe with a demande, empty where nothing is known.

    What was given holds up to its own dates; examens after that, with a visible result, add to it.
    Each counts for the first category whose demande is VALIDEE and where its épreuve is not passed
    yet (`inferred`: a créneau names the groupe only).
    """
    given = {one.categorie_permis: one for one in dossier.resultats}
    asked = dict.fromkeys(
        demande.categorie_permis
        for demande in sorted(
            dossier.demandes, key=lambda demande: demande.statut is not StatutDemande.VALIDEE
        )
        if demande.categorie_permis.groupe is groupe
    )
    known = {
        categorie: given.get(categorie) or no_resultats(dossier.candidat.id, categorie)
        for categorie in asked
    }
    for reservation, resultat in _outcomes(dossier, groupe, limits, now=now):
        for categorie, before in known.items():
            if _is_told(given.get(categorie), reservation):
                break
            after = _with_outcome(before, reservation, resultat)
            if after is not None:
                known[categorie] = after
                break
    in_order = dict.fromkeys(demande.categorie_permis for demande in dossier.demandes)
    return [known[categorie] for categorie in in_order if categorie in known]


def _outcomes(
    dossier: Dossier, groupe: GroupePermis, limits: Limits, *, now: datetime
) -> Iterator[tuple[Reservation, StatutDuResultat]]:
    """The examens of a groupe whose result shows, in the order of their days.

    One that the administration has annulled before its day is none yet.
    """
    for reservation in sorted(
        dossier.reservations, key=lambda one: (one.creneau.date_heure_debut, one.examen.id)
    ):
        resultat = visible_resultat(reservation, limits, now=now)
        is_of_groupe = reservation.creneau.groupe_permis is groupe
        if resultat is not None and is_of_groupe and day_of(reservation) <= paris.day_of(now):
            yield reservation, resultat


def _is_told(given: Resultats | None, reservation: Reservation) -> bool:
    """Whether what was given for a category reaches as far as the day of an examen."""
    if given is None:
        return False
    on_the_road = reservation.creneau.type_epreuve_pratique is TypeEpreuvePratique.CIRCULATION
    last = (
        given.derniere_date_examen_circulation
        if on_the_road
        else given.derniere_date_examen_plateau
    )
    return last is not None and last >= day_of(reservation)


def _with_outcome(
    before: Resultats, reservation: Reservation, resultat: StatutDuResultat
) -> Resultats | None:
    """Results with one more examen; None when the épreuve was passed already."""
    day, failed = day_of(reservation), int(resultat is StatutDuResultat.EXAMEN_ECHOUE)
    if reservation.creneau.type_epreuve_pratique is TypeEpreuvePratique.CIRCULATION:
        statut = before.statut_examen_circulation
        after = replace(
            before,
            derniere_date_examen_circulation=day,
            statut_examen_circulation=resultat,
            nombre_echecs_circulation=before.nombre_echecs_circulation + failed,
        )
    else:
        statut = before.statut_examen_plateau
        after = replace(
            before,
            derniere_date_examen_plateau=day,
            statut_examen_plateau=resultat,
            nombre_echecs_plateau=before.nombre_echecs_plateau + failed,
        )
    return None if statut is StatutDuResultat.EXAMEN_REUSSI else after


def no_resultats(candidat_id: str, categorie: CategoriePermis) -> Resultats:
    """Somebody who has not been to any exam of a category."""
    return Resultats(
        id=f"{candidat_id}/{categorie}",
        candidat_id=candidat_id,
        categorie_permis=categorie,
        derniere_date_examen_theorique=None,
        derniere_date_examen_circulation=None,
        statut_examen_circulation=None,
        derniere_date_examen_plateau=None,
        statut_examen_plateau=None,
        nombre_echecs_circulation=0,
        nombre_echecs_plateau=0,
    )


def penalites_of(
    dossier: Dossier, groupe: GroupePermis, limits: Limits, *, now: datetime
) -> list[Penalite]:
    """The pénalités of a candidat for a groupe, newest first.

    Those that were given, and those that follow from his examens; one that was given with the same
    day and motif comes in the place of what follows.
    """
    given = [penalite for penalite in dossier.penalites if penalite.groupe_permis is groupe]
    told = {(penalite.date_examen, penalite.motif) for penalite in given}
    following = [
        penalite
        for reservation in dossier.reservations
        if reservation.creneau.groupe_permis is groupe
        for penalite in _following_from(reservation, limits, now=now)
        if (penalite.date_examen, penalite.motif) not in told
    ]
    return sorted((*given, *following), key=lambda one: one.date_examen, reverse=True)


def _following_from(
    reservation: Reservation, limits: Limits, *, now: datetime
) -> Iterator[Penalite]:
    motif = _motif_of(reservation, limits, now=now)
    if motif is None or reservation.examen.candidat_id is None:
        return
    yield Penalite(
        id=str(uuid5(NAMESPACE_OID, f"{reservation.examen.id}/{motif}")),
        candidat_id=reservation.examen.candidat_id,
        groupe_permis=reservation.creneau.groupe_permis,
        motif=motif,
        type_epreuve_pratique=reservation.creneau.type_epreuve_pratique,
        date_examen=day_of(reservation),
        duree_en_jour=duree_of(
            motif, reservation.creneau.groupe_permis, reservation.examen.points, limits
        ),
        date_de_levee=None,
    )


_MOTIFS = {
    StatutDuResultat.EXAMEN_ECHOUE: MotifDePenalite.ECHEC_EPREUVE_PRATIQUE,
    StatutDuResultat.EXAMEN_ABSENT: MotifDePenalite.ABSENCE_EPREUVE_PRATIQUE,
}


def _motif_of(reservation: Reservation, limits: Limits, *, now: datetime) -> MotifDePenalite | None:
    """Why an examen makes its candidat wait, if it does (docs/rules/penalite.md#days)."""
    if is_cancelled_late(reservation, limits):
        return MotifDePenalite.ANNULATION_TARDIVE
    resultat = visible_resultat(reservation, limits, now=now)
    return None if resultat is None else _MOTIFS.get(resultat)


def is_cancelled_late(reservation: Reservation, limits: Limits) -> bool:
    """Whether an école cancelled with too short a notice, in calendar days.

    See docs/rules/examen.md#cancelling.
    """
    examen = reservation.examen
    if examen.date_heure_annulation is None or examen.resultat is not None:
        return False
    notice = day_of(reservation) - paris.day_of(examen.date_heure_annulation)
    return notice < timedelta(days=limits.integer("penalite.preavisJours"))


ECHECS_B: Final[Sequence[tuple[IntegerKey, IntegerKey]]] = (
    ("penalite.B.palierHaut", "penalite.B.echecPlusDe25"),
    ("penalite.B.palierMoyen", "penalite.B.echec21a25"),
    ("penalite.B.palierBas", "penalite.B.echec16a20"),
)
"""From how many points on a failure in groupe B makes wait how long; no points are few points."""
_FEW_POINTS: Final = "penalite.B.echecMoinsDe16"


def duree_of(
    motif: MotifDePenalite, groupe: GroupePermis, points: int | None, limits: Limits
) -> int:
    """For how many days; CE waits like A (`inferred`, docs/rules/penalite.md#days)."""
    is_b = groupe is GroupePermis.B
    if is_b and motif is MotifDePenalite.ECHEC_EPREUVE_PRATIQUE:
        reached = (key for least, key in ECHECS_B if (points or 0) >= limits.integer(least))
        return limits.integer(next(reached, _FEW_POINTS))
    return limits.integer(_key_of(motif, is_b=is_b))


def _key_of(motif: MotifDePenalite, *, is_b: bool) -> IntegerKey:
    if motif is MotifDePenalite.ABSENCE_EPREUVE_PRATIQUE:
        return "penalite.B.absence" if is_b else "penalite.A.absence"
    if motif is MotifDePenalite.ANNULATION_TARDIVE:
        return "penalite.B.annulationTardive" if is_b else "penalite.A.annulationTardive"
    return "penalite.A.echec"
