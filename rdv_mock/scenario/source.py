"""Reading a scenario as it is written: scalars stay text, and every place keeps its line."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from typing_extensions import override

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.wire.problems import BODY, path_of

MOST_ALIASES = 10_000
MOST_REPEATED = 300_000
"""Values that aliases may repeat in all: a few of them can repeat a long list."""
DEEPEST = 50
NULLS = {"", "~", "null"}
"""What stands for nothing when it is not quoted; a person may be called Null."""
JSON_SCALAR = re.compile(r"true|false|-?(0|[1-9][0-9]{0,999})([.][0-9]{1,17})?(e[-+]?[0-9]{1,3})?")

MERGE = "<<"

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario as it was written: its content, and the line of each place in it."""

    content: Any
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int | None:
        """The line of a place, or of the nearest place around it that stands in the file."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None

    def detail(self, place: Place, message: str) -> Detail:
        """One problem, with its line."""
        return Detail(path_of(place), message, self.line_of(place))


def read_yaml(text: str) -> Source:
    """A scenario written in YAML; SCENARIO_INVALIDE when it is none, with the line."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _unreadable(f"n'est pas du YAML lisible : {error.problem}", line) from error
    except yaml.YAMLError as error:
        raise _unreadable(f"n'est pas du YAML lisible : {error}", None) from error
    reader = _Reader(most=loader.nodes + MOST_REPEATED)
    content = reader.read(node, ())
    return Source(content, reader.lines)


def read_json(text: bytes) -> Source:
    """A scenario written in JSON."""
    try:
        content = json.loads(text.decode())
        if rb"\ud" in text.lower():
            json.dumps(content, ensure_ascii=False).encode()  # half an emoji is no text
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"n'est pas du JSON lisible : {error}", None) from error
    _check_depth(content)
    return Source(content)


def _check_depth(content: Any) -> None:  # noqa: ANN401 - content
    """Refuse what is nested too deeply, level by level."""
    level = [content]
    for _ in range(DEEPEST + 1):
        level = [part for whole in level for part in _parts_of(whole)]
    if level:
        raise _too_deep(None)


def _parts_of(content: Any) -> Iterable[Any]:  # noqa: ANN401 - content
    if isinstance(content, dict):
        return content.values()
    return content if isinstance(content, list) else ()


def _unreadable(message: str, line: int | None) -> Refusal:
    return Refusal(ApiError.SCENARIO_INVALIDE, details=[Detail(BODY, message, line)])


def _too_deep(line: int | None) -> Refusal:
    return _unreadable(f"est imbriqué sur plus de {DEEPEST} niveaux", line)


class _Loader(yaml.CSafeLoader):
    """Stops at what is nested too deeply: the C parser recurses until the process dies of it."""

    nodes = 0
    _depth = 0

    @override
    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        self.nodes += 1
        self._depth += 1
        if current_node is not None and self._depth > DEEPEST + 1:
            raise _too_deep(current_node.start_mark.line + 1)

    @override
    def ascend_resolver(self) -> None:
        self._depth -= 1


def _plain(text: str, place: Place) -> Any:  # noqa: ANN401 - content
    """A scalar that is not quoted: nothing, or text; in the body of an incident, JSON."""
    if text in NULLS:
        return None
    is_json = place[:1] + place[2:3] == ("incidents", "body") and JSON_SCALAR.fullmatch(text)
    return json.loads(text) if is_json else text


class _Reader:
    """Turns YAML nodes into dicts, lists and texts, and notes where each stood."""

    def __init__(self, *, most: int) -> None:
        self._left = most
        self.lines: dict[Place, int] = {}
        self._first: dict[int, Place] = {}
        self._aliases = 0

    def read(self, node: yaml.Node | None, place: Place, parent: yaml.Node | None = None) -> Any:  # noqa: ANN401 - content
        if node is None:
            return None
        self.lines.setdefault(place, node.start_mark.line + 1)
        self._left -= 1
        if self._left < 0:
            raise _unreadable(f"répète plus de {MOST_REPEATED} valeurs par des *alias", None)
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style else _plain(node.value, place)
        self._count(node, place, parent)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*place, index), node) for index, item in enumerate(node.value)]
        content: dict[str, Any] = {}
        inherited: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            line = key_node.start_mark.line + 1
            if key is None:
                raise _unreadable("une clé doit être un simple mot", line)
            if key in content:
                raise _unreadable(f"la clé {key} est écrite deux fois", line)
            self.lines[*place, key] = line
            value = self.read(value_node, (*place, key), node)
            if key == MERGE and not key_node.style:
                inherited |= self._inherit(value, line)
            else:
                content[key] = value
        return {**inherited, **content}

    @staticmethod
    def _inherit(value: Any, line: int) -> dict[str, Any]:  # noqa: ANN401 - content
        """What `<<: *anchor` brings in; of several, the first one that has a key."""
        merged: dict[str, Any] = {}
        for base in reversed(value if isinstance(value, list) else [value]):
            if not isinstance(base, dict):
                raise _unreadable(f"« {MERGE} » veut un objet, ou une liste d'objets", line)
            merged |= base
        return merged

    def _count(self, node: yaml.Node, place: Place, parent: yaml.Node | None) -> None:
        """Anchors are welcome, a bomb made of them is not.

        An alias is met where its node does not stand: elsewhere than where it was met first.
        """
        first = self._first.setdefault(id(node), place)
        if parent is not None and first != (*self._first[id(parent)], place[-1]):
            self._aliases += 1
        line = node.start_mark.line + 1
        if self._aliases > MOST_ALIASES:
            raise _unreadable(f"contient plus de {MOST_ALIASES} renvois (*alias)", line)
        if len(place) > DEEPEST:
            raise _too_deep(line)
