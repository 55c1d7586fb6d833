"""Issuing tokens: what a login, a refresh or the control plane hands out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from rdv_mock.chance import secret
from rdv_mock.facts.access import (
    OFFLINE_ACCESS,
    OPENID,
    SWAGGER_UI,
    Bail,
    Client,
    Token,
    TokenType,
)
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.http.access import token_id
from rdv_mock.http.addresses import issuer
from rdv_mock.http.call import Call
from rdv_mock.rules.bail import bail_end, token_life
from rdv_mock.rules.oauth import half_hash
from rdv_mock.wire.tokens import TokenAnswer

AUDIENCE = "rdvpermis"
ALL = "tous"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who gets tokens, through which client, for what; all under one bail.

    `refresh_scopes`: what the refresh token stands for when the access token stands for less;
    `auth_time`: what the claims have said of the login before.
    """

    employe: Employe
    client: Client
    scopes: Sequence[str]
    bail: Bail
    session_id: str | None = None
    nonce: str | None = None
    refresh_scopes: Sequence[str] | None = None
    auth_time: int | None = None

    @property
    def sid(self) -> str:
        """What all of it calls the session."""
        return self.session_id or self.bail.id


def open_bail(
    call: Call, employe: Employe, client: Client, *, at_least: timedelta = timedelta()
) -> Bail:
    """Open the connection that all tokens of a login live under (rules.md 13.1)."""
    bail = Bail(
        id=call.new_id(call.store.baux),
        employe_id=employe.id,
        client_id=client.id,
        debut=call.now,
        fin=bail_end(call.now, call.limits, at_least=at_least),
        termine=False,
    )
    call.store.baux.save(bail)
    return bail


def end_bail(call: Call, bail_id: str, *, reused: bool = False) -> None:
    """End a connection before its time: all tokens under it are dead (rules.md 13.2).

    It ends just after this instant, at which a leçon may have been received: with a frozen clock
    everything comes at once. One that went with its employé is over already.
    """
    bail = call.store.baux.find(bail_id)
    if bail is not None and not bail.termine:
        fin = call.now + timedelta(microseconds=1)
        call.store.baux.save(replace(bail, termine=True, fin=fin, reused=reused))


def returns_all(call: Call) -> bool:
    """Whether answers carry what a Keycloak of today adds: `session_state`, `iss`."""
    return call.limits.text("oauth.parametresDeRetour") == ALL


def issue(call: Call, grant: Grant, *, expires_in: int | None = None) -> TokenAnswer:
    """Access and refresh token, and an id token when `openid` was asked (contract.md, F)."""
    of_page = grant.client.id == SWAGGER_UI.id
    kind = "oauth.jetonPageSecondes" if of_page else "oauth.jetonSecondes"
    seconds = expires_in or call.limits.integer(kind)
    life = token_life(timedelta(seconds=seconds), grant.bail.fin, now=call.now)
    refresh_scopes = grant.refresh_scopes or grant.scopes
    offline = OFFLINE_ACCESS in refresh_scopes
    refresh_life = token_life(
        timedelta(seconds=call.limits.integer("oauth.rafraichissementSecondes")),
        grant.bail.fin,
        now=call.now,
    )
    claims = _claims(call, grant, life)
    access_token = call.server.signer.sign(claims)
    refresh_token = secret()
    access = Token(
        id=token_id(access_token),
        type=TokenType.ACCESS,
        bail_id=grant.bail.id,
        employe_id=grant.employe.id,
        client_id=grant.client.id,
        scopes=tuple(grant.scopes),
        date_heure_expiration=call.now + life,
        session_id=grant.session_id,
        auth_time=claims["auth_time"],
    )
    refresh_end = grant.bail.fin if offline else call.now + refresh_life
    call.store.tokens.save(access)
    call.store.tokens.save(
        replace(
            access,
            id=token_id(refresh_token),
            type=TokenType.REFRESH,
            scopes=tuple(refresh_scopes),
            date_heure_expiration=refresh_end,
        )
    )
    return TokenAnswer(
        access_token=access_token,
        expires_in=int(life.total_seconds()),
        refresh_token=refresh_token,
        refresh_expires_in=0 if offline else int(refresh_life.total_seconds()),
        scope=" ".join(grant.scopes),
        id_token=(_id_token(call, grant, claims, access_token) if OPENID in grant.scopes else None),
        session_state=grant.sid if returns_all(call) else None,
    )


def _claims(call: Call, grant: Grant, life: timedelta) -> dict[str, Any]:
    """The claims of an access token; its times are real ones, so that libraries believe them."""
    in_world = call.limits.text("oauth.horlogeDesClaims") == "monde"
    issued = int((call.now if in_world else call.server.real()).timestamp())
    employe = grant.employe
    return {
        "iss": issuer(call),
        "sub": employe.id,
        "aud": AUDIENCE,
        "azp": grant.client.id,
        "iat": issued,
        "auth_time": issued - _age(call, grant) if grant.auth_time is None else grant.auth_time,
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


def _id_token(call: Call, grant: Grant, claims: dict[str, Any], access_token: str) -> str:
    """The id token says the same of the employé, to the client alone."""
    nonce = {"nonce": grant.nonce} if grant.nonce is not None else {}
    own = {
        "typ": "ID",
        "aud": grant.client.id,
        "jti": secret(),
        "at_hash": half_hash(access_token),
    }
    return call.server.signer.sign({**claims, **own, **nonce})


def _age(call: Call, grant: Grant) -> int:
    """Seconds since the employé showed who he is, at his login or when the control plane said so.

    On the world's clock, and once: what a refresh gives repeats the time that was told first.
    """
    session = call.store.sessions.find(grant.session_id) if grant.session_id else None
    since = session.date_heure_connexion if session else grant.bail.debut
    return int((call.now - since).total_seconds())
