"""Examens (docs/contract/examens.md)."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import Path, Query

from rdv_mock import paris
from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.enumerations import GroupePermis, StatutExamen
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, needs, refuses, writes
from rdv_mock.rules.candidat import REFUSALS as CANDIDAT_ERRORS
from rdv_mock.rules.candidat import check_candidat
from rdv_mock.rules.examen import (
    check_annuler_examen,
    check_permutable,
    check_permuter_examens,
    check_remplacer_candidat,
    day_of,
    is_modifiable,
    is_permutable_with,
    permuted,
    remplacements_left,
    statut_of,
    visible_resultat,
    with_candidat,
)
from rdv_mock.rules.parties import check_own
from rdv_mock.store.reservations import ReservationSearch
from rdv_mock.wire.base import Day
from rdv_mock.wire.candidat import CandidatResume
from rdv_mock.wire.creneau import CentreDuCreneau
from rdv_mock.wire.examen import (
    ExamenOnWire,
    ExamensPagines,
    NombreDeRemplacements,
    Permutation,
    QueryDatesExamens,
    QueryExamens,
    QueryExamensPagines,
    QueryPermutables,
    QueryRemplacements,
    Remplacement,
    ResultatOnWire,
)
from rdv_mock.wire.search import pagination_of

router = vendor_router(V2, "Examens")

ExamenId = Annotated[
    str,
    Path(
        alias="examenId",
        description="Identifiant de l'examen.",
        examples=["e0000000-0000-4000-8000-000000000001"],
    ),
]

EXAMEN_ERRORS = (ApiError.EXAMEN_INCONNU, ApiError.ACTION_INTERDITE)


@router.get(
    "/examens",
    summary="Lister ses examens d'un jour",
    description="Ceux de ce jour exactement, par heure de début. Le groupe CE se lit page par"
    " page : `listerExamensPagines`.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lister_examens(
    query: Annotated[QueryExamens, Query()], call: VendorCall
) -> list[ExamenOnWire]:
    """List the examens of the caller's école on a day."""
    groupe = GroupePermis(query.groupe_permis)
    search = _search(call, groupe, query.statut, since=query.date, until=query.date)
    found = call.store.reservations.search(search)
    return [_examen_on_wire(reservation, call) for reservation in found]


@router.get(
    "/examens/permutables",
    summary="Lister les examens avec lesquels en permuter un",
    description="Ceux du jour demandé avec lesquels `permuterExamens` réussirait.",
)
@needs(RDVPERMIS)
@known("integrator")
@refuses(*EXAMEN_ERRORS, ApiError.EXAMEN_NON_MODIFIABLE, ApiError.EXAMEN_NON_NOMINATIF)
async def lister_examens_permutables(
    query: Annotated[QueryPermutables, Query()], call: VendorCall
) -> list[ExamenOnWire]:
    """List those that an examen could be permuted with."""
    one = _own_reservation(query.examen_permute_id, call)
    check_permutable(one, call.limits, now=call.now)
    others = call.store.reservations.of_auto_ecole(
        call.auto_ecole.id, one.creneau.groupe_permis, since=query.date, until=query.date
    )
    return [
        _examen_on_wire(other, call)
        for other in others
        if is_permutable_with(one, other, call.limits, now=call.now)
    ]


@router.get(
    "/examens/nombre-de-remplacement",
    summary="Lire combien de remplacements le mois permet encore",
    description="Le mois de la date, qui est celui des examens et non de l'acte (inféré). Il en"
    " permet {examen.remplacementsParMois} par groupe (inféré) ; seul le remplacement d'un"
    " candidat en coûte un.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lire_nombre_de_remplacements(
    query: Annotated[QueryRemplacements, Query()], call: VendorCall
) -> NombreDeRemplacements:
    """Tell how many candidats may still be replaced in a month."""
    done = call.store.examens.count_remplacements(
        call.auto_ecole.id, GroupePermis(query.groupe_permis), paris.mois_of(query.date)
    )
    return NombreDeRemplacements(
        remplacements_par_mois=call.limits.integer("examen.remplacementsParMois"),
        remplacements_restants=remplacements_left(done, call.limits),
    )


@router.get(
    "/examens/dates",
    summary="Lister les jours où l'on a des examens",
    description="Croissants, chacun une fois, à partir de `date-debut`. Avec"
    " `creneauSansCandidat`, seulement ceux où une place attend encore un nom.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lister_dates_examens(
    query: Annotated[QueryDatesExamens, Query()], call: VendorCall
) -> list[Day]:
    """List the days on which the caller's école has examens."""
    search = _search(call, query.groupe_permis, query.statut, since=query.date_debut)
    found = call.store.reservations.search(search)
    days = (
        day_of(reservation)
        for reservation in found
        if not query.creneau_sans_candidat or reservation.examen.candidat_id is None
    )
    return list(dict.fromkeys(days))


@router.get(
    "/examens-pagines",
    summary="Lister ses examens du groupe lourd, page par page",
    description="Par heure de début ; `date-debut` est une borne inférieure.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lister_examens_pagines(
    query: Annotated[QueryExamensPagines, Query()], call: VendorCall
) -> ExamensPagines:
    """List the examens of groupe CE, a page at a time."""
    groupe = GroupePermis(query.groupe_permis)
    page, par_page = query.bounds(call.limits)
    found, total = call.store.reservations.page(
        _search(call, groupe, query.statut, since=query.date_debut), page=page, par_page=par_page
    )
    return ExamensPagines(
        data=[_examen_on_wire(reservation, call) for reservation in found],
        pagination=pagination_of(page, par_page, total),
    )


@router.post(
    "/examens/remplacement",
    status_code=204,
    summary="Remplacer le candidat d'un examen",
    description="L'examen doit être encore modifiable, et le remplaçant pouvoir y être placé :"
    " mêmes règles que `affecterCandidat`. Le remplacé n'a pas de pénalité (inféré). Sur un"
    " examen sans candidat, c'est la première affectation : elle ne coûte rien (inféré).",
)
@needs(RDVPERMIS)
@known("integrator", "la première affectation est inférée")
@writes
@refuses(
    *EXAMEN_ERRORS,
    ApiError.EXAMEN_NON_MODIFIABLE,
    ApiError.NOMBRE_DE_REMPLACEMENTS_AUTORISES_ATTEINT,
    *CANDIDAT_ERRORS,
)
async def remplacer_candidat(remplacement: Remplacement, call: VendorCall) -> None:
    """Put another candidat on an examen, or name the first one."""
    reservation = _own_reservation(remplacement.examen_id, call)
    creneau, limits = reservation.creneau, call.limits
    done = call.store.examens.count_remplacements(
        call.auto_ecole.id, creneau.groupe_permis, paris.mois_of(day_of(reservation))
    )

    check_remplacer_candidat(reservation, done, limits, now=call.now)
    dossier = call.store.dossiers.get(remplacement.candidat_remplacant_id, creneau.groupe_permis)
    check_candidat(dossier, creneau, call.auto_ecole, limits, now=call.now)

    call.store.examens.save(with_candidat(reservation.examen, dossier.candidat.id))


@router.post(
    "/examens/permutation",
    status_code=204,
    summary="Permuter les candidats de deux examens",
    description="Tous deux modifiables, avec un candidat, du même groupe et de la même épreuve"
    " (inféré), et de la même semaine si `examen.permutationFenetre` vaut `semaine` (presse). Le"
    " nombre de remplacements n'en est pas entamé.",
)
@needs(RDVPERMIS)
@known("integrator", "l'absence de coût est inférée")
@writes
@refuses(
    *EXAMEN_ERRORS,
    ApiError.EXAMEN_NON_MODIFIABLE,
    ApiError.EXAMEN_NON_NOMINATIF,
    ApiError.PERMUTATION_IMPOSSIBLE,
)
async def permuter_examens(permutation: Permutation, call: VendorCall) -> None:
    """Let two candidats change places."""
    one = _own_reservation(permutation.examen_id_1, call)
    other = _own_reservation(permutation.examen_id_2, call)

    check_permuter_examens(one, other, call.limits, now=call.now)

    for examen in permuted(one.examen, other.examen):
        call.store.examens.save(examen)


@router.get(
    "/examens/{examenId}",
    summary="Lire un examen",
    description="Une place que l'auto-école a réservée. Son résultat n'y est qu'une fois publié"
    " : à J+{resultat.delaiJours}, {resultat.heure} (jour officiel, heure inférée).",
)
@needs(RDVPERMIS)
@known("integrator")
@refuses(*EXAMEN_ERRORS)
async def lire_examen(examen_id: ExamenId, call: VendorCall) -> ExamenOnWire:
    """Read one examen."""
    return _examen_on_wire(_own_reservation(examen_id, call), call)


@router.delete(
    "/examens/{examenId}",
    status_code=204,
    summary="Annuler un examen",
    description="Possible jusqu'à minuit au début du jour J-{examen.delaiModificationJours}"
    " (inféré). Son créneau est de nouveau libre. Moins de {penalite.preavisJours} jours avant"
    " l'examen, le candidat en a une pénalité (officiel).",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@refuses(*EXAMEN_ERRORS, ApiError.EXAMEN_DEJA_ANNULE, ApiError.EXAMEN_NON_MODIFIABLE)
async def annuler_examen(examen_id: ExamenId, call: VendorCall) -> None:
    """Give a place back."""
    reservation = _own_reservation(examen_id, call)
    check_annuler_examen(reservation, call.limits, now=call.now)
    call.store.examens.save(replace(reservation.examen, date_heure_annulation=call.now))


def _own_reservation(examen_id: str, call: VendorCall) -> Reservation:
    reservation = call.store.reservations.get(examen_id)
    check_own(reservation.examen.auto_ecole_id, call.auto_ecole)
    return reservation


def _search(
    call: VendorCall,
    groupe: GroupePermis,
    statut: StatutExamen,
    *,
    since: date | None = None,
    until: date | None = None,
) -> ReservationSearch:
    """Look among the examens of the caller's école, as of now."""
    return ReservationSearch(
        auto_ecole_id=call.auto_ecole.id,
        groupe_permis=groupe,
        statut=statut,
        now=call.now,
        since=since,
        until=until,
    )


def _examen_on_wire(reservation: Reservation, call: VendorCall) -> ExamenOnWire:
    """Show an examen as its école sees it."""
    examen, creneau, centre = reservation.examen, reservation.creneau, reservation.centre
    candidat = call.store.candidats.find(examen.candidat_id) if examen.candidat_id else None
    resultat = visible_resultat(reservation, call.limits, now=call.now)
    return ExamenOnWire.of(
        creneau,
        id=examen.id,
        est_modifiable=is_modifiable(reservation, call.limits, now=call.now),
        est_annule=examen.est_annule,
        statut=statut_of(reservation, now=call.now),
        creneau_id=creneau.id,
        centre=CentreDuCreneau.of(centre),
        candidat=CandidatResume.of(candidat) if candidat else None,
        resultat=ResultatOnWire(statut=resultat, points=examen.points) if resultat else None,
        date_heure_reservation=examen.date_heure_reservation,
    )
