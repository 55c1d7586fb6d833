import asyncio
from dataclasses import replace

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.steering.journal import Wanted, clear_journal, read_journal
from rdv_mock.worlds.journal import Entry, Message
from rdv_mock.worlds.world import World
from tests.steering.support import START, fields_of


def received(world: World, path: str, *, employe: str | None = None, status: int = 200) -> Entry:
    """Add a call to the journal; `employe` is a ref."""
    entry = Entry(
        at=START,
        real_at=START,
        method="GET",
        path=path,
        operation="lireMonAutoEcole",
        employe=world.store.references.by_ref()[employe] if employe else None,
        status=status,
        code=None,
        incident=None,
        duration_ms=1.0,
        request=Message([], b""),
        response=Message([], b""),
    )
    world.journal.add(entry)
    return entry


def paths(world: World, wanted: Wanted) -> list[str]:
    return [one.entry.path for one in asyncio.run(read_journal(world, wanted)).calls]


def test_calls_are_read_newest_first_with_who_made_them(world: World) -> None:
    received(world, "/a")
    received(world, "/b", employe="lea")

    newest, oldest = asyncio.run(read_journal(world)).calls

    assert (newest.entry.path, oldest.entry.path) == ("/b", "/a")
    assert newest.employe is not None
    assert newest.auto_ecole is not None
    assert (newest.employe.ref, newest.auto_ecole.ref) == ("lea", "plesses")
    assert (oldest.employe, oldest.auto_ecole) == (None, None)


def test_of_many_calls_the_newest_are_read_and_all_are_counted(world: World) -> None:
    for number in range(5):
        received(world, f"/{number}")

    found = asyncio.run(read_journal(world, limit=2))

    assert (found.total, [one.entry.path for one in found.calls]) == (5, ["/4", "/3"])


@pytest.mark.parametrize(
    "wanted", [Wanted(path="/b*"), Wanted(status=404), Wanted(employe="max"), Wanted(method="get")]
)
def test_only_the_calls_that_are_asked_for_are_read(wanted: Wanted, world: World) -> None:
    received(world, "/a", employe="lea")
    received(world, "/b", employe="max", status=404)

    expected = ["/b", "/a"] if wanted == Wanted(method="get") else ["/b"]
    assert paths(world, wanted) == expected
    assert paths(world, replace(wanted, code="AUCUN")) == []


def test_a_call_can_be_waited_for(world: World) -> None:
    async def story() -> list[str]:
        waiting = asyncio.create_task(read_journal(world, Wanted(path="/b"), seconds=20))
        await asyncio.sleep(0)
        received(world, "/a")
        received(world, "/b")
        return [one.entry.path for one in (await waiting).calls]

    assert asyncio.run(story()) == ["/b"]


def test_a_wait_ends_with_nothing_when_its_time_is_over(world: World) -> None:
    assert asyncio.run(read_journal(world, seconds=0.01)).calls == []


def test_a_journal_can_be_emptied(world: World) -> None:
    received(world, "/a")

    clear_journal(world)

    assert asyncio.run(read_journal(world)).total == 0


def test_unknown_operations_and_employes_are_refused(world: World) -> None:
    with pytest.raises(Refusal) as operation:
        asyncio.run(read_journal(world, Wanted(operation="lireMonAutoEcol")))
    with pytest.raises(Refusal) as employe:
        asyncio.run(read_journal(world, Wanted(employe="personne")))

    assert operation.value.error is ApiError.PARAMETRE_INVALIDE
    assert fields_of(operation.value) == ["operation"]
    assert employe.value.error is ApiError.EMPLOYE_INCONNU
