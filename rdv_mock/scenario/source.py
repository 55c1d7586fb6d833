"""Reading a scenario as it is written: scalars stay text, and every place keeps its line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.wire.problems import BODY, path_of

MOST_ALIASES = 10_000
DEEPEST = 50
NULLS = {"", "~", "null", "Null", "NULL"}

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
        loader = yaml.CSafeLoader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _unreadable(f"n'est pas du YAML lisible : {error.problem}", line) from error
    except yaml.YAMLError as error:
        raise _unreadable(f"n'est pas du YAML lisible : {error}", None) from error
    reader = _Reader()
    content = reader.read(node, ())
    return Source(content, reader.lines)


def read_json(text: bytes) -> Source:
    """A scenario written in JSON."""
    try:
        return Source(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"n'est pas du JSON lisible : {error}", None) from error


def _unreadable(message: str, line: int | None) -> Refusal:
    return Refusal(ApiError.SCENARIO_INVALIDE, details=[Detail(BODY, message, line)])


class _Reader:
    """Turns YAML nodes into dicts, lists and texts, and notes where each stood."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self._seen: set[int] = set()
        self._aliases = 0

    def read(self, node: yaml.Node | None, place: Place) -> Any:  # noqa: ANN401 - content
        if node is None:
            return None
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return None if node.style is None and node.value in NULLS else node.value
        self._count(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*place, index)) for index, item in enumerate(node.value)]
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            line = key_node.start_mark.line + 1
            if key is None:
                raise _unreadable("une clé doit être un simple mot", line)
            if key in content:
                raise _unreadable(f"la clé {key} est écrite deux fois", line)
            self.lines[*place, key] = line
            content[key] = self.read(value_node, (*place, key))
        return content

    def _count(self, node: yaml.Node, place: Place) -> None:
        """Anchors are welcome, a bomb made of them is not."""
        if id(node) in self._seen:
            self._aliases += 1
        self._seen.add(id(node))
        line = node.start_mark.line + 1
        if self._aliases > MOST_ALIASES:
            raise _unreadable(f"contient plus de {MOST_ALIASES} renvois (*alias)", line)
        if len(place) > DEEPEST:
            raise _unreadable(f"est imbriqué sur plus de {DEEPEST} niveaux", line)
