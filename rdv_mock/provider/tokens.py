"""Issuing tokens: what a login, a refresh or the control plane hands out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from rdv_mock.chance import secret
from rdv_mock.facts.access import (
    OFFLINE_ACCESS,
    OPENID,
    SWAGGER_UI,
    Bail,
    OAuthClient,
    Token,
    TokenType,
)
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.fixtures import Limits
from rdv_mock.http.signer import Signer
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.rules.bail import bail_end, token_life
from rdv_mock.rules.oauth import half_hash
from rdv_mock.store import Store
from rdv_mock.wire.tokens import TokenAnswer
from rdv_mock.worlds.callers import token_id
from rdv_mock.worlds.world import World

AUDIENCE = "rdvpermis"
ALL = "tous"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who gets tokens, through which client, for which scopes; all under one bail.

    `refresh_scopes`: the scopes of the refresh token, when the access token has fewer;
    `auth_time`: the time of the login that earlier claims have told.
    """

    employe: Employe
    client: OAuthClient
    scopes: Sequence[str]
    bail: Bail
    session_id: str | None = None
    nonce: str | None = None
    refresh_scopes: Sequence[str] | None = None
    auth_time: int | None = None

    @property
    def sid(self) -> str:
        """The id of the session, in every token."""
        return self.session_id or self.bail.id


@dataclass(frozen=True, slots=True)
class Issuer:
    """The OpenID provider of a world at one instant of its clock.

    `address`: its name in the claim `iss`.
    """

    world: World
    signer: Signer
    address: str
    now: datetime


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """What a login, a refresh or the control plane hands out. Lives are in seconds.

    `refresh_expires_in`: 0 with `offline_access`; `id_token`: None without `openid`.
    """

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    scopes: Sequence[str]
    id_token: str | None
    session_state: str | None


def open_bail(
    world: World,
    employe: Employe,
    client: OAuthClient,
    *,
    now: datetime,
    at_least: timedelta = timedelta(),
) -> Bail:
    """Open the bail that all tokens of a login live under (docs/rules/bail.md#length)."""
    bail = Bail(
        id=world.store.new_id(world.store.baux, seed=world.settings.seed),
        employe_id=employe.id,
        client_id=client.id,
        debut=now,
        fin=bail_end(now, world.limits, at_least=at_least),
        termine=False,
    )
    world.store.baux.save(bail)
    return bail


def end_bail(store: Store, bail_id: str, *, now: datetime, reused: bool = False) -> None:
    """End a bail before its time: all tokens under it are dead (docs/rules/bail.md#end).

    It ends one microsecond after `now`: with a frozen clock, a leçon may have been received at this
    very instant. A bail that went with its employé is over already.
    """
    bail = store.baux.find(bail_id)
    if bail is not None and not bail.termine:
        fin = now + timedelta(microseconds=1)
        store.baux.save(replace(bail, termine=True, fin=fin, reused=reused))


def returns_all(limits: Limits) -> bool:
    """Whether answers carry what a Keycloak of today adds: `session_state`, `iss`."""
    return limits.text("oauth.parametresDeRetour") == ALL


def issue(issuer: Issuer, grant: Grant, *, expires_in: int | None = None) -> IssuedTokens:
    """Issue an access and a refresh token, and an id token for `openid` (docs/contract/openid.md).

    `expires_in`: seconds that the access token lives, as far as its bail lets it.
    """
    store, limits, now = issuer.world.store, issuer.world.limits, issuer.now
    of_page = grant.client.id == SWAGGER_UI.id
    kind: IntegerKey = "oauth.jetonPageSecondes" if of_page else "oauth.jetonSecondes"
    seconds = expires_in or limits.integer(kind)
    life = token_life(timedelta(seconds=seconds), grant.bail.fin, now=now)
    refresh_scopes = grant.refresh_scopes or grant.scopes
    offline = OFFLINE_ACCESS in refresh_scopes
    refresh_life = token_life(
        timedelta(seconds=limits.integer("oauth.rafraichissementSecondes")),
        grant.bail.fin,
        now=now,
    )
    claims = _claims(issuer, grant, life)
    access_token = issuer.signer.sign(claims)
    refresh_token = secret()
    access = Token(
        id=token_id(access_token),
        type=TokenType.ACCESS,
        bail_id=grant.bail.id,
        employe_id=grant.employe.id,
        client_id=grant.client.id,
        scopes=tuple(grant.scopes),
        date_heure_expiration=now + life,
        session_id=grant.session_id,
        auth_time=claims["auth_time"],
    )
    refresh_end = grant.bail.fin if offline else now + refresh_life
    store.tokens.save(access)
    store.tokens.save(
        replace(
            access,
            id=token_id(refresh_token),
            type=TokenType.REFRESH,
            scopes=tuple(refresh_scopes),
            date_heure_expiration=refresh_end,
        )
    )
    return IssuedTokens(
        access_token=access_token,
        expires_in=int(life.total_seconds()),
        refresh_token=refresh_token,
        refresh_expires_in=0 if offline else int(refresh_life.total_seconds()),
        scopes=grant.scopes,
        id_token=_id_token(issuer, grant, claims, access_token) if OPENID in grant.scopes else None,
        session_state=grant.sid if returns_all(limits) else None,
    )


def tokens_on_wire(issued: IssuedTokens) -> TokenAnswer:
    """The answer that hands tokens out."""
    return TokenAnswer(
        access_token=issued.access_token,
        expires_in=issued.expires_in,
        refresh_token=issued.refresh_token,
        refresh_expires_in=issued.refresh_expires_in,
        scope=" ".join(issued.scopes),
        id_token=issued.id_token,
        session_state=issued.session_state,
    )


def _claims(issuer: Issuer, grant: Grant, life: timedelta) -> dict[str, Any]:
    """The claims of an access token; its times are real ones, so that libraries believe them."""
    world, employe = issuer.world, grant.employe
    in_world = world.limits.text("oauth.horlogeDesClaims") == "monde"
    issued = int((issuer.now if in_world else world.real()).timestamp())
    return {
        "iss": issuer.address,
        "sub": employe.id,
        "aud": AUDIENCE,
        "azp": grant.client.id,
        "iat": issued,
        "auth_time": issued - _age(issuer, grant) if grant.auth_time is None else grant.auth_time,
        "exp": issued + int(life.total_seconds()),
        "jti": secret(),
        "typ": "Bearer",
        "sid": grant.sid,
        "scope": " ".join(grant.scopes),
        "preferred_username": employe.email,
        "email": employe.email,
        "name": f"{employe.prenom} {employe.nom}",
        "given_name": employe.prenom,
        "family_name": employe.nom,
        "realm_access": {"roles": [employe.role]},
        "autoEcoleId": employe.auto_ecole_id,
    }


def _id_token(issuer: Issuer, grant: Grant, claims: dict[str, Any], access_token: str) -> str:
    """The id token says the same of the employé, to the client alone."""
    nonce = {"nonce": grant.nonce} if grant.nonce is not None else {}
    own = {
        "typ": "ID",
        "aud": grant.client.id,
        "jti": secret(),
        "at_hash": half_hash(access_token),
    }
    return issuer.signer.sign({**claims, **own, **nonce})


def _age(issuer: Issuer, grant: Grant) -> int:
    """Seconds of the world's clock since the employé logged in, or the control plane did for him.

    Worked out once: what a refresh gives repeats the time that was told first.
    """
    sessions = issuer.world.store.sessions
    session = sessions.find(grant.session_id) if grant.session_id else None
    since = session.date_heure_connexion if session else grant.bail.debut
    return int((issuer.now - since).total_seconds())
