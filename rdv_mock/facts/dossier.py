"""All that decides whether a candidat may be put on a créneau."""

from dataclasses import dataclass

from rdv_mock.facts.candidat import Candidat, Demande, Penalite, Resultats
from rdv_mock.facts.creneau import Creneau, Reservation
from rdv_mock.facts.mandat import Mandat


@dataclass(frozen=True, slots=True)
class Dossier:
    """A candidat, as far as one groupe is concerned.

    `mandat` is his for that groupe, with any école. `penalites` and `resultats` are those that
    were given; others follow from `reservations`, all that he ever had. `en_panier`: the créneaux
    that living paniers hold for him.
    """

    candidat: Candidat
    mandat: Mandat | None
    demandes: tuple[Demande, ...]
    penalites: tuple[Penalite, ...]
    resultats: tuple[Resultats, ...]
    reservations: tuple[Reservation, ...]
    en_panier: tuple[Creneau, ...]
