"""Someone before the login page, and what comes back from there."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

from httpx2 import Response

from tests.support import LIVRET, Vendor

REALM = "/realms/formation"
OIDC = f"{REALM}/protocol/openid-connect"
CALLBACK = "http://localhost:3000/callback"
CLIENT = {"client_id": "editeur-demo", "client_secret": "secret-demo-rdv-mock"}
SCOPE = "openid livret_numerique:read"


class Browser(Vendor):
    """Someone before the login page; keeps cookies as a browser does."""

    def authorize(self, **changes: str | None) -> Response:
        """Go where the vendor's software sends its user."""
        asked = {
            "response_type": "code",
            "client_id": "editeur-demo",
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": "é=&1",
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return self.get(f"{OIDC}/auth?{query}")

    def submit(self, page: Response, **fields: str) -> Response:
        """Send the form of a login page."""
        (action,) = set(re.findall(r'action="([^"]+)"', page.text))
        return self.http.post(unescape(action), data=fields)

    def log_in(self, **changes: str | None) -> str:
        """The code that a login of Léane gives."""
        page = self.authorize(**changes)
        return code_of(self.submit(page, username="lea@plesses.test", password="lea"))

    def exchange(self, code: str, **changes: str) -> Response:
        """Tokens for a code."""
        return self.token(
            **{
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": CALLBACK,
                **CLIENT,
                **changes,
            }
        )

    def refresh(self, token: str, **changes: str) -> Response:
        """New tokens for old ones."""
        return self.token(
            **{"grant_type": "refresh_token", "refresh_token": token, **CLIENT, **changes}
        )

    def token(self, **form: str) -> Response:
        """Any call of the token endpoint."""
        return self.post(f"{OIDC}/token", data=form)

    def advance(self, by: str) -> None:
        """Let time pass in the world."""
        assert self.post("/_mock/clock/advance", json={"by": by}).status_code == 200

    def works(self, access_token: str) -> bool:
        """Whether an access token opens the API."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.get(f"{LIVRET}/formateurs", headers=headers).status_code == 200


def answer_of(response: Response) -> dict[str, str]:
    """What a redirect brings back to the client."""
    assert response.status_code == 302
    location = response.headers["location"]
    assert location.startswith(CALLBACK)
    return {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}


def code_of(response: Response) -> str:
    return answer_of(response)["code"]


def oauth_error_of(response: Response) -> tuple[int, str, str]:
    """Status, error and description of OAuth's own body."""
    assert set(response.json()) == {"error", "error_description"}
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, response.json()["error"], response.json()["error_description"]
