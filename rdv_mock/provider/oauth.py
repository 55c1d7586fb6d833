"""The OpenID provider, shaped like the State's Keycloak (contract.md, F)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response
from typing_extensions import override

from rdv_mock.chance import same_secret, secret, secret_uuid, seeded_id
from rdv_mock.errors import ApiError, OAuthRefusal, Refusal
from rdv_mock.facts.access import (
    OFFLINE_ACCESS,
    SCOPES,
    AuthorizationCode,
    OAuthClient,
    Session,
    TokenType,
)
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.enumerations import Role
from rdv_mock.http.access import authenticate, bearer_of, headers_of
from rdv_mock.http.addresses import REALM, base_address, issuer, realm_path
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Body, Call, Head
from rdv_mock.http.life import live_until_now
from rdv_mock.http.operation import Operation, operation_id
from rdv_mock.http.refusals import message_of, status_of
from rdv_mock.http.signer import ALGORITHM
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.provider.authorization import NO_STORE, Authorization, answer_in_query
from rdv_mock.provider.clients import BadClient, authenticate_client, find_client, may_return_to
from rdv_mock.provider.login_page import (
    Account,
    Known,
    error_page,
    logged_out_page,
    login_page,
)
from rdv_mock.provider.tokens import (
    Grant,
    Issuer,
    end_bail,
    issue,
    open_bail,
    returns_all,
    tokens_on_wire,
)
from rdv_mock.rules.oauth import (
    CHALLENGE_METHODS,
    CODE_NOT_VALID,
    PLAIN,
    RESPONSE_MODES,
    RefreshTokenReused,
    check_challenge,
    check_code,
    check_prompt,
    check_refresh,
    check_response_mode,
    check_response_type,
    check_supported,
    is_alive,
    is_fresh,
    is_spent,
    narrowed,
    parse_scopes,
    read_max_age,
    rotates,
)
from rdv_mock.worlds.callers import token_id

COOKIE = "KEYCLOAK_IDENTITY"
REMEMBER_COOKIE = "KEYCLOAK_REMEMBER_ME"
PAGE_COOKIE = "AUTH_SESSION_ID"
"""What a browser shows that it was given the login page that it sends."""
PAGE_CODE = "session_code"
"""The same in the page's own address, as a hash."""
MOST_ACCOUNTS = 20
ROLES = {Role.GERANT: "gérant", Role.EMPLOYE: "employé"}
FORM = "application/x-www-form-urlencoded"
RETURNS = "Adresses de retour de ce client"
FOR_BROWSERS = {"autoriser", "authentifier", "deconnexion"}
"""The endpoints that a person comes to: they refuse with a page."""
ERRORS = {
    401: "invalid_grant",
    403: "access_denied",
    429: "temporarily_unavailable",
    503: "temporarily_unavailable",
}
"""What OAuth calls a refusal of ours, by its status, where it is not one of a kind."""
NOT_FROM_HERE = "Ce navigateur n'a pas ouvert cette page (cookie absent) : connectez-vous ici."


class ProviderOperation(Operation):
    """An endpoint of the provider: it admits everybody, and refuses in OAuth's own words."""

    @override
    def admit(self, head: Head) -> None:
        """Let everybody in; each endpoint asks for what it needs."""

    @override
    async def run(
        self, head: Head, body: Body, arguments: dict[str, Any], *, now: datetime
    ) -> Response:
        """Run the endpoint, once there is a key; one that refuses has written nothing."""
        signer = head.passage.server.signer
        if not signer.is_ready:
            await aside(signer.get_ready)
            now = await live_until_now(head.world)
        try:
            with head.world.store.transaction():
                return await super().run(head, body, arguments, now=now)
        except OAuthRefusal as refusal:
            if self.endpoint.__name__ in FOR_BROWSERS:
                return error_page("Cette demande est mal formée.", refusal.description)
            return refuse_grant(refusal)

    @override
    def refuse(self, head: Head, refusal: Refusal) -> Response:
        """One of our own refusals, such as an incident asks for, in OAuth's own form."""
        error = refusal.error
        head.passage.code = error.code
        status = status_of(error, self.operation, head.world)
        message = message_of(refusal, self.operation, head.world)
        headers = headers_of(head, error)
        if self.operation in FOR_BROWSERS and "text/html" in head.header(b"accept"):
            page = error_page(message, status=status)
            page.headers.update(headers)
            return page
        told = ERRORS.get(
            status,
            "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request",
        )
        if self.operation == "utilisateur":  # it takes a token for its caller (RFC 6750)
            told = {401: "invalid_token", 403: "insufficient_scope"}.get(status, told)
        return refuse_grant(OAuthRefusal(told, message), status, headers)


router = APIRouter(
    prefix=REALM, route_class=ProviderOperation, generate_unique_id_function=operation_id
)
OIDC = "/protocol/openid-connect"


# Discovery --------------------------------------------------------------------------------------


@router.get("/.well-known/openid-configuration")
async def configuration(call: Call) -> Response:
    """Say where everything is and what is known; it depends on how the server was reached."""
    base = issuer(call)
    forwarded = ", X-Forwarded-Host, X-Forwarded-Proto" if call.server.settings.trust_proxy else ""
    oidc = base + OIDC
    return JSONResponse(
        {
            "issuer": base,
            "authorization_endpoint": f"{oidc}/auth",
            "token_endpoint": f"{oidc}/token",
            "introspection_endpoint": f"{oidc}/token/introspect",
            "userinfo_endpoint": f"{oidc}/userinfo",
            "end_session_endpoint": f"{oidc}/logout",
            "jwks_uri": f"{oidc}/certs",
            "revocation_endpoint": f"{oidc}/revoke",
            "grant_types_supported": list(GRANTS),
            "response_types_supported": ["code"],
            "response_modes_supported": list(RESPONSE_MODES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "scopes_supported": list(SCOPES),
            "claims_supported": [
                "aud",
                "sub",
                "iss",
                "auth_time",
                "name",
                "given_name",
                "family_name",
                "preferred_username",
                "email",
            ],
            "code_challenge_methods_supported": list(CHALLENGE_METHODS),
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": returns_all(call.limits),
        },
        headers={**NO_STORE, "Vary": f"Host{forwarded}"},
    )


@router.get(f"{OIDC}/certs")
async def certificats(call: Call) -> Response:
    """Hand out the public key."""
    return JSONResponse({"keys": [call.server.signer.public_key()]}, headers=NO_STORE)


# Authorization ----------------------------------------------------------------------------------


@router.api_route(f"{OIDC}/auth", methods=["GET", "POST"])
async def autoriser(call: Call) -> Response:
    """Begin a login, or go on with the one that the SSO cookie remembers."""
    return _authorize(call, _form(call) if call.method == "POST" else _query(call))


def _authorize(call: Call, parameters: Mapping[str, str]) -> Response:
    authorization = _authorization(call, parameters)
    if isinstance(authorization, Response):
        return authorization
    try:
        _check(authorization)
        max_age = read_max_age(parameters.get("max_age"))
        session = _living_session(call)
        if session is not None and not is_fresh(session, max_age, now=call.now):
            session = None
        prompt = parameters.get("prompt", "").split()
        check_prompt(prompt, logged_in=session is not None)
        if session is not None and "login" not in prompt:
            employe = call.store.employes.get(session.employe_id)
            return _hand_code(call, authorization, employe, session)
    except OAuthRefusal as refusal:
        return authorization.back(error=refusal.error, error_description=refusal.description)
    remembered = unquote(call.cookies.get(REMEMBER_COOKIE, ""))
    return _login_page(
        call,
        parameters,
        username=parameters.get("login_hint", remembered),
        remembered=bool(remembered),
    )


@router.post("/login-actions/authenticate")
async def authentifier(call: Call) -> Response:
    """Take the login form, or one of the accounts below it, or « Annuler »."""
    parameters = _query(call)
    authorization = _authorization(call, parameters)
    if isinstance(authorization, Response):
        return authorization
    form = _form(call)
    if not _is_from_here(call, parameters):
        return _login_page(call, parameters, problem=NOT_FROM_HERE, status=400)
    try:
        _check(authorization)
    except OAuthRefusal as refusal:
        return authorization.back(error=refusal.error, error_description=refusal.description)
    if "annuler" in form:
        return authorization.back(error="access_denied", error_description="User denied access")
    employe = _who(call, form)
    if employe is None:
        return _login_page(
            call,
            parameters,
            username=form.get("username", ""),
            remembered="rememberMe" in form,
            problem="Nom d'utilisateur ou mot de passe invalide.",
        )
    cookie = secret()
    session = Session(
        id=token_id(cookie),
        employe_id=employe.id,
        date_heure_connexion=call.now,
        date_heure_expiration=call.now + _seconds(call, "oauth.ssoSecondes"),
    )
    call.store.sessions.save(session)
    response = _hand_code(call, authorization, employe, session)
    _remember(call, response, COOKIE, cookie)
    remembered = quote(employe.email) if "rememberMe" in form else ""
    _remember(call, response, REMEMBER_COOKIE, remembered)
    return response


def _login_page(call: Call, parameters: Mapping[str, str], **shown: Any) -> Response:  # noqa: ANN401
    """The login page, which only the browser that gets it can send: its cookie goes with it."""
    known = call.cookies.get(PAGE_COOKIE)
    own = known or secret()
    page = login_page(_action(call, parameters, own), _accounts(call), **shown)
    if not known:
        _set_cookie(call, page, PAGE_COOKIE, own, life=None)
    return page


def _is_from_here(call: Call, parameters: Mapping[str, str]) -> bool:
    """Whether the form is one that this browser was given.

    Another site may send it too, to log somebody in as somebody else.
    """
    own = call.cookies.get(PAGE_COOKIE)
    return bool(own) and same_secret(parameters.get(PAGE_CODE, ""), token_id(own or ""))


def _authorization(call: Call, parameters: Mapping[str, str]) -> Authorization | Response:
    """The request, or the page that says why nothing can be sent back to the client."""
    client = find_client(call, parameters.get("client_id", ""))
    if client is None:
        missing = "client_id" not in parameters
        message = "Le paramètre client_id est obligatoire." if missing else "Client inconnu."
        known = [one.id for one in call.store.clients.of_scenario()]
        clients = Known("Clients de ce scénario", known)
        return error_page(message, parameters.get("client_id", ""), clients)
    redirect_uri = parameters.get("redirect_uri", "")
    if not may_return_to(call, client, redirect_uri):
        return error_page(
            "Cette adresse de retour (redirect_uri) n'est pas enregistrée pour ce client ; elle"
            " doit l'être au caractère près.",
            redirect_uri,
            Known(RETURNS, client.redirect_uris),
        )
    always = {"iss": issuer(call)} if returns_all(call.limits) else {}
    return Authorization(client, redirect_uri, parameters, always)


def _check(authorization: Authorization) -> None:
    """Refuse what can be told to the client."""
    parameters = authorization.parameters
    check_response_mode(authorization.response_mode)
    check_supported(parameters)
    check_response_type(parameters.get("response_type"))
    parse_scopes(parameters.get("scope", ""), SCOPES)
    check_challenge(
        parameters.get("code_challenge"), parameters.get("code_challenge_method", PLAIN)
    )


def _who(call: Call, form: Mapping[str, str]) -> Employe | None:
    """Whom the form names, if the password is right."""
    if "compte" in form:
        return call.store.employes.find(form["compte"])
    employe = call.store.employes.find_by_email(form.get("username", "").strip())
    expected = employe.mot_de_passe if employe else secret()
    return employe if same_secret(form.get("password", ""), expected) else None


def _hand_code(
    call: Call, authorization: Authorization, employe: Employe, session: Session
) -> Response:
    """Send the browser back with a code that lives for a minute, in the form of Keycloak's."""
    parameters = authorization.parameters
    client_uuid = seeded_id(call.world.settings.seed, "clients", authorization.client.id)
    code = f"{secret_uuid()}.{session.id}.{client_uuid}"
    call.store.authorization_codes.save(
        AuthorizationCode(
            id=token_id(code),
            client_id=authorization.client.id,
            employe_id=employe.id,
            session_id=session.id,
            redirect_uri=authorization.redirect_uri,
            scopes=parse_scopes(parameters.get("scope", ""), SCOPES),
            nonce=parameters.get("nonce"),
            code_challenge=parameters.get("code_challenge"),
            code_challenge_method=parameters.get("code_challenge_method", PLAIN),
            date_heure_expiration=call.now + _seconds(call, "oauth.codeSecondes"),
            bail_id=None,
        )
    )
    state = {"session_state": session.id} if returns_all(call.limits) else {}
    return authorization.back(**state, code=code)


def _living_session(call: Call) -> Session | None:
    """Who is logged in, if the cookie is still good on the world's clock."""
    cookie = call.cookies.get(COOKIE)
    session = call.store.sessions.find(token_id(cookie)) if cookie else None
    return session if session and session.date_heure_expiration > call.now else None


def _accounts(call: Call) -> list[Account]:
    """The accounts of the scenario, the first ones of a large world."""
    accounts = []
    for employe in call.store.employes.first_ones(MOST_ACCOUNTS):
        auto_ecole = call.store.auto_ecoles.get(employe.auto_ecole_id)
        about = f"{auto_ecole.nom}, {ROLES[employe.role]}"
        accounts.append(Account(employe.id, f"{employe.prenom} {employe.nom}", about))
    return accounts


def _action(call: Call, parameters: Mapping[str, str], own: str) -> str:
    """Where the form is sent: it carries the authorization request along."""
    realm = call.passage.shown_prefix + realm_path(call)
    query = urlencode({**parameters, PAGE_CODE: token_id(own)})
    return f"{realm}/login-actions/authenticate?{query}"


def _remember(call: Call, response: Response, name: str, value: str) -> None:
    """Keep a cookie as long as a login lasts; an empty one is forgotten at once."""
    life = call.limits.integer("oauth.ssoSecondes") if value else 0
    _set_cookie(call, response, name, value, life=life)


def _set_cookie(call: Call, response: Response, name: str, value: str, *, life: int | None) -> None:
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


# Tokens -----------------------------------------------------------------------------------------


@router.post(f"{OIDC}/token")
async def jeton(call: Call) -> Response:
    """Exchange a code, or refresh."""
    form = _form(call)
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
    code = call.store.authorization_codes.find(token_id(_required(form, "code")))
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
    token = call.store.tokens.find(token_id(_required(form, "refresh_token")))
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
    form = _form(call)
    authenticate_client(call, form)
    text = _required(form, "token")
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
    form = _form(call)
    client = authenticate_client(call, form)
    token = call.store.tokens.find(token_id(_required(form, "token")))
    if token is not None and token.client_id == client.id:
        if token.type is TokenType.REFRESH:
            end_bail(call.store, token.bail_id, now=call.now)
        else:
            call.store.tokens.remove(token.id)
    return Response(status_code=200, headers=NO_STORE)


@router.api_route(f"{OIDC}/userinfo", methods=["GET", "POST"])
async def utilisateur(call: Call) -> Response:
    """Tell whose token this is: one in the header, or in a form (RFC 6750, 2.2)."""
    is_form = call.method == "POST" and call.media_type == FORM
    posted = _form(call).get("access_token") if is_form else None
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


# Logout -----------------------------------------------------------------------------------------


@router.get(f"{OIDC}/logout")
async def deconnexion(call: Call) -> Response:
    """End the login of this browser, and the tokens obtained under it but those offline."""
    return _log_out(call, _query(call))


@router.post(f"{OIDC}/logout", name="deconnexion")
async def deconnexion_postee(call: Call) -> Response:
    """The same by a form, unless it comes from a client that names a refresh token."""
    form = _form(call)
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
    session = _living_session(call) or call.store.sessions.find(str(hint.get("sid", "")))
    if session is not None:
        _end_session(call, session)
    if return_to is None or client is None:
        response: Response = logged_out_page()
    else:
        state = {name: parameters[name] for name in ("state",) if name in parameters}
        response = answer_in_query(return_to, state)
    _remember(call, response, COOKIE, "")
    return response


def _end_of_client(call: Call, form: Mapping[str, str]) -> Response:
    """End a bail, named by its refresh token."""
    client = authenticate_client(call, form)
    token = call.store.tokens.find(token_id(_required(form, "refresh_token")))
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


# Requests and refusals --------------------------------------------------------------------------


def refuse_grant(
    refusal: OAuthRefusal, status: int = 400, headers: Mapping[str, str] | None = None
) -> Response:
    """A refusal in OAuth's own form: 400, but 401 when it is the client that is wrong."""
    body = {"error": refusal.error, "error_description": refusal.description}
    challenge = {}
    if isinstance(refusal, BadClient):
        status = 401
        challenge = {"WWW-Authenticate": 'Basic realm="formation"'} if refusal.basic else {}
    return JSONResponse(body, status, {**NO_STORE, **challenge, **(headers or {})})


def _query(call: Call) -> Mapping[str, str]:
    return _only_once(call.scope["query_string"].decode("latin-1"))


def _form(call: Call) -> Mapping[str, str]:
    if call.media_type != FORM:
        raise OAuthRefusal("invalid_request", f"The body must be sent as {FORM}")
    return _only_once(call.raw_body.decode("latin-1"))


def _only_once(text: str) -> Mapping[str, str]:
    """The parameters of a request: none of them twice (RFC 6749, 3.1)."""
    pairs = parse_qsl(text, keep_blank_values=True)
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise OAuthRefusal("invalid_request", "A parameter is given twice")
    return parameters


def _required(form: Mapping[str, str], name: str) -> str:
    if name not in form:
        raise OAuthRefusal("invalid_request", f"Missing form parameter: {name}")
    return form[name]


def _seconds(call: Call, key: IntegerKey) -> timedelta:
    return timedelta(seconds=call.limits.integer(key))
