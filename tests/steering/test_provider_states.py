import asyncio

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.server import Server
from rdv_mock.steering.provider_states import Values, Wish, enter
from rdv_mock.steering.tokens import give
from rdv_mock.worlds.callers import token_id
from rdv_mock.worlds.world import World
from tests.steering.support import ISSUER, source


def entered(server: Server, world: World, wish: Wish) -> Values:
    return asyncio.run(enter(server, world, wish, issuer=ISSUER))


def test_a_state_is_a_scenario_with_a_token_of_its_first_employe(
    server: Server, world: World
) -> None:
    values = entered(server, world, Wish("panier_plein"))

    assert world.settings.scenario == "panier_plein"
    assert values.refs == world.store.references.by_ref()
    [first] = world.store.employes.first_ones(1)
    assert values.token is not None
    assert world.store.tokens.get(token_id(values.token)).employe_id == first.id


def test_a_fragment_changes_the_present_world(server: Server, world: World) -> None:
    values = entered(server, world, Wish(fragment=source(title="Changé"), employe="max"))

    assert world.settings.title == "Changé"
    assert values.token is not None
    token = world.store.tokens.get(token_id(values.token))
    assert token.employe_id == values.refs["max"]


def test_a_second_state_opens_no_second_bail(server: Server, world: World) -> None:
    for _ in range(2):
        entered(server, world, Wish(employe="lea"))

    assert world.store.baux.count() == 1


@pytest.mark.parametrize("keep_tokens", [True, False])
def test_tokens_of_before_end_unless_they_are_kept(
    keep_tokens: bool,  # noqa: FBT001 - a parameter of the test
    server: Server,
    world: World,
) -> None:
    entered(server, world, Wish("demonstration"))
    issued = asyncio.run(give(server, world, "lea", issuer=ISSUER))

    entered(server, world, Wish("demonstration", keep_tokens=keep_tokens))

    found = world.store.tokens.find(token_id(issued.access_token))
    assert (found is not None) is keep_tokens


def test_a_world_without_employes_gives_no_token(server: Server, world: World) -> None:
    employes = ["lea", "max", "paul"]

    assert entered(server, world, Wish(fragment=source(supprimer=employes))).token is None


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish("inconnu"), ApiError.SCENARIO_INCONNU),
        (Wish("panier_plein", source(supprimer=["rien"])), ApiError.SCENARIO_INVALIDE),
        (Wish("panier_plein", employe="personne"), ApiError.EMPLOYE_INCONNU),
        (Wish(fragment=source(title="x"), employe="personne"), ApiError.EMPLOYE_INCONNU),
    ],
)
def test_what_is_refused_leaves_the_world_untouched(
    wish: Wish, error: ApiError, server: Server, world: World
) -> None:
    with pytest.raises(Refusal) as refusal:
        entered(server, world, wish)

    assert refusal.value.error is error
    assert world.settings.title == "Une école, un élève"
