"""The table of créneaux that virtual écoles take."""

from datetime import datetime

from rdv_mock.facts.concurrence import Prise
from rdv_mock.store.table import Table, write_datetime


class Prises(Table[Prise]):
    """The créneaux that virtual écoles will take, or have taken; one that comes too late goes."""

    name = "prises"
    fact = Prise
    indexes = (("est_faite", "date_heure"),)
    unique = (("creneau_id",),)
    owners = {"creneau_id": "creneaux"}

    def next_at(self) -> datetime | None:
        """Find the instant of the next prise."""
        prise = self.first("est_faite = 0 ORDER BY date_heure")
        return None if prise is None else prise.date_heure

    def due(self, at: datetime) -> list[Prise]:
        """The prises that are due, in the order of the créneaux' ids."""
        return self.where(
            "est_faite = 0 AND date_heure <= ? ORDER BY creneau_id", write_datetime(at)
        )
