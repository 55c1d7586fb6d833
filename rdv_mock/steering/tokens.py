"""Hand out tokens without a browser."""

from collections.abc import Sequence
from datetime import timedelta

from rdv_mock.errors import bad_parameter
from rdv_mock.facts.access import SCOPES
from rdv_mock.http.aside import aside
from rdv_mock.http.life import live_until_now
from rdv_mock.http.server import Server
from rdv_mock.provider.tokens import Grant, IssuedTokens, Issuer, issue, open_bail
from rdv_mock.steering.named import find_client, find_employe
from rdv_mock.worlds.world import World


async def give(
    server: Server,
    world: World,
    employe: str,
    *,
    issuer: str,
    client_id: str | None = None,
    scopes: Sequence[str] | None = None,
    expires_in: int | None = None,
) -> IssuedTokens:
    """Open a bail as a login does, and hand out its tokens.

    `employe`: a ref, an id or an e-mail address; `issuer`: the address of the provider, for the
    claim `iss`; `client_id`: by default the first one of the scenario; `scopes`: by default all;
    `expires_in`: seconds. Raises EMPLOYE_INCONNU, PARAMETRE_INVALIDE.
    """
    if not server.signer.is_ready:
        await aside(server.signer.get_ready)
    now = await live_until_now(world)
    who = find_employe(employe, world.store)
    client = find_client(client_id, world.store)
    checked = _check_scopes(scopes)
    with world.store.transaction():
        at_least = timedelta(seconds=expires_in or 0)
        bail = open_bail(world, who, client, now=now, at_least=at_least)
        grant = Grant(who, client, checked, bail)
        return issue(Issuer(world, server.signer, issuer, now), grant, expires_in=expires_in)


def _check_scopes(scopes: Sequence[str] | None) -> Sequence[str]:
    if scopes is None:
        return list(SCOPES)
    for index, scope in enumerate(scopes):
        if scope not in SCOPES:
            raise bad_parameter(f"scopes[{index}]", f"doit valoir {', '.join(SCOPES)}")
    return scopes
