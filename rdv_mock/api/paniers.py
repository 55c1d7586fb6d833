"""Paniers, by id and the current one (docs/contract/paniers.md)."""

from dataclasses import replace
from typing import Annotated

from fastapi import Path

from rdv_mock.api.filling import AJOUT_ERRORS, Extras, add_one, add_several, opened, panier_on_wire
from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.creneau import Place
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, locates, needs, refuses, writes
from rdv_mock.rules.candidat import REFUSALS as CANDIDAT_ERRORS
from rdv_mock.rules.candidat import check_candidat
from rdv_mock.rules.panier import (
    check_employe,
    check_in_panier,
    check_valider_element,
    newcomer_of,
)
from rdv_mock.rules.parties import check_own
from rdv_mock.wire.panier import (
    Affectation,
    AjoutCreneau,
    AjoutCreneauxMultiples,
    AjoutMultiple,
    CreationPanier,
    ElementValide,
    PanierOnWire,
    Validation,
)

router = vendor_router(V2, "Paniers")

PanierId = Annotated[
    str,
    Path(
        alias="panierId",
        description="Identifiant du panier.",
        examples=["ba000000-0000-4000-8000-000000000001"],
    ),
]
CreneauId = Annotated[
    str,
    Path(
        alias="creneauId",
        description="Identifiant du créneau.",
        examples=["c0000000-0000-4000-8000-000000000008"],
    ),
]
PANIER_ERRORS = (ApiError.PANIER_INCONNU, ApiError.ACTION_INTERDITE)


@router.get(
    "/paniers",
    summary="Lister ses paniers",
    description="Ceux de l'auto-école qui n'ont pas expiré, du plus ancien au plus récent.",
)
@needs(RDVPERMIS)
@known("integrator")
async def lister_paniers(call: VendorCall) -> list[PanierOnWire]:
    """List the living paniers of the caller's école."""
    return [panier_on_wire(panier, call) for panier in call.store.paniers.of(call.auto_ecole.id)]


@router.post(
    "/paniers",
    status_code=201,
    summary="Ouvrir un panier",
    description="Sans corps, pour l'employé à qui est le jeton. Le panier est vide. Il vit"
    " {panier.dureeMinutes} minutes, que rien ne prolonge (inféré), et tient au plus"
    " {panier.capacite} créneaux (vu dans un client).",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@locates
@refuses(ApiError.EMPLOYE_AUTO_ECOLE_INEXISTANT, ApiError.EMPLOYE_N_APPARTIENT_PAS_A_AUTO_ECOLE)
async def creer_panier(call: VendorCall, creation: CreationPanier | None = None) -> PanierOnWire:
    """Open a panier, by default for the caller."""
    employe = call.caller.employe
    if creation and creation.employe_auto_ecole_id:
        known_employe = call.store.employes.find(creation.employe_auto_ecole_id)
        employe = check_employe(known_employe, call.auto_ecole)
    panier = opened(employe, call)
    call.locate(f"{V2}/paniers/{panier.id}")
    return panier_on_wire(panier, call)


@router.get(
    "/paniers/{panierId}",
    summary="Lire un panier",
    description="Tout employé de l'auto-école peut le lire et s'en servir. Expiré ou fermé, il"
    " est inconnu.",
)
@needs(RDVPERMIS)
@known("integrator")
@refuses(*PANIER_ERRORS)
async def lire_panier(panier_id: PanierId, call: VendorCall) -> PanierOnWire:
    """Read one panier."""
    return panier_on_wire(_own_panier(panier_id, call), call)


@router.delete(
    "/paniers/{panierId}",
    status_code=204,
    summary="Supprimer un panier",
    description="Ses créneaux sont de nouveau libres.",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@refuses(*PANIER_ERRORS)
async def supprimer_panier(panier_id: PanierId, call: VendorCall) -> None:
    """Let go of a panier and all that it holds."""
    panier = _own_panier(panier_id, call)
    call.store.forget(call.store.paniers, panier.id)


@router.post(
    "/paniers/{panierId}/creneaux",
    status_code=201,
    summary="Mettre un créneau au panier",
    description="Tant qu'il y est, personne d'autre ne peut le prendre. Un panier ne tient que"
    " des créneaux d'un même groupe, celui du premier. La réponse est le panier entier.\n\nSont"
    " regardés, dans l'ordre : s'il existe, s'il est dans un panier, s'il est encore libre, s'il"
    " reste de la place, son groupe, si l'auto-école a déclaré un formateur, le seuil, le"
    " plafond (avec `plafond.courbe`, le plafond d'abord). Le groupe CE ne connaît ni déclaration,"
    " ni seuil, ni plafond (inféré), sauf avec `ce.declarationObligatoire` et `ce.seuil`.",
)
@needs(RDVPERMIS)
@known("integrator", "statuts vus dans un client, au panier courant")
@writes
@refuses(*PANIER_ERRORS, *AJOUT_ERRORS)
async def ajouter_creneau(
    panier_id: PanierId, extras: Extras, ajout: AjoutCreneau, call: VendorCall
) -> PanierOnWire:
    """Hold one more créneau."""
    return add_one(_own_panier(panier_id, call), ajout.creneau_id, call, extras)


@router.post(
    "/paniers/{panierId}/creneaux-multiples",
    status_code=201,
    responses={207: {"model": AjoutMultiple}},
    summary="Mettre plusieurs créneaux au panier",
    description="Au plus {panier.ajoutMultipleMax}, l'un après l'autre dans l'ordre donné,"
    " chacun selon les règles de `ajouterCreneau`. 207 si l'un d'eux n'a pu y entrer, et même si"
    " aucun n'y est entré : c'est un succès, et le corps dit lesquels, mais non pourquoi. C'est la"
    " forme de l'original ; `ajouterCreneau` de l'un d'eux en dit le refus.",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@refuses(*PANIER_ERRORS, ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION)
async def ajouter_creneaux_multiples(
    panier_id: PanierId, extras: Extras, ajout: AjoutCreneauxMultiples, call: VendorCall
) -> AjoutMultiple:
    """Hold several créneaux, as far as that is possible."""
    return add_several(_own_panier(panier_id, call), ajout, call, extras)


@router.delete(
    "/paniers/{panierId}/creneaux/{creneauId}",
    status_code=204,
    summary="Retirer un créneau du panier",
    description="Il est de nouveau libre, et ne compte plus dans le seuil.",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@refuses(*PANIER_ERRORS, ApiError.CRENEAU_PAS_DANS_LE_PANIER)
async def retirer_creneau(panier_id: PanierId, creneau_id: CreneauId, call: VendorCall) -> None:
    """Let go of one créneau."""
    element = _element(_own_panier(panier_id, call), creneau_id, call)
    call.store.elements_du_panier.remove(element.id)


@router.put(
    "/paniers/{panierId}/creneaux/{creneauId}/candidat",
    status_code=204,
    summary="Placer un candidat sur un créneau du panier",
    description="`null` pour n'y placer personne. Placer à nouveau le même ne change"
    " rien.\n\nSont regardés, dans l'ordre (inféré) : s'il existe, s'il est sous votre mandat, sa"
    " demande, ses pénalités et ses délais de représentation (officiel), s'il est déjà inscrit,"
    " s'il attend un résultat, s'il a déjà réussi, s'il est dans un autre panier.",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@refuses(*PANIER_ERRORS, ApiError.CRENEAU_PAS_DANS_LE_PANIER, *CANDIDAT_ERRORS)
async def affecter_candidat(
    panier_id: PanierId, creneau_id: CreneauId, affectation: Affectation, call: VendorCall
) -> None:
    """Say for whom a créneau is held."""
    store = call.store
    element = _element(_own_panier(panier_id, call), creneau_id, call)
    newcomer = newcomer_of(element, affectation.candidat_id)
    if newcomer is not None:
        creneau = store.creneaux.get(creneau_id)
        dossier = store.dossiers.get(newcomer, creneau.groupe_permis)
        check_candidat(dossier, creneau, call.auto_ecole, call.limits, now=call.now)
    store.elements_du_panier.save(replace(element, candidat_id=affectation.candidat_id))


@router.post(
    "/paniers/{panierId}/valider",
    responses={207: {"model": Validation}},
    summary="Réserver ce que tient le panier",
    description="Chaque créneau pour lui-même, dans l'ordre du panier : réservé, il devient un"
    " examen et quitte le panier ; refusé, il y reste et `codeMessage` dit pourquoi. 200 si tous"
    " sont réservés : le panier est fermé, un second appel répond 404. Un panier vide, où rien"
    " n'est refusé, répond 200 sans rien réserver, et est fermé aussi (inféré). 207 si l'un d'eux"
    " est refusé. Le corps de la demande est ignoré.\n\nPour le groupe B, la réservation est"
    " nominative (officiel). Pour le groupe A, un candidat peut être nommé plus tard,"
    " {examen.delaiAffectationJours} jours avant l'examen au plus tard (officiel, depuis le 18"
    " décembre 2025).",
)
@needs(RDVPERMIS)
@known("integrator")
@writes
@refuses(*PANIER_ERRORS)
async def valider_panier(panier_id: PanierId, call: VendorCall) -> Validation:
    """Turn what a panier holds into examens, as far as that is possible."""
    panier = _own_panier(panier_id, call)
    rows = [_valider(place, call) for place in call.store.places.of_panier(panier.id)]
    has_errors = not all(row.est_reserve for row in rows)
    if has_errors:
        call.done_in_part()
    else:
        call.store.forget(call.store.paniers, panier.id)
    return Validation(panier_id=panier.id, contient_au_moins_une_erreur=has_errors, data=rows)


def _own_panier(panier_id: str, call: VendorCall) -> Panier:
    panier = call.store.paniers.get(panier_id)
    check_own(panier.auto_ecole_id, call.auto_ecole)
    return panier


def _element(panier: Panier, creneau_id: str, call: VendorCall) -> ElementDuPanier:
    return check_in_panier(call.store.elements_du_panier.find_on(creneau_id), panier)


def _valider(place: Place, call: VendorCall) -> ElementValide:
    """One element: an examen, or the reason for which it stays where it is."""
    store, creneau, element = call.store, place.creneau, place.element
    candidat_id = element.candidat_id if element else None
    dossier = store.dossiers.get(candidat_id, creneau.groupe_permis) if candidat_id else None
    try:
        check_valider_element(place, dossier, call.auto_ecole, call.limits, now=call.now)
    except Refusal as refusal:
        return ElementValide(
            creneau_id=creneau.id, est_reserve=False, code_message=refusal.error.code
        )
    id_ = call.new_id(store.examens)
    examen = Examen.reserved(id_, call.auto_ecole.id, creneau.id, candidat_id, at=call.now)
    store.elements_du_panier.remove_where("creneau_id = ?", creneau.id)
    store.examens.save(examen)
    return ElementValide(creneau_id=creneau.id, est_reserve=True, examen_id=examen.id)
