"""Whether a candidat may be put on a créneau.

One order of checks for eligibility, assignment, replacement and validation.

See docs/rules/candidat.md#order and docs/rules/penalite.md.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.candidat import Resultats
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import (
    GroupePermis,
    StatutDemande,
    StatutDePenalite,
    StatutDuResultat,
    StatutExamen,
    TypeEpreuvePratique,
)
from rdv_mock.fixtures import Limits
from rdv_mock.rules.examen import statut_of, visible_resultat
from rdv_mock.rules.mandat import check_demande_du_groupe
from rdv_mock.rules.parties import check_toujours
from rdv_mock.rules.penalite import penalites_of, resultats_of, statut_on

REFUSALS = (
    ApiError.CANDIDAT_INCONNU,
    ApiError.CANDIDAT_PAS_SOUS_MANDAT,
    ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE,
    ApiError.CANDIDAT_SOUS_PENALITE,
    ApiError.CANDIDAT_DEJA_INSCRIT,
    ApiError.CANDIDAT_EN_ATTENTE_DE_RESULTAT,
    ApiError.CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN,
    ApiError.CANDIDAT_DEJA_DANS_PANIER,
)
"""Every code about a candidat, in the order of the checks (codes `integrator`)."""


def check_candidat(
    dossier: Dossier, creneau: Creneau, auto_ecole: AutoEcole, limits: Limits, *, now: datetime
) -> None:
    """Raise the first refusal about a candidat who is known."""
    check_toujours(dossier.candidat, REFUSALS)
    check_mandat(dossier, auto_ecole)
    check_demande_du_groupe(creneau.groupe_permis, dossier.demandes)
    check_delais(dossier, creneau, limits, now=now)
    check_not_inscrit(dossier, creneau, now=now)
    check_no_resultat_awaited(dossier, creneau.groupe_permis, limits, now=now)
    check_not_obtenu(dossier, creneau, limits, now=now)
    check_not_en_panier(dossier, creneau)


def check_mandat(dossier: Dossier, auto_ecole: AutoEcole) -> None:
    """Refuse without a mandat of this école for the groupe: CANDIDAT_PAS_SOUS_MANDAT."""
    if dossier.mandat is None or dossier.mandat.auto_ecole_id != auto_ecole.id:
        raise Refusal(ApiError.CANDIDAT_PAS_SOUS_MANDAT)


def check_delais(dossier: Dossier, creneau: Creneau, limits: Limits, *, now: datetime) -> None:
    """Refuse while a pénalité is ACTIVE or a delay runs: CANDIDAT_SOUS_PENALITE.

    See docs/rules/penalite.md#delays.
    """
    groupe, today = creneau.groupe_permis, paris.day_of(now)
    penalites = penalites_of(dossier, groupe, limits, now=now)
    if (
        any(statut_on(penalite, today) is StatutDePenalite.ACTIVE for penalite in penalites)
        or _is_too_early(_resultats(dossier, groupe, limits, now=now), creneau, limits, today)
        or _is_too_close(dossier, creneau, limits, now=now)
    ):
        raise Refusal(ApiError.CANDIDAT_SOUS_PENALITE)


def _resultats(
    dossier: Dossier, groupe: GroupePermis, limits: Limits, *, now: datetime
) -> list[Resultats]:
    """How his exams ended in the categories for which his demande holds."""
    held = {
        demande.categorie_permis
        for demande in dossier.demandes
        if demande.statut is StatutDemande.VALIDEE
    }
    everything = resultats_of(dossier, groupe, limits, now=now)
    return [one for one in everything if one.categorie_permis in held]


def _is_too_early(
    resultats: Iterable[Resultats], creneau: Creneau, limits: Limits, today: date
) -> bool:
    """Two days after the theory, and for CIRCULATION two days after a PLATEAU (`official`)."""
    on_the_road = creneau.type_epreuve_pratique is TypeEpreuvePratique.CIRCULATION
    for one in resultats:
        theorie, plateau = one.derniere_date_examen_theorique, one.derniere_date_examen_plateau
        passed = one.statut_examen_plateau is StatutDuResultat.EXAMEN_REUSSI
        if _runs(theorie, limits.integer("delai.theorie"), today) or (
            on_the_road and passed and _runs(plateau, limits.integer("delai.plateauReussi"), today)
        ):
            return True
    return False


def _runs(since: date | None, days: int, today: date) -> bool:
    return since is not None and today < since + timedelta(days=days)


def _is_too_close(dossier: Dossier, creneau: Creneau, limits: Limits, *, now: datetime) -> bool:
    """A CIRCULATION lies five days or more after the PLATEAU of the same groupe (`official`)."""
    least = timedelta(days=limits.integer("delai.plateauCirculation"))
    planned = [
        reservation.creneau
        for reservation in dossier.reservations
        if statut_of(reservation, now=now) is StatutExamen.PROGRAMME
    ]
    for other in (*planned, *dossier.en_panier):
        if other.groupe_permis is not creneau.groupe_permis or _is_same_kind(other, creneau):
            continue
        plateau, circulation = sorted(
            (creneau, other),
            key=lambda one: one.type_epreuve_pratique is TypeEpreuvePratique.CIRCULATION,
        )
        if _day(circulation) < _day(plateau) + least:
            return True
    return False


def _day(creneau: Creneau) -> date:
    return creneau.date_heure_debut.date()


def _is_same_kind(one: Creneau, other: Creneau) -> bool:
    return (one.groupe_permis, one.type_epreuve_pratique) == (
        other.groupe_permis,
        other.type_epreuve_pratique,
    )


def check_not_inscrit(dossier: Dossier, creneau: Creneau, *, now: datetime) -> None:
    """Refuse who has such an examen PROGRAMME, with any école: CANDIDAT_DEJA_INSCRIT."""
    if any(
        _is_same_kind(reservation.creneau, creneau)
        and statut_of(reservation, now=now) is StatutExamen.PROGRAMME
        for reservation in dossier.reservations
    ):
        raise Refusal(ApiError.CANDIDAT_DEJA_INSCRIT)


def check_no_resultat_awaited(
    dossier: Dossier, groupe: GroupePermis, limits: Limits, *, now: datetime
) -> None:
    """CANDIDAT_EN_ATTENTE_DE_RESULTAT: one of the groupe is over, its result does not show yet."""
    if any(
        reservation.creneau.groupe_permis is groupe
        and statut_of(reservation, now=now) is StatutExamen.TERMINE
        and visible_resultat(reservation, limits, now=now) is None
        for reservation in dossier.reservations
    ):
        raise Refusal(ApiError.CANDIDAT_EN_ATTENTE_DE_RESULTAT)


def check_not_obtenu(dossier: Dossier, creneau: Creneau, limits: Limits, *, now: datetime) -> None:
    """CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN, in every category for which his demande holds."""
    resultats = _resultats(dossier, creneau.groupe_permis, limits, now=now)
    on_the_road = creneau.type_epreuve_pratique is TypeEpreuvePratique.CIRCULATION
    if all(
        (one.statut_examen_circulation if on_the_road else one.statut_examen_plateau)
        is StatutDuResultat.EXAMEN_REUSSI
        for one in resultats
    ):
        raise Refusal(ApiError.CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN)


def check_not_en_panier(dossier: Dossier, creneau: Creneau) -> None:
    """Refuse who is on another such créneau, in any panier: CANDIDAT_DEJA_DANS_PANIER."""
    if any(other.id != creneau.id and _is_same_kind(other, creneau) for other in dossier.en_panier):
        raise Refusal(ApiError.CANDIDAT_DEJA_DANS_PANIER)
