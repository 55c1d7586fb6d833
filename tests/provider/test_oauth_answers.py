"""How the provider answers: to the client's address, to its forms, to what goes wrong."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

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
    Browser,
    answer_of,
    code_of,
    oauth_error_of,
)
from tests.support import LIVRET, SMALL, Vendor, instant, refusal_of, running

ISSUER = f"http://testserver{REALM}"
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def browser(application: Application) -> Browser:
    return Browser(application)


def log_in(browser: Browser, **changes: str | None) -> Response:
    """What a login of Léane comes to."""
    page = browser.authorize(**changes)
    return browser.submit(page, username="lea@plesses.test", password="lea")


def claims_of(browser: Browser, token: str) -> dict[str, Any]:
    return jwt.decode(token, browser.application.server.signer.key).claims


# The way back


def test_a_callback_carries_what_a_keycloak_of_today_adds(browser: Browser) -> None:
    answer = answer_of(log_in(browser))

    tokens = browser.exchange(answer["code"]).json()
    sid = claims_of(browser, tokens["access_token"])["sid"]
    assert answer["iss"] == ISSUER
    assert answer["session_state"] == tokens["session_state"] == sid
    assert re.fullmatch(rf"{UUID}\.{re.escape(sid)}\.{UUID}", answer["code"])
    assert answer_of(browser.authorize(prompt="none", scope="x"))["iss"] == ISSUER
    again = browser.refresh(tokens["refresh_token"]).json()
    assert again["session_state"] == sid
    found = browser.get(f"{REALM}/.well-known/openid-configuration").json()
    assert found["authorization_response_iss_parameter_supported"] is True


def test_a_scenario_may_leave_it_out() -> None:
    with running(SMALL + "limits: {oauth.parametresDeRetour: aucun}\n") as application:
        browser = Browser(application)
        answer = answer_of(log_in(browser))
        tokens = browser.exchange(answer["code"]).json()
        found = browser.get(f"{REALM}/.well-known/openid-configuration").json()

    assert answer.keys() == {"code", "state"}
    assert "session_state" not in tokens
    assert found["authorization_response_iss_parameter_supported"] is False


def test_the_tokens_of_the_control_plane_name_their_session_too(browser: Browser) -> None:
    tokens = browser.post("/_mock/tokens", json={"employe": "lea"}).json()

    assert tokens["session_state"] == claims_of(browser, tokens["access_token"])["sid"]


def test_two_codes_are_never_the_same(browser: Browser) -> None:
    first, second = browser.log_in(), code_of(browser.authorize())

    assert first.partition(".")[0] != second.partition(".")[0]
    assert first.partition(".")[2] == second.partition(".")[2]  # one session, one client


@pytest.mark.parametrize("mode", [None, "query"])
def test_an_answer_comes_in_the_query_when_nothing_else_is_asked(
    browser: Browser, mode: str | None
) -> None:
    location = urlsplit(log_in(browser, response_mode=mode).headers["location"])

    assert {"code", "state"} <= parse_qs(location.query).keys()
    assert location.fragment == ""


def test_an_answer_may_come_in_the_fragment(browser: Browser) -> None:
    location = urlsplit(log_in(browser, response_mode="fragment").headers["location"])

    answer = parse_qs(location.fragment)
    assert location.query == ""
    assert answer["state"] == ["é=&1"]
    assert browser.exchange(answer["code"][0]).status_code == 200
    refused = browser.authorize(response_mode="fragment", prompt="none", max_age="0")
    assert parse_qs(urlsplit(refused.headers["location"]).fragment)["error"] == ["login_required"]


def posted(page: Response) -> dict[str, str]:
    """What the form of a page sends to the client."""
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert 'method="post"' in page.text
    assert unescape(re.findall(r'action="([^"]+)"', page.text)[0]) == CALLBACK
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in fields}


def test_an_answer_may_come_as_a_form_that_sends_itself(browser: Browser) -> None:
    page = log_in(browser, response_mode="form_post", state='"><script>alert(1)</script>')

    answer = posted(page)
    assert answer["state"] == '"><script>alert(1)</script>'
    assert answer["iss"] == ISSUER
    assert browser.exchange(answer["code"]).status_code == 200
    assert page.text.count("<script") == 1
    assert '<button type="submit"' in page.text
    assert "KEYCLOAK_IDENTITY" in page.headers["set-cookie"]
    policy = page.headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy.partition("script-src")[2]
    assert "form-action" not in policy


def test_a_form_carries_a_refusal_too(browser: Browser) -> None:
    refused = posted(browser.authorize(response_mode="form_post", prompt="none"))
    cancelled = posted(browser.submit(browser.authorize(response_mode="form_post"), annuler="1"))

    assert refused["error"] == "login_required"
    assert cancelled["error"] == "access_denied"
    assert refused["state"] == cancelled["state"] == "é=&1"


def test_the_journal_shows_no_code_however_it_went_back(browser: Browser) -> None:
    codes = [
        posted(log_in(browser, response_mode="form_post"))["code"],
        parse_qs(urlsplit(browser.authorize(response_mode="fragment").headers["location"])[4])[
            "code"
        ][0],
        code_of(browser.authorize()),
    ]

    journal = browser.get("/_mock/journal").text
    for code in codes:
        assert code.partition(".")[0] not in journal


@pytest.mark.parametrize("mode", ["query.jwt", "web_message", "x"])
def test_a_mode_that_nobody_knows_is_refused_in_the_query(browser: Browser, mode: str) -> None:
    answer = answer_of(browser.authorize(response_mode=mode))

    assert answer["error"] == "invalid_request"
    assert answer["error_description"] == "Invalid parameter: response_mode"
    assert answer["state"] == "é=&1"


@pytest.mark.parametrize("name", ["request", "request_uri"])
def test_a_request_object_is_refused_as_the_discovery_says(browser: Browser, name: str) -> None:
    found = browser.get(f"{REALM}/.well-known/openid-configuration").json()

    assert found[f"{name}_parameter_supported"] is False
    assert answer_of(browser.authorize(**{name: "x"}))["error"] == f"{name}_not_supported"


def test_discovery_depends_on_how_the_server_was_reached_and_says_so(browser: Browser) -> None:
    plain = browser.get(f"{REALM}/.well-known/openid-configuration")
    with running(settings=Settings(trust_proxy=True)) as application:
        proxied = Vendor(application).get(
            f"{REALM}/.well-known/openid-configuration",
            headers={"x-forwarded-proto": "https", "x-forwarded-host": "mock.test"},
        )

    assert plain.json()["response_modes_supported"] == ["query", "fragment", "form_post"]
    assert plain.headers["cache-control"] == proxied.headers["cache-control"] == "no-store"
    assert plain.headers["vary"] == "Host"
    assert proxied.json()["issuer"] == f"https://mock.test{REALM}"
    assert proxied.headers["vary"] == "Host, X-Forwarded-Host, X-Forwarded-Proto"


# What spends a code


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ({"redirect_uri": f"{CALLBACK}?session_state=x"}, "Incorrect redirect_uri"),
        ({"code_verifier": "w" * 43}, "PKCE verification failed: Code mismatch"),
    ],
)
def test_any_attempt_of_its_client_spends_a_code(
    browser: Browser, first: dict[str, str], words: str
) -> None:
    pkce = {"code_challenge": "v" * 43, "code_challenge_method": "plain"}
    code = code_of(log_in(browser, **pkce))
    right = {"code_verifier": "v" * 43}

    refused = oauth_error_of(browser.exchange(code, **{**right, **first}))

    assert refused == (400, "invalid_grant", words)
    spent = oauth_error_of(browser.exchange(code, **right))
    assert spent == (400, "invalid_grant", "Code not valid")


@pytest.mark.parametrize("wrong", [{"client_secret": "faux"}, {"client_id": "rdv-mock-swagger"}])
def test_an_attempt_of_anybody_else_spends_nothing(browser: Browser, wrong: dict[str, str]) -> None:
    code = browser.log_in()

    assert browser.exchange(code, **wrong).status_code in {400, 401}
    assert browser.exchange(code).status_code == 200


# How old a login may be


def test_a_login_that_is_too_old_for_the_client_is_asked_for_again(browser: Browser) -> None:
    browser.log_in()
    browser.advance("PT1H")

    assert browser.authorize(max_age="3700").status_code == 302
    page = browser.authorize(max_age="3599")
    assert 'id="kc-form-login"' in page.text
    refused = answer_of(browser.authorize(max_age="3599", prompt="none"))
    assert refused["error"] == "login_required"
    again = browser.submit(page, compte=browser.id_of("lea"))
    claims = claims_of(browser, browser.exchange(code_of(again)).json()["id_token"])
    assert claims["iat"] - claims["auth_time"] <= 1
    assert browser.authorize(max_age="3599").status_code == 302


def test_a_max_age_of_nothing_always_asks_and_a_wrong_one_goes_back(browser: Browser) -> None:
    browser.log_in()

    assert 'id="kc-form-login"' in browser.authorize(max_age="0").text
    assert answer_of(browser.authorize(max_age="-1"))["error"] == "invalid_request"


def test_an_id_token_says_when_the_login_was_and_a_refresh_repeats_it(browser: Browser) -> None:
    browser.log_in()
    browser.advance("PT2H")

    tokens = browser.exchange(code_of(browser.authorize())).json()
    first = claims_of(browser, tokens["id_token"])
    browser.advance("PT20M")
    second = claims_of(browser, browser.refresh(tokens["refresh_token"]).json()["id_token"])

    assert first["iat"] - first["auth_time"] in range(7200, 7203)
    assert second["auth_time"] == first["auth_time"]  # OpenID Connect, 12.2
    assert first["at_hash"] != second["at_hash"]
    assert "c_hash" not in first


# Forms


def test_userinfo_takes_its_token_in_a_form(browser: Browser) -> None:
    token = browser.exchange(browser.log_in()).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}

    told = browser.post(f"{OIDC}/userinfo", data={"access_token": token})

    assert told.json()["email"] == "lea@plesses.test"
    assert browser.post(f"{OIDC}/userinfo", headers=bearer).json() == told.json()
    with_form = browser.post(f"{OIDC}/userinfo", data={"x": "y"}, headers=bearer)
    assert with_form.json() == told.json()
    twice = browser.post(f"{OIDC}/userinfo", data={"access_token": token}, headers=bearer)
    assert oauth_error_of(twice)[:2] == (400, "invalid_request")
    for form in ({"access_token": "x"}, {"access_token": ""}, {"x": "y"}):
        answer = browser.post(f"{OIDC}/userinfo", data=form)
        assert oauth_error_of(answer)[:2] == (401, "invalid_token")
    assert browser.get(f"{OIDC}/userinfo?access_token={token}").status_code == 401


def test_a_logout_may_be_posted_by_the_browser(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()
    form = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": CALLBACK, "state": "s"}
    browser.http.cookies.clear()  # another site's form comes without them

    answer = browser.post(f"{OIDC}/logout", data=form)

    assert answer_of(answer) == {"state": "s"}
    assert not browser.works(tokens["access_token"])


def test_a_posted_logout_without_anything_ends_the_login_of_the_browser(browser: Browser) -> None:
    browser.log_in()

    assert "Vous êtes déconnecté" in browser.post(f"{OIDC}/logout", data={"x": "y"}).text
    assert 'id="kc-form-login"' in browser.authorize().text


def test_a_posted_logout_to_anywhere_else_is_refused(browser: Browser) -> None:
    tokens = browser.exchange(browser.log_in()).json()
    form = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://evil.test"}

    answer = browser.post(f"{OIDC}/logout", data=form)

    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert browser.works(tokens["access_token"])


def test_a_client_that_forgets_its_refresh_token_is_told_so(browser: Browser) -> None:
    answer = browser.post(f"{OIDC}/logout", data=CLIENT)

    assert oauth_error_of(answer) == (
        400,
        "invalid_request",
        "Missing form parameter: refresh_token",
    )


# Swagger UI's own client, and the demonstration's


def test_the_tokens_of_swagger_ui_live_as_long_as_their_bail() -> None:
    with running() as application:
        browser = Browser(application)
        own = "http://testserver/swagger-ui/oauth2-redirect.html"
        page = browser.authorize(
            client_id="rdv-mock-swagger", redirect_uri=own, scope="livret_numerique:read"
        )
        location = browser.submit(page, username="lea@plesses.test", password="lea")
        code = parse_qs(urlsplit(location.headers["location"]).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": own,
            "client_id": "rdv-mock-swagger",
        }
        tokens = browser.token(**form).json()
        browser.advance("P30D")

        assert tokens["expires_in"] == 7_776_000
        assert browser.works(tokens["access_token"])
        browser.advance("P60D")
        assert not browser.works(tokens["access_token"])


def test_a_scenario_says_how_long_the_tokens_of_swagger_ui_live() -> None:
    with running(SMALL + "limits: {oauth.jetonPageSecondes: 60}\n") as application:
        request = {"employe": "lea", "clientId": "rdv-mock-swagger"}
        answer = Vendor(application).post("/_mock/tokens", json=request)

    assert answer.json()["expires_in"] == 60


def test_who_gives_the_secret_of_before_is_told_the_one_of_now(browser: Browser) -> None:
    old = browser.refresh("x", client_secret="secret-demo")
    wrong = browser.refresh("x", client_secret="faux")

    assert oauth_error_of(old)[:2] == oauth_error_of(wrong)[:2] == (401, "invalid_client")
    assert "secret-demo-rdv-mock" in oauth_error_of(old)[2]
    assert oauth_error_of(wrong)[2] == "Invalid client or Invalid client credentials"


@pytest.mark.parametrize(
    "client",
    [
        {"clientId": "editeur-demo", "clientSecret": "s"},
        {"clientId": "autre", "clientSecret": "secret-demo-rdv-mock"},
    ],
)
def test_a_secret_of_a_scenario_is_told_to_nobody(client: dict[str, str]) -> None:
    with running(SMALL + f"clients: [{json.dumps(client)}]\n") as application:
        answer = Browser(application).refresh(
            "x", client_id=client["clientId"], client_secret="secret-demo"
        )

    assert oauth_error_of(answer)[2] == "Invalid client or Invalid client credentials"


# What goes wrong on purpose


@pytest.mark.parametrize(
    ("method", "address", "code", "status", "error"),
    [
        ("POST", "token", "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT", 429, "temporarily_unavailable"),
        ("POST", "token", "SERVICE_INDISPONIBLE", 503, "temporarily_unavailable"),
        ("POST", "token", "ERREUR_INTERNE", 500, "server_error"),
        ("POST", "token", "JETON_INVALIDE", 401, "invalid_grant"),
        ("POST", "token", "ACTION_INTERDITE", 403, "access_denied"),
        ("POST", "token", "PARAMETRE_INVALIDE", 400, "invalid_request"),
        ("GET", "userinfo", "JETON_INVALIDE", 401, "invalid_token"),
        ("GET", "userinfo", "SCOPE_INSUFFISANT", 403, "insufficient_scope"),
        ("POST", "token/introspect", "SERVICE_INDISPONIBLE", 503, "temporarily_unavailable"),
        ("POST", "revoke", "SERVICE_INDISPONIBLE", 503, "temporarily_unavailable"),
        ("GET", "certs", "SERVICE_INDISPONIBLE", 503, "temporarily_unavailable"),
        ("GET", "auth", "SERVICE_INDISPONIBLE", 503, "temporarily_unavailable"),
        ("POST", "logout", "SERVICE_INDISPONIBLE", 503, "temporarily_unavailable"),
    ],
)
def test_a_refusal_that_an_incident_asks_for_is_in_the_form_of_oauth(
    browser: Browser, method: str, address: str, code: str, status: int, error: str
) -> None:
    armed = browser.post("/_mock/incidents", json={"path": "/realms/*", "error": code})
    assert armed.status_code == 201

    answer = browser.call(method, f"{OIDC}/{address}")

    assert oauth_error_of(answer)[:2] == (status, error)
    assert ("retry-after" in answer.headers) is (status == 429)
    assert ("www-authenticate" in answer.headers) is (status == 401)
    (entry,) = browser.get(f"/_mock/journal?code={code}").json()["entries"]
    assert entry["path"] == f"{OIDC}/{address}"


def test_a_person_sees_such_a_refusal_as_a_page(browser: Browser) -> None:
    busy = {"operation": "autoriser", "error": "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT"}
    browser.post("/_mock/incidents", json=busy)

    page = browser.get(f"{OIDC}/auth", headers={"accept": "text/html,*/*;q=0.8"})

    assert page.status_code == 429
    assert page.headers["content-type"].startswith("text/html")
    assert int(page.headers["retry-after"]) > 0


def test_the_simulated_apis_refuse_as_before(browser: Browser) -> None:
    browser.post("/_mock/incidents", json={"error": "SERVICE_INDISPONIBLE"})

    assert refusal_of(browser.get(f"{LIVRET}/formateurs")) == (503, "SERVICE_INDISPONIBLE")


def test_a_body_that_is_too_large_is_refused_in_the_form_of_oauth(browser: Browser) -> None:
    answer = browser.token(code="x" * (1024 * 1024))

    assert oauth_error_of(answer)[:2] == (413, "invalid_request")


# The login page's own state


def action_of(page: Response) -> str:
    return unescape(re.findall(r'action="([^"]+)"', page.text)[0])


def test_a_login_form_of_another_site_logs_nobody_in(application: Application) -> None:
    attacker, victim = Browser(application), Browser(application)
    stolen = action_of(attacker.authorize())
    known = {"username": "max@autre.test", "password": "max"}

    for action in (
        stolen,
        re.sub("session_code=[^&]+", "session_code=", stolen),
        re.sub("&session_code=[^&]+", "", stolen),
        re.sub(
            "session_code=[^&]+",
            "session_code=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            stolen,
        ),  # the hash of no cookie at all
    ):
        victim.http.cookies.clear()
        answer = victim.http.post(action, data=known)

        assert answer.status_code == 400
        assert 'id="kc-form-login"' in answer.text
        assert "KEYCLOAK_IDENTITY" not in answer.headers.get("set-cookie", "")
    assert attacker.http.post(stolen, data=known).status_code == 302


def test_who_was_sent_away_may_log_in_on_the_page_that_he_gets(browser: Browser) -> None:
    page = browser.authorize()
    browser.http.cookies.clear()
    again = browser.submit(page, username="lea@plesses.test", password="lea")

    answer = browser.submit(again, username="lea@plesses.test", password="lea")

    assert answer_of(answer)["state"] == "é=&1"
    assert "session_code" not in answer_of(answer)


def test_two_login_pages_of_one_browser_both_work(browser: Browser) -> None:
    first, second = browser.authorize(state="1"), browser.authorize(state="2")

    for page, state in ((first, "1"), (second, "2")):
        answer = browser.submit(page, username="lea@plesses.test", password="lea")
        assert answer_of(answer)["state"] == state


# Cookies


@pytest.mark.parametrize(
    ("settings", "headers", "secure"),
    [
        (Settings(), {}, False),
        (Settings(), {"x-forwarded-proto": "https"}, False),
        (Settings(trust_proxy=True), {"x-forwarded-proto": "https"}, True),
        (Settings(public_url="https://mock.test"), {}, True),
    ],
)
def test_cookies_are_secure_behind_https(
    settings: Settings,
    headers: dict[str, str],
    secure: bool,  # noqa: FBT001 - a case of the table
) -> None:
    with running(settings=settings) as application:
        browser = Browser(application)
        browser.http.headers.update(headers)
        page = browser.authorize()
        own = page.headers["set-cookie"]
        browser.http.headers["cookie"] = own.partition(";")[0]  # it would not send a secure one
        answer = browser.submit(page, username="lea@plesses.test", password="lea")

    cookies = [own, *answer.headers.get_list("set-cookie")]
    assert [cookie.partition("=")[0] for cookie in cookies] == [
        "AUTH_SESSION_ID",
        "KEYCLOAK_IDENTITY",
        "KEYCLOAK_REMEMBER_ME",
    ]
    for cookie in cookies:
        assert ("; Secure" in cookie) is secure
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


# Two clocks


@pytest.mark.parametrize(
    ("clock", "header"),
    [
        ("reelle", "Sat, 01 Jan 2028 00:00:41 GMT"),
        ("monde", "Tue, 10 Mar 2026 08:01:00 GMT"),
    ],
)
def test_a_date_to_come_again_is_on_the_clock_that_the_scenario_wants(
    clock: str, header: str
) -> None:
    text = (
        SMALL.replace("2026-03-10T09:00:00+01:00", "2026-03-10T09:00:20+01:00, frozen: true")
        + "responses: {retryAfter: date}\n"
        + f"limits: {{debit.horlogeDeRetryAfter: {clock}}}\n"
    )
    real = instant("2028-01-01T00:00:00.500000Z")
    with running(text, real=lambda: real) as application:
        vendor = Vendor(application)
        busy = {"operation": "jeton", "error": "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT"}
        vendor.post("/_mock/incidents", json=busy)
        answer = vendor.post(f"{OIDC}/token", data={})

    assert answer.headers["retry-after"] == header


def test_the_whole_login_of_a_public_url_keeps_its_query(browser: Browser) -> None:
    query = urlencode({"client_id": "editeur-demo", "redirect_uri": CALLBACK, "session_code": "x"})

    page = browser.get(f"{OIDC}/auth?response_type=code&{query}")

    assert action_of(page).count("session_code=") == 1
