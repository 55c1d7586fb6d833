import asyncio

from rdv_mock.http.server import Server
from rdv_mock.steering.connexions import list_coverages
from rdv_mock.steering.tokens import give
from rdv_mock.worlds.world import World
from tests.steering.support import ISSUER


def test_a_bureau_that_nobody_covers_is_told_without_a_bail(world: World) -> None:
    found = asyncio.run(list_coverages(world))

    assert [one.bureau and one.bureau.ref for one in found] == ["sables", "gonesse", None]
    assert [(one.bail, one.employe) for one in found] == [(None, None)] * 3


def test_a_bail_covers_the_bureaux_of_its_ecole(server: Server, world: World) -> None:
    asyncio.run(give(server, world, "lea", issuer=ISSUER))

    sables, gonesse, _ = asyncio.run(list_coverages(world))

    assert sables.employe is not None
    assert (sables.employe.ref, sables.employe.nom) == ("lea", "Léane Durant")
    assert sables.auto_ecole.nom == "Auto-École des Plesses"
    assert sables.bail in [*world.store.baux.all()]
    assert gonesse.bail is None


def test_earlier_bails_of_a_bureau_are_told_first(server: Server, world: World) -> None:
    for _ in range(2):
        asyncio.run(give(server, world, "lea", issuer=ISSUER))

    first, second, *_ = (one.bail for one in asyncio.run(list_coverages(world)))

    assert first is not None
    assert second is not None
    assert first.debut <= second.debut
