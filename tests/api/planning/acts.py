"""What may be asked of the planning."""

from typing import Any

from tests.api.exam_world import V2
from tests.support import Vendor

PLANNING = f"{V2}/planning/recherche"
CRENODISPO = f"{V2}/crenodispo"
PROCHAINE_DATE = f"{V2}/crenodispo/date"
DISPONIBLE = "DISPONIBLE"
SEUIL_ATTEINT = "SEUIL_ATTEINT"


def filtre(vendor: Vendor, **changes: Any) -> dict[str, Any]:
    """What to ask for to see SABLES B on 7 April."""
    known = {"groupePermis": "B", "date": "2026-04-07", "centreId": vendor.id_of("sables-b")}
    return {"filtre": {**known, **changes}}


def planning(vendor: Vendor, **changes: Any) -> list[dict[str, Any]]:
    """What the planning shows."""
    answer = vendor.post(PLANNING, json=filtre(vendor, **changes))
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def ids_of(vendor: Vendor, *refs: str) -> list[str]:
    return [vendor.id_of(ref) for ref in refs]


def statut_of(vendor: Vendor, ref: str, **changes: Any) -> str:
    """How the planning shows one créneau."""
    (statut,) = (
        row["creneauDuPlanning"]["statutDeReservation"]
        for row in planning(vendor, **changes)
        if row["creneauDuPlanning"]["id"] == vendor.id_of(ref)
    )
    assert isinstance(statut, str)
    return statut


def in_panier(vendor: Vendor, *refs: str) -> None:
    """Put créneaux into the current panier of the caller."""
    for ref in refs:
        answer = vendor.post(f"{V2}/panier/creneaux", json={"creneauId": vendor.id_of(ref)})
        assert answer.status_code == 201, answer.text


def query(vendor: Vendor, *centres: str, **changes: str) -> dict[str, Any]:
    """What crenodispo is asked, for SABLES B unless told otherwise."""
    names = ids_of(vendor, *(centres or ("sables-b",)))
    known = {"centres-ids": names, "groupe-permis": "B", "date": "2026-04-07"}
    return {**known, **{name.replace("_", "-"): value for name, value in changes.items()}}


def libres(vendor: Vendor, *centres: str, **changes: str) -> list[str]:
    """Which créneaux crenodispo lists."""
    answer = vendor.get(CRENODISPO, params=query(vendor, *centres, **changes))
    assert answer.status_code == 200, answer.text
    return [creneau["id"] for creneau in answer.json()]


def prochaine_date(vendor: Vendor, *centres: str, **changes: str) -> str | None:
    """The next date that crenodispo names."""
    answer = vendor.get(PROCHAINE_DATE, params=query(vendor, *centres, **changes))
    assert answer.status_code == 200, answer.text
    date: str | None = answer.json()
    return date
