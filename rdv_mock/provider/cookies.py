"""What a browser keeps of a login, for one world and one path style."""

from starlette.responses import Response

from rdv_mock.facts.access import (
    Session,
)
from rdv_mock.http.addresses import base_address, realm_path
from rdv_mock.http.call import Call
from rdv_mock.worlds.callers import token_id

COOKIE = "KEYCLOAK_IDENTITY"
REMEMBER_COOKIE = "KEYCLOAK_REMEMBER_ME"
PAGE_COOKIE = "AUTH_SESSION_ID"
"""What a browser shows that it was given the login page that it sends."""


def living_session(call: Call) -> Session | None:
    """Who is logged in, if the cookie is still good on the world's clock."""
    cookie = call.cookies.get(COOKIE)
    session = call.store.sessions.find(token_id(cookie)) if cookie else None
    return session if session and session.date_heure_expiration > call.now else None


def remember(call: Call, response: Response, name: str, value: str) -> None:
    """Keep a cookie as long as a login lasts; an empty one is forgotten at once."""
    life = call.limits.integer("oauth.ssoSecondes") if value else 0
    set_cookie(call, response, name, value, life=life)


def set_cookie(call: Call, response: Response, name: str, value: str, *, life: int | None) -> None:
    """Keep a cookie for this world and this path style; without a life, until the browser ends."""
    response.set_cookie(
        name,
        value,
        max_age=life,
        path=f"{call.passage.shown_prefix}{realm_path(call)}/",
        secure=base_address(call, call.server.settings).startswith("https:"),
        httponly=True,
        samesite="lax",
    )
