"""Exam centres and favourites (docs/contract/centres.md)."""

from typing import Annotated

from fastapi import Path

from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.centre import CentreFavori
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, needs, refuses, writes
from rdv_mock.wire.centre import (
    CentreFavoriOnWire,
    CentreOnWire,
    CentresFavorisEnregistres,
    EnregistrementCentresFavoris,
    FavoriEnregistre,
    RechercheCentres,
)

router = vendor_router(V2, "Centres d'examen")


@router.post(
    "/centres/recherche",
    summary="Chercher des centres d'examen",
    description="Ceux d'un département où l'on examine ce groupe, par nom ; ouverts et fermés,"
    " si `estFerme` ne choisit pas. Un département inconnu n'en a aucun.",
)
@needs(RDVPERMIS)
@known("integrator", "vu aussi dans un client")
async def rechercher_centres(recherche: RechercheCentres, call: VendorCall) -> list[CentreOnWire]:
    """Look for centres."""
    filtre = recherche.filtre
    found = call.store.centres.search(
        filtre.code_departement, filtre.groupe_permis, est_ferme=filtre.est_ferme
    )
    return [CentreOnWire.of(centre) for centre in found]


@router.get(
    "/centres/{centreId}",
    summary="Lire un centre d'examen",
    description="Un identifiant qui n'est pas un UUID est celui d'un centre inconnu : 404.",
)
@needs(RDVPERMIS)
@known("integrator")
@refuses(ApiError.CENTRE_INCONNU)
async def lire_centre(
    centre_id: Annotated[
        str,
        Path(
            alias="centreId",
            description="Identifiant du centre.",
            examples=["ce000000-0000-4000-8000-000000000001"],
        ),
    ],
    call: VendorCall,
) -> CentreOnWire:
    """Read one centre."""
    return CentreOnWire.of(call.store.centres.get(centre_id))


@router.get(
    "/centres-favoris",
    summary="Lister ses centres favoris",
    description="Ceux de l'auto-école, par groupe et priorité.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lister_centres_favoris(call: VendorCall) -> list[CentreFavoriOnWire]:
    """List what the caller's école prefers."""
    return [CentreFavoriOnWire.of(one) for one in call.store.centres_favoris.of(call.auto_ecole.id)]


@router.post(
    "/centres-favoris",
    summary="Enregistrer ses centres favoris",
    description="La liste remplace la précédente pour ce groupe, une liste vide l'efface. Les"
    " priorités vont de 0 à {favoris.prioriteMax} ; aucune n'est donnée deux fois, ni aucun"
    " centre. Sans liste, rien ne change et la réponse dit ce qui vaut.",
)
@needs(RDVPERMIS)
@known("integrator", "le corps de la demande ; le reste est inféré")
@writes
@refuses(ApiError.CENTRE_INCONNU)
async def enregistrer_centres_favoris(
    enregistrement: EnregistrementCentresFavoris, call: VendorCall
) -> CentresFavorisEnregistres:
    """Replace what the caller's école prefers for a groupe."""
    groupe, asked = enregistrement.groupe_permis, enregistrement.centres_favoris_input
    if groupe is not None and asked is not None:
        favoris = [
            CentreFavori(
                id=call.new_id(call.store.centres_favoris),
                auto_ecole_id=call.auto_ecole.id,
                groupe_permis=groupe,
                centre_id=call.store.centres.get(favori.centre_id).id,
                priorite=favori.priorite,
            )
            for favori in asked
        ]
        call.store.centres_favoris.replace(call.auto_ecole.id, groupe, favoris)
    now_stored = call.store.centres_favoris.of(call.auto_ecole.id, groupe)
    return CentresFavorisEnregistres(
        groupe_permis=groupe,
        centres_favoris_input=[FavoriEnregistre.of(favori) for favori in now_stored],
    )
