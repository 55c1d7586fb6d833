import asyncio

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.http.server import Server
from rdv_mock.steering.tokens import give
from rdv_mock.worlds.callers import token_id
from rdv_mock.worlds.world import World
from tests.steering.support import ISSUER, fields_of


def test_tokens_are_those_of_a_login_under_a_bail_of_their_own(
    server: Server, world: World
) -> None:
    issued = asyncio.run(give(server, world, "lea", issuer=ISSUER))

    employe_id = world.store.references.by_ref()["lea"]
    [bail] = world.store.baux.of(employe_id)
    access = world.store.tokens.get(token_id(issued.access_token))
    refresh = world.store.tokens.get(token_id(issued.refresh_token))
    assert access.bail_id == refresh.bail_id == bail.id
    assert server.signer.read(issued.access_token)["iss"] == ISSUER
    assert issued.id_token is not None


def test_an_employe_may_be_named_by_his_address(server: Server, world: World) -> None:
    issued = asyncio.run(give(server, world, "max@autre.test", issuer=ISSUER))

    claims = server.signer.read(issued.access_token)
    assert claims["sub"] == world.store.references.by_ref()["max"]


def test_scopes_and_life_are_as_they_were_asked(server: Server, world: World) -> None:
    issued = asyncio.run(
        give(server, world, "lea", issuer=ISSUER, scopes=["livret_numerique:read"], expires_in=90)
    )

    assert (issued.scopes, issued.expires_in) == (["livret_numerique:read"], 90)
    assert issued.id_token is None


def test_an_unknown_employe_is_refused_with_a_guess(server: Server, world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(give(server, world, "leo", issuer=ISSUER))

    assert refusal.value.error is ApiError.EMPLOYE_INCONNU
    assert "lea" in refusal.value.hint


@pytest.mark.parametrize(
    ("options", "champ"),
    [({"client_id": "autre"}, "clientId"), ({"scopes": ["openid", "tout"]}, "scopes[1]")],
)
def test_an_unknown_client_or_scope_is_refused_and_opens_no_bail(
    options: dict[str, object], champ: str, server: Server, world: World
) -> None:
    with pytest.raises(Refusal) as refusal:
        asyncio.run(give(server, world, "lea", issuer=ISSUER, **options))  # type: ignore[arg-type]

    assert refusal.value.error is ApiError.PARAMETRE_INVALIDE
    assert fields_of(refusal.value) == [champ]
    assert world.store.baux.count() == 0
