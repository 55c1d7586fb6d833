"""What is long over is forgotten: tokens, codes, logins and connections (`oauth.memoireJours`)."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rdv_mock.facts.access import AuthorizationCode, Bail, Session, Token, TokenType
from rdv_mock.facts.reference import Reference
from rdv_mock.facts.world import WorldSettings
from rdv_mock.fixtures import default_limits
from rdv_mock.store import Store
from rdv_mock.worlds import agenda
from rdv_mock.worlds.events import WorldState
from tests.support import change_named, instant

NOON = instant("2026-03-10T12:00:00Z")
MIDNIGHT = instant("2026-03-10T23:00:00Z")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LIMITS = default_limits()
MEMORY = LIMITS.integer("oauth.memoireJours") * DAY
MEMORY_OF_BAUX = LIMITS.integer("bail.memoireJours") * DAY
BAIL = Bail("bail", "lea", "client", NOON, NOON + 90 * DAY, termine=False)
ACCESS = Token("access", TokenType.ACCESS, "bail", "lea", "client", (), NOON + SECOND)
REFRESH = replace(ACCESS, id="refresh", type=TokenType.REFRESH)
CODE = AuthorizationCode(
    "code", "client", "lea", "session", "", (), None, None, "plain", NOON + SECOND, bail_id=None
)
SESSION = Session("session", "lea", NOON, NOON + SECOND)


@pytest.fixture
def store() -> Iterator[Store]:
    settings = WorldSettings("test", "x", "", 0, None, clock_frozen=False)
    with closing(Store.new(settings, now=NOON)) as store:
        store.baux.save(BAIL)
        yield store


def live(store: Store, until: datetime) -> None:
    for _ in agenda.catch_up(WorldState(store, LIMITS, store.settings()), now=until):
        pass


def test_an_access_token_is_forgotten_at_the_midnight_after_its_end(store: Store) -> None:
    store.tokens.save(ACCESS)
    store.tokens.save(replace(ACCESS, id="later", date_heure_expiration=MIDNIGHT + SECOND))

    live(store, MIDNIGHT - SECOND)
    assert store.tokens.count() == 2
    live(store, MIDNIGHT)

    assert [token.id for token in store.tokens.all()] == ["later"]


def test_a_refresh_token_is_remembered_for_a_while_so_that_its_replay_is_told(store: Store) -> None:
    store.tokens.save(replace(REFRESH, rotated_at=NOON))

    live(store, MIDNIGHT + MEMORY - DAY)
    assert store.tokens.has("refresh")
    live(store, MIDNIGHT + MEMORY + DAY)

    assert not store.tokens.has("refresh")


def test_it_is_forgotten_with_the_bail_that_ended_before_it(store: Store) -> None:
    end = NOON + 90 * DAY
    store.tokens.save(replace(REFRESH, date_heure_expiration=end + 1_000 * DAY))

    live(store, end + MEMORY - DAY)
    assert store.tokens.has("refresh")
    live(store, end + MEMORY + DAY)

    assert not store.tokens.has("refresh")


def test_a_code_that_nobody_used_is_forgotten_and_one_that_served_is_not(store: Store) -> None:
    store.authorization_codes.save(CODE)
    store.authorization_codes.save(replace(CODE, id="served", bail_id="bail"))

    live(store, MIDNIGHT + 90 * DAY + MEMORY - 2 * DAY)
    assert [code.id for code in store.authorization_codes.all()] == ["served"]
    live(store, MIDNIGHT + 90 * DAY + MEMORY + DAY)

    assert store.authorization_codes.count() == 0


def test_a_login_is_remembered_as_long_as_a_token_tells_when_it_was(store: Store) -> None:
    store.sessions.save(SESSION)
    store.tokens.save(replace(REFRESH, session_id="session", date_heure_expiration=NOON + 5 * DAY))

    live(store, MIDNIGHT + 5 * DAY + MEMORY - DAY)
    assert store.sessions.has("session")
    live(store, MIDNIGHT + 5 * DAY + MEMORY + DAY)

    assert store.sessions.count() == 0


def test_a_connection_is_forgotten_with_its_ref_long_after_its_end(store: Store) -> None:
    store.references.save(Reference("b1", "baux", "bail"))
    end = NOON + 90 * DAY

    live(store, end + MEMORY_OF_BAUX)
    assert store.baux.get("bail").termine
    live(store, end + MEMORY_OF_BAUX + DAY)

    assert not store.baux.has("bail")
    assert store.references.count() == 0


def test_where_nobody_has_logged_in_no_midnight_is_waited_for(store: Store) -> None:
    entry = change_named("access ends")
    world = WorldState(store, LIMITS, store.settings())
    assert entry.next_at(world) == BAIL.fin

    store.tokens.save(ACCESS)
    assert entry.next_at(world) == MIDNIGHT

    live(store, MIDNIGHT)
    assert entry.next_at(world) == BAIL.fin
