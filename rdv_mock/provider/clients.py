"""The vendors' softwares before the provider: who they are, and where they may be returned to."""

from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import unquote_plus

from rdv_mock.chance import same_secret
from rdv_mock.errors import OAuthRefusal
from rdv_mock.facts.access import DEMO_CLIENT, FORMER_DEMO_SECRET, SWAGGER_UI, OAuthClient
from rdv_mock.http.addresses import base_address
from rdv_mock.http.call import Call

SWAGGER_REDIRECT = "/swagger-ui/oauth2-redirect.html"


CHANGED = (
    f": the secret of {DEMO_CLIENT.id}, the demonstration's client, has changed; it is now"
    f" {DEMO_CLIENT.client_secret}"
)


class BadClient(OAuthRefusal):
    """Client unknown or secret wrong; `basic` when the header was used for it."""

    def __init__(self, *, basic: bool, hint: str = "") -> None:
        super().__init__("invalid_client", f"Invalid client or Invalid client credentials{hint}")
        self.basic = basic


def find_client(call: Call, client_id: str) -> OAuthClient | None:
    """The client with this id, if the world knows it."""
    return call.store.clients.find(client_id)


def may_return_to(call: Call, client: OAuthClient, redirect_uri: str) -> bool:
    """Whether a redirect URI is one of the client's, byte for byte (`integrator`)."""
    if client.id == SWAGGER_UI.id:
        own = base_address(call, call.server.settings) + call.prefix + SWAGGER_REDIRECT
        return redirect_uri == own
    return redirect_uri in client.redirect_uris


def authenticate_client(call: Call, form: Mapping[str, str]) -> OAuthClient:
    """Who asks for tokens: by `client_secret_basic`, or else `client_secret_post`.

    Raises `invalid_client`. A public client has no secret to show.
    """
    authorization = call.header(b"authorization")
    basic = authorization.lower().startswith("basic ")
    client_id, client_secret = (
        _read_basic(authorization[len("basic ") :])
        if basic
        else (form.get("client_id", ""), form.get("client_secret", ""))
    )
    client = find_client(call, client_id)
    if client is None or not same_secret(client_secret, client.client_secret or ""):
        raise BadClient(basic=basic, hint=_hint(client, client_secret))
    return client


def _hint(client: OAuthClient | None, given: str) -> str:
    """What to say to who still gives the secret that the demonstration's client had."""
    is_demo = client is not None and (client.id, client.client_secret) == (
        DEMO_CLIENT.id,
        DEMO_CLIENT.client_secret,
    )
    return CHANGED if is_demo and same_secret(given, FORMER_DEMO_SECRET) else ""


def _read_basic(credentials: str) -> tuple[str, str]:
    """Id and secret of an Authorization header (RFC 6749, 2.3.1)."""
    try:
        client_id, _, client_secret = b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(client_id), unquote_plus(client_secret)
