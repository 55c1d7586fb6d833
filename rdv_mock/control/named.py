"""Write an object with its names."""

from typing import Any

from rdv_mock.steering.named import Named


def beside(field: str, named: Named | None) -> dict[str, Any]:
    """The fields of an object, such as `bureau`, `bureau_ref`, `bureau_nom`; all None for None."""
    id_, ref, nom = (named.id, named.ref, named.nom) if named else (None, None, None)
    return {field: id_, f"{field}_ref": ref, f"{field}_nom": nom}
