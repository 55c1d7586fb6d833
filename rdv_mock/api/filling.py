"""A panier that is opened, filled and shown (docs/contract/paniers.md)."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Query

from rdv_mock.api.planning import creneau_on_wire
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.creneau import Place
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.http.call import VendorCall
from rdv_mock.rules.creneau import check_published, is_candidat_obligatoire, is_published
from rdv_mock.rules.panier import (
    check_ajouter_creneau,
    check_ajouter_creneaux_multiples,
    expiry_of,
    groupe_of,
)
from rdv_mock.wire.candidat import CandidatResume
from rdv_mock.wire.panier import (
    AjoutCreneauxMultiples,
    AjoutMultiple,
    ElementDuPanierOnWire,
    PanierOnWire,
    QueryPanier,
)
from rdv_mock.worlds.capacites import Capacites

Extras = Annotated[QueryPanier, Query()]
AJOUT_ERRORS = (
    ApiError.CRENEAU_INCONNU,
    ApiError.CRENEAU_DEJA_RESERVE,
    ApiError.CRENEAU_NON_DISPONIBLE,
    ApiError.PANIER_PLEIN,
    ApiError.CRENEAU_DE_GROUPE_DIFFERENT,
    ApiError.AUTO_ECOLE_NA_AUCUNE_DECLARATION,
    ApiError.CRENEAU_NON_RESERVABLE_SEUIL_ATTEINT,
    ApiError.CRENEAU_NON_RESERVABLE_PLAFOND_ATTEINT,
)


@dataclass(slots=True)
class Filling:
    """A panier that a call fills: what it holds so far, and what its école may still take."""

    panier: Panier
    call: VendorCall
    held: list[Place]
    """The créneaux of the panier, in the order of their addition."""
    capacites: Capacites

    @classmethod
    def of(cls, panier: Panier, call: VendorCall) -> "Filling":
        """Read what a panier holds."""
        return cls(panier, call, call.store.places.of_panier(panier.id), call.capacites())

    def add(self, found: Place | None) -> None:
        """Hold one more créneau. Raises the first refusal, CRENEAU_INCONNU if none was found."""
        store, limits, now = self.call.store, self.call.limits, self.call.now
        place = check_published(found, now=now)
        contents = [one.creneau for one in self.held]

        check_ajouter_creneau(contents, place, self.capacites.of(place), limits, now=now)

        id_ = self.call.new_id(store.elements_du_panier)
        element = ElementDuPanier(id_, self.panier.id, place.creneau.id, None)
        store.elements_du_panier.save(element)
        self.held.append(replace(place, panier=self.panier, element=element))
        self.capacites.count(place)

    def on_wire(self, extras: QueryPanier | None = None) -> PanierOnWire:
        """Show the panier with all that it holds."""
        panier = self.panier
        return PanierOnWire(
            id=panier.id,
            employe_auto_ecole_id=panier.employe_id,
            groupe_permis=groupe_of([place.creneau for place in self.held]),
            date_heure_expiration=panier.date_heure_expiration,
            elements_du_panier=[self._element_on_wire(place, extras) for place in self.held],
        )

    def _element_on_wire(self, place: Place, extras: QueryPanier | None) -> ElementDuPanierOnWire:
        call, creneau = self.call, place.creneau
        candidat_id = place.element.candidat_id if place.element else None
        candidat = call.store.candidats.find(candidat_id) if candidat_id else None
        asked = extras is not None and extras.inclure_est_candidat_obligatoire
        return ElementDuPanierOnWire(
            creneau=creneau_on_wire(place, self.capacites.statut_of(place)),
            candidat=CandidatResume.of(candidat) if candidat else None,
            est_candidat_obligatoire=is_candidat_obligatoire(creneau, call.limits, now=call.now)
            if asked
            else None,
        )


def opened(employe: Employe, call: VendorCall) -> Panier:
    """Open a panier for an employé."""
    panier = Panier(
        id=call.new_id(call.store.paniers),
        auto_ecole_id=call.auto_ecole.id,
        employe_id=employe.id,
        date_heure_creation=call.now,
        date_heure_expiration=expiry_of(call.now, call.limits),
    )
    call.store.paniers.save(panier)
    return panier


def panier_on_wire(
    panier: Panier, call: VendorCall, extras: QueryPanier | None = None
) -> PanierOnWire:
    """Show a panier as it is."""
    return Filling.of(panier, call).on_wire(extras)


def add_one(panier: Panier, creneau_id: str, call: VendorCall, extras: QueryPanier) -> PanierOnWire:
    """Hold one more créneau, or raise the first refusal; answer the whole panier."""
    filling = Filling.of(panier, call)
    filling.add(call.store.places.find(creneau_id))
    return filling.on_wire(extras)


def add_several(
    panier: Panier, ajout: AjoutCreneauxMultiples, call: VendorCall, extras: QueryPanier
) -> AjoutMultiple:
    """Hold as many créneaux as possible, in their order.

    Raises AUTO_ECOLE_NA_AUCUNE_DECLARATION for all of them.
    """
    filling = Filling.of(panier, call)
    found = {id_: call.store.places.find(id_) for id_ in ajout.creneaux_id}
    creneaux = [
        place.creneau
        for place in found.values()
        if place and is_published(place.creneau, now=call.now)
    ]
    check_ajouter_creneaux_multiples(creneaux, filling.capacites.declares(), call.limits)

    added, failed = [], []
    for creneau_id, place in found.items():
        try:
            filling.add(place)
            added.append(creneau_id)
        except Refusal:
            failed.append(creneau_id)
    if failed:
        call.done_in_part()
    else:
        call.status = call.world.responses.bulk_success_status
    return AjoutMultiple(
        crenaux_ids_ajoutes_au_panier_avec_succes=added,
        crenaux_ids_ajoutes_au_panier_en_echec=failed,
        panier=filling.on_wire(extras),
    )
