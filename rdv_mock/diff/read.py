"""Reading the file of an OpenAPI document: the document, or one line that says what is wrong."""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typing_extensions import override

from rdv_mock.memory import no_search
from rdv_mock.yaml_text import (
    KNOWN,
    MAPPING,
    MERGE,
    PLAIN,
    QUOTED,
    SEQUENCE,
    NotYaml,
    Token,
    YamlTokens,
    bases_of,
    read_tokens,
    within,
)

LARGEST = 64 * 1024 * 1024
"""Bytes of a document at most."""
DEEPEST = 200
"""Levels of YAML at most."""
MOST_MERGED = 1_000_000
"""Keys that `<<` may bring in, in all."""
NULLS = {"", "~", "null", "Null", "NULL"}
BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
FLOAT = re.compile(r"[-+]?(?=[.0-9])(0|[1-9][0-9]{0,99})?([.][0-9]{1,99})?([eE][-+]?[0-9]{1,3})?")


class NotReadable(Exception):  # noqa: N818 - it names what the file is
    """The file holds no OpenAPI document; the text is one line that says why."""


def read_document(name: str) -> dict[str, Any]:
    """The OpenAPI document of a file; `-` is the standard input. Raises NotReadable.

    Nothing is fetched: an address is refused, and references to other files stay what they are.
    """
    return parse_document(_content_of(name), is_yaml=name.endswith((".yaml", ".yml")))


def parse_document(content: bytes, *, is_yaml: bool = False) -> dict[str, Any]:
    """The OpenAPI document that some bytes hold, as JSON or YAML. Raises NotReadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"is not UTF-8 text (byte {error.start})") from error
    start = text.lstrip()[:1]
    if not start:
        raise NotReadable("is empty")
    if start == "<":
        raise NotReadable("is HTML or XML, no OpenAPI document: an error page, perhaps?")
    if start in "{[":
        try:
            return _checked(_read_json(text))
        except ValueError as error:
            if not is_yaml:
                raise NotReadable(f"is not readable JSON: {error}") from error
    return _checked(_read_yaml(text))


def _content_of(name: str) -> bytes:
    if re.match("https?://", name):
        raise NotReadable(f"is not fetched: curl -s '{name}' | rdv-mock openapi diff -")
    try:
        if name == "-":
            if sys.stdin is None:
                raise NotReadable("is closed")
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise NotReadable(f"cannot be read: {getattr(error, 'strerror', error)}") from error
    if len(content) > LARGEST:
        raise NotReadable(f"is larger than {LARGEST // 1024 // 1024} MiB")
    return content


def _read_json(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return json.loads(text)
    except RecursionError as error:
        raise NotReadable("is nested too deeply") from error


def _checked(content: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the file holds
    """An object that looks like OpenAPI 3; what is wrong inside of it is noted later."""
    if not isinstance(content, dict):
        raise NotReadable("is no OpenAPI document: it is not an object")
    if "swagger" in content:
        raise NotReadable(
            "is a Swagger 2.0 document; convert it to OpenAPI 3 first, for instance with"
            " `npx swagger2openapi`"
        )
    version = content.get("openapi")
    if version is None and not isinstance(content.get("paths"), dict):
        raise NotReadable("is no OpenAPI document: it has neither `openapi` nor `paths`")
    if version is not None and not re.match(r"3([.]|$)", str(version)[:9]):
        raise NotReadable(f"is not OpenAPI 3: `openapi` is {str(version)[:20]!r}")
    return content


def _read_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        with no_search():  # it would take five times as long
            return _Builder(text).build()
    except NotYaml as error:
        line = "" if error.line is None else f"line {error.line}: "
        why = " ".join(error.problem.split())
        raise NotReadable(f"is not readable YAML: {line}{why}") from error


@dataclass(slots=True)
class _Shared(YamlTokens):
    """An alias is what its anchor becomes: the token of a scalar, or the very same object."""

    _anchors: dict[str, Token] = field(default_factory=dict)

    @override
    def _anchored(self, token: Token, event: Any) -> Token:
        kind, _, line = token
        if event.anchor in self._anchors:
            raise NotYaml("second occurrence", line)
        if kind in {PLAIN, QUOTED}:
            self._anchors[event.anchor] = token
            return token
        content: Any = [] if kind == SEQUENCE else {}
        self._anchors[event.anchor] = (KNOWN, content, line)
        return kind, content, line

    @override
    def _repeat(self, name: str, line: int) -> list[Token]:
        if name not in self._anchors:
            raise NotYaml("found undefined alias", line)
        return [self._anchors[name]]


class _Builder:
    """Turns tokens into what JSON knows, as YAML 1.2 types it."""

    def __init__(self, text: str) -> None:
        self._tokens = iter(_Shared(text, has_tags=True))
        self._merged = 0

    def build(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """The content of the text. Raises NotYaml and NotReadable."""
        return read_tokens(self._tokens, lambda token: self._value(token, 1))

    def _value(self, token: Token, level: int) -> Any:  # noqa: ANN401 - whatever the file holds
        kind, content, line = token
        if kind == PLAIN:
            return _plain(content)
        if kind < SEQUENCE:
            return content
        if kind == MAPPING:
            return self._mapping({} if content == "" else content, level, line)
        items: list[Any] = [] if content == "" else content
        for item in within(self._tokens):
            _check_level(item, level, line)
            items.append(self._value(item, level + 1))
        return items

    def _mapping(self, content: dict[str, Any], level: int, line: int) -> dict[str, Any]:
        inherited: dict[str, Any] = {}
        for key in within(self._tokens):
            _check_level(key, level, line)
            kind, name, line_of_key = key
            if kind not in {PLAIN, QUOTED}:
                raise NotReadable(f"is not readable YAML: line {line_of_key}: a key is not a word")
            token = next(self._tokens)
            _check_level(token, level, line)
            value = self._value(token, level + 1)
            if name == MERGE and kind == PLAIN:
                self._inherit(inherited, value)
            else:
                content[name] = value
        for name, value in inherited.items():
            content.setdefault(name, value)
        return content

    def _inherit(self, inherited: dict[str, Any], value: Any) -> None:  # noqa: ANN401 - content
        """What `<<: *anchor` brings in; of several, the first one that has a key."""
        bases = bases_of(value)
        if bases is None:
            raise NotReadable(f"is not readable YAML: {MERGE} wants an object")
        for base in bases:
            self._merged += len(base)
            if self._merged > MOST_MERGED:
                raise NotReadable(f"brings in more than {MOST_MERGED} keys with {MERGE}")
            for name, inner in base.items():
                inherited.setdefault(name, inner)


def _check_level(token: Token, level: int, line: int) -> None:
    """Refuse what is within the deepest level; an alias is no deeper than its anchor."""
    if level >= DEEPEST and token[0] != KNOWN:
        raise NotReadable(f"is nested too deeply: more than {DEEPEST} levels in line {line}")


def _plain(text: str) -> Any:  # noqa: ANN401 - a scalar of JSON
    """The value of a scalar without quotes; a date, `no` or the département 01 is text."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text
