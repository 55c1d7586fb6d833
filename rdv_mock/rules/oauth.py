"""When the OpenID provider hands out tokens (docs/contract/openid.md; RFC 6749, RFC 7636)."""

from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from rdv_mock.errors import OAuthRefusal
from rdv_mock.facts.access import AuthorizationCode, Bail, OAuthClient, Session, Token, TokenType
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.fixtures import Limits

QUERY = "query"
FRAGMENT = "fragment"
FORM_POST = "form_post"
RESPONSE_MODES = (QUERY, FRAGMENT, FORM_POST)

GRACE = "grace"
AUCUNE = "aucune"
"""What may become of a refresh token that has served (`oauth.rotation`), other than `stricte`."""

NOT_SUPPORTED = ("request", "request_uri", "registration")
"""Parameters of OpenID Connect (6, 7.2.1) that change all the others: heeded, or refused."""
MOST_DIGITS = 15

PLAIN = "plain"
S256 = "S256"
CHALLENGE_METHODS = (S256, PLAIN)

CODE_NOT_VALID = "Code not valid"
TOKEN_NOT_ACTIVE = "Token is not active"  # noqa: S105 - a sentence
TOKEN_REUSED = "Maximum allowed refresh token reuse exceeded"  # noqa: S105 - a sentence
SESSION_ENDED = "Session doesn't have required client"
USER_GONE = "User disabled"


class RefreshTokenReused(OAuthRefusal):
    """A refresh token that was used before; a thief may be using it now."""

    def __init__(self, token: Token) -> None:
        super().__init__("invalid_grant", TOKEN_REUSED)
        self.token = token


def parse_scopes(asked: str, known: Collection[str]) -> tuple[str, ...]:
    """The scopes of a request, each once: `invalid_scope` when one is unknown."""
    scopes = tuple(dict.fromkeys(asked.split()))
    if not set(scopes) <= set(known):
        raise OAuthRefusal("invalid_scope", f"Invalid scopes: {asked}")
    return scopes


def check_response_type(response_type: str | None) -> None:
    """Only the authorization code flow is known."""
    if response_type is None:
        raise OAuthRefusal("invalid_request", "Missing parameter: response_type")
    if response_type != "code":
        raise OAuthRefusal("unsupported_response_type", "Only response_type=code is supported")


def check_prompt(prompt: Collection[str], *, logged_in: bool) -> None:
    """Without a login page nobody can log in: `login_required`."""
    if "none" in prompt and not logged_in:
        raise OAuthRefusal("login_required", "Nobody is logged in")


def check_supported(parameters: Mapping[str, str]) -> None:
    """Refuse a request whose parameters are elsewhere (OpenID Connect, 6)."""
    for name in NOT_SUPPORTED:
        if name in parameters:
            raise OAuthRefusal(f"{name}_not_supported", f"Parameter not supported: {name}")


def check_response_mode(mode: str) -> None:
    """An answer comes in the query, behind the `#`, or as a form."""
    if mode not in RESPONSE_MODES:
        raise OAuthRefusal("invalid_request", "Invalid parameter: response_mode")


def read_max_age(text: str | None) -> int | None:
    """How many seconds ago a login may be; no matter how many without the parameter."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise OAuthRefusal("invalid_request", "Invalid parameter: max_age")
    return int(text)


def is_fresh(session: Session, max_age: int | None, *, now: datetime) -> bool:
    """Whether a login is recent enough to replace a new one; with 0, none ever is."""
    if max_age is None:
        return True
    return max_age > 0 and (now - session.date_heure_connexion).total_seconds() <= max_age


def check_challenge(challenge: str | None, method: str) -> None:
    """PKCE is verified when it is given, never required."""
    if challenge is not None and method not in CHALLENGE_METHODS:
        raise OAuthRefusal("invalid_request", "Invalid parameter: code_challenge_method")


def check_code(
    code: AuthorizationCode | None,
    client: OAuthClient,
    redirect_uri: str | None,
    verifier: str | None,
    *,
    now: datetime,
) -> AuthorizationCode:
    """A code that may be exchanged: known, of this client, alive, same redirect, verified.

    Raises `invalid_grant`. That a code has served before is for the caller to see: its tokens die.
    """
    if code is None or code.client_id != client.id or code.date_heure_expiration <= now:
        raise OAuthRefusal("invalid_grant", CODE_NOT_VALID)
    if code.redirect_uri != redirect_uri:
        raise OAuthRefusal("invalid_grant", "Incorrect redirect_uri")
    if code.code_challenge is not None:
        check_verifier(code.code_challenge, code.code_challenge_method, verifier)
    return code


def check_verifier(challenge: str, method: str, verifier: str | None) -> None:
    """Whether who exchanges a code is who asked for it (RFC 7636, 4.6)."""
    if verifier is None:
        raise OAuthRefusal("invalid_grant", "PKCE code verifier not specified")
    computed = verifier
    if method == S256:
        digest = sha256(verifier.encode()).digest()
        computed = urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not compare_digest(computed.encode(), challenge.encode()):
        raise OAuthRefusal("invalid_grant", "PKCE verification failed: Code mismatch")


def check_refresh(
    token: Token | None,
    bail: Bail | None,
    employe: Employe | None,
    client: OAuthClient,
    limits: Limits,
    *,
    now: datetime,
) -> Token:
    """A refresh token that may be used: known, of this client, of somebody, alive, not spent.

    Raises `invalid_grant`, in the order of Keycloak; the bail's end ends it too
    (docs/rules/bail.md#end).
    """
    if token is None or token.type is not TokenType.REFRESH or token.client_id != client.id:
        raise OAuthRefusal("invalid_grant", "Invalid refresh token")
    if employe is None:
        raise OAuthRefusal("invalid_grant", USER_GONE)
    if bail is not None and bail.reused:
        raise OAuthRefusal("invalid_grant", SESSION_ENDED)
    if not is_alive(token, bail, now=now):
        raise OAuthRefusal("invalid_grant", TOKEN_NOT_ACTIVE)
    if is_spent(token, limits, now=now):
        raise RefreshTokenReused(token)
    return token


def rotates(limits: Limits) -> bool:
    """Whether a refresh token that has served is remembered as such."""
    return limits.text("oauth.rotation") != AUCUNE


def is_spent(token: Token, limits: Limits, *, now: datetime) -> bool:
    """Whether a refresh token has served, and may not serve again."""
    if token.rotated_at is None or not rotates(limits):
        return False
    grace = timedelta(seconds=limits.integer("oauth.graceSecondes"))
    return limits.text("oauth.rotation") != GRACE or now >= token.rotated_at + grace


def is_alive(token: Token, bail: Bail | None, *, now: datetime) -> bool:
    """Whether neither a token nor the bail above it is over."""
    return bail is not None and not bail.termine and token.date_heure_expiration > now


def narrowed(granted: Sequence[str], asked: Sequence[str] | None) -> Sequence[str]:
    """The scopes of a refresh: as granted, or fewer; `invalid_scope` when more are asked."""
    if asked is None:
        return granted
    if not set(asked) <= set(granted):
        raise OAuthRefusal("invalid_scope", "The scopes asked exceed those granted")
    return asked


def half_hash(text: str) -> str:
    """What an id token says of the access token beside it, `at_hash` (OpenID Connect, 3.1.3.6)."""
    digest = sha256(text.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
