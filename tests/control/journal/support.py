"""What the tests of the journal share."""

from datetime import UTC, datetime
from typing import Any

from tests.support import LIVRET, Vendor

FORMATEURS = f"{LIVRET}/formateurs"

SIMULATEURS = f"{LIVRET}/simulateurs"

REALM = "/realms/formation"

OIDC = f"{REALM}/protocol/openid-connect"

CALLBACK = "http://localhost:3000/callback"

CLIENT = {"client_id": "editeur-demo", "client_secret": "secret-demo-rdv-mock"}

LARGEST = 16 * 1024

REAL = datetime(2026, 9, 1, 10, 0, 30, 250_000, tzinfo=UTC)


def journal_of(vendor: Vendor, **query: str | int | float) -> dict[str, Any]:
    answer = vendor.get("/_mock/journal", params=query)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def entries_of(vendor: Vendor, **query: str | int | float) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = journal_of(vendor, **query)["entries"]
    return entries


def paths_of(vendor: Vendor, **query: str | int | float) -> list[str]:
    return [entry["path"] for entry in entries_of(vendor, **query)]


def last_of(vendor: Vendor) -> dict[str, Any]:
    return entries_of(vendor)[0]
