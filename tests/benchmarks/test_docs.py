from pathlib import Path

from benchmarks.__main__ import Suite
from benchmarks.goals import judge
from benchmarks.plot import plot
from benchmarks.report import page, read_json

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_and_the_plot_that_are_published_show_the_results_that_are() -> None:
    run, results = read_json((DOCS / "benchmark.json").read_text(encoding="utf-8"))
    verdicts = judge(results, list(Suite))
    assert (DOCS / "benchmark.md").read_text(encoding="utf-8") == page(run, results, verdicts)
    assert (DOCS / "benchmark.svg").read_text(encoding="utf-8") == plot(results)
