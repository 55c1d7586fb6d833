"""A text in JSON: how much it holds is counted before anything is made of it.

Its lists of facts are cut out first, as the bytes that they are; the rest is read as it is.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from rdv_mock.scenario.items import DEEPEST, FACTS, Counter, Items, too_deep, unreadable

_MARK: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"(?:[ \t\n\r]*+:)?|[\[\]{},]', re.DOTALL)
"""A text, or a key with its colon; a bracket; a comma."""
_BLANK: Final = b" \t\n\r"
_OPENING, _CLOSING, _COMMA, _COLON, _QUOTE = b"[{", b"]}", *b',:"'
_LONGEST_KEY: Final = 50


def read(text: bytes) -> Any:  # noqa: ANN401 - content
    """What a text says; SCENARIO_INVALIDE when it is no JSON, or too much."""
    found = _Found(text)
    try:
        found.scan()
        content = found.apart.read()
        if isinstance(content, dict):
            for key, items in found.facts.items():
                if content.get(key) == []:
                    content[key] = items
    except (ValueError, RecursionError) as error:
        raise unreadable(f"n'est pas du JSON lisible : {error}") from error
    return content


def cut_out(text: bytes, key: str) -> tuple[bytes, bytes] | None:
    """A text whose object under a key is empty, and that object; None when there is none."""
    found, depth, begin, is_next = None, 0, None, False
    for mark in _MARK.finditer(text):
        at = mark.start()
        if text[at] in _OPENING:
            depth += 1
            if is_next and depth == 2 and text[at] == _OPENING[1]:  # noqa: PLR2004
                begin = at
        elif text[at] in _CLOSING:
            depth -= 1
            if begin is not None and depth == 1:
                found, begin = (begin, mark.end()), None
        is_next = depth == 1 and _word_of(text, at, mark.end()) == key.encode()
    if found is None:
        return None
    return text[: found[0]] + b"{}" + text[found[1] :], text[found[0] : found[1]]


def _key_of(text: bytes, begin: int, end: int) -> str | None:
    """The list of facts whose key is there; None of any other word."""
    return _KEYS.get(_word_of(text, begin, end))


def _word_of(text: bytes, begin: int, end: int) -> bytes:
    """The key that is there, or nothing."""
    is_key = end - begin < _LONGEST_KEY and text[end - 1] == _COLON
    return text[begin + 1 : end - 1].rstrip(_BLANK)[:-1] if is_key else b""


def _loads(piece: str) -> Any:  # noqa: ANN401 - content
    """What a piece says; half an emoji is no text."""
    content = json.loads(piece)
    if r"\ud" in piece or r"\uD" in piece:
        json.dumps(content, ensure_ascii=False).encode()
    return content


@dataclass(slots=True)
class _Apart:
    """What is left of a text once its lists of facts are cut out of it."""

    text: bytes
    spans: list[tuple[int, int]] = field(default_factory=list)

    def read(self) -> Any:  # noqa: ANN401 - content
        pieces = [self.text[begin:end].decode() for begin, end in self.spans]
        try:
            return _loads("".join(pieces))
        except json.JSONDecodeError as error:
            at = error.pos
            for piece, (begin, _) in zip(pieces, self.spans, strict=True):
                if at <= len(piece):
                    raise _error_at(error, self.text, begin, at) from error
                at -= len(piece)
            raise


def _error_at(
    error: json.JSONDecodeError, text: bytes, begin: int, at: int
) -> json.JSONDecodeError:
    """What is wrong at a place of a piece, told of the whole text."""
    return json.JSONDecodeError(error.msg, text.decode(), len(text[:begin].decode()) + at)


@dataclass(slots=True)
class _Found:
    """What a text holds, as far as its brackets tell."""

    text: bytes
    facts: dict[str, Items] = field(default_factory=dict)
    counter: Counter = field(default_factory=Counter)
    apart: _Apart = field(init=False)

    def __post_init__(self) -> None:
        self.apart = _Apart(self.text)

    def scan(self) -> None:
        """Count all, cut out the lists of facts, and refuse what is too much or too deep."""
        marks, text, count = _MARK.finditer(self.text), self.text, self.counter.count
        depth = since = deepest_at = 0
        is_too_deep = is_after_value = False
        key: str | None = None
        for mark in marks:
            begin, end = mark.span()
            sign = text[begin]
            if sign in _OPENING:
                count()
                depth += 1
                if depth == DEEPEST + 1:
                    deepest_at = end
                is_too_deep |= depth > DEEPEST + 1
                if key is not None and depth == 2 and sign == _OPENING[0]:  # noqa: PLR2004
                    self.apart.spans.append((since, end))
                    since = self._cut(marks, end, key)
                    depth = 1
            elif sign in _CLOSING:
                if depth == DEEPEST + 1 and text[deepest_at:begin].strip(_BLANK):
                    is_too_deep = True
                depth -= 1
            elif sign != _COMMA or not is_after_value:
                count()  # a text, a key, or what stood before the comma
            is_after_value = sign in _CLOSING or text[end - 1] == _QUOTE
            key = _key_of(text, begin, end) if depth == 1 else None
        self.apart.spans.append((since, len(text)))
        if is_too_deep:
            if depth:
                raise ValueError("un crochet ou une accolade n'est pas à sa place")
            raise too_deep()

    def _cut(self, marks: Iterator[re.Match[bytes]], begin: int, key: str) -> int:
        """Cut out a list of facts that begins somewhere; where it ends."""
        items, counter, text = Items(self.text), self.counter, self.text
        count = counter.count
        counter.begin_facts()
        counter.begin_fact()
        depth, is_empty, is_after_value = 2, True, False
        for mark in marks:
            at, end = mark.span()
            sign = text[at]
            if sign in _OPENING:
                count()
                depth += 1
                if depth > DEEPEST + 1:
                    raise too_deep()
            elif sign in _CLOSING and depth > 2:  # noqa: PLR2004 - within an item
                depth -= 1
            elif sign in _CLOSING or (sign == _COMMA and depth == 2):  # noqa: PLR2004
                is_last = sign in _CLOSING
                is_empty = is_empty and is_last and not text[begin:at].strip(_BLANK)
                if not is_empty:
                    self._keep(items, begin, at)
                begin = end
                if is_last:
                    counter.end_facts()
                    self.facts[key] = items
                    return at
                counter.begin_fact()
            elif sign != _COMMA or not is_after_value:
                count()
            is_after_value = sign in _CLOSING or text[end - 1] == _QUOTE
        raise ValueError("une liste reste ouverte")

    def _keep(self, items: Items, begin: int, end: int) -> None:
        try:
            _loads(self.text[begin:end].decode())
        except json.JSONDecodeError as error:
            raise _error_at(error, self.text, begin, error.pos) from error
        items.append_span(begin, end)


_KEYS: Final = {key.encode(): key for key in FACTS}
