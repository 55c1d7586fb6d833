"""The name that was probably meant, for refusals, pages and lines of our own."""

import difflib
from collections.abc import Iterable
from heapq import nsmallest

SHORT = 3
"""Letters: a longer word is looked for inside of others."""
LONG = 100
"""Letters of a word that nobody has misspelt."""
MOST_COMPARED = 100
"""Names that are compared letter by letter: of many, those that share most letters with it."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint at the word that was probably meant, or nothing."""
    near = nearest(word, known)
    return meant(near) if near else ""


def meant(word: str) -> str:
    """The hint at a word."""
    return f" ; vouliez-vous dire « {word} » ?"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of the known words that was probably meant, if any was."""
    if len(word) > LONG:
        return None
    words, wanted = list(known), word.lower()
    holding = [one for one in words if wanted in one.lower()] if len(word) > SHORT else []
    return next(iter(sorted(holding, key=len)[:1] or _alike(wanted, words)), None)


def _alike(word: str, words: Iterable[str]) -> list[str]:
    """The known word that is most like a word in small letters; its own case does not count."""
    letters = set(word)
    by_lower = {one.lower(): one for one in words}
    compared = nsmallest(MOST_COMPARED, by_lower, key=lambda one: len(letters ^ set(one)))
    return [by_lower[one] for one in difflib.get_close_matches(word, compared, n=1)]
