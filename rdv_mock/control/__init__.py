"""The control plane: steering a server and its worlds in JSON (design.md 7).

This page lists all routes, in the order of the document.
"""

from pydantic import Field

from rdv_mock.control import (
    clock,
    connexions,
    description,
    etp,
    examens,
    har,
    incidents,
    journal,
    probes,
    provider_states,
    reset,
    scenarios,
    snapshots,
    state,
    tokens,
    worlds,
)
from rdv_mock.http.call import Call
from rdv_mock.http.operation import ControlOperation
from rdv_mock.http.routers import control_router
from rdv_mock.wire.base import Shape

router = control_router("Plan de contrôle")


class Described(Shape):
    """Un appel du plan de contrôle."""

    method: str = Field(description="Sa méthode HTTP.")
    path: str = Field(description="Son adresse, dans ce monde.")
    summary: str = Field(description="Ce qu'il fait.")


@router.get(
    "",
    summary="Lister les appels du plan de contrôle",
    description="La liste, avec leurs adresses dans ce monde.",
)
async def describe(call: Call) -> list[Described]:
    """List the routes of the control plane."""
    return [
        Described(method=route.method, path=call.prefix + route.path, summary=route.summary or "")
        for route in ROUTES
        if not (call.prefix and route.traits.root_only)
    ]


ROUTES: list[ControlOperation] = [
    *router.routes,
    *description.router.routes,
    *probes.router.routes,
    *reset.router.routes,
    *scenarios.router.routes,
    *state.router.routes,
    *clock.router.routes,
    *tokens.router.routes,
    *connexions.router.routes,
    *examens.router.routes,
    *etp.router.routes,
    *provider_states.router.routes,
    *worlds.router.routes,
    *snapshots.router.routes,
    *incidents.router.routes,
    *journal.router.routes,
    *har.router.routes,
]
