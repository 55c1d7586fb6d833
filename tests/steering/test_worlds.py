import asyncio
from datetime import timedelta

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.server import Server
from rdv_mock.steering.clock import advance, set_clock
from rdv_mock.steering.state import patch, reset
from rdv_mock.steering.worlds import Start, create, drop, list_worlds
from rdv_mock.worlds.world import PRINCIPAL, World
from tests.steering.support import START, fields_of, source
from tests.support import instant

LATER = instant("2026-03-20T08:00:00Z")


def names(server: Server) -> list[str]:
    return [world.name for world in list_worlds(server)]


def test_a_world_is_made_like_the_principal_one_as_it_was_loaded(
    server: Server, world: World
) -> None:
    asyncio.run(patch(world, source(title="Changé")))

    created = asyncio.run(create(server))

    assert created.name == "monde-1"
    assert created.refs == world.store.references.by_ref()
    assert server.worlds["monde-1"].settings.title == "Une école, un élève"
    assert names(server) == [PRINCIPAL, "monde-1"]


def test_a_world_is_made_of_a_scenario(server: Server) -> None:
    asyncio.run(create(server, name="essai", scenario=source(name="panier_plein")))

    assert server.worlds["essai"].settings.scenario == "panier_plein"


def test_a_world_is_made_in_the_present_state_of_another(server: Server, world: World) -> None:
    asyncio.run(patch(world, source(title="Changé")))
    asyncio.run(set_clock(world, to=LATER, frozen=True))

    asyncio.run(create(server, name="copie", like=PRINCIPAL))

    copy = server.worlds["copie"]
    assert (copy.settings.title, copy.clock.now(), copy.clock.frozen) == ("Changé", LATER, True)


@pytest.mark.parametrize(("is_repeated", "again"), [(True, LATER), (False, START)])
def test_a_world_can_begin_later_and_does_so_again_if_asked(
    is_repeated: bool,  # noqa: FBT001 - a parameter of the test
    again: object,
    server: Server,
) -> None:
    start = Start(LATER, frozen=True, is_repeated=is_repeated)
    asyncio.run(create(server, name="essai", start=start))
    world = server.worlds["essai"]
    assert world.clock.now() == LATER
    asyncio.run(advance(world, by=timedelta(days=1)))

    asyncio.run(reset(world))

    assert world.clock.now() == again


def test_a_name_is_taken_once(server: Server) -> None:
    asyncio.run(create(server, name="essai"))

    with pytest.raises(Refusal) as refusal:
        asyncio.run(create(server, name="essai"))

    assert refusal.value.error is ApiError.MONDE_DEJA_EXISTANT


def test_a_world_comes_of_a_scenario_or_of_a_world_and_not_of_both(server: Server) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(create(server, like=PRINCIPAL, scenario=source(title="x")))

    assert fields_of(refusal.value) == ["from"]


def test_a_world_that_cannot_be_made_leaves_nothing_behind(server: Server) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(create(server, name="essai", start=Start(START - timedelta(days=1))))

    assert refusal.value.error is ApiError.HORLOGE_EN_ARRIERE
    assert names(server) == [PRINCIPAL]
    assert asyncio.run(create(server, name="essai")).name == "essai"


def test_there_are_no_more_worlds_than_the_settings_allow(server: Server) -> None:
    server.settings = server.settings.model_copy(update={"max_worlds": 1})

    with pytest.raises(Refusal) as refusal:
        asyncio.run(create(server))

    assert refusal.value.error is ApiError.TROP_DE_MONDES


def test_a_world_that_is_dropped_is_no_more(server: Server) -> None:
    asyncio.run(create(server, name="essai"))

    asyncio.run(drop(server, "essai"))

    assert names(server) == [PRINCIPAL]
    with pytest.raises(Refusal) as refusal:
        asyncio.run(drop(server, "essai"))
    assert refusal.value.error is ApiError.MONDE_INCONNU


def test_the_principal_world_stays(server: Server) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(drop(server, PRINCIPAL))

    assert refusal.value.error is ApiError.PARAMETRE_INVALIDE
    assert names(server) == [PRINCIPAL]
