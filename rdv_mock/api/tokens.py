"""Issuing tokens: what a login, a refresh or the control plane hands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rdv_mock.api.access import token_id
from rdv_mock.api.addresses import issuer
from rdv_mock.api.call import Call
from rdv_mock.chance import secret
from rdv_mock.facts.access import Bail, Client, Token, TokenType
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.rules.bail import bail_end, token_life
from rdv_mock.wire.control import TokenAnswer

AUDIENCE = "rdvpermis"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who gets tokens, through which client, for what; all under one bail."""

    employe: Employe
    client: Client
    scopes: Sequence[str]
    bail: Bail


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


def issue(call: Call, grant: Grant, *, expires_in: int | None = None) -> TokenAnswer:
    """Access and refresh token, and an id token when `openid` was asked (contract.md, F)."""
    seconds = expires_in or call.limits.integer("oauth.jetonSecondes")
    life = token_life(timedelta(seconds=seconds), grant.bail.fin, now=call.now)
    offline = "offline_access" in grant.scopes
    refresh_life = token_life(
        timedelta(seconds=call.limits.integer("oauth.rafraichissementSecondes")),
        grant.bail.fin,
        now=call.now,
    )
    claims = _claims(call, grant, life)
    access_token = call.server.signer.sign(claims)
    refresh_token = secret()
    _remember(call, grant, access_token, TokenType.ACCESS, life)
    refresh_end = grant.bail.fin - call.now if offline else refresh_life
    _remember(call, grant, refresh_token, TokenType.REFRESH, refresh_end)
    return TokenAnswer(
        access_token=access_token,
        expires_in=int(life.total_seconds()),
        refresh_token=refresh_token,
        refresh_expires_in=0 if offline else int(refresh_life.total_seconds()),
        scope=" ".join(grant.scopes),
        id_token=_id_token(call, claims) if "openid" in grant.scopes else None,
    )


def _remember(call: Call, grant: Grant, text: str, token_type: TokenType, life: timedelta) -> None:
    token = Token(
        id=token_id(text),
        type=token_type,
        bail_id=grant.bail.id,
        employe_id=grant.employe.id,
        client_id=grant.client.id,
        scopes=tuple(grant.scopes),
        date_heure_expiration=call.now + life,
    )
    call.store.tokens.save(token)


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
        "auth_time": issued,
        "exp": issued + int(life.total_seconds()),
        "jti": secret(),
        "typ": "Bearer",
        "sid": grant.bail.id,
        "scope": " ".join(grant.scopes),
        "preferred_username": employe.email,
        "email": employe.email,
        "name": f"{employe.prenom} {employe.nom}",
        "given_name": employe.prenom,
        "family_name": employe.nom,
        "realm_access": {"roles": [employe.role]},
        "autoEcoleId": employe.auto_ecole_id,
    }


def _id_token(call: Call, claims: dict[str, Any]) -> str:
    return call.server.signer.sign({**claims, "typ": "ID", "aud": claims["azp"], "jti": secret()})
