"""List, make and drop worlds, in JSON."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Path

from rdv_mock.errors import ApiError
from rdv_mock.http.answers import Written
from rdv_mock.http.call import Call
from rdv_mock.http.pieces import with_refs
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.library import LARGEST
from rdv_mock.scenario.source import Source
from rdv_mock.steering import worlds
from rdv_mock.steering.worlds import Start
from rdv_mock.wire.clock import ClockSetting
from rdv_mock.wire.worlds import CreatedWorld, WorldAsked, WorldOnWire
from rdv_mock.worlds.world import PRINCIPAL, World

router = control_router("Mondes")

WorldName = Annotated[str, Path(alias="name", description="Nom du monde.", examples=["essai"])]


@router.get(
    "/worlds",
    summary="Lister les mondes",
    description="Tous, `principal` compris, avec l'heure de chacun.",
)
@control(root_only=True)
async def list_worlds(call: Call) -> list[WorldOnWire]:
    """List all worlds, `principal` among them."""
    return [_world_on_wire(world) for world in worlds.list_worlds(call.server)]


@router.post(
    "/worlds",
    status_code=201,
    response_model=CreatedWorld,
    summary="Créer un monde",
    description="Un monde à part, à l'adresse `basePath` : d'un scénario, par son nom ou en"
    " entier, ou d'un autre monde tel qu'il est. Sans rien, comme `principal` tel qu'il a été"
    " chargé. `clock` dit à quelle heure il commence, et recommence à chaque remise à zéro.",
)
@control(root_only=True, largest_body=LARGEST, facts_in="scenario")
@refuses(
    ApiError.MONDE_DEJA_EXISTANT,
    ApiError.TROP_DE_MONDES,
    ApiError.MONDE_INCONNU,
    ApiError.SCENARIO_INCONNU,
    ApiError.SCENARIO_INVALIDE,
    ApiError.HORLOGE_EN_ARRIERE,
)
async def create_world(call: Call, asked: WorldAsked | None = None) -> Written:
    """Make a world of a scenario, or like another world."""
    asked = asked or WorldAsked()
    return await worlds.create_and_tell(
        call.server,
        _created,
        name=asked.name,
        scenario=_scenario(asked, call),
        like=asked.from_,
        start=None if asked.clock is None else _start(asked.clock),
    )


def _created(world: World) -> Written:
    shell = CreatedWorld(name=world.name, base_path=base_path(world.name), refs={})
    return with_refs(shell, world.store.references, HTTPStatus.CREATED)


@router.delete(
    "/worlds/{name}",
    status_code=204,
    summary="Supprimer un monde",
    description="Tout ce qu'il tient est oublié. `principal` ne se supprime pas.",
)
@control(root_only=True, after=["createWorld"])
@refuses(ApiError.MONDE_INCONNU, ApiError.PARAMETRE_INVALIDE)
async def drop_world(name: WorldName, call: Call) -> None:
    """Drop a world, once the calls under way in it have ended."""
    await worlds.drop(call.server, name)


def _scenario(asked: WorldAsked, call: Call) -> Source | None:
    """The scenario of a body; a large one was read before the rest (`call.facts`)."""
    if asked.scenario is None:
        return None
    named = {"name": asked.scenario} if isinstance(asked.scenario, str) else asked.scenario
    return call.facts or Source(named)


def _start(clock: ClockSetting) -> Start:
    return Start(clock.now, clock.frozen, is_repeated=bool(clock.model_fields_set))


def _world_on_wire(world: World) -> WorldOnWire:
    now = world.clock.now()
    return WorldOnWire(
        name=world.name,
        base_path=base_path(world.name),
        scenario=world.settings.scenario,
        now=now,
        now_paris=now,
        frozen=world.clock.frozen,
    )


def base_path(name: str) -> str:
    """The beginning of all addresses of a world."""
    return "" if name == PRINCIPAL else f"/w/{name}"
