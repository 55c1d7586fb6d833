"""What was measured: figures, each the median of its samples, and what could not be measured."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from typing_extensions import override


class NotMeasured(Exception):  # noqa: N818 - what it says
    """A benchmark did not run as it must for its numbers to mean anything."""


@dataclass(frozen=True, slots=True)
class Name:
    """Where a figure stands in the tables: the benchmark, the row, the column."""

    suite: str
    row: str
    column: str

    @override
    def __str__(self) -> str:
        return f"{self.row}: {self.column}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, with all samples that it is the median of."""

    name: Name
    unit: str
    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one of the samples."""
        return statistics.median(self.samples)


@dataclass(frozen=True, slots=True)
class Missing:
    """A row that this machine cannot give, or one figure of it, and what to install."""

    suite: str
    row: str
    wants: str
    column: str | None = None


Result = Figure | Missing


class Samples:
    """The samples of a benchmark while it goes on, in the order in which they first came."""

    def __init__(self, suite: str) -> None:
        self.suite = suite
        self._samples: dict[Name, list[float]] = {}
        self._units: dict[Name, str] = {}

    def add(self, row: str, column: str, unit: str, value: float) -> None:
        """One more sample of a figure."""
        name = Name(self.suite, row, column)
        self._samples.setdefault(name, []).append(value)
        self._units[name] = unit

    def figures(self, *, warm_up: bool = False) -> list[Figure]:
        """What all came to; after a `warm_up` the first sample of each counts for nothing."""
        return [
            Figure(name, self._units[name], tuple(samples[1:] if warm_up else samples))
            for name, samples in self._samples.items()
        ]


def percentile(values: Sequence[float], part: int) -> float:
    """The smallest value that `part` in a hundred of all do not exceed (nearest rank)."""
    return sorted(values)[max(0, ceil(len(values) * part / 100) - 1)]
