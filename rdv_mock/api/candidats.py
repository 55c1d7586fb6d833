"""The candidats of an école: all of them, and those for one créneau.

See docs/contract/candidats.md.
"""

from rdv_mock import paris
from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.mandat import Mandat
from rdv_mock.http.call import VendorCall
from rdv_mock.http.refusals import message_of
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, needs, refuses
from rdv_mock.rules.candidat import check_candidat
from rdv_mock.rules.creneau import check_published
from rdv_mock.rules.examen import has_examen_today
from rdv_mock.rules.penalite import (
    date_de_fin,
    is_seuil_critique_atteint,
    nombre_echecs,
    penalites_of,
    resultats_of,
    statut_on,
)
from rdv_mock.store.search import CandidatSearch, text_search
from rdv_mock.wire.candidat import (
    CandidatMandate,
    CandidatOnWire,
    CandidatResume,
    CandidatsMandates,
    DetailsResultats,
    MandatDuCandidat,
    PenaliteOnWire,
    RechercheCandidatsMandats,
)
from rdv_mock.wire.creneau import CandidatEligibilite, Eligibilite, RechercheCandidatsEligibles
from rdv_mock.wire.search import pagination_of

router = vendor_router(V2, "Mandats et candidats")


@router.post(
    "/candidats-mandats/recherche",
    summary="Chercher parmi ses candidats",
    description="Une ligne par mandat, par nom et prénom : un candidat sous mandat pour A et B y"
    " est deux fois. Chaque ligne dit ses pénalités et ses résultats pour ce groupe.",
)
@needs(RDVPERMIS)
@known("integrator")
async def rechercher_candidats_mandats(
    recherche: RechercheCandidatsMandats, call: VendorCall
) -> CandidatsMandates:
    """Look through the candidats of the caller's école."""
    filtre = recherche.filtre
    page, par_page = recherche.bounds(call.limits)
    search = CandidatSearch(
        call.auto_ecole.id,
        text_search(filtre.nom) if filtre else None,
        text_search(filtre.numero_dossier) if filtre else None,
        {"groupe_permis": filtre.groupe_permis} if filtre else {},
    )
    mandats, total = search.page(
        call.store.mandats,
        order="fold(c.nom), fold(c.prenom), c.id, t.groupe_permis",
        page=page,
        par_page=par_page,
    )
    by_groupe = {
        groupe: call.store.dossiers.among(
            [mandat.candidat_id for mandat in mandats if mandat.groupe_permis is groupe], groupe
        )
        for groupe in {mandat.groupe_permis for mandat in mandats}
    }
    return CandidatsMandates(
        data=[
            _candidat_mandate(mandat, by_groupe[mandat.groupe_permis][mandat.candidat_id], call)
            for mandat in mandats
        ],
        pagination=pagination_of(page, par_page, total),
    )


def _candidat_mandate(mandat: Mandat, dossier: Dossier, call: VendorCall) -> CandidatMandate:
    groupe, limits, now = mandat.groupe_permis, call.limits, call.now
    day, is_examen_today = paris.day_of(now), has_examen_today(dossier, groupe, now=now)
    return CandidatMandate(
        candidat=CandidatOnWire.of(dossier.candidat),
        mandat=MandatDuCandidat.of(mandat),
        penalites=[
            PenaliteOnWire.of(one, statut=statut_on(one, day), date_de_fin=date_de_fin(one))
            for one in penalites_of(dossier, groupe, limits, now=now)
        ],
        details_resultats=[
            DetailsResultats.of(
                one,
                nombre_echecs_total=nombre_echecs(one),
                seuil_critique_nombre_echecs_atteint=is_seuil_critique_atteint(one, limits),
                examen_jour_j=is_examen_today,
            )
            for one in resultats_of(dossier, groupe, limits, now=now)
        ],
    )


@router.post(
    "/candidats/recherche",
    summary="Chercher parmi ses candidats pour un créneau",
    description="Vos candidats sous mandat pour le groupe du créneau, par nom et prénom. Ceux"
    " qui ne peuvent y être placés y sont aussi, et disent pourquoi : le premier refus qu'aurait"
    " `affecterCandidat`.",
)
@needs(RDVPERMIS)
@known("integrator")
@refuses(ApiError.CRENEAU_INCONNU)
async def rechercher_candidats_eligibles(
    recherche: RechercheCandidatsEligibles, call: VendorCall
) -> list[CandidatEligibilite]:
    """Look through the candidats of the caller's école for one créneau."""
    filtre = recherche.filtre
    place = check_published(call.store.places.find(filtre.creneau_id), now=call.now)
    search = CandidatSearch(
        call.auto_ecole.id,
        text_search(filtre.nom),
        text_search(filtre.numero_dossier),
        {"groupe_permis": place.creneau.groupe_permis},
    )
    mandats = search.all(call.store.mandats, order="fold(c.nom), fold(c.prenom), c.id")
    ids = [mandat.candidat_id for mandat in mandats]
    dossiers = call.store.dossiers.among(ids, place.creneau.groupe_permis)
    return [_candidat_eligibilite(dossiers[id_], place.creneau, call) for id_ in ids]


def _candidat_eligibilite(
    dossier: Dossier, creneau: Creneau, call: VendorCall
) -> CandidatEligibilite:
    try:
        check_candidat(dossier, creneau, call.auto_ecole, call.limits, now=call.now)
    except Refusal as refusal:
        motif = message_of(refusal, call.passage.operation, call.world)
        eligibilite = Eligibilite(est_eligible=False, code_motif=refusal.error.code, motif=motif)
    else:
        eligibilite = Eligibilite(est_eligible=True, code_motif=None, motif=None)
    return CandidatEligibilite(
        candidat=CandidatResume.of(dossier.candidat), eligibilite=eligibilite
    )
