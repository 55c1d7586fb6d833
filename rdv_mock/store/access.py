"""Clients, bails and tokens."""

from datetime import datetime

from rdv_mock.facts.access import Bail, Client, Token
from rdv_mock.store.table import Table, write_datetime


class Clients(Table[Client]):
    """The vendors' softwares that the provider knows."""

    name = "clients"
    fact = Client

    def default(self) -> Client | None:
        """The first one of the scenario."""
        return self.first("1 ORDER BY rowid")


class Baux(Table[Bail]):
    """The connections."""

    name = "baux"
    fact = Bail
    owners = {"employe_id": "employes", "client_id": "clients"}
    indexes = (("employe_id",), ("termine", "fin"))

    def due(self, now: datetime) -> list[Bail]:
        """Those that should have ended by now and have not, first due first."""
        return self.where("termine = 0 AND fin <= ? ORDER BY fin, id", write_datetime(now))

    def next_end(self) -> datetime | None:
        """When the next one ends."""
        bail = self.first("termine = 0 ORDER BY fin, id")
        return None if bail is None else bail.fin


class Tokens(Table[Token]):
    """The tokens that the world remembers."""

    name = "tokens"
    fact = Token
    owners = {"bail_id": "baux"}
    indexes = (("bail_id",), ("date_heure_expiration",))
