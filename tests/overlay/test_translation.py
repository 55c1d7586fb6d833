import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock.overlay.links import pointer_on_wire
from rdv_mock.overlay.translation import (
    Node,
    place_on_wire,
    query_of_ours,
    to_ours,
    to_theirs,
)

FILTRE = Node({"nom": "name", "query": "q", "match": "match"})
NODE = Node(
    names={"nom": "neph", "neph": "nom", "date": "jour", "filtre": "filtre", "liste": "items"},
    fields={"filtre": FILTRE, "liste": Node(items=FILTRE)},
)
"""Two names that change places, one that changes, objects and lists beneath."""

KEYS = st.sampled_from([*NODE.names, *NODE.ours, *FILTRE.names, *FILTRE.ours, "\0nom", "a.b", ""])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def bodies_of(node: Node) -> st.SearchStrategy[Any]:
    """Bodies of ours, as a schema has them."""
    if node.items:
        return st.lists(bodies_of(node.items), max_size=3)
    return st.dictionaries(st.sampled_from(list(node.names)), SCALARS, max_size=4).flatmap(
        lambda body: st.fixed_dictionaries(
            {
                name: bodies_of(node.fields[name]) if name in node.fields else st.just(value)
                for name, value in body.items()
            }
        )
    )


@given(ANYTHING)
def test_whatever_has_travelled_is_the_same_again_once_it_travels_back(body: Any) -> None:
    assert to_theirs(to_ours(body, NODE), NODE, {}) == body


@given(bodies_of(NODE))
def test_a_body_of_ours_is_the_same_again_once_it_has_come_back(body: Any) -> None:
    travelled = json.loads(json.dumps(to_theirs(body, NODE, {})))

    assert to_ours(travelled, NODE) == body
    assert list(to_ours(travelled, NODE)) == list(body)


@pytest.mark.parametrize("name", ["date", "inconnu", "a.b", "", "\0jour"])
def test_what_is_no_name_of_theirs_is_unknown_to_us_and_named_as_it_was_sent(name: str) -> None:
    (unknown,) = to_ours({name: 1}, NODE)

    assert unknown not in NODE.names
    assert place_on_wire(unknown, NODE) == name


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("date", "jour"),
        ("nom", "neph"),
        ("filtre.nom", "filtre.name"),
        ("filtre.nom.query", "filtre.name.query"),
        ("liste[3].nom", "items[3].name"),
        ("liste[3]", "items[3]"),
        ("filtre.\0a.b", "filtre.a.b"),
        ("corps", "corps"),
        ("", ""),
    ],
)
def test_a_place_in_a_body_is_told_in_their_names(ours: str, theirs: str) -> None:
    assert place_on_wire(ours, NODE) == theirs


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("/date", "/jour"),
        ("/filtre/nom", "/filtre/name"),
        ("/liste/0/nom", "/items/0/name"),
        ("", ""),
    ],
)
def test_a_pointer_into_a_body_is_told_in_their_names(ours: str, theirs: str) -> None:
    assert pointer_on_wire(ours, NODE) == theirs


def test_codes_change_where_codes_stand_and_nowhere_else() -> None:
    node = Node({"code": "code", "nom": "nom"}, codes=frozenset({"code"}))
    codes = {"VIEUX": "NEUF"}

    told = to_theirs({"code": "VIEUX", "nom": "VIEUX"}, node, codes)

    assert told == {"code": "NEUF", "nom": "VIEUX"}
    assert to_theirs({"code": None}, node, codes) == {"code": None}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("groupePermis=B&jour=2026-04-07", "groupe-permis=B&jour=2026-04-07"),
        ("groupe%50ermis=%C3%A9+B", "groupe-permis=%C3%A9+B"),
        ("groupePermis=A&groupePermis=B", "groupe-permis=A&groupe-permis=B"),
        ("groupePermis[]=B&jour%5B0%5D=1", "groupe-permis%5B%5D=B&jour%5B0%5D=1"),
        ("groupe-permis=B", ""),
        ("inconnu=1&jour", "jour"),
        ("", ""),
        ("&&=&", ""),
    ],
)
def test_a_query_is_read_in_our_names_without_what_is_none_of_theirs(
    theirs: str, ours: str
) -> None:
    parameters: Mapping[str, str] = {"groupe-permis": "groupePermis", "jour": "jour"}

    assert query_of_ours(theirs.encode(), parameters) == ours.encode()
