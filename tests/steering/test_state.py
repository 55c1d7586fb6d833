import asyncio
import json

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.server import Server
from rdv_mock.scenario.source import read_yaml
from rdv_mock.steering.clock import set_clock
from rdv_mock.steering.scenarios import load
from rdv_mock.steering.state import patch, reset, write_state
from rdv_mock.worlds.world import ResetScope, World
from tests.steering.support import START, fields_of, source
from tests.support import instant

INES = {"ref": "ines", "prenom": "Autre"}


def prenom_of_ines(world: World) -> str:
    return world.store.candidats.get(world.store.references.by_ref()["ines"]).prenom


def test_a_state_that_was_written_loads_to_the_same_state(server: Server, world: World) -> None:
    written = asyncio.run(write_state(world))

    asyncio.run(load(server, world, read_yaml(written)))

    assert asyncio.run(write_state(world)) == written


def test_a_part_of_a_state_can_be_written_as_json(world: World) -> None:
    written = asyncio.run(write_state(world, form="json", kinds=["lecons"], auto_ecole="plesses"))

    assert [one["ref"] for one in json.loads(written)["lecons"]] == ["l1", "l2"]


def test_a_kind_that_scenarios_do_not_have_is_refused_with_its_place(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(write_state(world, kinds=["lecons", "lesson"]))

    assert refusal.value.error is ApiError.GENRE_INCONNU
    assert fields_of(refusal.value) == ["kind[1]"]


def test_the_state_of_an_unknown_ecole_is_refused_with_a_guess(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(write_state(world, auto_ecole="pleses"))

    assert refusal.value.error is ApiError.PARAMETRE_INVALIDE
    assert "plesses" in refusal.value.details[0].message


def test_a_fragment_changes_what_it_names_and_tells_its_ids(world: World) -> None:
    new = {"ref": "tom", "nom": "Petit", "prenom": "Tom", "numeroDossier": "098765432109"}

    refs = asyncio.run(patch(world, source(candidats=[INES, new])))

    assert prenom_of_ines(world) == "Autre"
    assert world.store.candidats.get(refs["tom"]).nom == "Petit"


def test_a_fragment_arms_its_incidents(world: World) -> None:
    asyncio.run(patch(world, source(incidents=[{"error": "SERVICE_INDISPONIBLE"}])))

    assert [armed.incident.error for armed in world.incidents] == ["SERVICE_INDISPONIBLE"]


def test_a_bad_fragment_changes_nothing(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(patch(world, source(candidats=[INES], supprimer=["personne"])))

    assert refusal.value.error is ApiError.SCENARIO_INVALIDE
    assert prenom_of_ines(world) == "Inès"


def test_a_reset_takes_everything_back(world: World) -> None:
    asyncio.run(patch(world, source(candidats=[INES])))
    asyncio.run(set_clock(world, to=instant("2026-03-12T08:00:00Z")))

    asyncio.run(reset(world))

    assert prenom_of_ines(world) == "Inès"
    assert world.clock.now() == START


def test_a_reset_of_the_clock_leaves_the_state(world: World) -> None:
    asyncio.run(patch(world, source(candidats=[INES])))
    asyncio.run(set_clock(world, to=instant("2026-03-12T08:00:00Z")))

    asyncio.run(reset(world, ResetScope.CLOCK))

    assert prenom_of_ines(world) == "Autre"
    assert world.clock.now() == START
