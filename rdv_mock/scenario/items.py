"""How much a text may hold, and the lists of facts in it, which are kept as they travel.

A scenario is a few settings and long lists of facts. Content outside of the lists is kept as
objects, a fact as its JSON until its turn comes: memory follows the text.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic_core import from_json, to_json

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.wire.problems import BODY

FACTS: Final = frozenset(
    {
        "clients",
        "centres",
        "autoEcoles",
        "candidats",
        "mandats",
        "creneaux",
        "examens",
        "paniers",
        "coefficients",
        "prises",
        "etpCalcules",
        "autonomies",
        "contratsDeFormation",
        "lecons",
        "baux",
        "incidents",
    }
)
"""The lists whose items are read, typed and let go one by one."""

DEEPEST: Final = 50
MOST_APART: Final = 1_000_000
"""Values and keys outside of the lists of facts, or in one fact."""
MOST_IN_ALL: Final = 10_000_000
MOST_FACTS: Final = 700_000
"""Facts in all lists together: more than 64 MiB hold of those that `GET /_mock/state` writes."""


def unreadable(message: str, line: int | None = None) -> Refusal:
    """The refusal of a text that cannot be read as a whole."""
    return Refusal(ApiError.SCENARIO_INVALIDE, details=[Detail(BODY, message, line)])


def too_deep(line: int | None = None) -> Refusal:
    """The refusal of a text that is nested too deeply."""
    return unreadable(f"est imbriqué sur plus de {DEEPEST} niveaux", line)


class Items:
    """A list of facts, each kept as JSON: some of the bytes of a text."""

    def __init__(self, text: bytes | bytearray) -> None:
        self._text = text
        self._starts, self._ends = array("Q"), array("Q")

    @classmethod
    def of(cls, items: Iterable[Any]) -> "Items":
        """A list of values that JSON can say."""
        kept = cls(bytearray())
        for item in items:
            kept.append(item)
        return kept

    def append(self, item: Any) -> None:  # noqa: ANN401 - what JSON can say
        """Keep one more, written anew."""
        start = len(self._text)
        self._text += to_json(item, inf_nan_mode="constants")
        self.append_span(start, len(self._text))

    def append_span(self, start: int, end: int) -> None:
        """Keep one more, which the text holds already."""
        self._starts.append(start)
        self._ends.append(end)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._starts)

    def __iter__(self) -> Iterator[Any]:
        """Each of them, made anew."""
        for start, end in zip(self._starts, self._ends, strict=True):
            yield from_json(self._text[start:end])


class Counter:
    """Counts what a text holds, and refuses what is too much of it."""

    def __init__(self) -> None:
        self._seen = 0
        self._in_facts = 0
        self._facts = 0
        self._most = MOST_APART

    def count(self, line: int | None = None, *, more: int = 1) -> None:
        """Count some more values or keys."""
        self._seen += more
        if self._seen > self._most:
            most = f"{min(self._seen - 1, MOST_IN_ALL):,}".replace(",", " ")
            apart = f"{MOST_APART:,}".replace(",", " ")
            if self._seen > MOST_IN_ALL:
                raise unreadable(f"compte plus de {most} valeurs", line)
            raise unreadable(
                f"compte plus de {apart} valeurs hors de ses listes, ou dans un seul objet", line
            )

    def begin_facts(self) -> None:
        """A list of facts begins."""
        self._in_facts -= self._seen

    def begin_fact(self, line: int | None = None) -> None:
        """One of its facts begins."""
        self._facts += 1
        if self._facts > MOST_FACTS:
            most = f"{MOST_FACTS:,}".replace(",", " ")
            raise unreadable(f"décrit plus de {most} objets", line)
        self._most = min(self._seen + MOST_APART, MOST_IN_ALL)

    def end_facts(self) -> None:
        """The list is over."""
        self._in_facts += self._seen
        self._most = min(MOST_APART + self._in_facts, MOST_IN_ALL)
