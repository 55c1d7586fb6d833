"""Keep, restore, forget and compare snapshots of a world."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from rdv_mock.errors import bad_parameter
from rdv_mock.http.aside import aside
from rdv_mock.http.life import alone_in, live_until_now
from rdv_mock.scenario.dump import WRITERS, dump_fact
from rdv_mock.store import Store
from rdv_mock.store.folder import SavedState
from rdv_mock.worlds.snapshots import Snapshot
from rdv_mock.worlds.world import World

MOST_SNAPSHOTS = 100

Written = dict[str, Any]
"""An object as a scenario writes it."""


@dataclass(frozen=True, slots=True)
class ChangedObject:
    """An object that both states have, before and after."""

    before: Written
    after: Written


@dataclass(frozen=True, slots=True)
class KindDiff:
    """The differences between two states, for one kind of objects."""

    added: Sequence[Written]
    changed: Sequence[ChangedObject]
    removed: Sequence[Written]


async def keep(world: World, name: str) -> Snapshot:
    """Keep state and time under a name; a snapshot of this name is replaced.

    Raises PARAMETRE_INVALIDE beyond a hundred snapshots.
    """
    async with alone_in(world):
        if name not in world.snapshots and len(world.snapshots) >= MOST_SNAPSHOTS:
            raise bad_parameter("name", f"serait le {MOST_SNAPSHOTS + 1}e instantané de ce monde")
        await aside(world.keep_snapshot, name)
        return world.snapshots[name]


async def restore(world: World, name: str) -> None:
    """Go back to a snapshot and its time; tokens stay valid. Raises INSTANTANE_INCONNU."""
    async with alone_in(world):
        await aside(world.go_back_to_snapshot, name)


async def forget(world: World, name: str) -> None:
    """Forget a snapshot. Raises INSTANTANE_INCONNU."""
    async with alone_in(world):
        await aside(world.drop_snapshot, name)


async def list_snapshots(world: World) -> Mapping[str, Snapshot]:
    """The snapshots by name, oldest first."""
    await live_until_now(world)
    return dict(world.snapshots)


async def diff(world: World, before: str, after: str) -> Mapping[str, KindDiff]:
    """Compare two snapshots, kind by kind (the keys of a scenario).

    Kinds without differences are left out. Raises INSTANTANE_INCONNU.
    """
    one, other = (world.snapshots.find(name).state for name in (before, after))
    async with alone_in(world):
        first = await aside(_own_copy, one)
        second = await aside(_own_copy, other)
    return await aside(_diff, first, second)


def _own_copy(kept: SavedState) -> Store:
    """A copy of a snapshot: a thread may read it while others go back to the snapshot."""
    with closing(kept.open()) as shared:
        return shared.copy()


def _diff(before: Store, after: Store) -> Mapping[str, KindDiff]:
    with closing(before), closing(after):
        found = {
            kind: _kind_diff(_written(kind, before), _written(kind, after)) for kind in WRITERS
        }
    return {kind: one for kind, one in found.items() if one.added or one.changed or one.removed}


def _written(kind: str, store: Store) -> dict[str, str]:
    """The objects of a kind by id, each as the JSON that a scenario has for it."""
    table, ref_of = store.table(WRITERS[kind][0]), store.references.ref_of
    return {
        fact.id: json.dumps(dump_fact(kind, fact, store, ref_of), ensure_ascii=False)
        for fact in table.all()
    }


def _kind_diff(before: dict[str, str], after: dict[str, str]) -> KindDiff:
    """Compare objects by their JSON, which takes little memory."""
    return KindDiff(
        added=[json.loads(after[id_]) for id_ in after if id_ not in before],
        changed=[
            ChangedObject(json.loads(before[id_]), json.loads(after[id_]))
            for id_ in before
            if id_ in after and before[id_] != after[id_]
        ],
        removed=[json.loads(before[id_]) for id_ in before if id_ not in after],
    )
