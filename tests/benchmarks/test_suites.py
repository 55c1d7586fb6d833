from pathlib import Path

import pytest

from benchmarks.__main__ import MEASURE, Suite
from benchmarks.bench import Bench, Night, Size
from benchmarks.figures import Figure, Missing
from benchmarks.goals import judge
from tests.benchmarks.ports import any_port

TINY = Size(
    rounds=1,
    turns=1,
    calls=32,
    peer_calls=1,
    memory_calls=1,
    logins=2,
    worlds=2,
    standstill=700,
    crowd=1_400,
    loads=1,
    nights=(Night(1, 4), Night(2, 4)),
    peers=(),
)


ABSENT = {Suite.COLD: ["Prism"], Suite.CALLS: ["POST leçon, Prism"]}
"""The rows of a mock that cannot run here."""


@pytest.mark.parametrize("suite", Suite)
def test_every_benchmark_gives_a_figure_for_each_of_its_goals(suite: Suite, tmp_path: Path) -> None:
    bench = Bench(TINY, tmp_path, any_port(), {"Prism": "Node.js"})

    results = MEASURE[suite](bench)

    judged = judge(results, [suite])
    assert judged
    assert all(verdict.value is not None or verdict.wants == "Node.js" for verdict in judged)
    assert all(one.samples for one in results if isinstance(one, Figure))
    absent = [one.row for one in results if isinstance(one, Missing) and one.column is None]
    assert absent == ABSENT.get(suite, [])
