"""Where what begins in a text ends."""

import re
import sys

BLANKS = re.compile(r"\s*+")
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]++|[\]}]++', re.DOTALL)
OPENING = frozenset("[{")


def end_of(pattern: re.Pattern[str], text: str, at: int, end: int = sys.maxsize) -> int:
    """Where a pattern that begins here ends; here, where it does not begin."""
    found = pattern.match(text, at, end)
    return found.end() if found else at


def balanced(text: str, at: int) -> int:
    """Where an object or a list ends; the end of the text when it does not."""
    level = 0
    for found in _BRACKETS.finditer(text, at):
        if found[0][0] in "[{":
            level += len(found[0])
        elif found[0][0] in "]}":
            if level <= len(found[0]):
                return found.start() + level
            level -= len(found[0])
    return len(text)


def end_of_line(text: str, at: int) -> int:
    """Where the line ends, before its carriage return."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end - (text[end - 1 : end] == "\r" and end > at)
