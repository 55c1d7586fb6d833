import re
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from html import unescape
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from rdv_mock.serving.app import Application
from tests.control.journal.support import CALLBACK, CLIENT, FORMATEURS, LARGEST, OIDC, last_of
from tests.support import LIVRET, SMALL, Vendor, refusal_of, running


class Spy(Vendor):
    """A vendor that remembers every secret of its calls."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self.secrets: set[str] = set()

    def keep(self, *secrets: str) -> str:
        """Remember secrets; the first of them."""
        assert all(len(secret) >= 8 for secret in secrets)
        self.secrets.update(secrets)
        return secrets[0]

    def told(self) -> str:
        """All that the journal tells, in both its forms."""
        return self.get("/_mock/journal?limit=1000").text + self.get("/_mock/journal.har").text

    def authorize(self, **more: str) -> str:
        """Where an authorization request goes."""
        query = {
            "response_type": "code",
            "client_id": "editeur-demo",
            "redirect_uri": CALLBACK,
            "scope": "openid livret_numerique:read",
            "state": "visible-state",
            **more,
        }
        return f"{OIDC}/auth?{urlencode(query)}"

    def tokens(self, **form: str) -> dict[str, str]:
        """Tokens from the provider, which are secrets."""
        answer = self.post(f"{OIDC}/token", data=form)
        assert answer.status_code == 200, answer.text
        content: dict[str, str] = answer.json()
        self.keep(*(content[name] for name in content if name.endswith("_token")))
        return content


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/x/token/zq7secret", "/x/token/***"),
        ("/x/token/%3Fzq7secret%23zq7secret%0Azq7secret/x", "/x/token/***"),
        ("/x/tok%65n%2Fzq7secret", "/x/token/***"),
        ("/api/secret/zq7secret/x", "/api/secret/***"),
        ("/api/v2/password/reset/zq7secret", "/api/v2/password/reset/***"),
        ("/livret/api/v1/x;token=zq7secret", "/livret/api/v1/x;token=***"),
        ("/https://visible:zq7secret@a.test/x", "/https://visible:***@a.test/x"),
        ("/oauth/token/introspect", "/oauth/token/introspect"),
    ],
)
@pytest.mark.parametrize("world", ["", "/w/principal"])
def test_a_secret_that_is_a_segment_is_told_nowhere(
    application: Application, caplog: pytest.LogCaptureFixture, world: str, path: str, shown: str
) -> None:
    caplog.set_level("INFO")
    vendor = Vendor(application, world)
    address = f"https://visible:zq7secret@a.test{path}?x=1"

    vendor.get(path, headers={"Referer": address, "X-Original-Uri": path})

    assert last_of(vendor)["path"] == shown
    (call,) = vendor.get("/_mock/journal.har").json()["log"]["entries"]
    assert call["request"]["url"] == f"http://testserver{world}{quote(shown, safe='/*')}"
    lines = [one.getMessage() for one in caplog.records if one.name == "rdv_mock"]
    assert f"GET {world}{shown} 404" in lines
    assert "zq7" not in "".join(lines) + vendor.get("/_mock/journal").text + str(call)


def test_a_world_that_is_called_as_a_secret_is_logged_with_all_of_its_addresses(
    anyone: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    anyone.post("/_mock/worlds", json={"name": "token"})

    Vendor(anyone.application, "/w/token").get("/inconnu")

    assert "GET /w/token/inconnu 404" in caplog.messages


PASSWORD = "m0t de passe & + % é"

PRIVATE = SMALL.replace(
    "email: lea@plesses.test}", f'email: lea@plesses.test, motDePasse: "{PASSWORD}"}}'
)


def test_of_a_whole_login_no_secret_is_told() -> None:
    with running(PRIVATE) as application:
        spy = Spy(application)
        spy.keep(CLIENT["client_secret"])
        verifier = spy.keep("verifier-" + "v" * 40)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")

        page = spy.get(
            spy.authorize(code_challenge=challenge, code_challenge_method="S256", nonce="visible-n")
        )
        (action,) = set(re.findall(r'action="([^"]+)"', page.text))
        form = {"username": "lea@plesses.test", "password": PASSWORD, "rememberMe": "on"}
        spy.keep(PASSWORD, *parse_qs(urlencode(form))["password"], urlencode({"p": PASSWORD})[2:])
        home = spy.post(unescape(action), data=form)
        code = spy.keep(parse_qs(urlsplit(home.headers["location"]).query)["code"][0])
        cookie = home.headers.get_list("set-cookie")[0]
        spy.keep(cookie.partition("=")[2].partition(";")[0])
        again = spy.get(spy.authorize(), headers={"Cookie": cookie.partition(";")[0]})
        spy.keep(parse_qs(urlsplit(again.headers["location"]).query)["code"][0])

        exchange = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        }
        first = spy.tokens(**exchange, **CLIENT)
        basic = b64encode(b"editeur-demo:secret-demo-rdv-mock").decode()
        spy.keep(basic)
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        answer = spy.post(
            f"{OIDC}/token", data=refresh, headers={"Authorization": f"Basic {basic}"}
        )
        second = answer.json()
        spy.keep(second["access_token"], second["refresh_token"])

        bearer = {"Authorization": f"Bearer {second['access_token']}"}
        assert spy.get(FORMATEURS, headers=bearer).status_code == 200
        assert spy.get(f"{OIDC}/userinfo", headers=bearer).status_code == 200
        for endpoint in ("token/introspect", "revoke", "logout"):
            for name in ("token", "refresh_token"):
                spy.post(f"{OIDC}/{endpoint}", data={name: second["refresh_token"], **CLIENT})
        spy.get(spy.authorize(id_token_hint=first["id_token"], prompt="login"))
        spy.get(
            f"{OIDC}/logout?"
            + urlencode({"id_token_hint": first["id_token"], "post_logout_redirect_uri": CALLBACK})
        )
        # What goes wrong tells nothing either.
        spy.post(f"{OIDC}/token", json={**exchange, **CLIENT})
        spy.post(f"{OIDC}/token", content=urlencode({**CLIENT, **exchange}))
        spy.post(f"{OIDC}/token", content=urlencode({**CLIENT}).replace("_", "%5F"), headers=FORM)
        spy.post(f"{OIDC}/token", content=f"password={PASSWORD}".encode(), headers=FORM)
        spy.get(f"/inconnu?code={code}&access_token={second['access_token']}")
        spy.get("/inconnu", headers={"Referer": f"{CALLBACK}?state=1&code={code}"})
        spy.post("/_mock/incidents", json={"operation": "jeton", "malformed": True, "times": 1})
        cut = spy.post(f"{OIDC}/token", data={**refresh, **CLIENT})
        assert cut.status_code == 400

        told = spy.told()

        assert len(spy.secrets) >= 13
        assert [secret for secret in spy.secrets if secret in told] == []
        for visible in ("visible-state", "visible-n", "editeur-demo", "lea%40plesses.test", "***"):
            assert visible in told


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_tokens_that_are_cut_in_half_are_not_told(lea: Vendor) -> None:
    lea.post("/_mock/incidents", json={"operation": "jeton", "malformed": True})
    old = lea.post("/_mock/tokens", json={"employe": "lea"}).json()["refresh_token"]

    answer = lea.post(
        f"{OIDC}/token", data={"grant_type": "refresh_token", "refresh_token": old, **CLIENT}
    )

    access_token = answer.text.split('"')[3]
    assert len(access_token) > 100
    assert access_token[:20] not in lea.get("/_mock/journal").text
    assert last_of(lea)["response"]["body"].startswith('{"access_token":"***"')


@pytest.mark.parametrize("name", ["client_secret", "refresh_token", "code", "password"])
def test_a_secret_that_the_cut_runs_through_is_not_told(sparing: Vendor, name: str) -> None:
    sparing.post(f"{OIDC}/token", content="a=" + "b" * (LARGEST - 20 - len(name))
             + f"&{name}=" + "secret-" * 10, headers=FORM)  # fmt: skip

    body = last_of(sparing)["request"]["body"]

    assert body.endswith(f"&{name}=***")
    assert "secret-" not in body


def test_what_is_masked_keeps_the_shape_of_the_call(lea: Vendor) -> None:
    lea.get(FORMATEURS, headers={"Cookie": "a=b"})

    headers = last_of(lea)["request"]["headers"]

    assert headers["authorization"] == "Bearer ***"
    assert headers["cookie"] == "***"


@pytest.mark.parametrize(
    ("query", "champ", "hint"),
    [
        ("operation=declarerLecons", "operation", "« declarerLecon » ?"),
        ("limt=2", "limt", "« limit » ?"),
    ],
)
def test_a_slip_of_the_pen_does_not_look_like_an_empty_journal(
    lea: Vendor, query: str, champ: str, hint: str
) -> None:
    answer = lea.get(f"/_mock/journal?{query}")

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    (detail,) = answer.json()["details"]
    assert detail["champ"] == champ
    assert detail["message"].endswith(hint)


def test_a_misspelt_reset_resets_nothing(lea: Vendor) -> None:
    assert refusal_of(lea.post("/_mock/reset?scop=journal")) == (400, "PARAMETRE_INVALIDE")
    assert lea.get(f"{LIVRET}/formateurs").status_code == 200
