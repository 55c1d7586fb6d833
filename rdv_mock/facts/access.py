"""Who may call: clients, tokens, and the bail that a login opens."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TokenType(StrEnum):
    """What a token is good for."""

    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Client:
    """A vendor's software as the OpenID provider knows it; without secret it is public."""

    id: str
    client_secret: str | None
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bail:
    """The connection of one employé through one client, from a login on (rules.md 13).

    `fin` is when it ends by itself or was ended; `termine` says that it has.
    """

    id: str
    employe_id: str
    client_id: str
    debut: datetime
    fin: datetime
    termine: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the world remembers it; its `id` is the `jti` of the JWT."""

    id: str
    type: TokenType
    bail_id: str
    employe_id: str
    client_id: str
    scopes: tuple[str, ...]
    date_heure_expiration: datetime
