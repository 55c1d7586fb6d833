"""Who may call: clients, logins, tokens, and the bail that all tokens of a login live under."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LIVRET_READ = "livret_numerique:read"
LIVRET_WRITE = "livret_numerique:write"
OFFLINE_ACCESS = "offline_access"
OPENID = "openid"
RDVPERMIS = "rdvpermis"

SCOPES: Mapping[str, str] = {
    OPENID: "Identité de l'employé (OpenID Connect).",
    "profile": "Nom et prénom de l'employé.",
    "email": "Adresse électronique de l'employé.",
    OFFLINE_ACCESS: "Jeton de rafraîchissement qui survit à la déconnexion.",
    RDVPERMIS: "API RdvPermis : réservation des places d'examen.",
    LIVRET_READ: "API Livret Numérique : lecture.",
    LIVRET_WRITE: "API Livret Numérique : déclaration.",
}
"""Every scope that the provider knows (docs/contract/openid.md)."""


class TokenType(StrEnum):
    """What a token is good for."""

    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A vendor's software as the OpenID provider knows it; without secret it is public."""

    id: str
    client_secret: str | None
    redirect_uris: tuple[str, ...]


DEMO_SECRET = "secret-demo-rdv-mock"  # noqa: S105 - it is published
FORMER_DEMO_SECRET = "secret-demo"  # noqa: S105 - so was this one
DEMO_CLIENT = OAuthClient("editeur-demo", DEMO_SECRET, ("http://localhost:3000/callback",))
"""The client of every scenario that names none."""

SWAGGER_UI = OAuthClient("rdv-mock-swagger", None, ())
"""The client that every world has: its own Swagger UI, whose address is that of the call."""


@dataclass(frozen=True, slots=True)
class Bail:
    """What lets one employé work through one client, from a login on (docs/rules/bail.md).

    `fin` is when it ends by itself or was ended; `termine` says that it has; `reused`, that a
    refresh token which had served came back and ended it.
    """

    id: str
    employe_id: str
    client_id: str
    debut: datetime
    fin: datetime
    termine: bool
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the world remembers it; its `id` is its SHA-256.

    `session_id` names the login page's session under which it was obtained, if any. A refresh
    token has `rotated_at` once it has been used: another one has come in its place. `auth_time` is
    what the claims of its login say, and all that follow from it.
    """

    id: str
    type: TokenType
    bail_id: str
    employe_id: str
    client_id: str
    scopes: tuple[str, ...]
    date_heure_expiration: datetime
    session_id: str | None = None
    rotated_at: datetime | None = None
    auth_time: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Someone who is logged in at the provider; its `id` is the SHA-256 of the SSO cookie."""

    id: str
    employe_id: str
    date_heure_connexion: datetime
    date_heure_expiration: datetime


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What a login hands to a client, to be exchanged once; its `id` is the code's SHA-256.

    `bail_id` is set once it has served: the bail that the exchange opened.
    """

    id: str
    client_id: str
    employe_id: str
    session_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str
    date_heure_expiration: datetime
    bail_id: str | None
