"""Logout, by a browser or by a program."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from rdv_mock.errors import OAuthRefusal
from rdv_mock.facts.access import (
    OFFLINE_ACCESS,
    Session,
    TokenType,
)
from rdv_mock.http.call import Call
from rdv_mock.provider.authorization import NO_STORE, answer_in_query
from rdv_mock.provider.clients import authenticate_client, find_client, may_return_to
from rdv_mock.provider.cookies import COOKIE, living_session, remember
from rdv_mock.provider.login_page import (
    RETURNS,
    Known,
    error_page,
    logged_out_page,
)
from rdv_mock.provider.operation import OIDC, provider_router
from rdv_mock.provider.requests import form_of, query_of, required
from rdv_mock.provider.tokens import (
    end_bail,
)
from rdv_mock.worlds.callers import token_id

router = provider_router()


@router.get(f"{OIDC}/logout")
async def deconnexion(call: Call) -> Response:
    """End the login of this browser, and the tokens obtained under it but those offline."""
    return _log_out(call, query_of(call))


@router.post(f"{OIDC}/logout", name="deconnexion")
async def deconnexion_postee(call: Call) -> Response:
    """End the login by a form, unless it comes from a client that names a refresh token."""
    form = form_of(call)
    is_of_client = bool({"refresh_token", "client_secret"} & form.keys())
    is_of_client |= call.header(b"authorization") != ""
    return _end_of_client(call, form) if is_of_client else _log_out(call, form)


def _log_out(call: Call, parameters: Mapping[str, str]) -> Response:
    hint = _read_hint(call, parameters)
    return_to = parameters.get("post_logout_redirect_uri")
    client = find_client(call, parameters.get("client_id") or str(hint.get("azp", "")))
    if return_to is not None and (client is None or not may_return_to(call, client, return_to)):
        known = Known(RETURNS, client.redirect_uris) if client else None
        return error_page(
            "Cette adresse de retour (post_logout_redirect_uri) n'est pas enregistrée.",
            return_to,
            known,
        )
    session = living_session(call) or call.store.sessions.find(str(hint.get("sid", "")))
    if session is not None:
        _end_session(call, session)
    if return_to is None or client is None:
        response: Response = logged_out_page()
    else:
        state = {name: parameters[name] for name in ("state",) if name in parameters}
        response = answer_in_query(return_to, state)
    remember(call, response, COOKIE, "")
    return response


def _end_of_client(call: Call, form: Mapping[str, str]) -> Response:
    """End a bail, named by its refresh token."""
    client = authenticate_client(call, form)
    token = call.store.tokens.find(token_id(required(form, "refresh_token")))
    if token is None or token.client_id != client.id or token.type is not TokenType.REFRESH:
        raise OAuthRefusal("invalid_grant", "Invalid refresh token")
    end_bail(call.store, token.bail_id, now=call.now)
    return Response(status_code=204, headers=NO_STORE)


def _read_hint(call: Call, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """The claims of the id token that names who logs out; nothing unless it is one of ours."""
    hint = parameters.get("id_token_hint")
    return call.server.signer.read(hint) if hint else {}


def _end_session(call: Call, session: Session) -> None:
    for token in call.store.tokens.of_session(session.id):
        if OFFLINE_ACCESS not in token.scopes:
            call.store.tokens.save(replace(token, date_heure_expiration=call.now))
    call.store.sessions.remove(session.id)
