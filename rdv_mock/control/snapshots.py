"""Keep, restore and compare snapshots, in JSON."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Path

from rdv_mock.errors import ApiError
from rdv_mock.http.aside import aside
from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import control, refuses
from rdv_mock.steering import snapshots
from rdv_mock.steering.snapshots import KindDiff
from rdv_mock.wire.snapshots import Changed, Difference, SnapshotAsked, SnapshotOnWire
from rdv_mock.worlds.snapshots import Snapshot

router = control_router("Mondes")

SnapshotName = Annotated[
    str, Path(alias="name", description="Nom de l'instantané.", examples=["avant"])
]


@router.post(
    "/snapshots",
    status_code=201,
    summary="Garder l'état présent sous un nom",
    description="L'état et l'heure ; il survit à une remise à zéro. Un nom déjà pris garde le"
    " nouvel état.",
)
async def keep_snapshot(asked: SnapshotAsked, call: Call) -> SnapshotOnWire:
    """Keep state and time; a snapshot of this name is replaced."""
    return _snapshot_on_wire(asked.name, await snapshots.keep(call.world, asked.name))


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
    await snapshots.restore(call.world, name)


@router.delete(
    "/snapshots/{name}",
    status_code=204,
    summary="Oublier un état gardé",
    description="L'instantané s'en va ; le monde reste comme il est.",
)
@control(after=["keepSnapshot"])
@refuses(ApiError.INSTANTANE_INCONNU)
async def drop_snapshot(name: SnapshotName, call: Call) -> None:
    """Forget a snapshot."""
    await snapshots.forget(call.world, name)


@router.get(
    "/snapshots",
    summary="Lister les états gardés",
    description="Ceux de ce monde, avec l'heure de chacun.",
)
async def list_snapshots(call: Call) -> list[SnapshotOnWire]:
    """List the snapshots, oldest first."""
    kept = await snapshots.list_snapshots(call.world)
    return [_snapshot_on_wire(name, snapshot) for name, snapshot in kept.items()]


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
    """Compare two snapshots, kind by kind."""
    return await aside(_diff_on_wire, await snapshots.diff(call.world, a, b))


def _snapshot_on_wire(name: str, snapshot: Snapshot) -> SnapshotOnWire:
    return SnapshotOnWire(
        name=name, now=snapshot.now, now_paris=snapshot.now, frozen=snapshot.frozen
    )


def _diff_on_wire(diff: Mapping[str, KindDiff]) -> dict[str, Difference]:
    return {kind: _difference(of_kind) for kind, of_kind in diff.items()}


def _difference(diff: KindDiff) -> Difference:
    return Difference(
        added=[*diff.added],
        changed=[Changed(before=one.before, after=one.after) for one in diff.changed],
        removed=[*diff.removed],
    )
