"""A vendor's OAuth code as it is, with a library that knows nothing of us."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.story.process import ServerProcess

CALLBACK = "http://localhost:3000/callback"
CLIENT = {"client_id": "editeur-demo", "client_secret": "secret-demo-rdv-mock"}


@pytest.fixture(params=["/realms/formation", "/auth/realms/formation"])
def provider(
    request: pytest.FixtureRequest,
    server: ServerProcess,
    refs: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    assert refs
    address = f"{server.url}{request.param}/.well-known/openid-configuration"
    discovered: dict[str, Any] = requests.get(address, timeout=10).json()
    return discovered


def log_in(address: str) -> str:
    """What a person does in his browser; where he is sent at the end."""
    with requests.Session() as browser:
        page = browser.get(address, timeout=10)
        (action,) = set(re.findall(r'action="([^"]+)"', page.text))
        answer = browser.post(
            f"{urlsplit(address).scheme}://{urlsplit(address).netloc}{unescape(action)}",
            data={"username": "lea@plesses.test", "password": "lea", "rememberMe": "on"},
            allow_redirects=False,
            timeout=10,
        )
    return answer.headers["location"]


def test_of_two_refreshes_at_once_one_wins_and_loses_what_it_won(
    server: ServerProcess, refs: Mapping[str, str]
) -> None:
    assert refs
    tokens = requests.post(f"{server.url}/_mock/tokens", json={"employe": "lea"}, timeout=10).json()
    address = f"{server.url}/realms/formation/protocol/openid-connect/token"

    def refresh(token: str) -> requests.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token, **CLIENT}
        return requests.post(address, data=form, timeout=10)

    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(refresh, [tokens["refresh_token"]] * 2)
        won, lost = sorted(answers, key=lambda answer: answer.status_code)

    assert (won.status_code, lost.status_code) == (200, 400)
    after = refresh(won.json()["refresh_token"])
    assert lost.json()["error_description"] == "Maximum allowed refresh token reuse exceeded"
    assert after.json() == {
        "error": "invalid_grant",
        "error_description": "Session doesn't have required client",
    }


@pytest.mark.parametrize("how", ["client_secret_basic", "client_secret_post"])
def test_login_refresh_userinfo_and_logout(provider: dict[str, Any], how: str) -> None:
    with OAuth2Session(
        "editeur-demo",
        "secret-demo-rdv-mock",
        token_endpoint_auth_method=how,
        scope="openid email offline_access livret_numerique:read",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
    ) as session:
        # The vendor sends the browser to the provider, and gets a code back.
        verifier = generate_token(48)
        address, state = session.create_authorization_url(
            provider["authorization_endpoint"], code_verifier=verifier, nonce="n-0S6"
        )
        returned = log_in(address)
        assert parse_qs(urlsplit(returned).query)["state"] == [state]

        # The code for tokens; the id token verifies with the published key.
        tokens = session.fetch_token(
            provider["token_endpoint"],
            authorization_response=returned,
            state=state,
            code_verifier=verifier,
        )
        keys = KeySet.import_key_set(requests.get(provider["jwks_uri"], timeout=10).json())
        identity = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": provider["issuer"]},
            aud={"essential": True, "value": "editeur-demo"},
            nonce={"essential": True, "value": "n-0S6"},
        ).validate(identity.claims)

        # With them, who he is and what he may do.
        assert session.get(provider["userinfo_endpoint"]).json()["email"] == "lea@plesses.test"
        introspected = session.introspect_token(
            provider["introspection_endpoint"], token=tokens["access_token"]
        )
        assert introspected.json()["active"] is True

        # Refresh tokens rotate.
        first = tokens["refresh_token"]
        second = session.refresh_token(provider["token_endpoint"], refresh_token=first)
        assert second["refresh_token"] != first

        # Revocation takes the bail with it.
        session.revoke_token(  # type: ignore[no-untyped-call]
            provider["revocation_endpoint"],
            token=second["refresh_token"],
            token_type_hint="refresh_token",
        )
        with pytest.raises(OAuthError, match="invalid_grant"):
            session.refresh_token(provider["token_endpoint"], refresh_token=second["refresh_token"])
        ended = requests.get(
            provider["end_session_endpoint"],
            params={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": CALLBACK},
            allow_redirects=False,
            timeout=10,
        )
        assert ended.headers["location"] == CALLBACK
