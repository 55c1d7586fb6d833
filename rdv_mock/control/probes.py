"""Tell whether the server answers, and whether its scenario is loaded."""

from http import HTTPStatus
from typing import Literal

from pydantic import Field

from rdv_mock import __version__
from rdv_mock.errors import ApiError
from rdv_mock.http.call import EarlyCall
from rdv_mock.http.operation import Probe
from rdv_mock.http.routers import CONTROL, Router
from rdv_mock.http.traits import control, refuses
from rdv_mock.wire.base import Shape
from rdv_mock.worlds.world import PRINCIPAL

router = Router(Probe, CONTROL, ["Plan de contrôle"])


class Health(Shape):
    """L'état du serveur."""

    status: Literal["ok", "loading"] = Field(
        description="`loading` tant que le premier scénario se charge.", examples=["ok"]
    )
    version: str = Field(description="La version de rdv-mock.", examples=[__version__])
    scenario: str = Field(
        description="Le scénario du monde `principal`, ou celui qui se charge.",
        examples=["demonstration"],
    )


def _health_of(call: EarlyCall, *, loading: bool = False) -> Health:
    world = call.server.worlds.get(PRINCIPAL)
    return Health(
        status="loading" if loading and world is None else "ok",
        version=__version__,
        scenario=world.settings.scenario if world else call.server.settings.scenario,
    )


@router.get(
    "/health",
    summary="Savoir si le serveur répond",
    description="200 dès que le processus répond, même si son scénario se charge encore. Sans"
    " jeton, et à la racine seulement.",
)
@control(root_only=True)
@refuses(ApiError.RESSOURCE_INCONNUE)
async def health(call: EarlyCall) -> Health:
    """Tell that the process answers."""
    return _health_of(call)


@router.get(
    "/ready",
    responses={503: {"model": Health}},
    summary="Savoir si le scénario est chargé",
    description="200 une fois qu'il l'est, 503 d'ici là. Sans jeton, et à la racine seulement.",
)
@control(root_only=True)
@refuses(ApiError.RESSOURCE_INCONNUE)
async def ready(call: EarlyCall) -> Health:
    """Tell whether the scenario is loaded."""
    state = _health_of(call, loading=True)
    if state.status == "loading":
        call.status = HTTPStatus.SERVICE_UNAVAILABLE
    return state
