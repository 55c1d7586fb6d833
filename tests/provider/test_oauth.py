import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx2 import Response
from joserfc import jwt

from rdv_mock.serving.app import Application
from rdv_mock.settings import Settings
from tests.provider.browser import (
    CALLBACK,
    CLIENT,
    OIDC,
    REALM,
    SCOPE,
    Browser,
    answer_of,
    code_of,
    oauth_error_of,
)
from tests.support import LIVRET, SMALL, instant, refusal_of, running


@pytest.fixture
def browser(application: Application) -> Browser:
    return Browser(application)


# Discovery and keys


@pytest.mark.parametrize("style", ["", "/auth"])
@pytest.mark.parametrize("prefix", ["", "/w/principal"])
def test_discovery_names_itself_and_addresses_that_answer(
    application: Application, style: str, prefix: str
) -> None:
    browser = Browser(application)
    base = f"{prefix}{style}{REALM}"

    found = browser.get(f"{base}/.well-known/openid-configuration").json()

    assert found["issuer"] == f"http://testserver{base}"
    assert found["response_types_supported"] == ["code"]
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert found["code_challenge_methods_supported"] == ["S256", "plain"]
    for name, address in found.items():
        if name.endswith(("_endpoint", "_uri")):
            answer = browser.http.get(address)
            assert answer.status_code != 404, name


def test_a_token_verifies_with_the_published_key(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in(nonce="n-1")).json()
    keys = browser.get(f"{OIDC}/certs").json()["keys"]
    from joserfc.jwk import KeySet  # noqa: PLC0415 - one test needs it

    key_set = KeySet.import_key_set({"keys": keys})
    access = jwt.decode(tokens["access_token"], key_set, algorithms=["RS256"])
    identity = jwt.decode(tokens["id_token"], key_set, algorithms=["RS256"])

    assert [key["alg"] for key in keys] == ["RS256"]
    assert "d" not in keys[0]
    assert access.claims["aud"] == "rdvpermis"
    assert identity.claims["aud"] == "editeur-demo"
    assert identity.claims["nonce"] == "n-1"
    assert access.claims["sub"] == identity.claims["sub"] == browser.id_of("lea")
    assert access.claims["sid"] == identity.claims["sid"]


# Authorization requests


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "inconnu"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": "HTTP://localhost:3000/callback"},
        {"redirect_uri": "http://localhost:3000/callback#x"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": '"><script>alert(1)</script>'},
    ],
)
def test_without_a_good_client_and_address_there_is_a_page_and_no_redirect(
    browser: Browser, changes: dict[str, str | None]
) -> None:
    answer = browser.authorize(**changes)

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "openid rdv"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"code_challenge": "x", "code_challenge_method": "S512"}, "invalid_request"),
    ],
)
def test_any_other_fault_goes_back_to_the_client_with_its_state(
    browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    answer = answer_of(browser.authorize(**changes))

    assert answer["error"] == error
    assert answer["error_description"]
    assert answer["state"] == "é=&1"
    assert "code" not in answer


def test_without_a_state_none_comes_back(browser: Browser) -> None:
    assert "state" not in answer_of(browser.authorize(state=None, prompt="none"))


def test_a_parameter_given_twice_is_refused_with_a_page(browser: Browser) -> None:
    answer = browser.get(f"{OIDC}/auth?client_id=a&client_id=b")

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")


def test_an_authorization_request_may_be_posted(browser: Browser) -> None:
    page = browser.post(
        f"{OIDC}/auth",
        data={"response_type": "code", "client_id": "editeur-demo", "redirect_uri": CALLBACK},
    )

    assert 'id="kc-form-login"' in page.text


@pytest.mark.parametrize(
    ("registered", "begins"),
    [
        ("myapp:///cb", "myapp:///cb?error="),
        ("http://[bad", "http://[bad?error="),
        ("https://a.test/cb?", "https://a.test/cb?error="),
        ("https://a.test/cb?x=1", "https://a.test/cb?x=1&error="),
    ],
)
def test_an_answer_is_added_to_the_very_address_that_is_registered(
    registered: str, begins: str
) -> None:
    client = json.dumps({"clientId": "editeur-demo", "redirectUris": [registered]})
    with running(f"{SMALL}clients: [{client}]\n") as application:
        answer = Browser(application).authorize(redirect_uri=registered, prompt="none")

    assert answer.status_code == 302
    assert answer.headers["location"].startswith(begins)


def test_a_redirect_uri_keeps_its_own_query() -> None:
    clients = (
        "clients: [{clientId: editeur-demo, clientSecret: s,"
        ' redirectUris: ["http://localhost:3000/callback?bureau=1"]}]\n'
    )
    with running(SMALL + clients) as application:
        answer = answer_of(
            Browser(application).authorize(redirect_uri=f"{CALLBACK}?bureau=1", prompt="none")
        )

    assert answer["bureau"] == "1"
    assert answer["error"] == "login_required"


# The login page


def test_the_login_page_has_the_form_of_the_real_one(browser: Browser) -> None:
    page = browser.authorize()

    assert page.status_code == 200
    assert '<html lang="fr">' in page.text
    for sign in ('id="kc-form-login"', 'method="post"', 'name="username"', 'name="password"'):
        assert sign in page.text
    for sign in ('name="rememberMe"', 'id="kc-login"', "Annuler", "Léane Durant"):
        assert sign in page.text
    assert not re.findall(r'(?:src|href)="', page.text)
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("username", "password"),
    [("lea@plesses.test", "faux"), ("personne@plesses.test", "lea"), ("", ""), ("lea", "lea")],
)
def test_a_wrong_password_shows_the_page_again(
    browser: Browser, username: str, password: str
) -> None:
    answer = browser.submit(browser.authorize(), username=username, password=password)

    assert answer.status_code == 200
    assert "Nom d'utilisateur ou mot de passe invalide." in answer.text
    assert "set-cookie" not in answer.headers


def test_what_was_typed_is_shown_again_escaped(browser: Browser) -> None:
    answer = browser.submit(browser.authorize(), username='"><b>', password="x")

    shown = re.search(r'name="username" [^>]*value="([^"<>]*)"', answer.text)
    assert shown is not None
    assert unescape(shown[1]) == '"><b>'
    assert '"><b>' not in answer.text


def test_names_of_a_scenario_are_escaped() -> None:
    with running(SMALL.replace("nom: Durant", "nom: '<b>Durant</b>'")) as application:
        page = Browser(application).authorize()

    assert "&lt;b&gt;Durant&lt;/b&gt;" in page.text
    assert "<b>" not in page.text


def test_a_login_brings_back_a_code_and_the_state(browser: Browser) -> None:
    answer = browser.submit(browser.authorize(), username="lea@plesses.test", password="lea")

    assert answer_of(answer).keys() == {"code", "state", "session_state", "iss"}
    assert answer_of(answer)["state"] == "é=&1"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("KEYCLOAK_IDENTITY=")
    for sign in ("HttpOnly", "SameSite=lax", "Max-Age=36000", f"Path={REALM}/"):
        assert sign in cookie
    assert "expires" not in cookie.lower()


def test_an_account_of_the_scenario_is_one_click_away(browser: Browser) -> None:
    answer = browser.submit(browser.authorize(), compte=browser.id_of("max"))

    tokens = browser.exchange(code_of(answer)).json()
    userinfo = browser.get(
        f"{OIDC}/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert userinfo.json()["email"] == "max@autre.test"


def test_an_unknown_account_is_nobody(browser: Browser) -> None:
    answer = browser.submit(browser.authorize(), compte="inconnu")

    assert "Nom d'utilisateur ou mot de passe invalide." in answer.text


def test_who_cancels_goes_back_with_access_denied(browser: Browser) -> None:
    answer = answer_of(browser.submit(browser.authorize(), annuler="1"))

    assert (answer["error"], answer["state"]) == ("access_denied", "é=&1")


def test_who_wants_to_be_remembered_finds_his_address_again(browser: Browser) -> None:
    browser.submit(
        browser.authorize(), username="lea@plesses.test", password="lea", rememberMe="on"
    )

    page = browser.authorize(prompt="login")

    assert 'value="lea@plesses.test"' in page.text
    assert " checked" in page.text
    browser.submit(page, username="lea@plesses.test", password="lea")
    assert 'value="lea@plesses.test"' not in browser.authorize(prompt="login").text


def test_an_address_in_any_letters_is_remembered() -> None:
    with running(SMALL.replace("lea@plesses.test", "cœur;lé@plesses.test")) as application:
        browser = Browser(application)
        answer = browser.submit(
            browser.authorize(), username="cœur;lé@plesses.test", password="lea", rememberMe="on"
        )
        page = browser.authorize(prompt="login")

    assert answer.status_code == 302
    assert 'value="cœur;lé@plesses.test"' in page.text


def test_a_login_form_for_a_bad_request_goes_back(browser: Browser) -> None:
    page = browser.authorize()
    action = unescape(re.findall(r'action="([^"]+)"', page.text)[0])

    back = browser.http.post(action.replace("openid", "rdv"), data={"annuler": "1"})
    unknown = browser.http.post(action.replace("editeur-demo", "x"), data={"annuler": "1"})

    assert answer_of(back)["error"] == "invalid_scope"
    assert unknown.status_code == 400


# The SSO cookie and the trap of the decentralised mode


def test_a_second_login_silently_reuses_the_first_account(browser: Browser) -> None:
    browser.log_in()

    second = browser.authorize()

    tokens = browser.exchange(code_of(second)).json()
    key = browser.application.server.signer.key
    assert jwt.decode(tokens["access_token"], key).claims["email"] == "lea@plesses.test"


def test_prompt_login_or_a_logout_avoids_it(browser: Browser) -> None:
    browser.log_in()

    assert 'id="kc-form-login"' in browser.authorize(prompt="login").text
    browser.get(f"{OIDC}/logout")
    assert 'id="kc-form-login"' in browser.authorize().text


def test_the_cookie_dies_on_the_clock_of_the_world(browser: Browser) -> None:
    browser.log_in()

    browser.advance("PT9H59M59S")
    assert browser.authorize().status_code == 302
    browser.advance("PT1S")
    assert browser.authorize().status_code == 200


def test_each_path_style_has_a_session_of_its_own(browser: Browser) -> None:
    browser.log_in()

    query = urlencode(
        {"response_type": "code", "client_id": "editeur-demo", "redirect_uri": CALLBACK}
    )
    assert browser.get(f"/auth{OIDC}/auth?{query}").status_code == 200
    assert browser.get(f"{OIDC}/auth?{query}").status_code == 302


# Codes


def test_a_code_serves_once_and_takes_its_tokens_with_it_when_it_comes_back(
    browser: Browser,
) -> None:
    code = browser.log_in()
    tokens = browser.exchange(code).json()
    assert browser.works(tokens["access_token"])

    assert oauth_error_of(browser.exchange(code)) == (400, "invalid_grant", "Code not valid")
    assert not browser.works(tokens["access_token"])
    refused = oauth_error_of(browser.refresh(tokens["refresh_token"]))
    assert refused == (400, "invalid_grant", "Token is not active")


def test_a_code_lives_for_a_minute(browser: Browser) -> None:
    first, second = browser.log_in(), code_of(browser.authorize())

    browser.advance("PT59S")
    assert browser.exchange(first).status_code == 200
    browser.advance("PT1S")
    assert oauth_error_of(browser.exchange(second))[1] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "inconnu"}, "invalid_grant"),
        ({"client_secret": "faux"}, "invalid_client"),
        ({"client_id": "inconnu"}, "invalid_client"),
        ({"grant_type": "password"}, "unauthorized_client"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
    ],
)
def test_an_exchange_that_is_wrong_is_refused_and_leaves_the_code_good(
    browser: Browser, changes: dict[str, str], error: str
) -> None:
    code = browser.log_in()

    refused = oauth_error_of(browser.exchange(**{"code": code, **changes}))

    assert refused[:2] == (401 if error == "invalid_client" else 400, error)
    assert browser.exchange(code).status_code == 200


@pytest.mark.parametrize("missing", ["grant_type", "code", "refresh_token"])
def test_a_missing_parameter_is_named(browser: Browser, missing: str) -> None:
    grant = "refresh_token" if missing == "refresh_token" else "authorization_code"
    form = {**CLIENT, **({} if missing == "grant_type" else {"grant_type": grant})}

    assert oauth_error_of(browser.token(**form)) == (
        400,
        "invalid_request",
        f"Missing form parameter: {missing}",
    )


def test_a_doubled_parameter_and_json_are_refused(browser: Browser) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}

    doubled = browser.post(
        f"{OIDC}/token", content=b"grant_type=password&grant_type=x", headers=form
    )
    as_json = browser.post(f"{OIDC}/token", json={"grant_type": "authorization_code", **CLIENT})

    assert oauth_error_of(doubled)[:2] == (400, "invalid_request")
    assert oauth_error_of(as_json)[:2] == (400, "invalid_request")


def test_a_code_of_another_client_is_not_valid() -> None:
    clients = (
        f'clients: [{{clientId: editeur-demo, clientSecret: s, redirectUris: ["{CALLBACK}"]}},'
        f' {{clientId: autre, clientSecret: a, redirectUris: ["{CALLBACK}"]}}]\n'
    )
    with running(SMALL + clients) as application:
        browser = Browser(application)
        code = browser.log_in()
        foreign = browser.exchange(code, client_id="autre", client_secret="a")
        own = browser.exchange(code, client_secret="s")
        refresh = own.json()["refresh_token"]
        stolen = browser.refresh(refresh, client_id="autre", client_secret="a")
        kept = browser.refresh(refresh, client_secret="s")

    assert oauth_error_of(foreign)[1] == "invalid_grant"
    assert own.status_code == 200
    assert oauth_error_of(stolen)[1] == "invalid_grant"
    assert kept.status_code == 200


def test_a_client_may_show_its_secret_in_the_header(browser: Browser) -> None:
    def exchange(credentials: str) -> Response:
        header = {"Authorization": f"Basic {b64encode(credentials.encode()).decode()}"}
        form = {
            "grant_type": "authorization_code",
            "code": browser.log_in(prompt="login"),
            "redirect_uri": CALLBACK,
        }
        return browser.post(f"{OIDC}/token", data=form, headers=header)

    assert exchange("editeur-demo:secret-demo-rdv-mock").status_code == 200
    assert exchange("editeur%2Ddemo:secret%2Ddemo%2Drdv%2Dmock").status_code == 200
    for bad in ("editeur-demo:faux", "editeur-demo", ":", "x:y"):
        answer = exchange(bad)
        assert oauth_error_of(answer)[:2] == (401, "invalid_client")
        assert answer.headers["www-authenticate"] == 'Basic realm="formation"'


def test_basic_credentials_that_are_no_base64_are_a_wrong_client(browser: Browser) -> None:
    answer = browser.post(
        f"{OIDC}/token",
        data={"grant_type": "refresh_token"},
        headers={"Authorization": "Basic é".encode()},
    )

    assert oauth_error_of(answer)[:2] == (401, "invalid_client")


@pytest.mark.parametrize(
    ("method", "challenge", "verifier", "works"),
    [
        ("S256", "{s256}", "v" * 43, True),
        ("S256", "{s256}", "w" * 43, False),
        ("S256", "{s256}", None, False),
        ("plain", "v" * 43, "v" * 43, True),
        (None, "v" * 43, "v" * 43, True),
        ("plain", "v" * 43, "w", False),
        (None, None, "superfluous", True),
    ],
)
def test_pkce_is_verified_when_it_is_given(
    browser: Browser,
    method: str | None,
    challenge: str | None,
    verifier: str | None,
    works: bool,  # noqa: FBT001 - a case of the table
) -> None:
    s256 = urlsafe_b64encode(sha256(b"v" * 43).digest()).rstrip(b"=").decode()
    given = challenge.format(s256=s256) if challenge else None
    code = browser.log_in(code_challenge=given, code_challenge_method=method)

    answer = browser.exchange(code, **({"code_verifier": verifier} if verifier else {}))

    assert (answer.status_code == 200) is works
    if not works:
        assert oauth_error_of(answer)[1] == "invalid_grant"


# Refresh


REUSED = (400, "invalid_grant", "Maximum allowed refresh token reuse exceeded")
SESSION_ENDED = (400, "invalid_grant", "Session doesn't have required client")


def test_each_refresh_gives_a_new_token_that_serves_in_its_turn(browser: Browser) -> None:
    first = browser.exchange(browser.log_in()).json()

    second = browser.refresh(first["refresh_token"]).json()
    third = browser.refresh(second["refresh_token"])

    assert third.status_code == 200
    tokens = {one["refresh_token"] for one in (first, second, third.json())}
    assert len(tokens) == 3


def test_an_old_refresh_token_that_comes_back_ends_the_session(browser: Browser) -> None:
    first = browser.exchange(browser.log_in()).json()
    second = browser.refresh(first["refresh_token"]).json()

    assert oauth_error_of(browser.refresh(first["refresh_token"])) == REUSED
    assert oauth_error_of(browser.refresh(second["refresh_token"])) == SESSION_ENDED
    assert oauth_error_of(browser.refresh(first["refresh_token"])) == SESSION_ENDED
    assert not browser.works(first["access_token"])
    assert not browser.works(second["access_token"])
    connexions = browser.get("/_mock/connexions").json()
    assert [one["connecte"] for one in connexions if one["employe"] == browser.id_of("lea")] == [
        False
    ]
    assert browser.authorize().status_code == 302  # the login of the browser is another matter


def test_a_session_that_ended_leaves_the_others_of_the_same_person_alone(browser: Browser) -> None:
    first, other = (browser.exchange(browser.log_in(prompt="login")).json() for _ in range(2))
    for _ in range(2):
        browser.refresh(first["refresh_token"])

    assert browser.refresh(other["refresh_token"]).status_code == 200


def test_a_scenario_may_let_an_old_refresh_token_serve_for_a_while() -> None:
    with running(SMALL + "limits: {oauth.rotation: grace}\n") as application:
        browser = Browser(application)
        first = browser.exchange(browser.log_in()).json()
        second = browser.refresh(first["refresh_token"]).json()
        browser.advance("PT29S")
        again = browser.refresh(first["refresh_token"])
        assert again.status_code == 200
        assert browser.refresh(second["refresh_token"]).status_code == 200
        browser.advance("PT1S")  # thirty seconds after it served first

        assert oauth_error_of(browser.refresh(first["refresh_token"])) == REUSED
        assert oauth_error_of(browser.refresh(again.json()["refresh_token"])) == SESSION_ENDED


def test_a_scenario_may_let_an_old_refresh_token_go_on() -> None:
    with running(SMALL + "limits: {oauth.rotation: aucune}\n") as application:
        browser = Browser(application)
        first = browser.exchange(browser.log_in()).json()
        second = browser.refresh(first["refresh_token"]).json()
        browser.advance("PT10M")

        assert browser.refresh(first["refresh_token"]).status_code == 200
        assert browser.refresh(second["refresh_token"]).status_code == 200
        told = browser.post(
            f"{OIDC}/token/introspect", data={"token": first["refresh_token"], **CLIENT}
        )
        assert told.json()["active"] is True


@pytest.mark.parametrize("spoilt", [{"malformed": True}, {"drop": "after"}])
def test_a_refresh_whose_answer_is_lost_has_served(
    browser: Browser, spoilt: dict[str, Any]
) -> None:
    token = browser.exchange(browser.log_in()).json()["refresh_token"]
    arm(browser, times=1, **spoilt)
    browser.refresh(token)

    assert oauth_error_of(browser.refresh(token)) == REUSED


@pytest.mark.parametrize(
    "never",
    [{"drop": "before"}, {"error": "SERVICE_INDISPONIBLE"}, {"status": 502}, {"body": "<html>"}],
)
def test_a_refresh_that_never_arrived_has_not_served(
    browser: Browser, never: dict[str, Any]
) -> None:
    token = browser.exchange(browser.log_in()).json()["refresh_token"]
    arm(browser, times=1, **never)
    browser.refresh(token)

    assert browser.refresh(token).status_code == 200


def test_a_refresh_token_that_is_left_out_of_the_answer_was_not_rotated(browser: Browser) -> None:
    token = browser.exchange(browser.log_in()).json()["refresh_token"]
    arm(browser, times=2, omit=["refresh_token"])

    first, second = (browser.refresh(token) for _ in range(2))

    for answer in (first, second):
        assert answer.status_code == 200
        assert "refresh_token" not in answer.json()
        assert browser.works(answer.json()["access_token"])
    third = browser.refresh(token)
    assert third.json()["refresh_token"] != token
    assert oauth_error_of(browser.refresh(token)) == REUSED


def test_anything_else_that_is_left_out_lets_the_token_rotate(browser: Browser) -> None:
    token = browser.exchange(browser.log_in()).json()["refresh_token"]
    arm(browser, times=1, omit=["expires_in"])

    assert "expires_in" not in browser.refresh(token).json()
    assert oauth_error_of(browser.refresh(token)) == REUSED


def arm(browser: Browser, **what: Any) -> None:
    """Let something go wrong at the token endpoint."""
    answer = browser.post("/_mock/incidents", json={"operation": "jeton", **what})
    assert answer.status_code == 201, answer.text


def test_who_is_gone_refreshes_no_more_and_is_told_so(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()

    assert browser.patch("/_mock/state", json={"supprimer": ["lea"]}).status_code == 200

    gone = oauth_error_of(browser.refresh(tokens["refresh_token"]))
    assert gone == (400, "invalid_grant", "User disabled")
    assert not browser.works(tokens["access_token"])
    form = {"token": tokens["refresh_token"], **CLIENT}
    assert browser.post(f"{OIDC}/token/introspect", data=form).json() == {"active": False}
    assert browser.post(f"{OIDC}/revoke", data=form).status_code == 200
    leaving = {"refresh_token": tokens["refresh_token"], **CLIENT}
    assert browser.post(f"{OIDC}/logout", data=leaving).status_code == 204
    browser.post("/_mock/reset?scope=state")
    assert oauth_error_of(browser.refresh(tokens["refresh_token"]))[1] == "invalid_grant"


def test_who_is_gone_with_his_ecole_is_told_so_too(browser: Browser) -> None:
    token = browser.exchange(browser.log_in()).json()["refresh_token"]

    assert browser.patch("/_mock/state", json={"supprimer": ["plesses"]}).status_code == 200

    assert oauth_error_of(browser.refresh(token))[2] == "User disabled"


def test_a_refresh_token_lives_for_half_an_hour_from_its_last_use(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()
    assert tokens["refresh_expires_in"] == 1800

    browser.advance("PT29M59S")
    tokens = browser.refresh(tokens["refresh_token"]).json()
    browser.advance("PT30M")

    assert oauth_error_of(browser.refresh(tokens["refresh_token"])) == (
        400,
        "invalid_grant",
        "Token is not active",
    )


def test_with_offline_access_it_lives_as_long_as_the_bail(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in(scope="openid offline_access")).json()
    assert tokens["refresh_expires_in"] == 0

    browser.advance("P89DT23H59M")
    tokens = browser.refresh(tokens["refresh_token"]).json()
    assert tokens["expires_in"] == 60
    browser.advance("PT1M")

    assert oauth_error_of(browser.refresh(tokens["refresh_token"]))[2] == "Token is not active"
    assert not browser.works(tokens["access_token"])


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (None, "openid livret_numerique:read"),
        ("openid", "openid"),
        ("openid rdvpermis", None),
        ("rdv", None),
    ],
)
def test_a_refresh_may_ask_for_less_never_for_more(
    browser: Browser, scope: str | None, granted: str | None
) -> None:
    tokens = browser.exchange(browser.log_in()).json()

    answer = browser.refresh(tokens["refresh_token"], **({"scope": scope} if scope else {}))

    if granted is None:
        assert oauth_error_of(answer)[:2] == (400, "invalid_scope")
        assert browser.refresh(tokens["refresh_token"]).status_code == 200
    else:
        assert answer.json()["scope"] == granted
        again = browser.refresh(answer.json()["refresh_token"]).json()
        assert again["scope"] == "openid livret_numerique:read"


def test_without_a_scope_the_token_opens_nothing(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in(scope=None)).json()

    answer = browser.get(
        f"{LIVRET}/formateurs", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )

    assert tokens["scope"] == ""
    assert "id_token" not in tokens
    assert refusal_of(answer) == (403, "SCOPE_INSUFFISANT")


def test_refresh_tokens_of_before_a_reset_are_unknown(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()

    browser.post("/_mock/reset")

    assert oauth_error_of(browser.refresh(tokens["refresh_token"]))[1] == "invalid_grant"
    assert 'id="kc-form-login"' in browser.authorize().text


def test_a_reset_of_the_state_keeps_logins_and_tokens(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()

    browser.post("/_mock/reset?scope=state")

    assert browser.works(tokens["access_token"])
    assert browser.authorize().status_code == 302
    assert browser.refresh(tokens["refresh_token"]).status_code == 200


# Userinfo, introspection, revocation


def test_userinfo_tells_whose_token_it_is(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()
    header = {"Authorization": f"Bearer {tokens['access_token']}"}

    told = browser.get(f"{OIDC}/userinfo", headers=header)

    assert told.json() == {
        "sub": browser.id_of("lea"),
        "preferred_username": "lea@plesses.test",
        "email": "lea@plesses.test",
        "email_verified": True,
        "name": "Léane Durant",
        "given_name": "Léane",
        "family_name": "Durant",
    }
    assert browser.post(f"{OIDC}/userinfo", headers=header).json() == told.json()
    for bad in ({}, {"Authorization": f"Bearer {tokens['refresh_token']}"}):
        answer = browser.get(f"{OIDC}/userinfo", headers=bad)
        assert oauth_error_of(answer)[:2] == (401, "invalid_token")
        assert "invalid_token" in answer.headers["www-authenticate"]


def test_introspection_tells_what_a_token_is_worth(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()

    def introspect(token: str, **changes: str) -> Response:
        form = {"token": token, **CLIENT, **changes}
        return browser.post(f"{OIDC}/token/introspect", data=form)

    access = introspect(tokens["access_token"]).json()
    refresh = introspect(tokens["refresh_token"]).json()
    assert access["active"] is True
    assert access["client_id"] == "editeur-demo"
    assert access["username"] == "lea@plesses.test"
    assert access["token_type"] == "Bearer"
    assert access["exp"] - access["iat"] == 300
    assert refresh["active"] is True
    assert introspect("x").json() == {"active": False}
    assert oauth_error_of(introspect("x", client_secret="faux"))[1] == "invalid_client"
    browser.refresh(tokens["refresh_token"])
    assert introspect(tokens["refresh_token"]).json() == {"active": False}
    browser.advance("PT5M")
    assert introspect(tokens["access_token"]).json() == {"active": False}


@pytest.mark.parametrize(
    ("which", "access_lives", "refresh_lives"),
    [("access_token", False, True), ("refresh_token", False, False), ("unknown", True, True)],
)
def test_a_revoked_token_is_forgotten(
    browser: Browser,
    which: str,
    access_lives: bool,  # noqa: FBT001 - a case of the table
    refresh_lives: bool,  # noqa: FBT001 - a case of the table
) -> None:
    tokens = browser.exchange(browser.log_in()).json()

    answer = browser.post(f"{OIDC}/revoke", data={"token": tokens.get(which, "x"), **CLIENT})

    assert (answer.status_code, answer.content) == (200, b"")
    assert browser.works(tokens["access_token"]) is access_lives
    assert (browser.refresh(tokens["refresh_token"]).status_code == 200) is refresh_lives


# Logout


def test_a_logout_ends_what_was_obtained_under_the_cookie_but_what_is_offline(
    browser: Browser,
) -> None:
    online = browser.exchange(browser.log_in()).json()
    offline = browser.exchange(code_of(browser.authorize(scope=f"{SCOPE} offline_access"))).json()

    page = browser.get(f"{OIDC}/logout")

    assert page.status_code == 200
    assert "Vous êtes déconnecté" in page.text
    assert not browser.works(online["access_token"])
    refused = oauth_error_of(browser.refresh(online["refresh_token"]))
    assert refused == (400, "invalid_grant", "Token is not active")
    assert browser.works(offline["access_token"])
    assert browser.refresh(offline["refresh_token"]).status_code == 200


@pytest.mark.parametrize("named_by", ["client_id", "id_token_hint"])
def test_a_logout_returns_to_a_registered_address(browser: Browser, named_by: str) -> None:
    tokens = browser.exchange(browser.log_in()).json()
    name = {"client_id": "editeur-demo", "id_token_hint": tokens["id_token"]}[named_by]
    query = {named_by: name, "post_logout_redirect_uri": CALLBACK, "state": "s"}

    answer = browser.get(f"{OIDC}/logout?{urlencode(query)}")

    assert answer_of(answer) == {"state": "s"}
    assert 'KEYCLOAK_IDENTITY=""' in answer.headers["set-cookie"]
    assert not browser.works(tokens["access_token"])


def test_a_logout_may_come_without_the_browser(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()
    browser.http.cookies.clear()

    browser.get(f"{OIDC}/logout?{urlencode({'id_token_hint': tokens['id_token']})}")

    assert not browser.works(tokens["access_token"])


@pytest.mark.parametrize(
    "query",
    [
        {"post_logout_redirect_uri": CALLBACK},
        {"post_logout_redirect_uri": "http://evil", "client_id": "editeur-demo"},
        {"post_logout_redirect_uri": CALLBACK, "client_id": "inconnu"},
        {"post_logout_redirect_uri": CALLBACK, "id_token_hint": "a.b.c"},
    ],
)
def test_a_logout_to_anywhere_else_is_refused_and_ends_nothing(
    browser: Browser, query: dict[str, str]
) -> None:
    tokens = browser.exchange(browser.log_in()).json()

    answer = browser.get(f"{OIDC}/logout?{urlencode(query)}")

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert browser.works(tokens["access_token"])


def test_a_posted_logout_ends_the_bail(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in(scope=f"{SCOPE} offline_access")).json()

    def log_out(token: str) -> Response:
        return browser.post(f"{OIDC}/logout", data={"refresh_token": token, **CLIENT})

    assert log_out(tokens["refresh_token"]).status_code == 204
    assert not browser.works(tokens["access_token"])
    assert oauth_error_of(browser.refresh(tokens["refresh_token"]))[1] == "invalid_grant"
    assert oauth_error_of(log_out("x"))[1] == "invalid_grant"


# Two clocks


@pytest.fixture(params=["2026-03-10T08:00:00Z", "2030-06-01T08:00:00Z"])
def world_of_any_year(request: pytest.FixtureRequest) -> Iterator[Browser]:
    text = SMALL.replace("2026-03-10T09:00:00+01:00", request.param)
    with running(text, real=lambda: instant("2028-01-01T00:00:00Z")) as application:
        yield Browser(application)


def test_a_library_that_checks_the_claims_believes_them_in_any_world(
    world_of_any_year: Browser,
) -> None:
    browser = world_of_any_year
    tokens = browser.exchange(browser.log_in()).json()
    real = int(instant("2028-01-01T00:00:00Z").timestamp())

    token = jwt.decode(tokens["id_token"], browser.application.server.signer.key)

    checks: dict[str, Any] = {
        "iss": {"value": f"http://testserver{REALM}"},
        "aud": {"value": "editeur-demo"},
    }
    jwt.JWTClaimsRegistry(now=lambda: real, **checks).validate(token.claims)
    assert token.claims["auth_time"] == real
    assert browser.works(tokens["access_token"])


def test_a_token_is_taken_under_any_host_and_path_style(browser: Browser) -> None:
    page = browser.get(
        f"/auth{OIDC}/auth?"
        + urlencode(
            {
                "response_type": "code",
                "client_id": "editeur-demo",
                "redirect_uri": CALLBACK,
                "scope": SCOPE,
            }
        ),
        headers={"host": "mock:8080"},
    )
    code = code_of(browser.submit(page, username="lea@plesses.test", password="lea"))

    tokens = browser.post(
        f"/auth{OIDC}/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            **CLIENT,
        },
        headers={"host": "mock:8080"},
    ).json()

    issuer = jwt.decode(tokens["access_token"], browser.application.server.signer.key).claims["iss"]
    assert issuer == f"http://mock:8080/auth{REALM}"
    assert browser.works(tokens["access_token"])
    assert browser.refresh(tokens["refresh_token"]).status_code == 200


# Swagger UI's own client


def test_swagger_ui_has_a_client_whose_address_is_that_of_the_call() -> None:
    with running(settings=Settings(public_url="https://mock.test")) as application:
        browser = Browser(application, "/w/principal")
        own = "https://mock.test/w/principal/swagger-ui/oauth2-redirect.html"
        query = {"response_type": "code", "client_id": "rdv-mock-swagger", "redirect_uri": own}

        page = browser.get(f"{OIDC}/auth?{urlencode(query)}")
        elsewhere = browser.get(
            f"{OIDC}/auth?{urlencode({**query, 'redirect_uri': 'https://mock.test/x'})}"
        )

    assert page.status_code == 200
    assert elsewhere.status_code == 400


def test_the_client_of_swagger_ui_is_not_part_of_a_scenario(browser: Browser) -> None:
    state = browser.get("/_mock/state").text

    assert "rdv-mock-swagger" not in state
    assert "editeur-demo" in state


def test_no_secret_is_kept_in_clear(browser: Browser) -> None:
    code = browser.log_in()
    cookie = browser.http.cookies["KEYCLOAK_IDENTITY"]
    tokens = browser.exchange(code).json()

    dump = "\n".join(browser.world.store.sql.iterdump())

    for secret in (code, cookie, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in dump
