"""A créneau, and the examen or panier that takes it."""

from dataclasses import dataclass
from datetime import datetime

from rdv_mock.facts.centre import Centre
from rdv_mock.facts.concurrence import Prise
from rdv_mock.facts.enumerations import GroupePermis, TypeEpreuvePratique
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.panier import ElementDuPanier, Panier


@dataclass(frozen=True, slots=True)
class Creneau:
    """A place for one candidat; début and fin are Paris wall time, the publication an instant.

    Whether a candidat is compulsory follows from the limits unless the scenario says it.
    """

    id: str
    centre_id: str
    groupe_permis: GroupePermis
    type_epreuve_pratique: TypeEpreuvePratique
    date_heure_debut: datetime
    date_heure_fin: datetime
    date_heure_publication: datetime
    numero_inspecteur: str
    est_candidat_obligatoire: bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """A créneau with its centre, the examen that occupies it, the living panier that holds it.

    `element` is what that panier says of it, `prise` that a virtual école has taken it.
    """

    creneau: Creneau
    centre: Centre
    examen: Examen | None
    panier: Panier | None
    element: ElementDuPanier | None
    prise: Prise | None = None

    @property
    def is_free(self) -> bool:
        """Whether nobody has it, nor is about to."""
        return self.examen is None and self.panier is None and self.prise is None


@dataclass(frozen=True, slots=True)
class Reservation:
    """An examen with the when and where of its créneau."""

    examen: Examen
    creneau: Creneau
    centre: Centre
