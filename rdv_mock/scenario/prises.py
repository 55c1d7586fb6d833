"""What virtual écoles take in a scenario, from the file to the store and back."""

from pydantic import Field

from rdv_mock.facts.concurrence import Prise
from rdv_mock.scenario.base import Instant, Part, Parts, RefOf, RefOrId, part_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store


class PrisePart(Part):
    """Ce qu'une auto-école virtuelle prend, ou a pris."""

    creneau: RefOrId = Field(description="Le créneau : sa réf ou son identifiant.")
    numero_auto_ecole: int = Field(
        ge=1, le=1_000, description="Le numéro de l'auto-école virtuelle."
    )
    date_heure: Instant = Field(description="Quand elle le prend.")
    est_faite: bool = Field(default=False, description="Si c'est fait.")


def save_prises(parts: Parts[PrisePart], build: Build, at: Where) -> None:
    """Put what virtual écoles take into the build."""
    for index, part in parts:
        creneau = build.find(build.store.creneaux, part.creneau, (*at, index, "creneau"))
        if creneau:
            prise = Prise(
                f"{creneau.id}/prise",
                creneau.id,
                part.numero_auto_ecole,
                part.date_heure,
                est_faite=part.est_faite,
            )
            build.once(build.store.prises, prise.id, (*at, index))
            build.add(build.store.prises, prise)


def write_prise(prise: Prise, _store: Store, ref: RefOf) -> PrisePart:
    """A créneau that a virtual école takes, as a scenario says it."""
    return part_of(prise, PrisePart, ref)
