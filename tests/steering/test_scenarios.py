import asyncio

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.server import Server
from rdv_mock.steering.scenarios import find_called, list_known, load
from rdv_mock.worlds.world import World
from tests.steering.support import source


def test_the_scenarios_that_are_delivered_are_known_by_name_and_title(server: Server) -> None:
    known = {one.name: one for one in asyncio.run(list_known(server))}

    assert known["panier_plein"].source == "fourni"
    assert find_called(server, known["panier_plein"].title).name == "panier_plein"
    assert find_called(server, "panier_plein").name == "panier_plein"


def test_a_scenario_is_loaded_by_its_name(server: Server, world: World) -> None:
    loaded = asyncio.run(load(server, world, source(name="panier_plein")))

    assert world.settings.scenario == "panier_plein"
    assert loaded.title == world.settings.title
    assert loaded.refs == world.store.references.by_ref()


def test_a_scenario_is_loaded_that_is_written_out(server: Server, world: World) -> None:
    auto_ecole = {"ref": "seule", "nom": "École", "codeDepartement": "085"}

    loaded = asyncio.run(load(server, world, source(title="Peu", autoEcoles=[auto_ecole])))

    assert (loaded.title, [*loaded.refs]) == ("Peu", ["seule"])
    assert [one.nom for one in world.store.auto_ecoles.all()] == ["École"]


def test_a_bad_scenario_leaves_the_world_as_it_is(server: Server, world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(load(server, world, source(title="x", lecons=[{"contrat": "inconnu"}])))

    assert refusal.value.error is ApiError.SCENARIO_INVALIDE
    assert world.settings.title == "Une école, un élève"


def test_an_unknown_name_is_refused_with_a_guess(server: Server, world: World) -> None:
    with pytest.raises(Refusal) as by_name:
        asyncio.run(load(server, world, source(name="panier_plain")))
    with pytest.raises(Refusal) as by_title:
        find_called(server, "panier_plain")

    for refusal in (by_name.value, by_title.value):
        assert refusal.error is ApiError.SCENARIO_INCONNU
        assert "panier_plein" in refusal.hint
