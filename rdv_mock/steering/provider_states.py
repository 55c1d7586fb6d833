"""Enter a provider state of Pact: a scenario, a change in it, a token."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from rdv_mock.facts.access import SCOPES, Bail, OAuthClient
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.http.aside import aside
from rdv_mock.http.life import alone_in
from rdv_mock.http.server import Server
from rdv_mock.provider.tokens import Grant, Issuer, issue, open_bail
from rdv_mock.scenario.library import ScenarioFile
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import Source
from rdv_mock.steering.named import find_employe
from rdv_mock.steering.scenarios import find_called
from rdv_mock.steering.state import change
from rdv_mock.store import Store
from rdv_mock.worlds.world import World


@dataclass(frozen=True, slots=True)
class Wish:
    """A provider state to enter.

    `state`: the name or title of a scenario, by default the present world; `fragment`: the change
    in it; `employe`: a ref, an id or an e-mail address, by default the first employé: the owner of
    the token; `keep_tokens`: earlier tokens stay valid.
    """

    state: str | None = None
    fragment: Source | None = None
    employe: str | None = None
    keep_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """Values for the requests of a verifier: the id behind each ref, and an access token.

    `token`: None in a world without an employé or without a client.
    """

    refs: Mapping[str, str]
    token: str | None


async def enter(server: Server, world: World, wish: Wish, *, issuer: str) -> Values:
    """Enter a state: all of it, or nothing. `issuer`: the address of the provider, for `iss`.

    Raises SCENARIO_INCONNU, SCENARIO_INVALIDE, EMPLOYE_INCONNU.
    """
    if wish.state:
        entry = await aside(find_called, server, wish.state)
        return await _load(server, world, entry, wish, issuer)
    async with alone_in(world) as now:
        await aside(_try_out, world.store, wish, now=now)
        return await aside(_change, Issuer(world, server.signer, issuer, now), wish)


async def _load(
    server: Server, world: World, entry: ScenarioFile, wish: Wish, issuer: str
) -> Values:
    """Load a scenario and apply the fragment: both, or neither."""
    with closing(await aside(server.pristine_of, entry)) as pristine:
        await aside(_try_out, pristine, wish, now=None)
        async with alone_in(world):
            await aside(world.load, pristine.share(), keep_sessions=wish.keep_tokens)
            now = world.clock.now()
            return await aside(_change, Issuer(world, server.signer, issuer, now), wish)


def _try_out(store: Store, wish: Wish, *, now: datetime | None) -> None:
    """Try the wish on a copy: a refusal leaves the world untouched.

    Without `now` the fragment is applied at the instant at which the state begins.
    """
    if wish.fragment is None and wish.employe is None:
        return
    with closing(store.copy()) as trial:
        if wish.fragment is not None:
            apply_fragment(wish.fragment, trial, now=now or trial.caught_up_until())
        if wish.employe is not None:
            find_employe(wish.employe, trial)


def _change(issuer: Issuer, wish: Wish) -> Values:
    if wish.fragment is not None:
        change(issuer.world, wish.fragment, now=issuer.now)
    return _values_of(issuer, wish.employe)


def _values_of(issuer: Issuer, name: str | None) -> Values:
    store = issuer.world.store
    refs = dict(store.references.by_ref())
    first_one = next(iter(store.employes.first_ones(1)), None)
    employe = find_employe(name, store) if name is not None else first_one
    client = store.clients.default()
    if employe is None or client is None:
        return Values(refs, None)
    with store.transaction():
        bail = _living_bail(issuer, employe, client) or open_bail(
            issuer.world, employe, client, now=issuer.now
        )
        return Values(refs, issue(issuer, Grant(employe, client, list(SCOPES), bail)).access_token)


def _living_bail(issuer: Issuer, employe: Employe, client: OAuthClient) -> Bail | None:
    """The bail that an employé has through a client: a state opens no second one."""
    return next(
        (
            bail
            for bail in issuer.world.store.baux.of(employe.id)
            if bail.client_id == client.id and not bail.termine and bail.fin > issuer.now
        ),
        None,
    )
