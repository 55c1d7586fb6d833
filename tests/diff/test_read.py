"""What is in a file is read as an OpenAPI document, or refused in one line that says why."""

import gc
import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import yaml

from rdv_mock.diff import NotReadable, parse_document, read, read_document

HTML = b"<!DOCTYPE html>\n<html><head><title>503</title></head></html>"
BOMB = "openapi: 3.0.0\na0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 60)
)


def refusal_of(content: bytes | str, *, is_yaml: bool = False) -> str:
    """The line with which a content is refused."""
    raw = content.encode() if isinstance(content, str) else content
    with pytest.raises(NotReadable) as refused:
        parse_document(raw, is_yaml=is_yaml)
    line = str(refused.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (HTML, "is HTML or XML, no OpenAPI document: an error page, perhaps?"),
        ("é".encode("latin-1"), "is not UTF-8 text (byte 0)"),
        ('{"openapi": "3.1.0"}'.encode("utf-16"), "is not UTF-8 text (byte 0)"),
        (b"[]", "is no OpenAPI document: it is not an object"),
        (b"# rien\n", "is no OpenAPI document: it is not an object"),
        (b"null", "is no OpenAPI document: it is not an object"),
        (b"just a text", "is no OpenAPI document: it is not an object"),
        (b"{}", "is no OpenAPI document: it has neither `openapi` nor `paths`"),
        (b'{"paths": []}', "is no OpenAPI document: it has neither `openapi` nor `paths`"),
        (b'{"openapi": "4.0.0"}', "is not OpenAPI 3: `openapi` is '4.0.0'"),
        (b'{"openapi": 2}', "is not OpenAPI 3: `openapi` is '2'"),
        (b'{"openapi": "30"}', "is not OpenAPI 3: `openapi` is '30'"),
        (b'{"openapi": {"a": "bbbbbbbbbbbbbbbbbbbbbb"}}',
         "is not OpenAPI 3: `openapi` is \"{'a': 'bbbbbbbbbbbbb\""),
        (b"%PDF-1.7\n",
         "is not readable YAML: line 1: found unexpected non-alphabetical character"),
    ],
)  # fmt: skip
def test_what_is_no_openapi_3_is_refused_in_one_line(content: bytes, line: str) -> None:
    assert refusal_of(content) == line


@pytest.mark.parametrize("content", [b'{"swagger": "2.0", "paths": {}}', b"swagger: '2.0'\n"])
def test_swagger_2_is_refused_with_a_way_out(content: bytes) -> None:
    line = refusal_of(content)

    assert line.startswith("is a Swagger 2.0 document; convert it to OpenAPI 3 first")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ('{"openapi": "3.0.0",', "is not readable JSON: Expecting property name"),
        ('{"openapi": "3.0.0"} 1', "is not readable JSON: Extra data: line 1"),
        ('{"n": ' + "1" * 5000 + "}", "is not readable JSON: Exceeds the limit"),
        ('{"a":' * 100_000, "is nested too deeply"),
        ("[" * 100_000, "is nested too deeply"),
        ("openapi: 3.0.0\npaths: {", "is not readable YAML: line 3: "),
        ("openapi: 3.0.0\n---\nopenapi: 3.1.0", "is not readable YAML: line 2: "),
        ("openapi: *none", "is not readable YAML: line 1: found undefined alias"),
        ("openapi: 3.0.0\n? [a, b]\n: c", "is not readable YAML: line 2: a key is not a word"),
        ("openapi: 3.0.0\n<<: 3", "is not readable YAML: << wants an object"),
        ("a: " + "[" * 100_000, "is nested too deeply: more than 200 levels in line 1"),
        ("openapi: 3.0.0\na: \x01", "is not readable YAML: "),
    ],
)
def test_what_cannot_be_parsed_is_refused_with_its_line(content: str, start: str) -> None:
    assert refusal_of(content).startswith(start)


def test_yaml_may_look_like_json_when_its_name_says_so() -> None:
    content = b"{openapi: 3.1.0, paths: {}}"

    assert parse_document(content, is_yaml=True) == {"openapi": "3.1.0", "paths": {}}
    assert refusal_of(content).startswith("is not readable JSON")


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("yes", "yes"), ("on", "on"), ("2026-03-10", "2026-03-10"), ("12:30:00", "12:30:00"),
        ("075", "075"), ("0o17", "0o17"), ("0", 0), ("-12", -12), ("1.50", 1.5), (".5", 0.5),
        ("1e3", 1000.0), ("1" * 30, 1e29 / 9 * 10), (".", "."), ("e5", "e5"), ("-", None),
        ("~", None), ("null", None), ("", None), ("'~'", "~"), ("True", True), ("false", False),
        ("'12'", "12"), ("!!str 12", "12"), ("!Ref x", "x"), ("|-\n    12", "12"),
    ],
)  # fmt: skip
def test_scalars_of_yaml_are_typed_as_in_json(scalar: str, value: Any) -> None:
    if scalar == "-":
        value = [None]  # the item of a list

    content = parse_document(f"openapi: 3.1.0\nhere:\n  {scalar}\n".encode())

    assert content["here"] == (pytest.approx(value) if isinstance(value, float) else value)
    assert type(content["here"]) is type(value)


def test_a_version_without_quotes_does() -> None:
    assert parse_document(b"openapi: 3.1\npaths: {}")["openapi"] == 3.1


def test_anchors_and_merges_are_followed() -> None:
    content = parse_document(
        b"openapi: 3.1.0\n"
        b"a: &a {one: 1, two: 1}\n"
        b"b: &b {two: 2, three: 2}\n"
        b"c: {<<: [*a, *b], three: 3}\n"
        b"d: *a\n"
        b"'<<': 1\n"
    )

    assert content["c"] == {"one": 1, "two": 1, "three": 3}
    assert content["d"] is content["a"]
    assert content["<<"] == 1


def test_a_yaml_bomb_costs_nothing() -> None:
    content = parse_document(BOMB.encode())

    assert len(content["a59"]) == 10


def test_an_alias_may_stand_in_what_it_names() -> None:
    content = parse_document(b"openapi: 3.0.0\na: &a {b: *a, c: &c [*c]}")

    assert content["a"]["b"] is content["a"]
    assert content["a"]["c"][0] is content["a"]["c"]


def test_merges_cannot_repeat_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_MERGED", 3)

    line = refusal_of("openapi: 3.0.0\na: &a {b: 1, c: 1}\nd: {<<: *a}\ne: {<<: *a}")

    assert line == "brings in more than 3 keys with <<"


@pytest.mark.parametrize("is_on", [True, False])
def test_the_collector_is_left_as_it_was(is_on: bool) -> None:  # noqa: FBT001
    was_on = gc.isenabled()
    try:
        gc.enable() if is_on else gc.disable()
        parse_document(b"openapi: 3.0.0")
        assert gc.isenabled() is is_on
    finally:
        gc.enable() if was_on else gc.disable()


def test_a_file_is_read_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "réel.yml"
    path.write_text("{openapi: 3.0.0}", encoding="utf-8-sig")

    assert read_document(str(path)) == {"openapi": "3.0.0"}


def test_a_dash_is_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b'{"openapi": "3.0.0"}')))

    assert read_document("-") == {"openapi": "3.0.0"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("/nowhere.json", "cannot be read: No such file or directory"),
        ("/", "cannot be read: Is a directory"),
        ("a\0b", "cannot be read: embedded null byte"),
        ("https://x.fr/a", "is not fetched: curl -s 'https://x.fr/a' | rdv-mock openapi diff -"),
    ],
)
def test_what_is_no_file_is_refused(name: str, line: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read_document(name)

    assert str(refused.value) == line


def test_a_file_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "LARGEST", 1024 * 1024)

    with pytest.raises(NotReadable, match="is larger than 1 MiB"):
        read_document("/dev/zero")


def test_large_yaml_is_read_faster_than_pyyaml_loads_it() -> None:
    item = {"get": {"responses": {"200": {"description": "x" * 20, "tags": ["a", "b", 1]}}}}
    text = "openapi: 3.0.0\npaths:\n" + "".join(
        f"  /p{n}: {json.dumps(item)}\n" for n in range(5_000)
    )

    start = process_time()
    parse_document(text.encode())
    ours = process_time() - start
    start = process_time()
    yaml.load(text, Loader=yaml.CSafeLoader)
    theirs = process_time() - start

    assert ours < theirs
