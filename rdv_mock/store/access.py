"""Clients, logins, baux and tokens."""

from datetime import datetime

from rdv_mock.facts.access import (
    SWAGGER_UI,
    AuthorizationCode,
    Bail,
    OAuthClient,
    Session,
    Token,
    TokenType,
)
from rdv_mock.store.table import Table, write_datetime


class Clients(Table[OAuthClient]):
    """The vendors' software that the provider knows."""

    name = "clients"
    fact = OAuthClient

    def default(self) -> OAuthClient | None:
        """Find the first client of the scenario."""
        return self.first("id != ? ORDER BY rowid", SWAGGER_UI.id)

    def of_scenario(self) -> list[OAuthClient]:
        """The clients of the scenario, in its order."""
        return self.where("id != ? ORDER BY rowid", SWAGGER_UI.id)


class Baux(Table[Bail]):
    """The baux of the employés."""

    name = "baux"
    fact = Bail
    owners = {"employe_id": "employes", "client_id": "clients"}
    indexes = (("employe_id",), ("termine", "fin"))

    def of(self, employe_id: str) -> list[Bail]:
        """The baux of one employé."""
        return self.where("employe_id = ?", employe_id)

    def due(self, now: datetime) -> list[Bail]:
        """The baux that must have ended by now and have not, first due first."""
        return self.where("termine = 0 AND fin <= ? ORDER BY fin, id", write_datetime(now))

    def next_end(self) -> datetime | None:
        """Find the instant when the next bail ends."""
        bail = self.first("termine = 0 ORDER BY fin, id")
        return None if bail is None else bail.fin

    def first_ended(self) -> datetime | None:
        """Find the instant when the first bail ended that is over."""
        bail = self.first("termine = 1 ORDER BY fin, id")
        return None if bail is None else bail.fin

    def ended_by(self, then: datetime) -> list[Bail]:
        """The baux that had ended by an instant."""
        return self.where("termine = 1 AND fin <= ? ORDER BY fin, id", write_datetime(then))


class Tokens(Table[Token]):
    """The tokens that the world remembers."""

    name = "tokens"
    fact = Token
    owners = {"bail_id": "baux"}
    indexes = (("bail_id",), ("session_id",))

    def of_session(self, session_id: str) -> list[Token]:
        """The tokens that were obtained under one SSO cookie."""
        return self.where("session_id = ?", session_id)

    def to_refresh(self, employe_id: str) -> list[Token]:
        """List the refresh tokens of an employé."""
        return self.where("employe_id = ? AND type = ?", employe_id, TokenType.REFRESH)

    def purge(self, now: datetime, remembered_since: datetime) -> None:
        """Forget dead tokens: access tokens at once, the others only after a while.

        A refresh token that comes back is told why it is not good any more.
        """
        self.remove_where(
            "date_heure_expiration <= ? OR (type = ? AND date_heure_expiration <= ?)"
            " OR bail_id IN (SELECT id FROM baux WHERE termine = 1 AND fin <= ?)",
            write_datetime(remembered_since),
            TokenType.ACCESS,
            write_datetime(now),
            write_datetime(remembered_since),
        )


class Sessions(Table[Session]):
    """Who is logged in at the provider."""

    name = "sessions"
    fact = Session
    owners = {"employe_id": "employes"}

    def purge(self, now: datetime) -> None:
        """Forget those that are over, unless a token or a code still says when its login was."""
        self.remove_where(
            "date_heure_expiration <= ?"
            " AND NOT EXISTS (SELECT 1 FROM tokens WHERE session_id = sessions.id)"
            " AND id NOT IN (SELECT session_id FROM authorization_codes)",
            write_datetime(now),
        )


class AuthorizationCodes(Table[AuthorizationCode]):
    """The codes that were handed out."""

    name = "authorization_codes"
    fact = AuthorizationCode
    owners = {"employe_id": "employes"}

    def purge(self, now: datetime, remembered_since: datetime) -> None:
        """Forget expired codes; a used one stays as long as the bail that it opened.

        Until then, a second use of the code ends that bail.
        """
        self.remove_where(
            "date_heure_expiration <= ? AND (bail_id IS NULL OR bail_id NOT IN"
            " (SELECT id FROM baux WHERE termine = 0 OR fin > ?))",
            write_datetime(now),
            write_datetime(remembered_since),
        )
