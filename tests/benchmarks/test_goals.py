from collections import Counter

import pytest

from benchmarks.figures import Figure, Missing, Name, NotMeasured
from benchmarks.goals import FAILS, GOALS, HOLDS, MISSING, Goal, judge

READY = Name("cold", "rdv-mock", "ready / empty FastAPI")
RATE = Name("calls", "POST leçon", "rate at 16 / empty FastAPI")
AT_MOST = Goal(READY, most=1.5)
AT_LEAST = Goal(RATE, least=0.7, ambition=1.0)


def figure(name: Name, *samples: float) -> Figure:
    return Figure(name, "×", samples)


@pytest.mark.parametrize(
    ("goal", "value", "word"),
    [
        (AT_MOST, 1.49, HOLDS),
        (AT_MOST, 1.5, HOLDS),
        (AT_MOST, 1.51, FAILS),
        (AT_LEAST, 0.71, HOLDS),
        (AT_LEAST, 0.7, HOLDS),
        (AT_LEAST, 0.69, FAILS),
    ],
)
def test_a_goal_holds_up_to_its_bound(goal: Goal, value: float, word: str) -> None:
    (verdict,) = judge([figure(goal.name, value)], [goal.name.suite], [goal])
    assert (verdict.value, verdict.word) == (value, word)


def test_the_median_decides() -> None:
    (verdict,) = judge([figure(READY, 9, 1, 1)], ["cold"], [AT_MOST])
    assert verdict.word == HOLDS


def test_only_benchmarks_that_ran_are_judged() -> None:
    verdicts = judge([figure(READY, 1)], ["cold"], [AT_MOST, AT_LEAST])
    assert [verdict.goal for verdict in verdicts] == [AT_MOST]


def test_what_is_missing_neither_holds_nor_fails_and_says_what_it_wants() -> None:
    missing = Missing("cold", "rdv-mock", "Node.js", "ready / empty FastAPI")

    (verdict,) = judge([missing], ["cold"], [AT_MOST])

    assert (verdict.value, verdict.word, verdict.wants) == (None, MISSING, "Node.js")


def test_a_goal_without_a_figure_is_a_benchmark_that_did_not_run() -> None:
    row_only = Missing("cold", "rdv-mock", "Node.js")
    with pytest.raises(
        NotMeasured, match="cold gave no figure for rdv-mock: ready / empty FastAPI"
    ):
        judge([row_only], ["cold"], [AT_MOST])


def test_every_goal_has_one_bound_and_stands_once() -> None:
    assert all((goal.most is None) != (goal.least is None) for goal in GOALS)
    assert set(Counter(goal.name for goal in GOALS).values()) == {1}
