"""Worlds and their snapshots, on the control plane (design.md 7)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path

from rdv_mock.control.control import state_of_scenario
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.aside import aside, take_steps
from rdv_mock.http.call import Call
from rdv_mock.http.life import alone_in, check_exists
from rdv_mock.http.refusals import bad_parameter
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.scenario.dump import WRITERS, dump_fact
from rdv_mock.scenario.library import LARGEST
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from rdv_mock.store.folder import SavedState
from rdv_mock.wire.clock import ClockSetting
from rdv_mock.wire.snapshots import Changed, Difference, SnapshotAsked, SnapshotOnWire
from rdv_mock.wire.worlds import CreatedWorld, WorldAsked, WorldOnWire
from rdv_mock.worlds.saved import OwnClock
from rdv_mock.worlds.world import PRINCIPAL, World

MOST_SNAPSHOTS = 100

router = control_router("Mondes")

WorldName = Annotated[str, Path(alias="name", description="Nom du monde.", examples=["essai"])]
SnapshotName = Annotated[
    str, Path(alias="name", description="Nom de l'instantané.", examples=["avant"])
]


@router.get(
    "/worlds",
    summary="Lister les mondes",
    description="Tous, `principal` compris, avec l'heure de chacun.",
)
@control(root_only=True)
async def list_worlds(call: Call) -> list[WorldOnWire]:
    """List all worlds, the one without prefix among them."""
    call.server.drop_idle()
    return [
        WorldOnWire(
            name=world.name,
            base_path=base_path(world.name),
            scenario=world.settings.scenario,
            now=now,
            now_paris=now,
            frozen=world.clock.frozen,
        )
        for world in call.server.worlds.values()
        for now in [world.clock.now()]
    ]


@router.post(
    "/worlds",
    status_code=201,
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
async def create_world(call: Call, asked: WorldAsked | None = None) -> CreatedWorld:
    """Make a world: of a scenario, or like another one."""
    asked = asked or WorldAsked()
    if asked.from_ is not None and asked.scenario is not None:
        raise bad_parameter("from", "est incompatible avec « scenario »")
    await _check_new(asked.name, call)
    with ExitStack() as stack:
        async with _origin(asked, call) as make:
            await _check_new(asked.name, call)
            name = asked.name or _free_name(call)
            stack.enter_context(call.server.reserved(name))
            world = await aside(make, name)
        try:
            if asked.clock is not None:
                begin = world.clock.now() if asked.from_ else world.settings.clock_now
                await _set_clock(world, asked.clock, begin)
            refs = await aside(world.store.references.by_ref)
        except BaseException:
            await aside(world.drop)
            raise
        call.server.worlds[name] = world
    return CreatedWorld(name=name, base_path=base_path(name), refs=dict(refs))


@router.delete(
    "/worlds/{name}",
    status_code=204,
    summary="Supprimer un monde",
    description="Tout ce qu'il tient est oublié. `principal` ne se supprime pas.",
)
@control(root_only=True, after=["createWorld"])
@refuses(ApiError.MONDE_INCONNU, ApiError.PARAMETRE_INVALIDE)
async def drop_world(name: WorldName, call: Call) -> None:
    """Forget a world; calls under way in it end first."""
    world = call.server.find_world(name)
    if name == PRINCIPAL:
        raise bad_parameter("name", "est le monde principal, qui reste")
    async with world.lock:
        check_exists(world)
        await asyncio.wrap_future(call.server.begin_to_drop(world))


async def _set_clock(world: World, asked: ClockSetting, begin: datetime | None) -> None:
    """Let a new world begin later than it would, or stand still there, and again at each reset.

    `begin` is when it would: without one at the present instant, whenever that is.
    """
    async with world.lock:
        frozen = world.clock.frozen if asked.frozen is None else asked.frozen
        start = begin or world.clock.now()
        if asked.model_fields_set:
            is_settled = begin is not None or frozen
            world.own_clock = OwnClock(asked.now or (start if is_settled else None), frozen)
        world.clock.set(start, frozen=True)
        await take_steps(world.advance(asked.now or start, now=start, frozen=frozen))


def base_path(name: str) -> str:
    """Where the addresses of a world begin."""
    return "" if name == PRINCIPAL else f"/w/{name}"


async def _check_new(name: str | None, call: Call) -> None:
    """Refuse what has no place; a world that is just being made or dropped is waited for."""
    server = call.server
    server.drop_idle()
    if name is not None:
        await server.settled(name)
    if name in server.worlds:
        raise Refusal(ApiError.MONDE_DEJA_EXISTANT)
    if server.count >= server.settings.max_worlds:
        raise Refusal(ApiError.TROP_DE_MONDES)


def _free_name(call: Call) -> str:
    """`monde-1`, or the next one that is free."""
    number = 1
    while call.server.is_taken(f"monde-{number}"):
        number += 1
    return f"monde-{number}"


def _pristine_of(scenario: str | dict[str, Any], call: Call) -> Store:
    content = {"name": scenario} if isinstance(scenario, str) else scenario
    return state_of_scenario(call.facts or Source(content), call.server)


@asynccontextmanager
async def _origin(asked: WorldAsked, call: Call) -> AsyncIterator[Callable[[str], World]]:
    """What makes the world that is asked for, while nothing else touches where it comes from."""
    server = call.server
    if asked.scenario is not None:
        with closing(await aside(_pristine_of, asked.scenario, call)) as pristine:
            yield lambda name: server.new_world(name, pristine.share())
    elif asked.from_ is not None:
        like = server.find_world(asked.from_)
        async with alone_in(like):
            yield like.copy
    else:
        principal = server.worlds[PRINCIPAL]
        with closing(principal.pristine()) as pristine:
            yield lambda name: principal.fork(name, pristine.share())


@router.post(
    "/snapshots",
    status_code=201,
    summary="Garder l'état présent sous un nom",
    description="L'état et l'heure ; il survit à une remise à zéro. Un nom déjà pris garde le"
    " nouvel état.",
)
async def keep_snapshot(asked: SnapshotAsked, call: Call) -> SnapshotOnWire:
    """Keep state and time; what had the name before is forgotten."""
    world = call.world
    async with alone_in(world):
        if asked.name not in world.snapshots and len(world.snapshots) >= MOST_SNAPSHOTS:
            raise bad_parameter("name", f"serait le {MOST_SNAPSHOTS + 1}e instantané de ce monde")
        await aside(world.keep_snapshot, asked.name)
        return _snapshot_on_wire(asked.name, world)


@router.put(
    "/snapshots/{name}",
    status_code=204,
    summary="Revenir à un état gardé",
    description="L'état et l'heure redeviennent ceux que l'on a gardés ; qui est connecté le"
    " reste.",
)
@control(after=["keepSnapshot"])
@refuses(ApiError.INSTANTANE_INCONNU)
async def go_back_to_snapshot(name: SnapshotName, call: Call) -> None:
    """Go back to a state and its time; tokens stay good."""
    async with alone_in(call.world):
        await aside(call.world.go_back_to_snapshot, name)


@router.delete(
    "/snapshots/{name}",
    status_code=204,
    summary="Oublier un état gardé",
    description="L'instantané s'en va ; le monde reste comme il est.",
)
@control(after=["keepSnapshot"])
@refuses(ApiError.INSTANTANE_INCONNU)
async def drop_snapshot(name: SnapshotName, call: Call) -> None:
    """Forget a state that was kept."""
    async with alone_in(call.world):
        await aside(call.world.drop_snapshot, name)


@router.get(
    "/snapshots",
    summary="Lister les états gardés",
    description="Ceux de ce monde, avec l'heure de chacun.",
)
async def list_snapshots(call: Call) -> list[SnapshotOnWire]:
    """List what was kept, in the order in which it was."""
    return [_snapshot_on_wire(name, call.world) for name in call.world.snapshots]


@router.get(
    "/snapshots/{a}/diff/{b}",
    summary="Comparer deux états gardés",
    description="Ce qui a été ajouté, changé et ôté de `a` à `b`, par genre d'objets.",
)
@control(after=["keepSnapshot"])
@refuses(ApiError.INSTANTANE_INCONNU)
async def diff_snapshots(
    a: Annotated[str, Path(description="L'instantané d'avant.", examples=["avant"])],
    b: Annotated[str, Path(description="Celui d'après.", examples=["apres"])],
    call: Call,
) -> dict[str, Difference]:
    """What was added, changed and removed from the one to the other, kind by kind."""
    one, other = (call.world.snapshots.find(name).state for name in (a, b))
    async with alone_in(call.world):
        before = await aside(_own_copy, one)
        after = await aside(_own_copy, other)
    return await aside(_diff, before, after)


def _own_copy(kept: SavedState) -> Store:
    """A state that was kept, for a thread that reads in it while others go back to it."""
    with closing(kept.open()) as shared:
        return shared.copy()


def _diff(before: Store, after: Store) -> dict[str, Difference]:
    with closing(before), closing(after):
        found = {
            kind: _difference(_written(kind, before), _written(kind, after)) for kind in WRITERS
        }
    return {kind: one for kind, one in found.items() if one.added or one.changed or one.removed}


def _written(kind: str, store: Store) -> dict[str, str]:
    """Every object of a kind as a scenario says it, in JSON, by id."""
    table, ref_of = store.table(WRITERS[kind][0]), store.references.ref_of
    return {
        fact.id: json.dumps(dump_fact(kind, fact, store, ref_of), ensure_ascii=False)
        for fact in table.all()
    }


def _difference(before: dict[str, str], after: dict[str, str]) -> Difference:
    """By their JSON, which takes little room, and no time to be put away."""
    return Difference(
        added=[json.loads(after[id_]) for id_ in after if id_ not in before],
        changed=[
            Changed(before=json.loads(before[id_]), after=json.loads(after[id_]))
            for id_ in before
            if id_ in after and before[id_] != after[id_]
        ],
        removed=[json.loads(before[id_]) for id_ in before if id_ not in after],
    )


def _snapshot_on_wire(name: str, world: World) -> SnapshotOnWire:
    snapshot = world.snapshots[name]
    return SnapshotOnWire(
        name=name, now=snapshot.now, now_paris=snapshot.now, frozen=snapshot.frozen
    )
