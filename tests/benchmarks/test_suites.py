from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.__main__ import MEASURE, Suite
from benchmarks.bench import Bench, Night, Size
from benchmarks.figures import Figure, Missing, Result
from benchmarks.goals import judge
from tests.benchmarks.ports import any_port

TINY = Size(
    rounds=1,
    turns=1,
    calls=32,
    peer_calls=1,
    memory_calls=1,
    crowd=1_400,
    loads=1,
    nights=(Night(1, 4), Night(2, 4)),
    peers=(),
)


@pytest.mark.parametrize("suite", Suite)
def test_every_benchmark_gives_a_figure_for_each_of_its_goals(suite: Suite, tmp_path: Path) -> None:
    bench = Bench(TINY, tmp_path, any_port(), {"Prism": "Node.js"})

    results = MEASURE[suite](bench)

    judged = judge(results, [suite])
    assert judged
    assert all(verdict.value is not None or verdict.wants == "Node.js" for verdict in judged)
    assert all(one.samples for one in results if isinstance(one, Figure))


def test_a_mock_that_cannot_run_here_has_a_row_in_both_of_its_tables(tmp_path: Path) -> None:
    bench = Bench(TINY, tmp_path, any_port(), {"Prism": "Node.js"})
    cold: Callable[[Bench], list[Result]] = MEASURE[Suite.COLD]
    missing = [one for one in cold(bench) if isinstance(one, Missing)]
    assert missing == [
        Missing("cold", "Prism", "Node.js"),
        Missing("cold", "rdv-mock", "Node.js", "of Prism"),
    ]
