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

    @classmethod
    def reserved(
        cls, id_: str, auto_ecole_id: str, creneau_id: str, candidat_id: str | None, *, at: datetime
    ) -> "Examen":
        """Make the examen that a créneau becomes when it is reserved at an instant."""
        return cls(
            id=id_,
            auto_ecole_id=auto_ecole_id,
            creneau_id=creneau_id,
            candidat_id=candidat_id,
            date_heure_reservation=at,
            date_heure_annulation=None,
            resultat=None,
            points=None,
            date_heure_resultat=None,
            nombre_de_remplacements=0,
        )

    @property
    def est_annule(self) -> bool:
        """Whether the examen was cancelled, by the école, the State or the agenda."""
        return self.date_heure_annulation is not None

    @property
    def occupies(self) -> bool:
        """Whether its créneau is nobody else's; one that the administration annuls is lost."""
        return not self.est_annule or self.resultat is StatutDuResultat.EXAMEN_ANNULE
