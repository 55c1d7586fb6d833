"""Paniers in a scenario, from the file to the store and back."""

from pydantic import Field

from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.fixtures import Limits
from rdv_mock.rules.panier import expiry_of
from rdv_mock.scenario.base import Instant, NamedPart, Part, Parts, RefOf, RefOrId, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.candidats import find_candidat_id
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.panier import ElementDuPanierOnWire, PanierOnWire


class ElementPart(Part):
    """Un créneau dans un panier."""

    creneau: RefOrId = Field(description="Le créneau : sa réf ou son identifiant.")
    candidat: RefOrId | None = Field(None, description=text_of(ElementDuPanierOnWire, "candidat"))


class PanierPart(NamedPart):
    """Un panier vivant."""

    employe: RefOrId = Field(
        description=f"{text_of(PanierOnWire, 'employe_auto_ecole_id')} Sa réf ou son identifiant."
    )
    date_heure_creation: Instant | None = Field(
        None, description="Quand il a été ouvert ; par défaut, maintenant."
    )
    date_heure_expiration: Instant | None = Field(
        None,
        description="Quand il disparaît et rend ses créneaux ; par défaut `panier.dureeMinutes`"
        " après l'ouverture.",
    )
    elements: list[ElementPart] = Field(
        default=[], description=text_of(PanierOnWire, "elements_du_panier")
    )


def save_paniers(parts: Parts[PanierPart], build: Build, at: Where, limits: Limits) -> None:
    """Put paniers into the build; a créneau may be in one at most, and without an examen."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        employe = build.find(store.employes, part.employe, (*where, "employe"))
        id_ = build.id_of(part, store.paniers, where)
        creation = part.date_heure_creation or build.now
        if employe:
            panier = Panier(
                id=id_,
                auto_ecole_id=employe.auto_ecole_id,
                employe_id=employe.id,
                date_heure_creation=creation,
                date_heure_expiration=part.date_heure_expiration or expiry_of(creation, limits),
            )
            build.add(store.paniers, panier)
            build.replace_all(store.elements_du_panier, "panier_id", id_)
        for order, element in enumerate(part.elements):
            _save_element(element, id_, build, (*where, "elements", order))


def _save_element(part: ElementPart, panier_id: str, build: Build, at: Where) -> None:
    store = build.store
    creneau = build.find(store.creneaux, part.creneau, (*at, "creneau"))
    candidat_id = find_candidat_id(part.candidat, build, (*at, "candidat"))
    if creneau:
        build.hold(creneau.id, panier_id, (*at, "creneau"))
        id_ = build.part_id(store.elements_du_panier, panier_id, creneau.id)
        build.once(store.elements_du_panier, id_, at)
        build.add(
            store.elements_du_panier, ElementDuPanier(id_, panier_id, creneau.id, candidat_id)
        )


def write_panier(panier: Panier, store: Store, ref: RefOf) -> PanierPart:
    """A panier as a scenario says it."""
    elements = store.elements_du_panier.of(panier.id)
    return part_of(
        panier,
        PanierPart,
        ref,
        elements=[part_of(element, ElementPart, ref) for element in elements],
    )
