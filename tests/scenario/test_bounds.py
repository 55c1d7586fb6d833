import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rdv_mock.scenario import build, items, json_text, yaml_text
from rdv_mock.scenario.dump import WRITERS
from rdv_mock.scenario.items import FACTS, Items
from rdv_mock.scenario.models import Fragment, FragmentHead, Scenario, ScenarioHead
from rdv_mock.scenario.parsing import _PARTS
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_json, read_yaml
from tests.scenario.worlds import NOW, Load, details_of, dump, everything_of, problems_of

APART = "compte plus de 6 valeurs hors de ses listes, ou dans un seul objet"
IN_ALL = "compte plus de 20 valeurs"
TOO_MANY_FACTS = "décrit plus de 3 objets"

Read = Callable[[str], object]
READERS = [read_yaml, lambda text: read_json(text.encode())]

KEYS = st.one_of(st.sampled_from([*sorted(FACTS), "title", "nom"]), st.text(max_size=5))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=25,
)
WRITTEN = st.recursive(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=8),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from([*sorted(FACTS), "title"]), st.text("ab:#é", max_size=5)),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=25,
)

WEIGHED = """
from pathlib import Path
def peak():
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
def forget_peak():
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak()
"""
"""In KiB; `ru_maxrss` of a process begins with what its parent weighed."""
PEAK = """
import sys
from rdv_mock.clock import real_now
from rdv_mock.errors import Refusal
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_yaml
text = {text}
before = forget_peak()
try:
    load_scenario(read_yaml(text), name="x", now=real_now()).close()
except Refusal as refusal:
    print(refusal.details[0].message, file=sys.stderr)
print((peak() - before) // 1024)
"""
GROWTH = """
from rdv_mock.clock import real_now
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_yaml
text = {text}
little = read_yaml("title: x\\ncandidats: [{{ref: z, nom: Z, numeroDossier: z}}]\\n")
store = load_scenario(little, name="x", now=real_now())
before = forget_peak()
{apply}
(pages,) = store.sql.execute("PRAGMA page_count").fetchone()
store.close()
print((peak() - before) / (pages * 4))
"""
CANDIDATS = """b"candidats:\\n" + b"".join(
    b"- {ref: c%06d, nom: N, numeroDossier: '%d'}\\n" % (i, i) for i in range(70_000))"""
EXAMENS = """(
    b"centres: [{ref: z0, nom: Z, codeDepartement: '085'}]\\n"
    b"autoEcoles: [{ref: e, nom: E, codeDepartement: '085'}]\\ncreneaux:\\n" + b"".join(
        b"- {ref: c%06d, centre: z0, dateHeureDebut: '2026-04-09T10:00:00'}\\n" % i
        for i in range(30_000)) + b"examens:\\n" + b"".join(
        b"- {ref: x%06d, autoEcole: e, creneau: c%06d}\\n" % (i, i) for i in range(30_000)))
"""
SCENARIO = 'store = load_scenario(read_yaml(b"title: x\\n" + text), name="x", now=real_now())'
FRAGMENT = "apply_fragment(read_yaml(text), store, now=real_now())"
LECONS = """(
    b"title: x\\nautoEcoles: [{ref: e, nom: E, codeDepartement: '085'}]\\n"
    b"candidats: [{ref: c, nom: C, numeroDossier: '1'}]\\n"
    b"contratsDeFormation: [{ref: k, autoEcole: e, candidat: c, categoriePermis: B}]\\n"
    b"etpCalcules: []\\nlecons:\\n" + b"".join(
        b"- {id: '%08x-0000-4000-8000-%012x', contrat: k, numeroAutorisation: A0850001230,"
        b" dateHeureDebut: '2026-03-09T10:00:00'}\\n" % (i, i) for i in range(70_000))
)"""


def unpacked(content: Any) -> Any:
    """Content with its lists of facts made whole."""
    if not isinstance(content, dict):
        return content
    return {k: list(v) if isinstance(v, Items) else v for k, v in content.items()}


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MOST_APART", 6)
    monkeypatch.setattr(items, "MOST_IN_ALL", 20)
    monkeypatch.setattr(items, "MOST_FACTS", 3)


def test_the_lists_of_facts_are_those_of_a_scenario_and_of_a_fragment() -> None:
    assert {*WRITERS, "incidents"} == FACTS == set(_PARTS)
    for whole, head in ((Scenario, ScenarioHead), (Fragment, FragmentHead)):
        lists = whole.model_fields.keys() - head.model_fields.keys()
        assert {str(whole.model_fields[name].alias) for name in lists} == FACTS
        for name in lists:
            part = _PARTS[str(whole.model_fields[name].alias)]
            assert part.__name__ in str(whole.model_fields[name].annotation)


@given(VALUES)
def test_json_says_what_it_would_say_to_any_reader(content: object) -> None:
    text = json.dumps(content, indent=1)

    assert unpacked(json_text.read(text.encode())) == json.loads(text)


@given(st.text('[]{},:"\\u1ea \n', max_size=30))
def test_json_is_refused_where_any_reader_refuses_it(noise: str) -> None:
    text = '{"lecons": [{"a": 1}' + noise
    try:
        content = json.loads(text)
    except ValueError:
        details_of(lambda: read_json(text.encode()))
    else:
        assert unpacked(json_text.read(text.encode())) == content


@given(WRITTEN)
def test_yaml_says_what_was_written(content: object) -> None:
    text = yaml.dump(content, allow_unicode=True, default_style='"')

    assert unpacked(yaml_text.read(text.encode())) == content


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["a", "a", "a", "a", "a", "a"]', APART),
        ('{"x": {"a": [[], []]}, "y": 1}', APART),
        ('{"lecons": [["a", "a", "a", "a", "a", "a"]]}', APART),
        ('{"lecons": [1, 2, 3, 4]}', TOO_MANY_FACTS),
        ('{"lecons": [1, 2], "baux": [3, 4]}', TOO_MANY_FACTS),
        ('{"lecons": [{"a": "b", "c": "d"}, {"a": "b", "c": "d"}, ["a", ["b", "c", "d"]],', IN_ALL),
    ],
)
def test_a_text_that_holds_too_much_is_refused_before_it_is_kept(
    read: Read, text: str, message: str
) -> None:
    if message is IN_ALL:
        text = text.removesuffix(",") + '], "x": [1, 2, 3, 4]}'
    assert [detail.message for detail in details_of(lambda: read(text))] == [message]


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("read", READERS)
def test_facts_do_not_count_among_what_stands_apart(read: Read) -> None:
    read('{"lecons": [["a", "a", "a", "a"], ["a", "a", "a", "a"]], "x": "y"}')


def test_what_is_too_much_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MOST_APART", 6)

    assert details_of(lambda: read_yaml("x:\n- a\n- a\n- a\n- a\n- a"))[0].ligne == 5


def test_an_alias_may_name_an_anchor_of_another_fact(load: Load) -> None:
    store = load(
        "title: x\nclients: []\nautoEcoles:\n- &e {ref: a, nom: A, codeDepartement: &d '085'}\n"
        "- {<<: *e, ref: b}\ncandidats: [{ref: c, nom: C, numeroDossier: *d}]"
    )

    assert [ecole.nom for ecole in store.auto_ecoles.all()] == ["A", "A"]
    assert [candidat.numero_dossier for candidat in store.candidats.all()] == ["085"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x: [{}]", "contient plus de 3 ancres (&nom)"),
        ("lecons: [{}]", "contient plus de 3 ancres (&nom)"),
    ],
)
def test_anchors_are_counted(monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    monkeypatch.setattr(yaml_text, "MOST_ANCHORS", 3)
    read_yaml(text.format("&a b, &c d, &e f"))

    details = details_of(lambda: read_yaml(text.format("&a b, &c d, &e f, &g h")))

    assert [detail.message for detail in details] == [message]


def test_what_stands_in_anchors_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "MOST_ANCHORED", 5)
    read_yaml("x: &a [b, c, d]")

    details = details_of(lambda: read_yaml("x: &a [b, c, d, e]"))

    assert [detail.message for detail in details] == [
        "contient plus de 5 valeurs dans des ancres (&nom)"
    ]


def test_five_thousand_facts_and_more_are_written_as_they_come(load: Load) -> None:
    candidats = "\n".join(f"- {{ref: c{i}, nom: N, numeroDossier: '{i}'}}" for i in range(5_002))
    store = load(f"title: x\ncandidats:\n{candidats}\n")

    again = load(dump(store))

    assert store.candidats.count() == 5_002
    assert list(again.candidats.all()) == list(store.candidats.all())


@pytest.mark.parametrize(
    ("last", "problem"),
    [
        ("{ref: c0, nom: M, numeroDossier: x}", ("candidats[5002]", "est décrit deux fois")),
        (
            "{nom: n, numeroDossier: '0'}",
            ("candidats[5002].numeroDossier", "est déjà, avec ce nom, celui d'un autre candidat"),
        ),
    ],
)
def test_what_was_written_already_is_still_known(last: str, problem: tuple[str, str]) -> None:
    candidats = "\n".join(f"- {{ref: c{i}, nom: N, numeroDossier: '{i}'}}" for i in range(5_002))
    details = problems_of(f"title: x\ncandidats:\n{candidats}\n- {last}\n")

    assert [detail[:2] for detail in details] == [problem]


MANY = "candidats:\n" + "\n".join(
    f"- {{ref: c{i}, nom: N, numeroDossier: '{i}'}}" for i in range(5_002)
)
LITTLE = """\
title: x
autoEcoles: [{ref: e, nom: E, codeDepartement: "085"}]
candidats: [{ref: c7, nom: Avant, numeroDossier: x, demandes: [{categoriePermis: B}]}]
"""
MANDAT = "mandats: [{{autoEcole: {}, candidat: {}, groupePermis: B}}]"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("- {ref: c0, nom: M, numeroDossier: x}", ("candidats[5002]", "est décrit deux fois")),
        (
            "- {ref: e, nom: M, numeroDossier: x}",
            ("candidats[5002].ref", "« e » désigne déjà un autre objet"),
        ),
        (
            MANDAT.format("e", "c50011"),
            (
                "mandats[0].candidat",
                "« c50011 » ne désigne aucun objet de ce genre ; vouliez-vous dire « c5001 » ?",
            ),
        ),
        (
            MANDAT.format("c1", "c1"),
            ("mandats[0].autoEcole", "« c1 » ne désigne aucun objet de ce genre"),
        ),
    ],
)
def test_many_refs_are_told_apart_in_a_fragment_as_in_a_scenario(
    load: Load, more: str, problem: tuple[str, str]
) -> None:
    fragment = f"{MANY}\n{more}\n"
    ecole = 'title: x\nautoEcoles: [{ref: e, nom: E, codeDepartement: "085"}]\n'
    store = load(LITTLE)
    before = everything_of(store)

    told = details_of(lambda: apply_fragment(read_yaml(fragment), store, now=NOW))

    assert [detail[:2] for detail in told] == [problem]
    assert [detail[:2] for detail in problems_of(ecole + fragment)] == [problem]
    assert everything_of(store) == before


def test_a_fragment_of_many_facts_leaves_what_one_of_few_leaves(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = f"{MANY}\n{MANDAT.format('e', 'c3')}"
    at_once, by_and_by = load(LITTLE), load(LITTLE)
    apply_fragment(read_yaml(many), by_and_by, now=NOW)
    monkeypatch.setattr(build, "_STREAMED_AT_ONCE", 1_000_000)
    apply_fragment(read_yaml(many), at_once, now=NOW)

    assert everything_of(by_and_by) == everything_of(at_once)
    assert by_and_by.candidats.count() == 5_002
    (demande,) = by_and_by.demandes.all()
    assert demande.candidat_id == by_and_by.references.id_of("c7")


@pytest.mark.parametrize(
    ("text", "mebibytes", "said"),
    [
        ('b"[" + b"a," * 2_000_000 + b"a]"', 60, "compte plus de 1 000 000 valeurs"),
        ('b"title: x\\nlecons: [" + b"a," * 4_000_000 + b"a]"', 60, "décrit plus de 700 000"),
        (LECONS, 60, ""),
    ],
)
def test_memory_follows_the_text(text: str, mebibytes: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WEIGHED + PEAK.format(text=text)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said in done.stderr
    assert int(done.stdout) < mebibytes


HEAVY = ("PYTHONDEVMODE", "COVERAGE")


@pytest.mark.parametrize(
    ("text", "apply", "tables"),
    [
        (CANDIDATS, SCENARIO, 2.5),
        (EXAMENS, SCENARIO, 2.2),
        (CANDIDATS, FRAGMENT, 3.0),
        (EXAMENS, FRAGMENT, 2.4),
    ],
    ids=["scenario-candidats", "scenario-examens", "fragment-candidats", "fragment-examens"],
)
def test_refs_take_no_memory_beside_the_tables(text: str, apply: str, tables: float) -> None:
    """A table of refs in memory took half as much as the tables again, and more.

    While a fragment is applied, what it describes is there beside the world as well. Python's
    developer mode puts a fence around each object, and coverage counts lines: both weigh.
    """
    done = subprocess.run(
        [sys.executable, "-c", WEIGHED + GROWTH.format(text=text, apply=apply)],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if not name.startswith(HEAVY)},
    )

    assert float(done.stdout) < tables
