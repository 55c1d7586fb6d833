"""The name that was probably meant, for refusals, pages and lines of our own."""

import difflib
from collections.abc import Callable, Iterable
from heapq import nsmallest

SHORT = 3
"""Letters: a longer word is looked for inside of others."""
LONG = 100
"""Letters of a word that nobody has misspelt."""
MOST_COMPARED = 100
"""Names that are compared letter by letter: of many, those that share most letters with it."""
MOST_HINTS = 10
"""The most hints in one refusal: they show what is meant, and more would not help."""

Hint = Callable[[str, Iterable[str]], str]
"""A hint at a word among those that are known, or nothing."""


class Hints:
    """Hints at the first words of one refusal; further words get none."""

    def __init__(self) -> None:
        self._left = MOST_HINTS

    def __call__(self, word: str, known: Iterable[str]) -> str:
        """A hint at the word that was probably meant, or nothing."""
        self._left -= 1
        return suggestion(word, known) if self._left >= 0 else ""


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
