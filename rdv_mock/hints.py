"""The hint at the name that was probably meant, in French, for refusals and pages of our own."""

import difflib
from collections.abc import Iterable
from itertools import islice

SHORT = 3
"""Letters of a word that may stand in many others."""
MOST_COMPARED = 1_000
"""Names that are compared letter by letter; to stand in one of the others is still enough."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint at the word that was probably meant, or nothing."""
    words = list(known)
    holding = [one for one in words if word.lower() in one.lower()] if len(word) > SHORT else []
    near = sorted(holding, key=len)[:1] or _alike(word, words)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else ""


def _alike(word: str, words: Iterable[str]) -> list[str]:
    """The word that is most like another one, whatever the case of its letters."""
    by_lower = {one.lower(): one for one in islice(words, MOST_COMPARED)}
    return [by_lower[one] for one in difflib.get_close_matches(word.lower(), by_lower, n=1)]
