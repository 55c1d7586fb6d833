"""What the tests of worlds share."""

import sqlite3
from typing import Any

from rdv_mock.store import Store
from tests.support import LIVRET, Vendor, clock_at

YAML = {"content-type": "application/yaml"}

START = clock_at("2026-03-10T08:00:00Z")

FORMATEURS = f"{LIVRET}/formateurs"

REALM = "/realms/formation"

DISCOVERY = f"{REALM}/.well-known/openid-configuration"

WRITTEN = {
    "title": "Écrit en toutes lettres",
    "clock": {"now": "2027-01-01T00:00:00Z"},
    "centres": [{"ref": "sables", "nom": "SABLES B", "codeDepartement": "085"}],
}


def is_open(store: Store) -> bool:
    try:
        store.sql.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def shown_by(world: Vendor) -> dict[str, Any]:
    """What the clock of a world shows."""
    shown: dict[str, Any] = world.get("/_mock/clock").json()
    return shown


def create(vendor: Vendor, **asked: Any) -> Vendor:
    """Somebody in a new world."""
    answer = vendor.post("/_mock/worlds", json=asked)
    assert answer.status_code == 201, answer.text
    return Vendor(vendor.application, answer.json()["basePath"])


def names_of(vendor: Vendor) -> list[str]:
    return [world["name"] for world in vendor.get("/_mock/worlds").json()]


def advance(vendor: Vendor, by: str) -> None:
    assert vendor.post("/_mock/clock/advance", json={"by": by}).status_code == 200
