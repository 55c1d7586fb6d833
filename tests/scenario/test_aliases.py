import pytest

from rdv_mock.scenario.items import DEEPEST
from rdv_mock.scenario.source import read_json, read_yaml
from rdv_mock.scenario.yaml_text import MOST_ALIASES, MOST_REPEATED
from tests.scenario.worlds import details_of

TOO_DEEP = f"est imbriqué sur plus de {DEEPEST} niveaux"
TOO_MANY = f"contient plus de {MOST_ALIASES} renvois (*alias)"


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_an_anchor_is_read_wherever_it_is_named() -> None:
    content = read_yaml("a: &x {b: [NO]}\nc: [*x, *x]\nd: &y 075\ne: *y").content

    assert content == {"a": {"b": ["NO"]}, "c": [{"b": ["NO"]}] * 2, "d": "075", "e": "075"}


def test_what_is_wrong_in_an_alias_has_the_line_where_it_is_written() -> None:
    source = read_yaml("a: &x\n  b: 1\nc:\n  - *x")

    assert source.line_of(("c", 0, "b")) == 2


@pytest.mark.parametrize(
    ("merge", "content"),
    [
        ("<<: *a", {"x": "1", "y": "1"}),
        ("<<: *a\n  y: 3", {"x": "1", "y": "3"}),
        ("y: 3\n  <<: *a", {"x": "1", "y": "3"}),
        ("<<: [*b, *a]", {"x": "1", "y": "2"}),
        ("<<: [*a, *b]", {"x": "1", "y": "1"}),
    ],
)
def test_an_object_may_inherit_from_anchors(merge: str, content: dict[str, str]) -> None:
    source = read_yaml(f"a: &a {{x: 1, y: 1}}\nb: &b {{y: 2}}\nc:\n  {merge}\n")

    assert source.content["c"] == content


@pytest.mark.parametrize("merge", ["<<: x", "<<:", "<<: [[a]]"])
def test_an_object_inherits_from_objects_only(merge: str) -> None:
    ((_, message, ligne),) = details_of(lambda: read_yaml(f"a:\n  {merge}"))

    assert message == "« << » veut un objet, ou une liste d'objets"
    assert ligne == 2


@pytest.mark.parametrize("anchored", ["[x]", "[{b: c, d: [e]}]", "{b: {c: d}}"])
def test_each_alias_counts_once_however_much_it_holds(anchored: str) -> None:
    aliases = ["*x"] * MOST_ALIASES

    assert len(read_yaml(f"a: &x {anchored}\nb: [{', '.join(aliases)}]").content["b"]) == 10_000
    ((_, message, ligne),) = details_of(
        lambda: read_yaml(f"\na: &x {anchored}\nb: [{', '.join([*aliases, '*x'])}]")
    )
    assert (message, ligne) == (TOO_MANY, 2)


def test_a_bomb_of_nested_anchors_is_refused_before_it_goes_off() -> None:
    levels = [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]" for level in range(1, 45)]

    details = details_of(lambda: read_yaml("\n".join(["a0: &a0 [boum]", *levels])))

    assert [detail.message for detail in details] == [TOO_MANY]


def test_a_long_list_cannot_be_repeated_at_will() -> None:
    items, aliases = ", ".join("x" * 10_000), ", ".join(["*x"] * 5_000)

    details = details_of(lambda: read_yaml(f"a: &x [{items}]\nb: [{aliases}]"))

    assert [detail.message for detail in details] == [
        f"répète plus de {MOST_REPEATED} valeurs par des *alias"
    ]


@pytest.mark.parametrize("text", ["a: &x [*x]", "a: &x [*x, *x]", "a: &x {b: *x}", "&x [[*x]]"])
def test_an_anchor_that_holds_itself_is_refused(text: str) -> None:
    assert [detail.message for detail in details_of(lambda: read_yaml(text))] == [TOO_DEEP]


def test_the_deepest_nesting_is_read_and_one_more_is_refused() -> None:
    assert read_yaml(nested(DEEPEST + 1)).content is not None
    assert details_of(lambda: read_yaml(f"\n{nested(DEEPEST + 2)}")) == (("corps", TOO_DEEP, 2),)
    assert read_json(nested(DEEPEST + 1).encode()).content is not None
    objects = '{"a": ' * (DEEPEST + 1) + "0" + "}" * (DEEPEST + 1)
    for text in (nested(DEEPEST + 2), objects):
        assert details_of(lambda text=text: read_json(text.encode())) == (  # type: ignore[misc]
            ("corps", TOO_DEEP, None),
        )


@pytest.mark.parametrize("opening", ["[", "{a: ", "? "])
def test_reading_stops_at_what_is_too_deep_and_never_sees_that_it_is_left_open(
    opening: str,
) -> None:
    details = details_of(lambda: read_yaml(opening * 20_000))

    assert [detail.message for detail in details] == [TOO_DEEP]
