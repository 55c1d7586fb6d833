"""Reading the file of an OpenAPI document: the document, or one line that says what is wrong."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml
from typing_extensions import override

from rdv_mock.memory import no_search

LARGEST = 64 * 1024 * 1024
"""Bytes of a document at most."""
DEEPEST = 200
"""Levels of YAML at most: its C parser recurses until the process dies of it."""
MOST_MERGED = 1_000_000
"""Keys that `<<` may bring in, in all."""
MERGE = "<<"
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
            loader = _Loader(text)
            try:
                node = loader.get_single_node()
            finally:
                loader.dispose()
            return _Builder().build(node)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise NotReadable(f"is not readable YAML: {line}{error.problem}") from error
    except yaml.YAMLError as error:
        why = " ".join(str(error).split())
        raise NotReadable(f"is not readable YAML: {why}") from error


class _Loader(yaml.CSafeLoader):
    """Composes nodes without looking at their types, and stops at what is nested too deeply."""

    _depth = 0

    @override
    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        self._depth += 1
        if current_node is not None and self._depth > DEEPEST:
            line = current_node.start_mark.line + 1
            raise NotReadable(f"is nested too deeply: more than {DEEPEST} levels in line {line}")

    @override
    def ascend_resolver(self) -> None:
        self._depth -= 1

    @override
    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        return ""


class _Builder:
    """Turns nodes into what JSON knows, as YAML 1.2 types it; an alias is the very same object."""

    def __init__(self) -> None:
        self._built: dict[int, Any] = {}
        self._merged = 0

    def build(self, node: yaml.Node | None) -> Any:  # noqa: ANN401 - whatever the file holds
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode):
            is_plain = not node.style and not node.tag.endswith(":str")
            return _plain(node.value) if is_plain else node.value
        if id(node) in self._built:
            return self._built[id(node)]
        if isinstance(node, yaml.SequenceNode):
            items: list[Any] = []
            self._built[id(node)] = items
            items.extend(self.build(item) for item in node.value)
            return items
        content: dict[str, Any] = {}
        self._built[id(node)] = content
        inherited: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                raise NotReadable(f"is not readable YAML: line {line}: a key is not a word")
            if key.value == MERGE and not key.style:
                self._inherit(inherited, self.build(value))
            else:
                content[key.value] = self.build(value)
        for name, value in inherited.items():
            content.setdefault(name, value)
        return content

    def _inherit(self, inherited: dict[str, Any], bases: Any) -> None:  # noqa: ANN401 - content
        """What `<<: *anchor` brings in; of several, the first one that has a key."""
        for base in bases if isinstance(bases, list) else [bases]:
            if not isinstance(base, dict):
                raise NotReadable(f"is not readable YAML: {MERGE} wants an object")
            self._merged += len(base)
            if self._merged > MOST_MERGED:
                raise NotReadable(f"brings in more than {MOST_MERGED} keys with {MERGE}")
            for name, value in base.items():
                inherited.setdefault(name, value)


def _plain(text: str) -> Any:  # noqa: ANN401 - a scalar of JSON
    """The value of a scalar without quotes; a date, `no` or the département 01 is text."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text
