from collections.abc import Sequence
from dataclasses import replace

import pytest

from rdv_mock.facts.access import Token, TokenType
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_yaml
from rdv_mock.store import Store
from tests.scenario.worlds import FULL, NOW, Load, dump, facts_of


@pytest.fixture
def store(load: Load) -> Store:
    """A world in which léa works for the one bureau, through one token."""
    store = load(FULL.replace("ref: lea,", "ref: lea, bureaux: [sables],"))
    ids = store.references.by_ref()
    store.tokens.save(
        Token(
            id="jeton",
            type=TokenType.ACCESS,
            bail_id=ids["b1"],
            employe_id=ids["lea"],
            client_id="editeur-demo",
            scopes=("rdvpermis",),
            date_heure_expiration=NOW,
        )
    )
    return store


def remove(store: Store, *names: str) -> None:
    apply_fragment(read_yaml(f"supprimer: [{', '.join(names)}]"), store, now=NOW)


def counts(store: Store) -> dict[str, int]:
    """How much there is of everything."""
    return {table.name: table.count() for table in store.tables if table.count()}


def left_out(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {
        name: count - after.get(name, 0)
        for name, count in before.items()
        if count != after.get(name, 0)
    }


@pytest.mark.parametrize("by", ["ref", "id"])
@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("l1", {"lecons": 1, "refs": 1}),
        ("k1", {"contrats_de_formation": 1, "lecons": 2, "refs": 3}),
        (
            "zoe",
            {"candidats": 1, "demandes": 2, "contrats_de_formation": 3, "lecons": 4, "refs": 8},
        ),
        ("ines", {"candidats": 1, "demandes": 2, "refs": 1}),
        ("b1", {"baux": 1, "tokens": 1, "refs": 1}),
        ("lea", {"employes": 1, "baux": 1, "tokens": 1, "refs": 2}),
        ("editeur-demo", {"clients": 1, "baux": 1, "tokens": 1, "refs": 1}),
        ("hugo", {"formateurs": 1, "refs": 1}),
        ("sables", {"bureaux": 1, "refs": 1}),
        (
            "plesses",
            {
                "auto_ecoles": 1,
                "bureaux": 1,
                "employes": 1,
                "formateurs": 1,
                "simulateurs": 1,
                "etp_donnes": 1,
                "etp_calcules": 3,
                "parts_calculees": 6,
                "contrats_de_formation": 1,
                "lecons": 2,
                "baux": 1,
                "tokens": 1,
                "refs": 8,
            },
        ),
    ],
)
def test_what_is_removed_takes_along_all_that_it_owns_and_no_more(
    store: Store, name: str, by: str, gone: dict[str, int]
) -> None:
    before = counts(store)
    id_ = store.references.by_ref().get(name, name)

    remove(store, name if by == "ref" else id_)

    assert left_out(before, counts(store)) == gone
    assert id_ not in store.references.by_ref().values()


def test_nobody_and_nothing_is_at_a_bureau_that_was_removed(store: Store) -> None:
    ids = store.references.by_ref()
    elsewhere = store.bureaux.get(ids["gonesse"])

    remove(store, "sables")

    hugo = store.formateurs.get(ids["hugo"])
    assert (hugo.bureaux, hugo.bureau_principal_id) == ((), None)
    assert store.employes.get(ids["lea"]).bureaux == ()
    assert store.contrats_de_formation.get(ids["k1"]).bureau_id is None
    assert [one.bureau_id for one in store.simulateurs.of(ids["plesses"])] == [None]
    assert list(store.bureaux.all()) == [elsewhere]


def test_who_is_at_another_bureau_stays_there(store: Store) -> None:
    ids = store.references.by_ref()
    other = replace(store.bureaux.get(ids["sables"]), id="roche")
    hugo = store.formateurs.get(ids["hugo"])
    store.bureaux.save(other)
    store.formateurs.save(
        replace(hugo, bureaux=(other.id, *hugo.bureaux), bureau_principal_id=other.id)
    )
    (simulateur,) = store.simulateurs.all()
    store.simulateurs.save(replace(simulateur, bureau_id=other.id))

    remove(store, "sables")

    assert store.formateurs.get(hugo.id) == replace(
        hugo, bureaux=(other.id,), bureau_principal_id=other.id
    )
    assert store.simulateurs.get(simulateur.id).bureau_id == other.id


@pytest.mark.parametrize(
    "names", [["zoe"], ["plesses"], ["lea", "max", "paul"], ["sables", "hugo"], ["editeur-demo"]]
)
def test_a_world_from_which_something_was_removed_still_loads(
    store: Store, load: Load, names: Sequence[str]
) -> None:
    store.tokens.remove("jeton")

    remove(store, *names)

    assert facts_of(load(dump(store))) == facts_of(store)


def test_a_removed_object_may_be_described_anew_with_the_same_ref(store: Store) -> None:
    before = store.references.by_ref()["ines"]
    remove(store, "ines")

    apply_fragment(
        read_yaml("candidats: [{ref: ines, nom: Autre, numeroDossier: x}]"), store, now=NOW
    )

    assert store.references.by_ref()["ines"] == before
    assert store.candidats.get(before).nom == "Autre"
    assert store.demandes.of(before) == []
