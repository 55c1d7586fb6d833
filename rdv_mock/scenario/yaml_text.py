"""A scenario in YAML: scalars stay text, and nothing of what was read is kept."""

import codecs
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from typing_extensions import override

from rdv_mock.scenario.items import DEEPEST, FACTS, Counter, Items, too_deep, unreadable
from rdv_mock.yaml_text import (
    END,
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

Where = tuple[str | int, ...]
"""The keys and indexes that lead to a value of a file."""

MOST_ALIASES: Final = 10_000
MOST_REPEATED: Final = 300_000
"""Values that aliases may repeat in all: a few of them can repeat a long list."""
MOST_ANCHORS: Final = 100_000
MOST_ANCHORED: Final = 1_000_000
"""Values in anchors, kept for the aliases to come."""
NULLS: Final = {"", "~", "null"}
"""Words for nothing when they are not quoted; a person may be called Null."""
JSON_SCALAR: Final = re.compile(
    r"true|false|-?(0|[1-9][0-9]{0,999})([.][0-9]{1,17})?(e[-+]?[0-9]{1,3})?"
)


def read(text: bytes) -> Any:  # noqa: ANN401 - content
    """What a text says; SCENARIO_INVALIDE when it is no YAML, or too much, with the line."""
    return _Reader().read(text)


def lines_of(text: bytes, places: Collection[Where]) -> dict[Where, int]:
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
    """A part of all noted tokens, which aliases of the anchor repeat."""

    line: int
    begin: int
    end: int = 0
    aliases: int = 0
    """How many aliases it holds; while it is open, how many there were before it."""
    depth: int = 0


@dataclass(slots=True)
class _Repeated(YamlTokens):
    """Each alias is replaced by the tokens of its anchor."""

    _depth: int = 0
    """How deep the token is within the outermost anchor that is open."""
    _aliases: int = 0
    _repeated: int = 0
    _anchors: dict[str, _Anchor] = field(default_factory=dict)
    _noted: list[Token] = field(default_factory=list)

    @override
    def _anchored(self, token: Token, event: Any) -> Token:
        kind, _, line = token
        if kind == END:
            self._depth -= 1
        elif event.anchor is not None:
            self._begin_anchor(event.anchor, line)
        self._note([token])
        if kind in {SEQUENCE, MAPPING}:
            self._depth += 1
        if self._open[-1].depth == self._depth:
            self._end_anchor()
        return token

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

    def _note(self, tokens: list[Token]) -> None:
        self._noted += tokens
        if len(self._noted) > MOST_ANCHORED:
            raise unreadable(f"contient plus de {MOST_ANCHORED} valeurs dans des ancres (&nom)")

    @override
    def _repeat(self, name: str, line: int) -> list[Token]:
        """The tokens of the anchor. Anchors are welcome, a bomb made of them is not."""
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

    def __init__(self, *, wanted: frozenset[Where] = frozenset()) -> None:
        self.lines: dict[Where, int] = {}
        self._wanted = wanted
        self._counter = Counter()
        self._count = self._counter.count
        self._tokens: Iterator[Token] = iter(())

    def read(self, text: bytes) -> Any:  # noqa: ANN401 - content
        self._tokens = iter(_Repeated(_Stream(text)))
        try:
            return read_tokens(self._tokens, lambda token: self._value(token, ()))
        except UnicodeDecodeError as error:
            raise unreadable("n'est pas en UTF-8") from error
        except NotYaml as error:
            message = f"n'est pas du YAML lisible : {error.problem}"
            raise unreadable(message, error.line) from error

    def _value(self, token: Token, where: Where) -> Any:  # noqa: ANN401 - content
        kind, text, line = token
        self._count(line)
        if len(where) > DEEPEST:
            raise too_deep(line)
        if self._wanted and where in self._wanted:
            self.lines.setdefault(where, line)
        if kind == QUOTED:
            return text
        if kind == PLAIN:
            return _plain(text, where)
        if kind == MAPPING:
            return self._mapping(where)
        return [
            self._value(item, (*where, index)) for index, item in enumerate(within(self._tokens))
        ]

    def _mapping(self, where: Where) -> dict[str, Any]:
        content: dict[str, Any] = {}
        inherited: dict[str, Any] = {}
        for kind, key, line in self._tokens:
            if kind == END:
                break
            self._count(line)
            if kind > QUOTED:
                self._value((kind, key, line), (*where, "?"))
                raise unreadable("une clé doit être un simple mot", line)
            if key in content:
                raise unreadable(f"la clé {key} est écrite deux fois", line)
            here = (*where, key)
            if self._wanted and here in self._wanted:
                self.lines[here] = line
            token = next(self._tokens)
            if not where and token[0] == SEQUENCE and key in FACTS:
                content[key] = self._items(token, key)
                continue
            value = self._value(token, here)
            if key == MERGE and kind == PLAIN:
                inherited |= _inherit(value, line)
            else:
                content[key] = value
        return {**inherited, **content} if inherited else content

    def _items(self, token: Token, key: str) -> Items:
        self._count(token[2])
        items, counter = Items(bytearray()), self._counter
        counter.begin_facts()
        for index, item in enumerate(within(self._tokens)):
            counter.begin_fact(item[2])
            value = self._value(item, (key, index))
            if not self._wanted:
                items.append(value)
        counter.end_facts()
        return items


def _plain(text: str, where: Where) -> Any:  # noqa: ANN401 - content
    """A scalar that is not quoted: nothing, or text; in the body of an incident, JSON."""
    if text in NULLS:
        return None
    if where[2:3] != ("body",) or where[0] != "incidents" or not JSON_SCALAR.fullmatch(text):
        return text
    return json.loads(text)


def _inherit(value: Any, line: int) -> dict[str, Any]:  # noqa: ANN401 - content
    """What `<<: *anchor` brings in; of several, the first one that has a key."""
    bases = bases_of(value)
    if bases is None:
        raise unreadable(f"« {MERGE} » veut un objet, ou une liste d'objets", line)
    merged: dict[str, Any] = {}
    for base in reversed(bases):
        merged |= base
    return merged
