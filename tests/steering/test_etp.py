import asyncio

import pytest

from rdv_mock.control.etp import calcul_explique
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.enumerations import GroupeDuLivret, OrigineEtp
from rdv_mock.steering.etp import explain
from rdv_mock.worlds.world import World
from tests.steering.support import fields_of


def refs_of(world: World, mois: str) -> list[str | None]:
    explained = asyncio.run(explain(world, "plesses", GroupeDuLivret.B, mois))
    return [explained.names.ref(one.lecon.id) for one in explained.verdicts]


def test_a_month_is_explained_lecon_by_lecon(world: World) -> None:
    assert refs_of(world, "2026-04") == ["l2", "l1"]


def test_lecons_of_other_groupes_are_left_out(world: World) -> None:
    explained = asyncio.run(explain(world, "autre", GroupeDuLivret.B, "2026-04"))

    assert explained.verdicts == []


def test_what_the_scenario_gives_holds(world: World) -> None:
    explained = asyncio.run(explain(world, "plesses", GroupeDuLivret.B, "2026-03"))

    assert (explained.holds.origine, float(explained.holds.total)) == (OrigineEtp.SCENARIO, 2.5)


def test_an_explanation_asks_the_world_no_more(world: World) -> None:
    explained = asyncio.run(explain(world, "plesses", GroupeDuLivret.B, "2026-04"))
    world.store.close()

    told = calcul_explique(explained)

    assert [one.lecon_ref for one in told.lecons] == ["l2", "l1"]
    assert [one.candidat_nom for one in told.lecons] == ["Zoé L'Hénaff-Œuvray"] * 2
    assert [one.nom for one in told.formateurs] == ["Hugo Petit"]


def test_an_unknown_ecole_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(explain(world, "inconnue", GroupeDuLivret.B, "2026-04"))

    assert refusal.value.error is ApiError.PARAMETRE_INVALIDE
    assert fields_of(refusal.value) == ["autoEcole"]
