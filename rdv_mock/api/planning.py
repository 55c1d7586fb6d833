"""The planning and the free créneaux (docs/contract/planning.md)."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import Annotated

from fastapi import Query

from rdv_mock.api.v1 import V2
from rdv_mock.errors import ApiError
from rdv_mock.facts.access import RDVPERMIS
from rdv_mock.facts.creneau import Place, Reservation
from rdv_mock.facts.enumerations import StatutDeReservation
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import known, needs, refuses, with_crenodispo
from rdv_mock.rules.creneau import is_available, is_shown
from rdv_mock.rules.examen import is_modifiable
from rdv_mock.wire.base import Day
from rdv_mock.wire.candidat import CandidatResume
from rdv_mock.wire.creneau import (
    CentreDuCreneau,
    CreneauOnWire,
    ElementDePlanning,
    ExamenDuPlanning,
    QueryCrenodispo,
    RecherchePlanning,
)

router = vendor_router(V2, "Planning")


@router.post(
    "/planning/recherche",
    summary="Lire le planning d'un centre",
    description="Les créneaux publiés de ce jour exactement, par heure de début et inspecteur."
    " Un créneau libre n'y est plus une fois commencé, ni si le centre est fermé. Avant sa"
    " publication, un créneau n'existe nulle part.",
)
@needs(RDVPERMIS)
@known("integrator", "vu aussi dans un client")
@refuses(ApiError.CENTRE_INCONNU)
async def rechercher_planning(
    recherche: RecherchePlanning, call: VendorCall
) -> list[ElementDePlanning]:
    """Show the créneaux of a centre on a day, as the caller's école sees them."""
    filtre, capacites = recherche.filtre, call.capacites()
    centre = call.store.centres.get(filtre.centre_id)
    places = call.store.places.on_day(centre.id, filtre.groupe_permis, filtre.date)
    return [
        ElementDePlanning(
            creneau_du_planning=creneau_on_wire(place, capacites.statut_of(place)),
            examen_du_planning=_own_examen(place, call),
        )
        for place in places
        if is_shown(place, now=call.now)
    ]


def _own_examen(place: Place, call: VendorCall) -> ExamenDuPlanning | None:
    examen = place.examen
    if examen is None or examen.auto_ecole_id != call.auto_ecole.id:
        return None
    candidat = call.store.candidats.find(examen.candidat_id) if examen.candidat_id else None
    reservation = Reservation(examen, place.creneau, place.centre)
    return ExamenDuPlanning.of(
        examen,
        candidat=CandidatResume.of(candidat) if candidat else None,
        est_modifiable=is_modifiable(reservation, call.limits, now=call.now),
    )


def creneau_on_wire(place: Place, statut: StatutDeReservation) -> CreneauOnWire:
    """Show a créneau with the statut that an école sees."""
    centre = CentreDuCreneau.of(place.centre)
    return CreneauOnWire.of(place.creneau, centre=centre, statut_de_reservation=statut)


@router.get(
    "/crenodispo/date",
    summary="Lire la prochaine date avec un créneau libre",
    description="La première, à partir de `date` comprise, où l'un des centres a un créneau"
    " libre : ni réservé, ni en panier, quel que soit votre seuil. `null` s'il n'y en a"
    " pas.\n\nLes appels de `crenodispo` sont comptés à part ({debit.crenodispo.parEmploye} par"
    " minute et par employé).",
)
@needs(RDVPERMIS)
@known("client")
@with_crenodispo
@refuses(ApiError.CENTRE_INCONNU)
async def lire_prochaine_date_disponible(
    query: Annotated[QueryCrenodispo, Query()], call: VendorCall
) -> Day | None:
    """Find the first day on which anything is free."""
    firsts = (next(_available(centre_id, query, call), None) for centre_id in _centres(query, call))
    return min((_day(place) for place in firsts if place is not None), default=None)


@router.get(
    "/crenodispo",
    summary="Lister les créneaux libres d'un jour",
    description="À plat, par heure de début : ceux de ce jour exactement, dans tous les centres"
    " demandés, que votre seuil permette de les prendre (`DISPONIBLE`) ou non (`SEUIL_ATTEINT`).",
)
@needs(RDVPERMIS)
@known("client")
@with_crenodispo
@refuses(ApiError.CENTRE_INCONNU)
async def lister_creneaux_disponibles(
    query: Annotated[QueryCrenodispo, Query()], call: VendorCall
) -> list[CreneauOnWire]:
    """List what is free on a day."""
    capacites, on_day = call.capacites(), lambda place: _day(place) == query.date
    places = [
        place
        for centre_id in _centres(query, call)
        for place in takewhile(on_day, _available(centre_id, query, call))
    ]
    return [
        creneau_on_wire(place, capacites.statut_of(place)) for place in sorted(places, key=_order)
    ]


def _centres(query: QueryCrenodispo, call: VendorCall) -> list[str]:
    """The centres that are asked for, once it is sure that they exist."""
    return [call.store.centres.get(centre_id).id for centre_id in query.centres_ids]


def _available(centre_id: str, query: QueryCrenodispo, call: VendorCall) -> Iterator[Place]:
    """What is free in a centre, from the day on."""
    for place in call.store.places.free_from(centre_id, query.groupe_permis, query.date):
        if is_available(place, now=call.now):
            yield place


def _order(place: Place) -> tuple[datetime, str, str]:
    creneau = place.creneau
    return creneau.date_heure_debut, creneau.numero_inspecteur, creneau.id


def _day(place: Place) -> date:
    return place.creneau.date_heure_debut.date()
