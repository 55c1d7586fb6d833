"""The table of créneaux."""

from collections.abc import Iterator
from datetime import datetime

from rdv_mock.errors import ApiError
from rdv_mock.facts.creneau import Creneau
from rdv_mock.store.table import Table, write_datetime


class Creneaux(Table[Creneau]):
    """Every créneau that was ever offered."""

    name = "creneaux"
    fact = Creneau
    indexes = (("centre_id", "date_heure_debut"), ("date_heure_publication",), ("date_heure_fin",))
    owners = {"centre_id": "centres"}
    unknown = ApiError.CRENEAU_INCONNU

    def next_publication(self, since: datetime) -> datetime | None:
        """Find the instant when the next créneaux appear."""
        creneau = self.first(
            "date_heure_publication > ? ORDER BY date_heure_publication", write_datetime(since)
        )
        return None if creneau is None else creneau.date_heure_publication

    def published_at(self, at: datetime) -> Iterator[Creneau]:
        """The créneaux that are published at an instant."""
        return self.stream("date_heure_publication = ? ORDER BY id", write_datetime(at))

    def published_between(self, since: datetime, until: datetime) -> list[Creneau]:
        """The créneaux that are published after `since`, up to `until` included."""
        return self.where(
            "date_heure_publication > ? AND date_heure_publication <= ?"
            " ORDER BY date_heure_publication, id",
            write_datetime(since),
            write_datetime(until),
        )
