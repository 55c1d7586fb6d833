import asyncio
from datetime import timedelta

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.server import Server
from rdv_mock.steering.clock import advance
from rdv_mock.steering.snapshots import (
    MOST_SNAPSHOTS,
    diff,
    forget,
    keep,
    list_snapshots,
    restore,
)
from rdv_mock.steering.state import patch
from rdv_mock.steering.tokens import give
from rdv_mock.worlds.callers import token_id
from rdv_mock.worlds.world import World
from tests.steering.support import ISSUER, fields_of, source


def test_a_world_goes_back_to_what_was_kept_time_included(world: World) -> None:
    kept = asyncio.run(keep(world, "avant"))
    asyncio.run(patch(world, source(title="Changé")))
    asyncio.run(advance(world, by=timedelta(days=1)))

    asyncio.run(restore(world, "avant"))

    assert world.settings.title == "Une école, un élève"
    assert world.clock.now() == kept.now


def test_tokens_stay_good_when_a_world_goes_back(server: Server, world: World) -> None:
    asyncio.run(keep(world, "avant"))
    issued = asyncio.run(give(server, world, "lea", issuer=ISSUER))

    asyncio.run(restore(world, "avant"))

    assert world.store.tokens.find(token_id(issued.access_token)) is not None


def test_snapshots_are_listed_in_the_order_in_which_they_were_kept(world: World) -> None:
    for name in ("b", "a", "b"):
        asyncio.run(keep(world, name))

    assert [*asyncio.run(list_snapshots(world))] == ["a", "b"]


def test_what_is_different_between_two_snapshots_is_told_by_kind(world: World) -> None:
    asyncio.run(keep(world, "avant"))
    new = {"ref": "tom", "nom": "Petit", "prenom": "Tom", "numeroDossier": "098765432109"}
    asyncio.run(
        patch(
            world,
            source(candidats=[{"ref": "ines", "prenom": "Autre"}, new], supprimer=["l1"]),
        )
    )
    asyncio.run(keep(world, "apres"))

    found = asyncio.run(diff(world, "avant", "apres"))

    assert [*found] == ["candidats", "lecons"]
    candidats = found["candidats"]
    assert [one["ref"] for one in candidats.added] == ["tom"]
    assert [(one.before["prenom"], one.after["prenom"]) for one in candidats.changed] == [
        ("Inès", "Autre")
    ]
    assert [one["ref"] for one in found["lecons"].removed] == ["l1"]


def test_a_snapshot_can_be_forgotten(world: World) -> None:
    asyncio.run(keep(world, "avant"))

    asyncio.run(forget(world, "avant"))

    assert asyncio.run(list_snapshots(world)) == {}


def test_what_was_not_kept_is_refused_with_a_guess(world: World) -> None:
    asyncio.run(keep(world, "avant"))

    for steps in (restore(world, "avent"), forget(world, "avent"), diff(world, "avant", "avent")):
        with pytest.raises(Refusal) as refusal:
            asyncio.run(steps)
        assert refusal.value.error is ApiError.INSTANTANE_INCONNU
        assert "avant" in refusal.value.hint


def test_so_many_snapshots_are_kept_and_no_more(world: World) -> None:
    for number in range(MOST_SNAPSHOTS):
        asyncio.run(keep(world, f"n{number}"))

    with pytest.raises(Refusal) as refusal:
        asyncio.run(keep(world, "un-de-plus"))

    assert fields_of(refusal.value) == ["name"]
    asyncio.run(keep(world, "n0"))
