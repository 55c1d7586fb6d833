"""Write the state of a world as a scenario, change facts of it, take it back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import TypeVar

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.hints import Hints
from rdv_mock.http.aside import aside
from rdv_mock.http.life import alone_in
from rdv_mock.scenario.dump import KINDS, Form, dump_in_pieces
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.selection import Selection
from rdv_mock.scenario.source import Source
from rdv_mock.steering.named import find_auto_ecole
from rdv_mock.store import Store
from rdv_mock.worlds.world import ResetScope, World

R = TypeVar("R")


async def reset(world: World, scope: ResetScope = ResetScope.ALL) -> None:
    """Take a world back to its beginning, in all respects or in one.

    Tokens end with `ResetScope.ALL` alone.
    """
    async with alone_in(world):
        await aside(world.reset, scope)


async def write_state(
    world: World,
    *,
    form: Form = "yaml",
    kinds: Sequence[str] = (),
    auto_ecole: str | None = None,
) -> bytes:
    """Write the world, or a part of it, as a scenario that can be loaded again; in UTF-8.

    `kinds`: keys of a scenario; `auto_ecole`: a ref or an id. A copy is written, so that the world
    goes on. Raises GENRE_INCONNU, PARAMETRE_INVALIDE.
    """
    async with alone_in(world) as now:
        selection = _selection(kinds, auto_ecole, world.store)
        frozen = world.clock.frozen
        incidents = [armed.left() for armed in world.incidents.armed]
        copy = await aside(world.store.copy)
    return await aside(
        _write, copy, now, frozen=frozen, incidents=incidents, selection=selection, form=form
    )


def _write(
    copy: Store,
    now: datetime,
    *,
    frozen: bool,
    incidents: Iterable[Incident],
    selection: Selection,
    form: Form,
) -> bytes:
    with closing(copy):
        pieces = dump_in_pieces(
            copy, now=now, frozen=frozen, incidents=incidents, selection=selection, form=form
        )
        return b"".join(piece.encode() for piece in pieces)


def _selection(kinds: Sequence[str], auto_ecole: str | None, store: Store) -> Selection:
    _check_kinds(kinds, KINDS)
    found = None if auto_ecole is None else find_auto_ecole(auto_ecole, store)
    return Selection(frozenset(kinds), found.id if found else None)


def _check_kinds(kinds: Sequence[str], known: Collection[str]) -> None:
    hint = Hints()
    problems = [
        Detail(f"kind[{index}]", f"« {kind} » n'est pas une clé connue{hint(kind, known)}")
        for index, kind in enumerate(kinds)
        if kind not in known
    ]
    if problems:
        raise Refusal(ApiError.GENRE_INCONNU, details=problems)


async def patch(world: World, fragment: Source) -> Mapping[str, str]:
    """Change the objects that a fragment names, add the others, arm its incidents.

    All of it, or nothing. Returns the ids behind all refs. Raises SCENARIO_INVALIDE.
    """
    return await patch_and_tell(world, fragment, _refs_of)


def _refs_of(world: World) -> Mapping[str, str]:
    return dict(world.store.references.by_ref())


async def patch_and_tell(world: World, fragment: Source, tell: Callable[[World], R]) -> R:
    """Change a world as `patch` does; return what `tell` reads of it before others may."""
    async with alone_in(world) as now:
        return await aside(_patch, world, fragment, tell, now=now)


def _patch(world: World, fragment: Source, tell: Callable[[World], R], *, now: datetime) -> R:
    change(world, fragment, now=now)
    return tell(world)


def change(world: World, fragment: Source, *, now: datetime) -> None:
    """Apply a fragment, in a thread whose caller is alone in the world."""
    apply_fragment(fragment, world.store, now=now, armed=world.incidents)
    world.reload_settings()
    world.save_extras()
