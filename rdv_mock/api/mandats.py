"""Mandats (contract.md, B.2)."""

from dataclasses import replace

from fastapi import APIRouter

from rdv_mock import paris
from rdv_mock.api.call import Call
from rdv_mock.api.operation import ApiOperation, known, needs, operation_id, refuses, writes
from rdv_mock.api.shapes import candidat_mandate, mandat_on_wire, pagination, text_search
from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.mandat import Mandat
from rdv_mock.rules.mandat import check_prendre_mandat
from rdv_mock.rules.parties import find_candidat
from rdv_mock.rules.penalite import resultats_of
from rdv_mock.store.search import CandidatSearch
from rdv_mock.wire.candidat import (
    CandidatMandate,
    CandidatsMandates,
    RechercheCandidatsMandats,
)
from rdv_mock.wire.mandat import MandatOnWire, PriseDeMandat

router = APIRouter(
    prefix=V2,
    route_class=ApiOperation,
    generate_unique_id_function=operation_id,
    tags=["Mandats et candidats"],
)


@router.post(
    "/mandats",
    status_code=201,
    summary="Prendre un candidat sous mandat",
    description="Une auto-école à la fois par candidat et par groupe. L'adresse électronique d'un"
    " compte existant ne change jamais.",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@refuses(
    ApiError.CANDIDAT_INCONNU,
    ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE,
    ApiError.CANDIDAT_DEJA_SOUS_MON_MANDAT,
    ApiError.CANDIDAT_DEJA_SOUS_MANDAT,
    ApiError.EMAIL_MANQUANT,
    ApiError.EMAIL_DEJA_ATTRIBUE,
)
async def prendre_mandat(prise: PriseDeMandat, call: Call) -> MandatOnWire:
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
    " est deux fois.",
)
@needs(RDVPERMIS)
@known("integrator")
async def rechercher_candidats_mandats(
    recherche: RechercheCandidatsMandats, call: Call
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


def _candidat_mandate(mandat: Mandat, call: Call) -> CandidatMandate:
    store, candidat_id, groupe = call.store, mandat.candidat_id, mandat.groupe_permis
    return candidat_mandate(
        mandat,
        store.candidats.get(candidat_id),
        store.penalites.of(candidat_id, groupe),
        resultats_of(
            candidat_id, groupe, store.demandes.of(candidat_id), store.resultats.of(candidat_id)
        ),
        call.limits,
        day=paris.day_of(call.now),
    )
