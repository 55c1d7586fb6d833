"""What may be done with a panier over HTTP."""

from collections.abc import Iterator
from typing import Any

from httpx2 import Response

from tests.api.exam_world import (
    V2,
    change,
)
from tests.support import Vendor

PANIERS = f"{V2}/paniers"
COURANT = f"{V2}/panier"
OBLIGATOIRE = "inclureEstCandidatObligatoire"


def ouvrir(vendor: Vendor, *creneaux: str) -> str:
    """Open a panier that holds some créneaux; its address."""
    answer = vendor.post(PANIERS)
    assert answer.status_code == 201, answer.text
    panier = f"{PANIERS}/{answer.json()['id']}"
    for ref in creneaux:
        added = ajouter(vendor, panier, ref)
        assert added.status_code == 201, added.text
    return panier


def ajouter(vendor: Vendor, panier: str, ref: str, **options: Any) -> Response:
    """Put one créneau into a panier."""
    body = {"creneauId": vendor.id_of(ref)}
    return vendor.post(f"{panier}/creneaux", json=body, **options)


def ajouter_multiples(vendor: Vendor, panier: str, *refs: str, **options: Any) -> Response:
    """Put several créneaux into a panier."""
    body = {"creneauxId": ids_of(vendor, *refs)}
    return vendor.post(f"{panier}/creneaux-multiples", json=body, **options)


def affecter(vendor: Vendor, panier: str, creneau: str, candidat: str | None) -> Response:
    """Say for whom a créneau is held."""
    body = {"candidatId": candidat and vendor.id_of(candidat)}
    return vendor.put(f"{panier}/creneaux/{vendor.id_of(creneau)}/candidat", json=body)


def placer(vendor: Vendor, panier: str, **candidats: str) -> None:
    """Put candidats on créneaux, with success."""
    for creneau, candidat in candidats.items():
        answer = affecter(vendor, panier, creneau.replace("_", "-"), candidat)
        assert answer.status_code == 204, answer.text


def retirer(vendor: Vendor, panier: str, ref: str) -> Response:
    """Take one créneau out."""
    return vendor.delete(f"{panier}/creneaux/{vendor.id_of(ref)}")


def valider(vendor: Vendor, panier: str, **options: Any) -> Response:
    """Reserve what a panier holds."""
    return vendor.post(f"{panier}/valider", **options)


def ids_of(vendor: Vendor, *refs: str) -> list[str]:
    return [vendor.id_of(ref) for ref in refs]


def contents(vendor: Vendor, panier: str) -> list[str]:
    """The créneaux that a panier holds."""
    answer = vendor.get(panier)
    assert answer.status_code == 200, answer.text
    return [element["creneau"]["id"] for element in answer.json()["elementsDuPanier"]]


def many(vendor: Vendor, count: int) -> list[str]:
    """New créneaux of groupe B."""
    refs = [f"n{number}" for number in range(count)]
    change(
        vendor,
        creneaux=[
            {
                "ref": ref,
                "centre": "sables-b",
                "dateHeureDebut": f"2026-04-{1 + number % 28:02}T{8 + number // 28:02}:00:00",
            }
            for number, ref in enumerate(refs)
        ],
    )
    return refs


# Whose panier it is.


def everything_with(vendor: Vendor, panier: str) -> Iterator[Response]:
    """Every call that names a panier."""
    yield vendor.get(panier)
    yield ajouter(vendor, panier, "b3")
    yield ajouter_multiples(vendor, panier, "b3")
    yield affecter(vendor, panier, "b1", "ines")
    yield affecter(vendor, panier, "b3", None)
    yield retirer(vendor, panier, "b1")
    yield retirer(vendor, panier, "b3")
    yield valider(vendor, panier)
    yield vendor.delete(panier)
