"""All operations of the simulated APIs: what the OpenAPI document holds, in its order."""

from rdv_mock.api import (
    auto_ecole,
    candidats,
    centres,
    examens,
    livret,
    mandats,
    panier_courant,
    paniers,
    planning,
)
from rdv_mock.api.v1 import aliases_of, unknown_of

EXAM_API = [
    *auto_ecole.router.routes,
    *mandats.router.routes,
    *candidats.router.routes,
    *centres.router.routes,
    *planning.router.routes,
    *paniers.router.routes,
    *panier_courant.router.routes,
    *examens.router.routes,
]
ROUTES = [*EXAM_API, *aliases_of(EXAM_API), *livret.router.routes]
UNKNOWN = frozenset(unknown_of(EXAM_API))
"""Addresses that exist in v2 alone."""
