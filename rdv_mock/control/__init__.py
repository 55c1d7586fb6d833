"""The control plane: steering a server and its worlds in JSON.

This page lists all routes, in the order of the document.

See docs/contract/control_plane.md#worlds.
"""

from collections.abc import Callable, Mapping
from typing import Any

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
    scenarios,
    snapshots,
    state,
    tokens,
    worlds,
)
from rdv_mock.http.call import Call
from rdv_mock.http.routers import CONTROL, control_router, listed
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


_CONTROL: Mapping[str, Callable[..., Any]] = {
    # What it says of itself
    "GET    ": describe,
    "GET    /fidelity": description.get_fidelity,
    "GET    /scenario.schema.json": description.get_scenario_schema,
    "GET    /health": probes.health,
    "GET    /ready": probes.ready,
    # Scenarios and state
    "POST   /reset": state.reset,
    "GET    /scenarios": scenarios.get_scenarios,
    "PUT    /scenario": scenarios.put_scenario,
    "GET    /state": state.get_state,
    "PATCH  /state": state.patch_state,
    # Clock
    "GET    /clock": clock.get_clock,
    "PUT    /clock": clock.put_clock,
    "POST   /clock/advance": clock.advance_clock,
    # Logins, results, ETP
    "POST   /tokens": tokens.create_tokens,
    "GET    /connexions": connexions.list_connexions,
    "POST   /examens/{examenId}/resultat": examens.enter_resultat,
    "GET    /etp": etp.explain_etp,
    # Pact
    "POST   /provider-states": provider_states.provider_state,
    # Worlds and snapshots
    "GET    /worlds": worlds.list_worlds,
    "POST   /worlds": worlds.create_world,
    "DELETE /worlds/{name}": worlds.drop_world,
    "POST   /snapshots": snapshots.keep_snapshot,
    "PUT    /snapshots/{name}": snapshots.go_back_to_snapshot,
    "DELETE /snapshots/{name}": snapshots.drop_snapshot,
    "GET    /snapshots": snapshots.list_snapshots,
    "GET    /snapshots/{a}/diff/{b}": snapshots.diff_snapshots,
    # Incidents and journal
    "GET    /incidents": incidents.list_incidents,
    "POST   /incidents": incidents.declare_incident,
    "GET    /incidents/{id}": incidents.get_incident,
    "DELETE /incidents": incidents.clear_incidents,
    "DELETE /incidents/{id}": incidents.remove_incident,
    "GET    /journal": journal.read_journal,
    "DELETE /journal": journal.clear_journal,
    "GET    /journal.har": har.export_journal,
}

ROUTES = listed(
    _CONTROL,
    CONTROL,
    router,
    description.router,
    probes.router,
    scenarios.router,
    state.router,
    clock.router,
    tokens.router,
    connexions.router,
    examens.router,
    etp.router,
    provider_states.router,
    worlds.router,
    snapshots.router,
    incidents.router,
    journal.router,
    har.router,
)
