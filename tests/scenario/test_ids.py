import pytest

from tests.scenario.worlds import FULL, Load, facts_of
from tests.support import SMALL


def test_the_same_file_gives_the_same_world_twice(load: Load) -> None:
    assert facts_of(load(FULL)) == facts_of(load(FULL))


def test_another_seed_gives_other_ids(load: Load) -> None:
    one, other = load(FULL), load(FULL.replace("seed: 7", "seed: 8"))

    assert one.references.by_ref().keys() == other.references.by_ref().keys()
    assert not set(one.references.by_ref().values()) & set(other.references.by_ref().values())


def test_the_id_of_a_ref_does_not_depend_on_what_stands_around_it(load: Load) -> None:
    zoe = SMALL[SMALL.index("  - {ref: zoe") : SMALL.index("contratsDeFormation")]
    moved = SMALL.replace(zoe, "").replace("candidats:\n", f"candidats:\n{zoe}")
    grown = SMALL.replace("candidats:\n", "candidats:\n  - {nom: Neuf, numeroDossier: x}\n")

    assert load(moved).references.by_ref() == load(SMALL).references.by_ref()
    assert load(grown).references.by_ref() == load(SMALL).references.by_ref()


@pytest.mark.parametrize("ref", ["", "ref: a, ", "ref: mon-id, "])
def test_an_id_that_is_given_is_kept(load: Load, ref: str) -> None:
    store = load(f"title: x\ncandidats: [{{{ref}id: mon-id, nom: a, numeroDossier: x}}]")

    assert [candidat.id for candidat in store.candidats.all()] == ["mon-id"]


@pytest.mark.parametrize("step", [1, -1])
def test_an_id_that_the_file_gives_is_never_handed_out_to_something_else(
    load: Load, step: int
) -> None:
    (first,) = load("title: x\ncandidats: [{nom: a, numeroDossier: x}]").candidats.all()
    given, new = f"{{id: {first.id}, nom: a, numeroDossier: x}}", "{nom: b, numeroDossier: y}"

    store = load(f"title: x\ncandidats: [{', '.join([given, new][::step])}]")

    ids = {candidat.nom: candidat.id for candidat in store.candidats.all()}
    assert ids["a"] == first.id
    assert ids["b"] != first.id


def test_a_ref_that_looks_like_a_number_is_no_counter(load: Load) -> None:
    store = load(
        "title: x\ncandidats: [{ref: '1', nom: a, numeroDossier: x}, {nom: b, numeroDossier: y}]"
    )

    assert store.candidats.count() == 2
