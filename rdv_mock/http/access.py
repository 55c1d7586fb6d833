"""The door: who is behind a bearer token, and what it opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from weakref import WeakKeyDictionary

from rdv_mock.chance import same_secret
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import TokenType
from rdv_mock.http.call import Call, Caller
from rdv_mock.rules.rate_limit import bucket_of, check_rate, is_active, window_at
from rdv_mock.store import Store

EMPLOYE_KEY = "rdv_mock.employe"
WORLD = "monde"
MOST_KNOWN = 1_000
"""Callers of a world that are remembered at once: each takes some kilobytes."""


def token_id(token: str) -> str:
    """What the store remembers of a token: enough to know it again, too little to use it."""
    return sha256(token.encode()).hexdigest()


def bearer_of(call: Call) -> str | None:
    """The token that a call carries, if any."""
    scheme, _, token = call.header(b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def authenticate(call: Call, *, posted: str | None = None) -> Caller:
    """Who calls. Raises JETON_INVALIDE without a living access token of this world.

    The token comes in the header, or as who serves the call has found it `posted`.

    Alive is what the store says on the world's clock (contract.md, F): nothing in the token itself
    is believed, so one that was tampered with is simply unknown.
    """
    bearer, known = posted or bearer_of(call), _known_callers(call.store)
    caller = known.find(bearer, call.store) if bearer else None
    if caller is None or caller.until <= call.world.clock.now():
        raise Refusal(ApiError.JETON_INVALIDE)
    call.scope[EMPLOYE_KEY] = caller.employe.id
    call.known_at = (call.store, known.writes)
    return caller


def still_authenticated(call: Call) -> Caller:
    """Who calls, now that the body is there: the world may have moved while it was on its way.

    He is looked up again when anything was written since that decides who he is, or when his time
    has come. Raises JETON_INVALIDE.
    """
    is_known = call.known_at == (call.store, call.store.access_writes)
    return call.caller if is_known and call.now < call.caller.until else authenticate(call)


@dataclass(slots=True)
class _KnownCallers:
    """The callers that were looked up since the last write that could change who they are."""

    writes: int
    by_bearer: dict[str, Caller]

    def find(self, bearer: str, store: Store) -> Caller | None:
        """Who is behind an access token."""
        caller = self.by_bearer.get(bearer)
        if caller is None and (caller := _read_caller(store, bearer)) is not None:
            if len(self.by_bearer) == MOST_KNOWN:
                self.by_bearer.clear()
            self.by_bearer[bearer] = caller
        return caller


_known: WeakKeyDictionary[Store, _KnownCallers] = WeakKeyDictionary()


def _known_callers(store: Store) -> _KnownCallers:
    """The callers of a world, each looked up once as long as nothing about any is written."""
    known, writes = _known.get(store), store.access_writes
    if known is None or known.writes != writes:
        known = _known[store] = _KnownCallers(writes, {})
    return known


def _read_caller(store: Store, bearer: str) -> Caller | None:
    token = store.tokens.find(token_id(bearer))
    if token is None or token.type is not TokenType.ACCESS:
        return None
    bail = store.baux.get(token.bail_id)
    if bail.termine:
        return None
    employe = store.employes.get(token.employe_id)
    until = min(token.date_heure_expiration, bail.fin)
    return Caller(token, until, employe, store.auto_ecoles.get(employe.auto_ecole_id))


def check_limits(call: Call, *, crenodispo: bool) -> None:
    """Raise NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT over the limit of the caller (rules.md 12)."""
    world = call.world
    if is_active(world.limits, frozen=world.clock.frozen):
        employe, auto_ecole = call.caller.employe, call.caller.auto_ecole
        bucket = bucket_of(employe, auto_ecole, world.limits, crenodispo=crenodispo)
        window = window_at(world.clock.now(), world.limits)
        check_rate(bucket, world.rate_counter.count(bucket, window))


def check_scope(caller: Caller, scope: str) -> None:
    """Raise SCOPE_INSUFFISANT when the token does not carry this scope."""
    if scope not in caller.token.scopes:
        raise Refusal(ApiError.SCOPE_INSUFFISANT)


def check_admin(call: Call) -> None:
    """Raise JETON_ADMIN_INVALIDE when the control plane is locked and the call has no key."""
    expected = call.server.settings.admin_token
    if expected is not None and not same_secret(bearer_of(call) or "", expected):
        raise Refusal(ApiError.JETON_ADMIN_INVALIDE)


def headers_of(call: Call, error: ApiError) -> dict[str, str]:
    """The header that a 401 carries, or a 429 (contract.md, A.5)."""
    if error is ApiError.NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT:
        return _retry_after(call)
    realm = _REALMS.get(error)
    if realm is None:
        return {}
    invalid = ', error="invalid_token"' if bearer_of(call) else ""
    return {"WWW-Authenticate": f'Bearer realm="{realm}"{invalid}'}


def _retry_after(call: Call) -> dict[str, str]:
    """When to come again, in the form that the scenario asks for (rules.md 12.3)."""
    now = call.world.clock.now()
    window = window_at(now, call.limits)
    form = call.world.responses.retry_after
    if form == "absent":
        return {}
    if form == "date":
        return {"Retry-After": format_datetime(_seen(window.end, now, call), usegmt=True)}
    return {"Retry-After": str(window.seconds_left(now))}


def _seen(end: datetime, now: datetime, call: Call) -> datetime:
    """When the world comes to an instant, on the clock that clients go by; no second too early."""
    if call.limits.text("debit.horlogeDeRetryAfter") == WORLD:
        return end
    real = call.server.real() + (end - now)
    return real + timedelta(microseconds=-real.microsecond % 1_000_000)


_REALMS = {ApiError.JETON_INVALIDE: "formation", ApiError.JETON_ADMIN_INVALIDE: "rdv-mock"}
