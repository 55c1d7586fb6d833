"""The whole control plane, and what it says of itself (design.md 7)."""

from fastapi import APIRouter
from pydantic import Field

from rdv_mock.api import control, incidents, worlds
from rdv_mock.api.aside import aside
from rdv_mock.api.call import Call
from rdv_mock.api.operation import ControlOperation, operation_id
from rdv_mock.fidelity import fidelity
from rdv_mock.wire.base import Shape
from rdv_mock.wire.fidelity import Fidelity

router = APIRouter(
    prefix="/_mock",
    route_class=ControlOperation,
    generate_unique_id_function=operation_id,
    tags=["Plan de contrôle"],
)


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
    """Say what there is."""
    return [
        Described(method=route.method, path=call.prefix + route.path, summary=route.summary or "")
        for route in ROUTES
        if isinstance(route, ControlOperation) and not (call.prefix and route.traits.root_only)
    ]


@router.get(
    "/fidelity",
    summary="Lire ce qui est sûr, et ce qui ne l'est pas",
    description="De chaque opération, champ, valeur, code et nombre des API simulées, d'où il"
    " vient ; puis ce que nous avons choisi. La même chose que FIDELITY.md.",
)
async def get_fidelity() -> Fidelity:
    """Say what is known of the real system, and how surely."""
    return await aside(fidelity)


ROUTES = [
    *router.routes,
    *control.router.routes,
    *worlds.router.routes,
    *incidents.router.routes,
]
