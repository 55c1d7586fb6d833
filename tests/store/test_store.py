from contextlib import closing
from dataclasses import replace

import pytest

from rdv_mock.chance import seeded_id
from rdv_mock.facts.access import Bail, Token, TokenType
from rdv_mock.facts.world import ErrorOverride, Responses, WorldSettings
from rdv_mock.store import Store
from tests.support import build_store, instant

NOW = instant("2026-03-10T08:00:00Z")

SETTINGS = WorldSettings(
    scenario="test",
    title="Été",
    description="Deux\nlignes",
    seed=2**53,
    clock_now=instant("2026-03-10T08:00:00.000001Z"),
    clock_frozen=True,
    limits={"a": True, "b": 1, "c": 1.0, "d": "1", "e": "true", "f": False, "g": 0},
    responses=Responses(error_keys="code"),
    errors={"LECON_INCONNUE": ErrorOverride(422, None)},
)


def bail(id_: str, employe_id: str, client_id: str = "editeur-demo") -> Bail:
    return Bail(id_, employe_id, client_id, NOW, NOW, termine=False)


def token(id_: str, bail: Bail) -> Token:
    return Token(
        id=id_,
        type=TokenType.ACCESS,
        bail_id=bail.id,
        employe_id=bail.employe_id,
        client_id=bail.client_id,
        scopes=("rdvpermis",),
        date_heure_expiration=NOW,
    )


def test_settings_come_back_as_they_were_in_value_and_type() -> None:
    with closing(Store.new(SETTINGS, now=NOW)) as store:
        read = store.settings()

    assert read == SETTINGS
    assert [type(value) for value in read.limits.values()] == [
        bool,
        int,
        float,
        str,
        str,
        bool,
        int,
    ]


def test_settings_can_be_settled_anew(store: Store) -> None:
    store.save_settings(SETTINGS)

    assert store.settings() == SETTINGS


def test_a_transaction_keeps_all_or_nothing(store: Store, ids: dict[str, str]) -> None:
    ines = store.candidats.get(ids["ines"])
    with store.transaction():
        store.candidats.save(replace(ines, nom="Gardé"))

    with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012 - what is undone
        store.candidats.save(replace(ines, nom="Perdu"))
        store.candidats.save(replace(ines, id="autre"))
        store.save_settings(SETTINGS)
        store.new_id(store.lecons, seed=7)
        raise ZeroDivisionError

    assert store.candidats.get(ines.id).nom == "Gardé"
    assert store.candidats.find("autre") is None
    assert store.settings() != SETTINGS
    assert store.new_id(store.lecons, seed=7) == seeded_id(7, "lecons", "#1")


def test_a_copy_knows_nothing_of_what_happens_afterwards(store: Store, ids: dict[str, str]) -> None:
    with store.transaction():
        store.new_id(store.lecons, seed=7)
    with closing(store.copy()) as copy:
        store.candidats.remove(ids["ines"])
        copy.candidats.remove(ids["zoe"])
        copy.save_settings(SETTINGS)

        assert [candidat.id for candidat in store.candidats.all()] == [ids["zoe"]]
        assert [candidat.id for candidat in copy.candidats.all()] == [ids["ines"]]
        assert store.settings() != copy.settings()
        assert copy.new_id(copy.lecons, seed=7) == store.new_id(store.lecons, seed=7)


def test_a_store_cannot_be_copied_in_the_middle_of_a_transaction(store: Store) -> None:
    store.new_id(store.lecons, seed=7)

    with pytest.raises(RuntimeError, match="between transactions"):
        store.copy()


def test_a_copy_orders_and_folds_like_the_original(store: Store, ids: dict[str, str]) -> None:
    with closing(store.copy()) as copy:
        assert copy.employes.of(ids["plesses"]) == store.employes.of(ids["plesses"])


def test_new_ids_repeat_for_the_same_seed_and_differ_from_each_other(store: Store) -> None:
    with closing(build_store()) as other:
        drawn = [store.new_id(store.lecons, seed=7) for _ in range(5)]

        assert [other.new_id(other.lecons, seed=7) for _ in range(5)] == drawn
        assert len(set(drawn)) == 5
        assert other.new_id(other.candidats, seed=7) not in drawn
        assert other.new_id(other.baux, seed=8) != store.new_id(store.baux, seed=7)


def test_a_new_id_is_never_one_that_exists(store: Store, ids: dict[str, str]) -> None:
    ines = store.candidats.get(ids["ines"])
    taken = [seeded_id(7, "candidats", f"#{number}") for number in (1, 2, 4)]
    store.candidats.save_all(replace(ines, id=id_) for id_ in taken)

    drawn = [store.new_id(store.candidats, seed=7) for _ in range(2)]

    assert drawn == [seeded_id(7, "candidats", f"#{number}") for number in (3, 5)]


def test_counters_can_be_taken_over_from_another_state(store: Store) -> None:
    for _ in range(3):
        store.new_id(store.lecons, seed=7)
    with closing(build_store()) as other:
        other.new_id(other.lecons, seed=7)

        other.save_counters(store.counters())

        assert other.counters() == store.counters()
        assert other.new_id(other.lecons, seed=7) == store.new_id(store.lecons, seed=7)


def test_what_is_forgotten_takes_along_its_ref_and_all_that_it_owns(
    store: Store, ids: dict[str, str]
) -> None:
    with store.transaction():
        store.forget(store.candidats, ids["zoe"])

    left = store.references.by_ref()
    assert set(ids) - set(left) == {"zoe", "k1", "k2", "k3", "l1", "l2", "l3", "l4"}
    assert [demande.candidat_id for demande in store.demandes.all()] == [ids["ines"]] * 2
    assert store.contrats_de_formation.count() == store.lecons.count() == 0


def test_every_owner_is_a_column_of_the_fact_and_a_table_of_the_store(store: Store) -> None:
    for table in store.tables:
        for column, owner in table.owners.items():
            assert column in table.columns
            assert store.table(owner).name == owner


def test_sessions_of_another_state_come_in_the_place_of_ones_own(
    store: Store, ids: dict[str, str]
) -> None:
    mine, his = bail("mine", ids["lea"]), bail("his", ids["max"])
    with store.transaction():
        store.baux.save(mine)
        store.tokens.save(token("t1", mine))
    with closing(store.copy()) as other:
        other.forget(other.baux, "mine")
        other.baux.save(his)
        other.tokens.save(token("t2", his))

        store.logins.keep_of(other)

    assert list(store.baux.all()) == [his]
    assert list(store.tokens.all()) == [token("t2", his)]


@pytest.mark.parametrize(
    "stranger", [bail("b", "personne"), bail("b", "lea", "inconnu")], ids=["employe", "client"]
)
def test_sessions_of_those_who_are_not_known_here_are_dropped(
    store: Store, ids: dict[str, str], stranger: Bail
) -> None:
    stranger = replace(stranger, employe_id=ids.get(stranger.employe_id, stranger.employe_id))
    with closing(store.copy()) as other:
        other.baux.save(stranger)
        other.tokens.save(token("t", stranger))

        store.logins.keep_of(other)

    assert store.baux.count() == store.tokens.count() == 0
