"""Mandats (contract.md, B.2)."""

from dataclasses import replace

from rdv_mock import paris
from rdv_mock.api.shapes import (
    candidat_eligibilite,
    candidat_mandate,
    mandat_on_wire,
    pagination,
    text_search,
)
from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.creneau import Creneau
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.mandat import Mandat
from rdv_mock.http.call import VendorCall
from rdv_mock.http.refusals import message_of
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, needs, refuses, writes
from rdv_mock.rules.candidat import check_candidat
from rdv_mock.rules.creneau import check_published
from rdv_mock.rules.examen import is_today
from rdv_mock.rules.mandat import REFUSALS, check_prendre_mandat
from rdv_mock.rules.parties import find_candidat
from rdv_mock.rules.penalite import penalites_of, resultats_of
from rdv_mock.store.search import CandidatSearch
from rdv_mock.wire.candidat import (
    CandidatMandate,
    CandidatsMandates,
    RechercheCandidatsMandats,
)
from rdv_mock.wire.creneau import CandidatEligibilite, RechercheCandidatsEligibles
from rdv_mock.wire.mandat import MandatOnWire, PriseDeMandat

router = vendor_router(V2, "Mandats et candidats")


@router.post(
    "/mandats",
    status_code=201,
    summary="Prendre un candidat sous mandat",
    description="Le candidat est retrouvé par son nom de naissance et son NEPH (officiel) ; le"
    " prénom n'est pas comparé. Il lui faut une demande ANTS validée pour une catégorie du"
    " groupe. Une auto-école à la fois par candidat et par groupe ; un mandat pour B ne vaut rien"
    " pour A.\n\n`email` est obligatoire s'il n'a pas encore de compte ; l'adresse d'un compte"
    " existant ne change jamais.",
)
@needs(RDVPERMIS)
@known("integrator", "statuts inférés")
@writes
@refuses(*REFUSALS)
async def prendre_mandat(prise: PriseDeMandat, call: VendorCall) -> MandatOnWire:
    """Let the caller's école book for a candidat."""
    store, groupe = call.store, prise.groupe_permis
    candidats = store.candidats.with_numero_dossier(prise.numero_dossier)
    candidat = find_candidat(prise.nom, prise.numero_dossier, candidats)
    bearer = store.candidats.find_by_email(prise.email) if prise.email else None

    check_prendre_mandat(
        call.auto_ecole,
        candidat,
        groupe,
        store.demandes.of(candidat.id),
        store.mandats.find_for(candidat.id, groupe),
        prise.email,
        bearer,
    )

    if candidat.email is None:
        store.candidats.save(replace(candidat, email=prise.email))
    mandat = Mandat(call.new_id(store.mandats), call.auto_ecole.id, candidat.id, groupe)
    store.mandats.save(mandat)
    return mandat_on_wire(mandat)


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
    return CandidatsMandates(
        data=[_candidat_mandate(mandat, call) for mandat in mandats],
        pagination=pagination(page, par_page, total),
    )


def _candidat_mandate(mandat: Mandat, call: VendorCall) -> CandidatMandate:
    groupe, limits, now = mandat.groupe_permis, call.limits, call.now
    dossier = call.store.dossier(mandat.candidat_id, groupe)
    return candidat_mandate(
        mandat,
        dossier.candidat,
        penalites_of(dossier, groupe, limits, now=now),
        resultats_of(dossier, groupe, limits, now=now),
        limits,
        examen_jour_j=any(
            is_today(one, now=now)
            for one in dossier.reservations
            if one.creneau.groupe_permis is groupe
        ),
        day=paris.day_of(now),
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
    dossiers = call.store.dossiers(ids, place.creneau.groupe_permis)
    return [_candidat_eligibilite(dossiers[id_], place.creneau, call) for id_ in ids]


def _candidat_eligibilite(
    dossier: Dossier, creneau: Creneau, call: VendorCall
) -> CandidatEligibilite:
    try:
        check_candidat(dossier, creneau, call.auto_ecole, call.limits, now=call.now)
    except Refusal as refusal:
        motif = message_of(refusal, call.scope["rdv_mock.operation"], call.world)
        return candidat_eligibilite(dossier.candidat, refusal.error, motif)
    return candidat_eligibilite(dossier.candidat, None, None)
