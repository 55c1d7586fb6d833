"""The current panier of an employé, as the portal uses it (docs/contract/paniers.md#current)."""

from rdv_mock.api.filling import AJOUT_ERRORS, Extras, add_one, add_several, opened, panier_on_wire
from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.panier import Panier
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, needs, refuses, writes
from rdv_mock.wire.panier import (
    AjoutCreneau,
    AjoutCreneauxMultiples,
    AjoutMultiple,
    PanierOnWire,
)

router = vendor_router(V2, "Paniers")


@router.get(
    "/panier",
    summary="Lire son panier courant",
    description="Le plus récent de l'employé à qui est le jeton ; ouvert s'il n'y en a pas."
    " C'est la forme qu'emploie le portail.",
)
@needs(RDVPERMIS)
@known("client")
async def lire_panier_courant(extras: Extras, call: VendorCall) -> PanierOnWire:
    """Read the caller's current panier."""
    return panier_on_wire(_current(call), call, extras)


@router.post(
    "/panier/creneaux",
    status_code=201,
    summary="Mettre un créneau au panier courant",
    description="Comme `ajouterCreneau`, dans le panier courant, qui est ouvert au besoin.",
)
@needs(RDVPERMIS)
@known("client")
@writes
@refuses(*AJOUT_ERRORS)
async def ajouter_creneau_panier_courant(
    extras: Extras, ajout: AjoutCreneau, call: VendorCall
) -> PanierOnWire:
    """Hold one more créneau in the current panier."""
    return add_one(_current(call), ajout.creneau_id, call, extras)


@router.post(
    "/panier/creneaux-multiples",
    status_code=201,
    responses={207: {"model": AjoutMultiple}},
    summary="Mettre plusieurs créneaux au panier courant",
    description="Comme `ajouterCreneauxMultiples`, dans le panier courant, qui est ouvert au"
    " besoin : 207 si l'un des créneaux n'a pu y entrer.",
)
@needs(RDVPERMIS)
@known("client")
@writes
@refuses(ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION)
async def ajouter_creneaux_multiples_panier_courant(
    extras: Extras, ajout: AjoutCreneauxMultiples, call: VendorCall
) -> AjoutMultiple:
    """Hold several créneaux in the current panier."""
    return add_several(_current(call), ajout, call, extras)


def _current(call: VendorCall) -> Panier:
    """The youngest living panier of the caller, opened when he has none (`inferred`)."""
    employe = call.caller.employe
    return call.store.paniers.find_current(employe.id) or opened(employe, call)
