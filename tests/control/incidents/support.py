"""What the tests of incidents share."""

from typing import Any

from httpx2 import Response

from tests.support import CONTRATS, LIVRET, Vendor

FORMATEURS = f"{LIVRET}/formateurs"

SIMULATEURS = f"{LIVRET}/simulateurs"

MOI = "/api/v2/auto-ecole/moi"

REALM = "/realms/formation"

OIDC = f"{REALM}/protocol/openid-connect"

CLIENT = {"client_id": "editeur-demo", "client_secret": "secret-demo-rdv-mock"}

UNAVAILABLE = (503, "SERVICE_INDISPONIBLE")

DOWN = {"error": "SERVICE_INDISPONIBLE"}

A_MIB = 1024 * 1024

PROVIDER = {
    "autoriser": ("GET", f"{OIDC}/auth"),
    "jeton": ("POST", f"{OIDC}/token"),
    "certificats": ("GET", f"{OIDC}/certs"),
    "utilisateur": ("GET", f"{OIDC}/userinfo"),
    "deconnexion": ("GET", f"{OIDC}/logout"),
    "introspection": ("POST", f"{OIDC}/token/introspect"),
    "revocation": ("POST", f"{OIDC}/revoke"),
}
"""The provider's operations under the names of docs/contract/openid.md#names."""


def arm(vendor: Vendor, **incident: Any) -> str:
    """Declare an incident; its id."""
    answer = vendor.post("/_mock/incidents", json=incident)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def statuses(vendor: Vendor, calls: int, path: str = FORMATEURS) -> list[int]:
    return [vendor.get(path).status_code for _ in range(calls)]


def problems_of(answer: Response) -> list[tuple[str, str]]:
    return [(detail["champ"], detail["message"]) for detail in answer.json()["details"]]


def tokens_of(vendor: Vendor) -> dict[str, Any]:
    """New tokens from the provider, for old ones."""
    old = vendor.post("/_mock/tokens", json={"employe": "lea"}).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": old, **CLIENT}
    answer = vendor.post(f"{OIDC}/token", data=form)
    assert answer.status_code == 200
    content: dict[str, Any] = answer.json()
    return content


def lecons_of(vendor: Vendor) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = vendor.get(f"{CONTRATS}/{vendor.id_of('k1')}/lecons").json()
    return content
