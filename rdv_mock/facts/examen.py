"""An examen: a créneau that an école has reserved."""

from dataclasses import dataclass
from datetime import datetime

from rdv_mock.facts.enumerations import StatutDuResultat


@dataclass(frozen=True, slots=True)
class Examen:
    """A reserved créneau; without `candidat_id` nobody has been named for it yet.

    All times are instants. `date_heure_resultat` is when the inspector's result was entered, not
    when it shows. `nombre_de_remplacements` counts the candidats who were replaced by another.
    """

    id: str
    auto_ecole_id: str
    creneau_id: str
    candidat_id: str | None
    date_heure_reservation: datetime
    date_heure_annulation: datetime | None
    resultat: StatutDuResultat | None
    points: int | None
    date_heure_resultat: datetime | None
    nombre_de_remplacements: int

    @property
    def est_annule(self) -> bool:
        """Whether it will not take place, whoever decided that."""
        return self.date_heure_annulation is not None

    @property
    def occupies(self) -> bool:
        """Whether its créneau is nobody else's; one that the administration annuls is lost."""
        return not self.est_annule or self.resultat is StatutDuResultat.EXAMEN_ANNULE
