"""What the figures are to reach, as one table, and whether they do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figure, Missing, Name, NotMeasured, Result

HOLDS = "holds"
FAILS = "does not hold"
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Goal:
    """The bound of a figure, in its unit; `ambition` is what would be better still."""

    name: Name
    most: float | None = None
    least: float | None = None
    ambition: float | None = None

    @property
    def bound(self) -> float:
        """The number that decides."""
        bound = self.least if self.most is None else self.most
        assert bound is not None  # noqa: S101 - a goal has one of the two
        return bound

    def is_met(self, value: float) -> bool:
        """Whether a value is on the right side of the bound, the bound itself included."""
        return value >= self.bound if self.most is None else value <= self.bound


GOALS = (
    Goal(Name("cold", "rdv-mock", "ready / empty FastAPI"), most=1.5),
    Goal(Name("cold", "rdv-mock", "ready / Prism"), most=1.0),
    Goal(Name("cold", "rdv-mock", "idle"), most=100),
    Goal(Name("cold", "rdv-mock", "stop"), most=1_000),
    Goal(Name("memory", "rdv-mock", "grown"), most=30),
    Goal(Name("calls", "POST leçon", "rate at 16 / empty FastAPI"), least=0.7, ambition=1.0),
    Goal(Name("calls", "POST leçon", "p99 / p50 at 16"), most=6),
    Goal(Name("calls", "POST mandat", "p99 / p50 at 16"), most=6),
    Goal(Name("calls", "planning search", "p99 / p50 at 16"), most=6),
    Goal(Name("calls", "panier add", "p99 / p50 at 16"), most=6),
    Goal(Name("door", "rdv-mock", "rate / open door"), least=0.8),
    Goal(Name("sizes", "demonstration", "create a world"), most=10),
    Goal(Name("sizes", "demonstration", "reset"), most=10),
    Goal(Name("sizes", "large world", "create a world"), most=150),
    Goal(Name("sizes", "large world", "reset"), most=150),
    Goal(Name("sizes", "large world", "planning / demonstration"), most=1.3),
    Goal(Name("night", "largest world", "night"), most=30),
    Goal(Name("night", "largest world", "a leçon / smallest"), most=1.5),
    Goal(Name("night", "largest world", "slowest answer"), most=250),
    Goal(Name("night", "largest world", "peak"), most=1_024),
    Goal(Name("standstill", "any call", "in memory"), most=100, ambition=50),
    Goal(Name("standstill", "any call", "in files"), most=100, ambition=50),
)
"""Every figure is the median of its samples, in milliseconds, MiB or as a ratio."""

ELSEWHERE = "The image, at most 110 MiB of own layers, is measured by `make test-image`."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a goal came to; `value` is None when it is missing, and `wants` says why."""

    goal: Goal
    unit: str
    value: float | None
    wants: str | None = None

    @property
    def word(self) -> str:
        """Whether it holds."""
        if self.value is None:
            return MISSING
        return HOLDS if self.goal.is_met(self.value) else FAILS


def judge(
    results: Iterable[Result], suites: Sequence[str], goals: Sequence[Goal] = GOALS
) -> list[Verdict]:
    """A verdict for every goal of the benchmarks that ran.

    Raises NotMeasured when one has neither a figure nor somebody who says what is missing.
    """
    results = list(results)
    figures = {one.name: one for one in results if isinstance(one, Figure)}
    missing = {
        (one.suite, one.row, one.column): one.wants for one in results if isinstance(one, Missing)
    }
    verdicts = []
    for goal in goals:
        name = goal.name
        if name.suite not in suites:
            continue
        if figure := figures.get(name):
            verdicts.append(Verdict(goal, figure.unit, figure.median))
        elif wants := missing.get((name.suite, name.row, name.column)):
            verdicts.append(Verdict(goal, "", None, wants))
        else:
            raise NotMeasured(f"{name.suite} gave no figure for {name}")
    return verdicts
