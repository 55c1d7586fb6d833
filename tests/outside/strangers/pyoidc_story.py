"""A vendor's program upon pyoidc: discovery, code flow, id token, refresh, userinfo."""

import re
import sys
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests
from oic.oic import Client
from oic.oic.message import AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD

CALLBACK = "http://localhost:3000/callback"


def log_in(address: str) -> str:
    """What a person does in his browser; where he is sent at the end."""
    with requests.Session() as browser:
        page = browser.get(address, timeout=10)
        action = unescape(re.findall(r'action="([^"]+)"', page.text)[0])
        form = {"username": "lea@plesses.test", "password": "lea"}
        answer = browser.post(urljoin(address, action), form, allow_redirects=False, timeout=10)
    return answer.headers["location"]


def main(url: str) -> None:
    client = Client(client_authn_method=CLIENT_AUTHN_METHOD)
    found = client.provider_config(f"{url}/realms/formation")
    assert found["issuer"] == f"{url}/realms/formation"
    assert found["request_uri_parameter_supported"] is False
    client.store_registration_info(
        RegistrationResponse(client_id="editeur-demo", client_secret="secret-demo-rdv-mock")
    )
    client.redirect_uris = [CALLBACK]

    # To the login page and back.
    request = client.construct_AuthorizationRequest(
        request_args={
            "response_type": ["code"],
            "scope": ["openid", "email", "offline_access"],
            "redirect_uri": CALLBACK,
            "state": "état",
            "nonce": "n-0S6",
            "max_age": 600,
        }
    )
    returned = log_in(request.request(client.authorization_endpoint))
    answer = client.parse_response(
        AuthorizationResponse, info=urlsplit(returned).query, sformat="urlencoded"
    )
    assert answer["state"] == "état"

    # The id token is checked as it arrives: signature, issuer, audience, nonce, at_hash.
    tokens = client.do_access_token_request(
        state="état",
        request_args={"code": answer["code"], "redirect_uri": CALLBACK},
        authn_method="client_secret_basic",
    )
    identity = tokens["id_token"]
    assert (identity["iss"], identity["aud"]) == (found["issuer"], ["editeur-demo"])
    assert (identity["nonce"], identity["azp"]) == ("n-0S6", "editeur-demo")
    assert "at_hash" in identity

    for method in ("GET", "POST"):
        told = client.do_user_info_request(state="état", method=method)
        assert (told["sub"], told["email"]) == (identity["sub"], "lea@plesses.test")

    refreshed = client.do_access_token_refresh(state="état", authn_method="client_secret_post")
    assert refreshed["refresh_token"] != tokens["refresh_token"]
    assert refreshed["id_token"]["auth_time"] == identity["auth_time"]


if __name__ == "__main__":
    main(sys.argv[1])
