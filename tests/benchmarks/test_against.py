"""This tree beside another revision of it."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import against
from benchmarks.against import Compared, Tree, compare, table_of, tree_of
from benchmarks.figures import Figure, Missing, Name, NotMeasured, Result
from benchmarks.report import as_text
from tests.benchmarks.test_command import bench

OLD = Tree("old", Path("old"), Path("python"))
NEW = Tree("new", Path("new"), Path("python"))
READY = Name("cold", "rdv-mock", "ready")
RATE = Name("calls", "POST leçon", "rate at 16")


def test_both_are_measured_in_turn_and_who_begins_changes() -> None:
    asked: list[str] = []

    def measure(tree: Tree, _port: int, suites: Sequence[str]) -> list[Result]:
        assert suites == ["cold"]
        asked.append(tree.name)
        return [Figure(READY, "ms", (float(len(asked)),)), Missing("cold", "Prism", "Node.js")]

    found = compare(OLD, NEW, 0, ["cold"], turns=3, measure=measure)

    assert asked == ["old", "new", "new", "old", "old", "new"]
    assert found == [Compared(READY, "ms", (1, 4, 5), (2, 3, 6))]


def test_a_figure_that_only_one_of_them_gives_is_not_compared() -> None:
    def measure(tree: Tree, _port: int, _suites: Sequence[str]) -> list[Result]:
        return [Figure(READY if tree is OLD else RATE, "ms", (1.0,))]

    assert compare(OLD, NEW, 0, ["cold"], turns=1, measure=measure) == []


@pytest.mark.parametrize(
    ("name", "unit", "new", "verdict"),
    [
        (READY, "ms", 90, "better"),
        (READY, "ms", 100, "as before"),
        (READY, "ms", 120, "as before"),
        (READY, "ms", 121, "worse"),
        (RATE, "calls/s", 99, "worse"),
        (RATE, "calls/s", 121, "better"),
        (RATE, "×", 121, "higher"),
        (RATE, "×", 99, "lower"),
    ],
)
def test_as_before_is_within_the_turns_of_the_old(
    name: Name, unit: str, new: float, verdict: str
) -> None:
    one = Compared(name, unit, old=(100, 110, 120), new=(new,))
    assert one.verdict == verdict


def test_the_table_shows_the_spread_of_the_old() -> None:
    shown = as_text(table_of([Compared(READY, "ms", (100, 110, 120), (121, 122, 130))], "v1"))
    assert "v1" in shown.splitlines()[0]
    row = "cold  rdv-mock: ready 110 100 – 120 122 ms 1.109 worse"
    assert " ".join(shown.splitlines()[1].split()) == " ".join(row.split())


def test_an_unknown_revision_is_told_in_one_line() -> None:
    with pytest.raises(NotMeasured, match="there is no revision 'nowhere'"):
        tree_of("nowhere")
    assert bench("--against", "nowhere", "cold") == (
        1,
        "benchmarks: there is no revision 'nowhere' in this repository\n",
    )


@pytest.mark.parametrize("other", ["--short", "--publish"])
def test_a_comparison_publishes_nothing(other: str) -> None:
    code, said = bench("--against", "HEAD", other)
    assert code == 2
    assert "--against takes short turns" in said


def test_a_turn_that_fails_says_of_which_tree_and_why(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "__init__.py").touch()
    broken = Tree("v1", tmp_path, Path(sys.executable))
    with pytest.raises(NotMeasured, match=r"a turn of v1 failed:\n.*benchmarks\.turn"):
        against.measure_in(broken, 0, ["cold"])
