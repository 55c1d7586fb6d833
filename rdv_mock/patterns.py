"""Patterns that come from outside, matched in a time that grows with the text and no faster.

The engine is Rust's, as pydantic has it: it never tries again what it has tried, so it knows
neither look-around nor backreferences. Letters, digits and blanks are those of ASCII, as Python's
`re.ASCII` has them.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from pydantic_core import SchemaError, SchemaValidator, core_schema

LONGEST_PATTERN: Final = 500
"""Characters of a pattern at most; the longer it is, the longer each letter takes."""
LONGEST_TEXT: Final = 1_000
"""Characters of what is matched at most: what is longer fits no pattern."""

_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ASCII: Final = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": "[0-9A-Za-z_]",
    "W": "[^0-9A-Za-z_]",
    "s": r"[ \t\n\r\f\v]",
    "S": r"[^ \t\n\r\f\v]",
    "b": r"(?-u:\b)",
    "B": r"(?-u:\B)",
    "Z": r"\z",
}
"""What Python's escapes mean, in the words of the other engine."""
_WHY: Final = {
    "look-around": " : elle regarde autour d'elle ((?=…), (?!…), (?<=…) ou (?<!…)), ce qui peut"
    " durer sans fin",
    "backreferences": " : elle renvoie à un groupe (\\1), ce qui peut durer sans fin",
    "size limit": " qui tienne en mémoire",
}


class BadPattern(ValueError):  # noqa: N818 - says in French what is wrong with it
    """A pattern that is none, or that the engine does not know."""


def check_pattern(pattern: str) -> None:
    """Refuse what is no pattern: BadPattern says why, in French."""
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern(f"doit compter au plus {LONGEST_PATTERN} caractères")
    try:
        _validator(_in_ascii(pattern))  # by itself: none closes the bracket that we put around it
        _fitting(pattern)
    except SchemaError as error:
        why = next((why for word, why in _WHY.items() if word in str(error)), "")
        raise BadPattern(f"n'est pas une expression régulière{why}") from error


def fits_whole(pattern: str, text: str) -> bool:
    """Whether a whole text is what a pattern says. Raises SchemaError for what is no pattern."""
    return len(text) <= LONGEST_TEXT and _fitting(pattern)(text)


@lru_cache(maxsize=64)
def _fitting(pattern: str) -> Callable[[str], bool]:
    return _validator(rf"\A(?:{_in_ascii(pattern)})\z").isinstance_python


def _validator(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))


def _in_ascii(pattern: str) -> str:
    return _ESCAPE.sub(lambda found: _ASCII.get(found[1], found[0]), pattern)
