"""`python -m benchmarks`: measure, print the tables, write the results.

It fails when a benchmark did not run properly, and on no number: machines are noisy.
"""

import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from benchmarks.against import Tree, compare, table_of, tree_of
from benchmarks.bench import FULL, SHORT, Bench, Size
from benchmarks.figures import NotMeasured, Result
from benchmarks.goals import judge
from benchmarks.peers import ready_or_missing
from benchmarks.plot import plot
from benchmarks.report import as_json, as_text, figures_table, goals_table, page
from benchmarks.servers import ROOT
from benchmarks.suites import calls, cold, door, memory, night, sizes, standstill

RESULTS = ROOT / "build" / "bench"
DOCS = ROOT / "docs"
FIRST_PORT = 18_500


class Suite(StrEnum):
    """The benchmarks, in the order in which they run."""

    COLD = cold.SUITE
    MEMORY = memory.SUITE
    CALLS = calls.SUITE
    DOOR = door.SUITE
    SIZES = sizes.SUITE
    NIGHT = night.SUITE
    STANDSTILL = standstill.SUITE


MEASURE: dict[Suite, Callable[[Bench], list[Result]]] = {
    Suite.COLD: cold.measure,
    Suite.MEMORY: memory.measure,
    Suite.CALLS: calls.measure,
    Suite.DOOR: door.measure,
    Suite.SIZES: sizes.measure,
    Suite.NIGHT: night.measure,
    Suite.STANDSTILL: standstill.measure,
}
WITH_PEERS = {Suite.COLD, Suite.CALLS}


def main(
    suites: Annotated[
        list[Suite] | None, typer.Argument(help="Which benchmarks; all of them by default.")
    ] = None,
    *,
    short: Annotated[bool, typer.Option("--short", help="Fewer calls: about a minute.")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Also write what README shows, into docs/.")
    ] = False,
    against: Annotated[
        str | None, typer.Option(help="Another revision, to be measured in turn with this tree.")
    ] = None,
    port: Annotated[int, typer.Option(help="The first port that servers may take.")] = FIRST_PORT,
) -> None:
    """Measure rdv-mock, and what it is compared with, on this machine."""
    chosen = suites or list(Suite)
    if against is not None:
        if short or publish:
            raise typer.BadParameter("--against takes short turns, and publishes nothing")
        measure_against(against, chosen, port)
        return
    if publish and (short or suites):
        raise typer.BadParameter("--publish wants all of the benchmarks, and not the short ones")
    size = SHORT if short else FULL
    described = describe("short" if short else "full")
    try:
        results = run(chosen, size, port)
        verdicts = judge(results, chosen)
    except NotMeasured as problem:
        typer.echo(f"benchmarks: {problem}", err=True)
        raise typer.Exit(1) from problem
    typer.echo(as_text(goals_table(verdicts)))
    written = {
        "benchmark.json": as_json(described, results),
        "benchmark.md": page(described, results, verdicts),
        "benchmark.svg": plot(results),
    }
    for folder in (RESULTS, DOCS) if publish else (RESULTS,):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            (folder / name).write_text(content, encoding="utf-8")
        typer.echo(f"Written: {', '.join(written)} in {folder.relative_to(ROOT)}/")


def measure_against(revision: str, suites: list[Suite], port: int) -> None:
    """Print this tree beside another revision, figure by figure."""
    try:
        old = tree_of(revision)
        new = Tree("this tree", ROOT, Path(sys.executable))
        found = compare(old, new, port, suites, say=typer.echo)
    except NotMeasured as problem:
        typer.echo(f"benchmarks: {problem}", err=True)
        raise typer.Exit(1) from problem
    typer.echo(as_text(table_of(found, revision)))


def run(suites: list[Suite], size: Size, port: int) -> list[Result]:
    """Run benchmarks, each with its table as soon as it is over."""
    missing = ready_or_missing(size.peers) if WITH_PEERS.intersection(suites) else {}
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(size, Path(folder), port, missing)
        for suite in suites:
            began = time.perf_counter()
            found = MEASURE[suite](bench)
            results += found
            typer.echo(as_text(figures_table(suite, found)))
            typer.echo(f"  ({time.perf_counter() - began:.0f} s)\n")
    return results


def describe(size: str) -> dict[str, str]:
    """How much is measured and on what machine, as far as it matters for speed."""
    return {
        "size": size,
        "cores": str(os.cpu_count()),
        "processor": platform.machine(),
        "system": platform.system(),
        "load before": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
    }


def end(_signal: int, _frame: FrameType | None) -> None:
    """Let a run that is told to stop end its servers first."""
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    typer.run(main)
