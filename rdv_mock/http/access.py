"""The door: who is behind a bearer token, and what it opens."""

from datetime import datetime, timedelta
from email.utils import format_datetime

from rdv_mock.chance import same_secret
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.call import Head
from rdv_mock.rules.rate_limit import bucket_of, check_rate, is_active, window_at
from rdv_mock.worlds.callers import Caller
from rdv_mock.worlds.world import World

WORLD = "monde"
_REALMS = {ApiError.JETON_INVALIDE: "formation", ApiError.JETON_ADMIN_INVALIDE: "rdv-mock"}


def bearer_of(head: Head) -> str | None:
    """The token that a call carries, if any."""
    scheme, _, token = head.header(b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def authenticate(head: Head, *, now: datetime, posted: str | None = None) -> Caller:
    """Who calls. Raises JETON_INVALIDE without a living access token of this world.

    The token comes in the header, or was `posted` in a form. A call is authenticated more than
    once: the world may have moved while its body was on its way, or an incident delayed it.

    The store says on the world's clock what is alive (docs/contract/openid.md). Nothing in the
    token itself is believed, so one that was tampered with is simply unknown.
    """
    callers, caller = head.world.callers, head.passage.caller
    if posted is not None or caller is None or not callers.is_still(caller):
        bearer = posted or bearer_of(head)
        caller = callers.find(bearer) if bearer else None
    if caller is None or caller.until <= now:
        raise Refusal(ApiError.JETON_INVALIDE)
    head.passage.caller = caller
    return caller


def check_rate_limits(world: World, caller: Caller, *, now: datetime, crenodispo: bool) -> None:
    """Raise NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT over the limit of the caller.

    See docs/rules/rate_limit.md.
    """
    if is_active(world.limits, frozen=world.clock.frozen):
        bucket = bucket_of(caller.employe, caller.auto_ecole, world.limits, crenodispo=crenodispo)
        check_rate(bucket, world.rate_counter.count(bucket, window_at(now, world.limits)))


def check_scope(caller: Caller, scope: str) -> None:
    """Raise SCOPE_INSUFFISANT when the token does not carry this scope."""
    if scope not in caller.token.scopes:
        raise Refusal(ApiError.SCOPE_INSUFFISANT)


def check_admin(head: Head) -> None:
    """Raise JETON_ADMIN_INVALIDE when the control plane is locked and the call has no key."""
    expected = head.passage.server.settings.admin_token
    if expected is not None and not same_secret(bearer_of(head) or "", expected):
        raise Refusal(ApiError.JETON_ADMIN_INVALIDE)


def headers_of(head: Head, error: ApiError) -> dict[str, str]:
    """The header that a 401 carries, or a 429 (docs/contract/conventions.md#refusals)."""
    if error is ApiError.NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT:
        return _retry_after(head)
    realm = _REALMS.get(error)
    if realm is None:
        return {}
    invalid = ', error="invalid_token"' if bearer_of(head) else ""
    return {"WWW-Authenticate": f'Bearer realm="{realm}"{invalid}'}


def _retry_after(head: Head) -> dict[str, str]:
    """When to come again, in the form that the scenario asks for.

    See docs/rules/rate_limit.md#retry-after.
    """
    world = head.world
    now = world.clock.now()
    window = window_at(now, world.limits)
    form = world.responses.retry_after
    if form == "absent":
        return {}
    if form == "date":
        return {"Retry-After": format_datetime(_seen(window.end, now, head), usegmt=True)}
    return {"Retry-After": str(window.seconds_left(now))}


def _seen(end: datetime, now: datetime, head: Head) -> datetime:
    """When the world comes to an instant, on the clock that clients go by; no second too early."""
    if head.world.limits.text("debit.horlogeDeRetryAfter") == WORLD:
        return end
    real = head.passage.server.real() + (end - now)
    return real + timedelta(microseconds=-real.microsecond % 1_000_000)
