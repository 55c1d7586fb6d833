"""The Livret Numérique: a contrat de formation and the leçons declared upon it."""

from dataclasses import dataclass
from datetime import datetime

from rdv_mock.facts.enumerations import Activite, CategorieDuLivret, TypeFormation, TypeLecon


@dataclass(frozen=True, slots=True)
class ContratDeFormation:
    """What ties one élève to one école for one category.

    See docs/rules/contrat_de_formation.md#unique.
    """

    id: str
    auto_ecole_id: str
    bureau_id: str | None
    candidat_id: str
    categorie_permis: CategorieDuLivret
    type_formation: TypeFormation
    date_heure_creation: datetime


@dataclass(frozen=True, slots=True)
class LeconDeclaree:
    """What a declaration says of a leçon, before it is accepted.

    `date_heure_debut` is Paris wall time, the duration is in minutes.
    """

    type: TypeLecon
    activite: Activite
    date_heure_debut: datetime
    duree_en_minutes: int
    numero_autorisation: str

    def received(self, id_: str, contrat_id: str, at: datetime) -> "Lecon":
        """The leçon that the declaration becomes once it is accepted; `at`: an instant."""
        return Lecon(
            id_,
            contrat_id,
            self.type,
            self.activite,
            self.date_heure_debut,
            self.duree_en_minutes,
            self.numero_autorisation,
            at,
        )


@dataclass(frozen=True, slots=True)
class Lecon:
    """A leçon as received; received does not mean counted (docs/rules/lecon.md#received)."""

    id: str
    contrat_id: str
    type: TypeLecon
    activite: Activite
    date_heure_debut: datetime
    duree_en_minutes: int
    numero_autorisation: str
    date_heure_reception: datetime
