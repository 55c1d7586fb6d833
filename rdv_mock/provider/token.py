"""Tokens: to exchange, to refresh, to ask about, to revoke; and who is behind one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from rdv_mock.errors import ApiError, OAuthRefusal, Refusal
from rdv_mock.facts.access import (
    SCOPES,
    OAuthClient,
    TokenType,
)
from rdv_mock.http.access import authenticate, bearer_of
from rdv_mock.http.addresses import issuer
from rdv_mock.http.call import Call
from rdv_mock.provider.authorization import NO_STORE
from rdv_mock.provider.clients import authenticate_client
from rdv_mock.provider.operation import OIDC, provider_router, refuse_grant
from rdv_mock.provider.requests import FORM, form_of, required
from rdv_mock.provider.tokens import (
    Grant,
    Issuer,
    end_bail,
    issue,
    open_bail,
    tokens_on_wire,
)
from rdv_mock.rules.oauth import (
    CODE_NOT_VALID,
    RefreshTokenReused,
    check_code,
    check_refresh,
    is_alive,
    is_spent,
    narrowed,
    parse_scopes,
    rotates,
)
from rdv_mock.worlds.callers import token_id

router = provider_router()


@router.post(f"{OIDC}/token")
async def jeton(call: Call) -> Response:
    """Exchange a code, or refresh."""
    form = form_of(call)
    client = authenticate_client(call, form)
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise OAuthRefusal("invalid_request", "Missing form parameter: grant_type")
    if grant_type in {"client_credentials", "password"}:
        raise OAuthRefusal("unauthorized_client", "Client not allowed to use this grant")
    if grant_type not in GRANTS:
        raise OAuthRefusal("unsupported_grant_type", "Unsupported grant_type")
    return await GRANTS[grant_type](call, client, form)


async def exchange_code(call: Call, client: OAuthClient, form: Mapping[str, str]) -> Response:
    """A code for tokens, once; a code that comes back takes all it gave with it."""
    code = call.store.authorization_codes.find(token_id(required(form, "code")))
    if code is not None and code.client_id == client.id and code.bail_id is not None:
        end_bail(call.store, code.bail_id, now=call.now)
        return refuse_grant(OAuthRefusal("invalid_grant", CODE_NOT_VALID))
    try:
        code = check_code(
            code, client, form.get("redirect_uri"), form.get("code_verifier"), now=call.now
        )
    except OAuthRefusal as refusal:
        if code is not None and code.client_id == client.id:
            call.store.authorization_codes.remove(code.id)  # any attempt of its client spends it
        return refuse_grant(refusal)
    employe = call.store.employes.get(code.employe_id)
    bail = open_bail(call.world, employe, client, now=call.now)
    call.store.authorization_codes.save(replace(code, bail_id=bail.id))
    grant = Grant(employe, client, code.scopes, bail, session_id=code.session_id, nonce=code.nonce)
    return _token_response(call, grant)


async def refresh(call: Call, client: OAuthClient, form: Mapping[str, str]) -> Response:
    """A refresh token for new tokens; the old one has served, and takes all with it if it returns.

    Unless it rotates no more (`oauth.rotation`), or what would follow it is left out of the answer.
    """
    token = call.store.tokens.find(token_id(required(form, "refresh_token")))
    bail = call.store.baux.find(token.bail_id) if token else None
    employe = call.store.employes.find(token.employe_id) if token else None
    try:
        token = check_refresh(token, bail, employe, client, call.limits, now=call.now)
    except RefreshTokenReused as refusal:
        end_bail(call.store, refusal.token.bail_id, now=call.now, reused=True)
        return refuse_grant(refusal)
    asked = parse_scopes(form["scope"], SCOPES) if form.get("scope") else None
    scopes = narrowed(token.scopes, asked)
    if rotates(call.limits) and "refresh_token" not in call.passage.omitted:
        rotated_at = token.rotated_at or call.now
        call.store.tokens.save(replace(token, rotated_at=rotated_at))
    grant = Grant(
        call.store.employes.get(token.employe_id),
        client,
        scopes,
        call.store.baux.get(token.bail_id),
        session_id=token.session_id,
        refresh_scopes=token.scopes,
        auth_time=token.auth_time,
    )
    return _token_response(call, grant)


Exchange = Callable[[Call, OAuthClient, Mapping[str, str]], Awaitable[Response]]

GRANTS: Mapping[str, Exchange] = {
    "authorization_code": exchange_code,
    "refresh_token": refresh,
}


def _token_response(call: Call, grant: Grant) -> Response:
    of_world = Issuer(call.world, call.server.signer, issuer(call), call.now)
    answer = tokens_on_wire(issue(of_world, grant)).model_dump_json(by_alias=True)
    return Response(answer, 200, NO_STORE, "application/json")


@router.post(f"{OIDC}/token/introspect")
async def introspection(call: Call) -> Response:
    """Tell a client what a token is worth."""
    form = form_of(call)
    authenticate_client(call, form)
    text = required(form, "token")
    token = call.store.tokens.find(token_id(text))
    bail = call.store.baux.find(token.bail_id) if token else None
    if (
        token is None
        or is_spent(token, call.limits, now=call.now)
        or not is_alive(token, bail, now=call.now)
    ):
        return JSONResponse({"active": False}, headers=NO_STORE)
    employe = call.store.employes.get(token.employe_id)
    claims = call.server.signer.read(text) if token.type is TokenType.ACCESS else {}
    known = {
        "active": True,
        "client_id": token.client_id,
        "username": employe.email,
        "token_type": "Bearer" if token.type is TokenType.ACCESS else "Refresh",
        "sub": employe.id,
        "scope": " ".join(token.scopes),
    }
    return JSONResponse({**claims, **known}, headers=NO_STORE)


@router.post(f"{OIDC}/revoke")
async def revocation(call: Call) -> Response:
    """Forget a token; a refresh token takes its whole bail with it. Always 200."""
    form = form_of(call)
    client = authenticate_client(call, form)
    token = call.store.tokens.find(token_id(required(form, "token")))
    if token is not None and token.client_id == client.id:
        if token.type is TokenType.REFRESH:
            end_bail(call.store, token.bail_id, now=call.now)
        else:
            call.store.tokens.remove(token.id)
    return Response(status_code=200, headers=NO_STORE)


@router.declare(["GET", "POST"], f"{OIDC}/userinfo")
async def utilisateur(call: Call) -> Response:
    """Tell whose token this is: one in the header, or in a form (RFC 6750, 2.2)."""
    is_form = call.method == "POST" and call.media_type == FORM
    posted = form_of(call).get("access_token") if is_form else None
    if posted is not None and bearer_of(call.head) is not None:
        raise OAuthRefusal("invalid_request", "More than one token is given")
    try:
        employe = authenticate(call.head, now=call.now, posted=posted).employe
    except Refusal as refusal:
        if refusal.error is not ApiError.JETON_INVALIDE:
            raise
        return refuse_grant(
            OAuthRefusal("invalid_token", "Token verification failed"),
            401,
            {"WWW-Authenticate": 'Bearer realm="formation", error="invalid_token"'},
        )
    return JSONResponse(
        {
            "sub": employe.id,
            "preferred_username": employe.email,
            "email": employe.email,
            "email_verified": True,
            "name": f"{employe.prenom} {employe.nom}",
            "given_name": employe.prenom,
            "family_name": employe.nom,
        },
        headers=NO_STORE,
    )
