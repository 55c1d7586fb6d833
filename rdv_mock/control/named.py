"""An object and its names, on the wire."""

from typing import Any

from rdv_mock.steering.named import Named


def beside(field: str, named: Named | None) -> dict[str, Any]:
    """The three fields of an object, as `bureau`, `bureau_ref`, `bureau_nom`; null for None."""
    id_, ref, nom = (named.id, named.ref, named.nom) if named else (None, None, None)
    return {field: id_, f"{field}_ref": ref, f"{field}_nom": nom}
