"""The whole control plane, and what it says of itself (design.md 7)."""

from http import HTTPStatus
from typing import Literal

from pydantic import Field
from starlette.responses import Response

from rdv_mock import __version__
from rdv_mock.control import control as control_plane
from rdv_mock.control import incidents, worlds
from rdv_mock.document.fidelity import fidelity
from rdv_mock.errors import ApiError
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.operation import ControlOperation, Probe
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.schema import MEDIA_TYPE, schema_text
from rdv_mock.wire.base import Shape
from rdv_mock.wire.fidelity import Fidelity
from rdv_mock.worlds.world import PRINCIPAL

router = control_router("Plan de contrôle")


probes = control_router("Plan de contrôle", route_class=Probe)


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


def _health_of(call: Call, *, loading: bool = False) -> Health:
    world = call.server.worlds.get(PRINCIPAL)
    return Health(
        status="loading" if loading and world is None else "ok",
        version=__version__,
        scenario=world.settings.scenario if world else call.server.settings.scenario,
    )


@probes.get(
    "/health",
    summary="Savoir si le serveur répond",
    description="200 dès que le processus répond, même si son scénario se charge encore. Sans"
    " jeton, et à la racine seulement.",
)
@control(root_only=True)
@refuses(ApiError.RESSOURCE_INCONNUE)
async def health(call: Call) -> Health:
    """The process answers."""
    return _health_of(call)


@probes.get(
    "/ready",
    responses={503: {"model": Health}},
    summary="Savoir si le scénario est chargé",
    description="200 une fois qu'il l'est, 503 d'ici là. Sans jeton, et à la racine seulement.",
)
@control(root_only=True)
@refuses(ApiError.RESSOURCE_INCONNUE)
async def ready(call: Call) -> Health:
    """The scenario is loaded."""
    state = _health_of(call, loading=True)
    if state.status == "loading":
        call.status = HTTPStatus.SERVICE_UNAVAILABLE
    return state


@router.get(
    "/fidelity",
    summary="Lire ce qui est sûr, et ce qui ne l'est pas",
    description="De chaque opération, champ, valeur, code et nombre des API simulées, d'où il"
    " vient ; puis ce que nous avons choisi. La même chose que FIDELITY.md.",
)
async def get_fidelity() -> Fidelity:
    """Say what is known of the real system, and how surely."""
    return await aside(fidelity)


@router.get(
    "/scenario.schema.json",
    summary="Lire le schéma JSON d'un scénario, pour un éditeur",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}},
    description="Un éditeur qui le connaît complète, explique et vérifie un scénario pendant qu'on"
    " l'écrit ; en YAML, sa première ligne le lui dit :"
    " `# yaml-language-server: $schema=http://127.0.0.1:8080/_mock/scenario.schema.json`. Hors"
    " ligne : `rdv-mock scenarios schema`.",
)
async def get_scenario_schema() -> Response:
    """Say what a scenario may hold."""
    return Response(await aside(schema_text), media_type=MEDIA_TYPE)


PROBES = [route for route in probes.routes if isinstance(route, Probe)]
ROUTES = [
    *router.routes,
    *PROBES,
    *control_plane.router.routes,
    *worlds.router.routes,
    *incidents.router.routes,
]
