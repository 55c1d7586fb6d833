"""Clients, logins, bails and tokens."""

from datetime import datetime

from rdv_mock.facts.access import (
    SWAGGER_UI,
    AuthorizationCode,
    Bail,
    Client,
    Session,
    Token,
)
from rdv_mock.store.table import Table, write_datetime


class Clients(Table[Client]):
    """The vendors' softwares that the provider knows."""

    name = "clients"
    fact = Client

    def default(self) -> Client | None:
        """The first one of the scenario."""
        return self.first("id != ? ORDER BY rowid", SWAGGER_UI.id)

    def of_scenario(self) -> list[Client]:
        """Those of the scenario, in its order."""
        return self.where("id != ? ORDER BY rowid", SWAGGER_UI.id)


class Baux(Table[Bail]):
    """The connections."""

    name = "baux"
    fact = Bail
    owners = {"employe_id": "employes", "client_id": "clients"}
    indexes = (("employe_id",), ("termine", "fin"))

    def of(self, employe_id: str) -> list[Bail]:
        """Those of one employé."""
        return self.where("employe_id = ?", employe_id)

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
    indexes = (("bail_id",), ("session_id",))

    def of_session(self, session_id: str) -> list[Token]:
        """Those that were obtained under one SSO cookie."""
        return self.where("session_id = ?", session_id)


class Sessions(Table[Session]):
    """Who is logged in at the provider."""

    name = "sessions"
    fact = Session
    owners = {"employe_id": "employes"}


class AuthorizationCodes(Table[AuthorizationCode]):
    """The codes that were handed out."""

    name = "authorization_codes"
    fact = AuthorizationCode
    owners = {"employe_id": "employes"}
