import pytest

from rdv_mock.scenario.source import Source, read_json, read_yaml
from tests.scenario.worlds import details_of

LINED = """\
# a comment
title: x
autoEcoles:
  - nom: a
    employes:
      - {nom: b,
         prenom: c}

      - nom: d
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0301200456", "0301200456"),
        ("075", "075"),
        ("02A", "02A"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("true", "true"),
        ("1e3", "1e3"),
        ("1:20", "1:20"),
        ("3.20", "3.20"),
        ("2026-03-10", "2026-03-10"),
        ("2026-03-10T09:00:00+01:00", "2026-03-10T09:00:00+01:00"),
        ("!!int 3", "3"),
        ("Null", "Null"),
        ("''", ""),
        ('""', ""),
        ("'null'", "null"),
        ('"~"', "~"),
        ("|-\n  null", "null"),
    ],
)
def test_a_scalar_is_the_text_that_was_written(written: str, read: str) -> None:
    assert read_yaml(f"a: {written}\n").content == {"a": read}


@pytest.mark.parametrize("written", ["", "~", "null", "# nothing"])
def test_a_plain_nothing_is_none(written: str) -> None:
    assert read_yaml(f"a: {written}\n").content == {"a": None}


def test_keys_are_text_too() -> None:
    assert read_yaml("075: a\nNO: b\nnull: c\n'': d").content == {
        "075": "a",
        "NO": "b",
        "null": "c",
        "": "d",
    }


@pytest.mark.parametrize(
    ("text", "content"),
    [("", None), ("# nothing", None), ("---", None), ("bonjour", "bonjour"), ("- a", ["a"])],
)
def test_a_file_may_hold_no_object_at_all(text: str, content: object) -> None:
    assert read_yaml(text).content == content


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 2),
        (("title",), 2),
        (("autoEcoles",), 3),
        (("autoEcoles", 0), 4),
        (("autoEcoles", 0, "nom"), 4),
        (("autoEcoles", 0, "employes"), 5),
        (("autoEcoles", 0, "employes", 0), 6),
        (("autoEcoles", 0, "employes", 0, "prenom"), 7),
        (("autoEcoles", 0, "employes", 1), 9),
        (("autoEcoles", 0, "employes", 1, "nom"), 9),
    ],
)
def test_every_place_has_its_line(place: tuple[str | int, ...], line: int) -> None:
    assert read_yaml(LINED).line_of(place) == line


@pytest.mark.parametrize(
    ("place", "champ", "line"),
    [
        (("autoEcoles", 0, "employes", 0, "email"), "autoEcoles[0].employes[0].email", 6),
        (("autoEcoles", 0, "codeDepartement"), "autoEcoles[0].codeDepartement", 4),
        (("candidats", 3, "nom"), "candidats[3].nom", 2),
    ],
)
def test_what_is_missing_has_the_line_of_what_should_hold_it(
    place: tuple[str | int, ...], champ: str, line: int
) -> None:
    assert read_yaml(LINED).detail(place, "est obligatoire") == (champ, "est obligatoire", line)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\nb: 2\na: 3", "la clé a est écrite deux fois", 3),
        ("x:\n  - a: 1\n    a: 2", "la clé a est écrite deux fois", 3),
        ("x: 1\n? [a]\n: 2", "une clé doit être un simple mot", 2),
        ("x: 1\n? {a: 1}\n: 2", "une clé doit être un simple mot", 2),
        ("x: 1\na: [1, 2\nb: 3", "n'est pas du YAML lisible", 3),
        ("x: 1\n\ta: 2", "n'est pas du YAML lisible", 2),
        ("x: 1\na: *nobody", "n'est pas du YAML lisible", 2),
        ("x: 1\n---\na: 2", "n'est pas du YAML lisible", 2),
        ("x: 1\na: 'open", "n'est pas du YAML lisible", 2),
        ("x: 1\na: \0", "n'est pas du YAML lisible", None),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(
    text: str, message: str, line: int | None
) -> None:
    ((champ, said, ligne),) = details_of(lambda: read_yaml(text))

    assert champ == "corps"
    assert said.startswith(message)
    assert ligne == line


def test_json_is_read_as_it_is_typed_and_has_no_lines() -> None:
    source = read_json(b'{"seed": 7, "frozen": true, "nom": "\\ud83d\\ude00 \\\\ud800", "a": null}')

    assert source == Source(
        {"seed": 7, "frozen": True, "nom": "\N{GRINNING FACE} \\ud800", "a": None}
    )
    assert source.detail(("seed",), "x").ligne is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"\xff\xfe\xff",
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b'{"\\uDfff": 1}',
    ],
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    ((champ, said, ligne),) = details_of(lambda: read_json(text))

    assert champ == "corps"
    assert said.startswith("n'est pas du JSON lisible")
    assert ligne is None
