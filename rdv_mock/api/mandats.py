"""Mandats (docs/contract/mandats.md)."""

from dataclasses import replace

from rdv_mock.api.v1 import V2
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.mandat import Mandat
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, needs, refuses, writes
from rdv_mock.rules.mandat import REFUSALS, check_prendre_mandat
from rdv_mock.rules.parties import find_candidat
from rdv_mock.wire.mandat import AutoEcoleDuMandat, MandatOnWire, PriseDeMandat

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
    holder = store.candidats.find_by_email(prise.email) if prise.email else None

    check_prendre_mandat(
        call.auto_ecole,
        candidat,
        groupe,
        store.demandes.of(candidat.id),
        store.mandats.find_for(candidat.id, groupe),
        prise.email,
        holder,
    )

    if candidat.email is None:
        store.candidats.save(replace(candidat, email=prise.email))
    mandat = Mandat(call.new_id(store.mandats), call.auto_ecole.id, candidat.id, groupe)
    store.mandats.save(mandat)
    return MandatOnWire.of(mandat, auto_ecole=AutoEcoleDuMandat(id=mandat.auto_ecole_id))
