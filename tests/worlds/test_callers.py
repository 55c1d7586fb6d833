from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from rdv_mock.facts.access import Token, TokenType
from rdv_mock.store import Store
from rdv_mock.worlds import callers
from rdv_mock.worlds.callers import Callers, token_id
from tests.support import SMALL, build_store, instant

BAIL = "baux: [{ref: bail, employe: lea, clientId: editeur-demo, debut: 2026-03-10T08:00:00Z}]\n"
EXPIRATION = instant("2026-03-10T08:05:00Z")


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(build_store(SMALL + BAIL)) as store:
        yield store


def give_token(store: Store, bearer: str, **changes: object) -> Token:
    ids = store.references.by_ref()
    token = Token(
        id=token_id(bearer),
        type=TokenType.ACCESS,
        bail_id=ids["bail"],
        employe_id=ids["lea"],
        client_id="editeur-demo",
        scopes=("rdvpermis",),
        date_heure_expiration=EXPIRATION,
    )
    token = replace(token, **changes)  # type: ignore[arg-type] # fields of any type
    store.tokens.save(token)
    return token


def statements_of_find(store: Store, known: Callers, bearer: str) -> list[str]:
    """The SQL that finding somebody costs."""
    seen: list[str] = []
    store.sql.set_trace_callback(seen.append)
    known.find(bearer)
    store.sql.set_trace_callback(None)
    return seen


def test_a_caller_is_the_employe_of_the_token_with_his_ecole(store: Store) -> None:
    give_token(store, "jeton")

    caller = Callers(store).find("jeton")

    assert caller is not None
    assert (caller.employe.prenom, caller.auto_ecole.nom) == ("Léane", "Auto-École des Plesses")


def test_a_token_of_another_kind_is_nobodys(store: Store) -> None:
    give_token(store, "jeton", type=TokenType.REFRESH)

    assert Callers(store).find("jeton") is None


def test_a_token_that_nobody_was_given_is_nobodys(store: Store) -> None:
    assert Callers(store).find("jeton") is None


def test_nobody_is_behind_the_token_of_a_bail_that_has_ended(store: Store) -> None:
    token = give_token(store, "jeton")
    known = Callers(store)
    assert known.find("jeton") is not None

    store.baux.save(replace(store.baux.get(token.bail_id), termine=True))

    assert known.find("jeton") is None


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_token_never_outlives_its_bail(store: Store, seconds: int) -> None:
    token = give_token(store, "jeton")
    fin = EXPIRATION + timedelta(seconds=seconds)
    store.baux.save(replace(store.baux.get(token.bail_id), fin=fin))

    caller = Callers(store).find("jeton")

    assert caller is not None
    assert caller.until == min(fin, EXPIRATION)


def test_a_caller_is_read_once_as_long_as_nothing_is_written_about_anybody(store: Store) -> None:
    token = give_token(store, "jeton")
    known = Callers(store)
    assert statements_of_find(store, known, "jeton") != []
    assert statements_of_find(store, known, "jeton") == []

    store.tokens.save(token)

    assert statements_of_find(store, known, "jeton") != []


def test_a_caller_is_still_who_he_is_until_something_is_written_about_anybody(
    store: Store,
) -> None:
    give_token(store, "jeton")
    known = Callers(store)
    caller = known.find("jeton")
    assert caller is not None
    assert known.is_still(caller)

    store.employes.save(caller.employe)

    assert not known.is_still(caller)


def test_a_caller_who_was_found_before_a_write_stays_unknown_after_another_one_is_found(
    store: Store,
) -> None:
    token = give_token(store, "jeton")
    known = Callers(store)
    before = known.find("jeton")
    assert before is not None

    store.tokens.save(token)
    after = known.find("jeton")

    assert after is not None
    assert known.is_still(after)
    assert not known.is_still(before)


def test_a_caller_of_another_state_has_to_be_found_again(store: Store) -> None:
    give_token(store, "jeton")
    caller = Callers(store).find("jeton")
    assert caller is not None

    assert not Callers(store).is_still(caller)


def test_a_caller_stays_known_when_others_take_his_place(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "MOST_KNOWN", 1)
    give_token(store, "premier")
    give_token(store, "second")
    known = Callers(store)
    first = known.find("premier")
    assert first is not None

    assert statements_of_find(store, known, "second") != []

    assert known.is_still(first)
    assert statements_of_find(store, known, "premier") != []
