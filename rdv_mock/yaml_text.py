"""A text in YAML, read event by event: its tokens, and what is wrong with it.

PyYAML would compose the whole text first, at half a kilobyte for each value; it would also guess
types, follow tags, and recurse in C.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

MERGE: Final = "<<"

PLAIN, QUOTED, KNOWN, SEQUENCE, MAPPING, END = range(6)
"""The kinds of tokens; KNOWN is a value that was read before."""
_KINDS: Final = {
    yaml.SequenceStartEvent: SEQUENCE,
    yaml.MappingStartEvent: MAPPING,
    yaml.SequenceEndEvent: END,
    yaml.MappingEndEvent: END,
}

Token = tuple[int, Any, int]
"""What an event says: its kind, of a scalar its text, and the line."""


class NotYaml(Exception):  # noqa: N818 - it names what the text is
    """A text is no YAML, or more than one document."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


@dataclass(slots=True)
class YamlTokens:
    """The tokens of a text; a subclass decides what anchors and aliases mean.

    The text may be a stream: the parser gives way to other threads between two pieces of one.
    """

    text: Any
    has_tags: bool = False
    """Whether `!!str` makes a text of a scalar; other tags mean nothing."""
    _open: list[Any] = field(default_factory=list)
    """While it holds anything, every token passes through `_anchored`."""

    def __iter__(self) -> Iterator[Token]:
        """The tokens of the only document; none of an empty text."""
        parser: Any = yaml.CSafeLoader(self.text)
        has_tags = self.has_tags
        try:
            parser.get_event()
            if not isinstance(parser.get_event(), yaml.DocumentStartEvent):
                return
            while True:
                event = parser.get_event()
                what, line = type(event), event.start_mark.line + 1
                if what is yaml.ScalarEvent:
                    is_text = event.style or (has_tags and (event.tag or "").endswith(":str"))
                    token: Token = (QUOTED if is_text else PLAIN, event.value, line)
                elif what in _KINDS:
                    token = (_KINDS[what], "", line)
                elif what is yaml.AliasEvent:
                    yield from self._repeat(event.anchor, line)
                    continue
                else:
                    break  # the document ends
                if self._open or (token[0] != END and event.anchor is not None):
                    token = self._anchored(token, event)
                yield token
            event = parser.get_event()
            if not isinstance(event, yaml.StreamEndEvent):
                raise NotYaml("but found another document", event.start_mark.line + 1)
        finally:
            parser.dispose()

    def _anchored(self, token: Token, event: Any) -> Token:  # noqa: ANN401 - an event
        """Keep a token for the aliases of its anchor; the token to go on with."""
        raise NotImplementedError

    def _repeat(self, name: str, line: int) -> Iterable[Token]:
        """The tokens in the place of an alias."""
        raise NotImplementedError


def read_tokens(tokens: Iterator[Token], value: Callable[[Token], Any]) -> Any:  # noqa: ANN401
    """The content of a text, which `value` makes of the first token and those after it.

    Raises NotYaml, UnicodeDecodeError, and whatever `tokens` and `value` raise by themselves.
    """
    try:
        first = next(tokens, None)
        content = None if first is None else value(first)
        next(tokens, None)  # nothing may follow
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise NotYaml(str(error.problem), line) from error
    except yaml.YAMLError as error:
        raise NotYaml(str(error), None) from error
    return content


def within(tokens: Iterator[Token]) -> Iterator[Token]:
    """The tokens that begin something within what is being read, up to its end."""
    for token in tokens:
        if token[0] == END:
            return
        yield token


def bases_of(value: Any) -> list[dict[str, Any]] | None:  # noqa: ANN401 - content
    """The objects that `<<: *anchor` brings in, the first one first; None when it has others."""
    bases = value if isinstance(value, list) else [value]
    return bases if all(isinstance(base, dict) for base in bases) else None
