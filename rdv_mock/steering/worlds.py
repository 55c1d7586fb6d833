"""List, make and drop worlds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from rdv_mock.errors import ApiError, Refusal, bad_parameter
from rdv_mock.http.aside import aside, take_steps
from rdv_mock.http.life import alone_in, check_exists
from rdv_mock.http.server import Server
from rdv_mock.scenario.source import Source
from rdv_mock.steering.scenarios import build
from rdv_mock.worlds.saved import OwnClock
from rdv_mock.worlds.world import PRINCIPAL, World


@dataclass(frozen=True, slots=True)
class Start:
    """The instant at which a new world begins, and whether its clock is stopped there.

    None: as in its scenario, or in the world that it is like. `is_repeated`: a reset goes back to
    this beginning.
    """

    now: datetime | None = None
    frozen: bool | None = None
    is_repeated: bool = True


@dataclass(frozen=True, slots=True)
class Created:
    """The name of a new world, and the ids behind its refs."""

    name: str
    refs: Mapping[str, str]


R = TypeVar("R")


def list_worlds(server: Server) -> list[World]:
    """List all worlds, `principal` among them; worlds idle for too long are dropped first."""
    server.drop_idle()
    return [*server.worlds.values()]


async def create(
    server: Server,
    *,
    name: str | None = None,
    scenario: Source | None = None,
    like: str | None = None,
    start: Start | None = None,
) -> Created:
    """Make a world of a scenario, or in the present state of the world `like`.

    By default it is as `principal` was loaded, and named `monde-1` or the next free name. Raises
    MONDE_DEJA_EXISTANT, TROP_DE_MONDES, MONDE_INCONNU, SCENARIO_INCONNU, SCENARIO_INVALIDE,
    HORLOGE_EN_ARRIERE, and PARAMETRE_INVALIDE for both `scenario` and `like`.
    """
    return await create_and_tell(
        server, _created, name=name, scenario=scenario, like=like, start=start
    )


def _created(world: World) -> Created:
    return Created(world.name, dict(world.store.references.by_ref()))


async def create_and_tell(
    server: Server,
    tell: Callable[[World], R],
    *,
    name: str | None = None,
    scenario: Source | None = None,
    like: str | None = None,
    start: Start | None = None,
) -> R:
    """Make a world as `create` does; return what `tell` reads of it before others may."""
    if like is not None and scenario is not None:
        raise bad_parameter("from", "est incompatible avec « scenario »")
    await _check_new(name, server)
    with ExitStack() as stack:
        async with _origin(server, scenario, like) as make:
            await _check_new(name, server)
            name = name or _free_name(server)
            stack.enter_context(server.reserved(name))
            world = await aside(make, name)
        try:
            if start is not None:
                begin = world.clock.now() if like else world.settings.clock_now
                await _start(world, start, begin)
            told = await aside(tell, world)
        except BaseException:
            await aside(world.drop)
            raise
        server.worlds[name] = world
    return told


async def drop(server: Server, name: str) -> None:
    """Drop a world, once the calls under way in it have ended.

    Raises MONDE_INCONNU, and PARAMETRE_INVALIDE for `principal`.
    """
    world = server.find_world(name)
    if name == PRINCIPAL:
        raise bad_parameter("name", "est le monde principal, qui reste")
    async with world.lock:
        check_exists(world)
        await asyncio.wrap_future(server.begin_to_drop(world))


async def _start(world: World, start: Start, begin: datetime | None) -> None:
    """Give a new world another beginning.

    `begin`: the beginning it has by itself; None for the present instant of each reset.
    """
    async with world.lock:
        frozen = world.clock.frozen if start.frozen is None else start.frozen
        at = begin or world.clock.now()
        if start.is_repeated:
            is_settled = begin is not None or frozen
            world.own_clock = OwnClock(start.now or (at if is_settled else None), frozen)
        world.clock.set(at, frozen=True)
        await take_steps(world.advance(start.now or at, now=at, frozen=frozen))


async def _check_new(name: str | None, server: Server) -> None:
    """Refuse a taken name, or one world too many; wait for a world being made or dropped."""
    server.drop_idle()
    if name is not None:
        await server.wait_for(name)
    if name in server.worlds:
        raise Refusal(ApiError.MONDE_DEJA_EXISTANT)
    if server.count >= server.settings.max_worlds:
        raise Refusal(ApiError.TROP_DE_MONDES)


def _free_name(server: Server) -> str:
    """`monde-1`, or the next free name."""
    number = 1
    while server.is_taken(f"monde-{number}"):
        number += 1
    return f"monde-{number}"


@asynccontextmanager
async def _origin(
    server: Server, scenario: Source | None, like: str | None
) -> AsyncIterator[Callable[[str], World]]:
    """A function that makes the world; nothing else touches its origin meanwhile."""
    if scenario is not None:
        with closing(await aside(build, server, scenario)) as pristine:
            yield lambda name: server.new_world(name, pristine.share())
    elif like is not None:
        other = server.find_world(like)
        async with alone_in(other):
            yield other.copy
    else:
        principal = server.worlds[PRINCIPAL]
        with closing(principal.pristine()) as pristine:
            yield lambda name: principal.fork(name, pristine.share())
