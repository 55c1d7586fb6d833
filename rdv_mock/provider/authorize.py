"""The authorization request and the login, through a browser (docs/contract/openid.md)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode

from starlette.responses import Response

from rdv_mock.chance import same_secret, secret, secret_uuid, seeded_id
from rdv_mock.errors import OAuthRefusal
from rdv_mock.facts.access import (
    SCOPES,
    AuthorizationCode,
    Session,
)
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.enumerations import Role
from rdv_mock.http.addresses import issuer, realm_path
from rdv_mock.http.call import Call
from rdv_mock.provider.authorization import Authorization
from rdv_mock.provider.clients import find_client, may_return_to
from rdv_mock.provider.cookies import (
    COOKIE,
    PAGE_COOKIE,
    REMEMBER_COOKIE,
    living_session,
    remember,
    set_cookie,
)
from rdv_mock.provider.login_page import (
    RETURNS,
    Account,
    Known,
    error_page,
    login_page,
)
from rdv_mock.provider.operation import OIDC, provider_router
from rdv_mock.provider.requests import form_of, query_of, seconds_of
from rdv_mock.provider.tokens import (
    returns_all,
)
from rdv_mock.rules.oauth import (
    PLAIN,
    check_challenge,
    check_prompt,
    check_response_mode,
    check_response_type,
    check_supported,
    is_fresh,
    parse_scopes,
    read_max_age,
)
from rdv_mock.worlds.callers import token_id

PAGE_CODE = "session_code"
"""The parameter of the page's address with the hash of its cookie."""
MOST_ACCOUNTS = 20
ROLES = {Role.GERANT: "gérant", Role.EMPLOYE: "employé"}
NOT_FROM_HERE = "Ce navigateur n'a pas ouvert cette page (cookie absent) : connectez-vous ici."
router = provider_router()


@router.declare(["GET", "POST"], f"{OIDC}/auth")
async def autoriser(call: Call) -> Response:
    """Begin a login, or go on with the one that the SSO cookie remembers."""
    return _authorize(call, form_of(call) if call.method == "POST" else query_of(call))


def _authorize(call: Call, parameters: Mapping[str, str]) -> Response:
    authorization = _authorization(call, parameters)
    if isinstance(authorization, Response):
        return authorization
    try:
        _check(authorization)
        max_age = read_max_age(parameters.get("max_age"))
        session = living_session(call)
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
    parameters = query_of(call)
    authorization = _authorization(call, parameters)
    if isinstance(authorization, Response):
        return authorization
    form = form_of(call)
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
        date_heure_expiration=call.now + seconds_of(call, "oauth.ssoSecondes"),
    )
    call.store.sessions.save(session)
    response = _hand_code(call, authorization, employe, session)
    remember(call, response, COOKIE, cookie)
    remembered = quote(employe.email) if "rememberMe" in form else ""
    remember(call, response, REMEMBER_COOKIE, remembered)
    return response


def _login_page(call: Call, parameters: Mapping[str, str], **shown: Any) -> Response:  # noqa: ANN401
    """The login page, which only the browser that gets it can send: its cookie goes with it."""
    known = call.cookies.get(PAGE_COOKIE)
    own = known or secret()
    page = login_page(_action(call, parameters, own), _accounts(call), **shown)
    if not known:
        set_cookie(call, page, PAGE_COOKIE, own, life=None)
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
            date_heure_expiration=call.now + seconds_of(call, "oauth.codeSecondes"),
            bail_id=None,
        )
    )
    state = {"session_state": session.id} if returns_all(call.limits) else {}
    return authorization.back(**state, code=code)


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
