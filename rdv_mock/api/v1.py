"""The deprecated v1 addresses of the exam API: operations of v2 under an older path.

See docs/contract/v1.md.
"""

from collections.abc import Iterable, Iterator

from rdv_mock.http.operation import ApiOperation
from rdv_mock.settings import RDVPERMIS_PATHS

V1, V2 = RDVPERMIS_PATHS

ALIASES = {
    ("GET", "/moi"),
    ("POST", "/mandats"),
    ("POST", "/candidats/recherche"),
    ("POST", "/planning/recherche"),
    ("GET", "/paniers"),
    ("POST", "/paniers"),
    ("POST", "/paniers/{panierId}/creneaux"),
    ("PUT", "/paniers/{panierId}/creneaux/{creneauId}/candidat"),
    ("POST", "/paniers/{panierId}/valider"),
    ("GET", "/examens"),
    ("GET", "/examens/{examenId}"),
    ("DELETE", "/examens/{examenId}"),
    ("GET", "/examens/permutables"),
    ("POST", "/examens/permutation"),
    ("POST", "/examens/remplacement"),
    ("GET", "/informations-seuil-departement"),
    ("POST", "/nombre-de-formateurs"),
}
"""The addresses that are known to have existed in v1 (`integrator`); others are unknown there."""


def unknown_of(routes: Iterable[ApiOperation]) -> Iterator[str]:
    """The v1 addresses of literal v2 ones that never existed, so that none is taken for an id."""
    aliased = {path for _, path in ALIASES}
    for route in routes:
        if not route.param_convertors:
            path = route.path.removeprefix(V2)
            if path not in aliased:
                yield V1 + path


def aliases_of(routes: Iterable[ApiOperation]) -> Iterator[ApiOperation]:
    """The v1 twins of those v2 operations that have one."""
    for route in routes:
        path = route.path.removeprefix(V2)
        if (route.method, path) in ALIASES:
            options = route.options | {
                "operation_id": f"{route.operation}V1",
                "tags": ["Version 1"],
                "deprecated": True,
            }
            yield ApiOperation(V1 + path, route.endpoint, [route.method], **options)
