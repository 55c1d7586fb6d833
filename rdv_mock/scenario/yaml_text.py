"""A text in YAML, read event by event: scalars stay text, and nothing of what was read is kept.

PyYAML would compose the whole text first, at half a kilobyte for each value; and its parser gives
way to others between two events alone.
"""

import codecs
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from rdv_mock.scenario.items import DEEPEST, FACTS, Counter, Items, too_deep, unreadable

Place = tuple[str | int, ...]

MOST_ALIASES: Final = 10_000
MOST_REPEATED: Final = 300_000
"""Values that aliases may repeat in all: a few of them can repeat a long list."""
MOST_ANCHORS: Final = 100_000
MOST_ANCHORED: Final = 1_000_000
"""Values that stand in anchors, and are kept for the aliases to come."""
NULLS: Final = {"", "~", "null"}
"""What stands for nothing when it is not quoted; a person may be called Null."""
JSON_SCALAR: Final = re.compile(
    r"true|false|-?(0|[1-9][0-9]{0,999})([.][0-9]{1,17})?(e[-+]?[0-9]{1,3})?"
)
MERGE: Final = "<<"

_PLAIN, _QUOTED, _SEQUENCE, _MAPPING, _END = range(5)
_KINDS: Final = {
    yaml.SequenceStartEvent: _SEQUENCE,
    yaml.MappingStartEvent: _MAPPING,
    yaml.SequenceEndEvent: _END,
    yaml.MappingEndEvent: _END,
}

_Token = tuple[int, str, int]
"""What an event says: its kind, of a scalar its text, and the line."""
_Tokens = Iterator[_Token]


def read(text: bytes) -> Any:  # noqa: ANN401 - content
    """What a text says; SCENARIO_INVALIDE when it is no YAML, or too much, with the line."""
    return _Reader().read(text)


def lines_of(text: bytes, places: Collection[Place]) -> dict[Place, int]:
    """The lines of some places of a text that has been read already."""
    reader = _Reader(wanted=frozenset(places))
    reader.read(text)
    return reader.lines


class _Stream:
    """Hands a text out in pieces, so that other threads have their turn within a long scalar."""

    def __init__(self, text: bytes) -> None:
        self._text = memoryview(text)
        self._at = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def read(self, size: int = 16_384, /) -> str:
        """The next piece."""
        begin, self._at = self._at, self._at + size
        return self._decoder.decode(self._text[begin : self._at], self._at >= len(self._text))


@dataclass(slots=True)
class _Anchor:
    """What an anchor stands for: a part of all that was noted."""

    line: int
    begin: int
    end: int = 0
    aliases: int = 0
    """How many aliases it holds; while it is open, how many there were before it."""
    depth: int = 0


@dataclass(slots=True)
class _Events:
    """The tokens of a text, each alias replaced by those of its anchor."""

    text: bytes
    _depth: int = 0
    """How deep the token stands within the outermost anchor that is open."""
    _aliases: int = 0
    _repeated: int = 0
    _anchors: dict[str, _Anchor] = field(default_factory=dict)
    _open: list[_Anchor] = field(default_factory=list)
    _noted: list[_Token] = field(default_factory=list)

    def tokens(self) -> _Tokens:
        """Those of the one document that there is; none of an empty one."""
        parser: Any = yaml.CSafeLoader(_Stream(self.text))  # what it loads is of no concern
        try:
            parser.get_event()
            if not isinstance(parser.get_event(), yaml.DocumentStartEvent):
                return
            while True:
                event = parser.get_event()
                what, line = type(event), event.start_mark.line + 1
                if what is yaml.ScalarEvent:
                    token = (_QUOTED if event.style else _PLAIN, event.value, line)
                elif what in _KINDS:
                    token = (_KINDS[what], "", line)
                elif what is yaml.AliasEvent:
                    yield from self._repeat(event.anchor, line)
                    continue
                else:
                    break  # the document ends
                if self._open or (token[0] != _END and event.anchor is not None):
                    self._note_anchored(token, event)
                yield token
            event = parser.get_event()
            if not isinstance(event, yaml.StreamEndEvent):
                line = event.start_mark.line + 1
                raise unreadable("n'est pas du YAML lisible : but found another document", line)
        finally:
            parser.dispose()

    def _note_anchored(self, token: _Token, event: Any) -> None:  # noqa: ANN401 - an event
        """Keep a token for the aliases to come."""
        kind, _, line = token
        if kind == _END:
            self._depth -= 1
        elif event.anchor is not None:
            self._begin_anchor(event.anchor, line)
        self._note([token])
        if kind in {_SEQUENCE, _MAPPING}:
            self._depth += 1
        if self._open[-1].depth == self._depth:
            self._end_anchor()

    def _begin_anchor(self, name: str, line: int) -> None:
        if name in self._anchors:
            raise unreadable("n'est pas du YAML lisible : found duplicate anchor", line)
        if len(self._anchors) >= MOST_ANCHORS:
            raise unreadable(f"contient plus de {MOST_ANCHORS} ancres (&nom)", line)
        anchor = _Anchor(line, len(self._noted), aliases=self._aliases, depth=self._depth)
        self._anchors[name] = anchor
        self._open.append(anchor)

    def _end_anchor(self) -> None:
        anchor = self._open.pop()
        anchor.end = len(self._noted)
        anchor.aliases = self._aliases - anchor.aliases

    def _note(self, tokens: list[_Token]) -> None:
        self._noted += tokens
        if len(self._noted) > MOST_ANCHORED:
            raise unreadable(f"contient plus de {MOST_ANCHORED} valeurs dans des ancres (&nom)")

    def _repeat(self, name: str, line: int) -> list[_Token]:
        """What an alias stands for. Anchors are welcome, a bomb made of them is not."""
        anchor = self._anchors.get(name)
        if anchor is None:
            raise unreadable("n'est pas du YAML lisible : found undefined alias", line)
        if anchor in self._open:
            raise too_deep(line)  # it holds itself
        tokens = self._noted[anchor.begin : anchor.end]
        self._aliases += anchor.aliases + (len(tokens) > 1)
        if self._aliases > MOST_ALIASES:
            raise unreadable(f"contient plus de {MOST_ALIASES} renvois (*alias)", anchor.line)
        self._repeated += len(tokens)
        if self._repeated > MOST_REPEATED:
            raise unreadable(f"répète plus de {MOST_REPEATED} valeurs par des *alias")
        if self._open:
            self._note(tokens)
        return tokens


class _Reader:
    """Turns tokens into dicts, lists and texts; notes the lines of the places that are wanted."""

    def __init__(self, *, wanted: frozenset[Place] = frozenset()) -> None:
        self.lines: dict[Place, int] = {}
        self._wanted = wanted
        self._counter = Counter()
        self._count = self._counter.count
        self._tokens: _Tokens = iter(())

    def read(self, text: bytes) -> Any:  # noqa: ANN401 - content
        self._tokens = _Events(text).tokens()
        try:
            first = next(self._tokens, None)
            content = None if first is None else self._value(first, ())
            next(self._tokens, None)  # nothing may follow
        except UnicodeDecodeError as error:
            raise unreadable("n'est pas en UTF-8") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            raise unreadable(f"n'est pas du YAML lisible : {error.problem}", line) from error
        except yaml.YAMLError as error:
            raise unreadable(f"n'est pas du YAML lisible : {error}") from error
        return content

    def _value(self, token: _Token, place: Place) -> Any:  # noqa: ANN401 - content
        kind, text, line = token
        self._count(line)
        if len(place) > DEEPEST:
            raise too_deep(line)
        if self._wanted and place in self._wanted:
            self.lines.setdefault(place, line)
        if kind == _QUOTED:
            return text
        if kind == _PLAIN:
            return _plain(text, place)
        if kind == _MAPPING:
            return self._mapping(place)
        return [self._value(item, (*place, index)) for index, item in enumerate(self._inner())]

    def _inner(self) -> _Tokens:
        """The tokens that begin something within what is being read."""
        for token in self._tokens:
            if token[0] == _END:
                return
            yield token

    def _mapping(self, place: Place) -> dict[str, Any]:
        content: dict[str, Any] = {}
        inherited: dict[str, Any] = {}
        for kind, key, line in self._tokens:
            if kind == _END:
                break
            self._count(line)
            if kind > _QUOTED:
                self._value((kind, key, line), (*place, "?"))
                raise unreadable("une clé doit être un simple mot", line)
            if key in content:
                raise unreadable(f"la clé {key} est écrite deux fois", line)
            within = (*place, key)
            if self._wanted and within in self._wanted:
                self.lines[within] = line
            token = next(self._tokens)
            if not place and token[0] == _SEQUENCE and key in FACTS:
                content[key] = self._items(token, key)
                continue
            value = self._value(token, within)
            if key == MERGE and kind == _PLAIN:
                inherited |= _inherit(value, line)
            else:
                content[key] = value
        return {**inherited, **content} if inherited else content

    def _items(self, token: _Token, key: str) -> Items:
        self._count(token[2])
        items, counter = Items(bytearray()), self._counter
        counter.begin_facts()
        for index, item in enumerate(self._inner()):
            counter.begin_fact(item[2])
            value = self._value(item, (key, index))
            if not self._wanted:
                items.append(value)
        counter.end_facts()
        return items


def _plain(text: str, place: Place) -> Any:  # noqa: ANN401 - content
    """A scalar that is not quoted: nothing, or text; in the body of an incident, JSON."""
    if text in NULLS:
        return None
    if place[2:3] != ("body",) or place[0] != "incidents" or not JSON_SCALAR.fullmatch(text):
        return text
    return json.loads(text)


def _inherit(value: Any, line: int) -> dict[str, Any]:  # noqa: ANN401 - content
    """What `<<: *anchor` brings in; of several, the first one that has a key."""
    merged: dict[str, Any] = {}
    for base in reversed(value if isinstance(value, list) else [value]):
        if not isinstance(base, dict):
            raise unreadable(f"« {MERGE} » veut un objet, ou une liste d'objets", line)
        merged |= base
    return merged
