import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks.__main__ import Suite
from benchmarks.bench import FULL, SHORT, Bench
from benchmarks.client import Sent, request
from benchmarks.figures import Figure, Name, NotMeasured, Result
from benchmarks.servers import ROOT, is_answered
from tests.benchmarks.ports import any_port

READY = Sent(request("GET", "/_mock/ready"))

FIGURES = [
    Figure(Name("door", "rdv-mock", "rate / open door"), "×", (0.5,)),
]


@pytest.fixture
def benches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Bench]:
    """What the benchmark of the door was given, each time it ran."""
    given: list[Bench] = []

    def door(bench: Bench) -> list[Result]:
        given.append(bench)
        return [*FIGURES]

    monkeypatch.setitem(command.MEASURE, Suite.DOOR, door)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "RESULTS", tmp_path / "build" / "bench")
    monkeypatch.setattr(command, "DOCS", tmp_path / "docs")
    return given


def bench(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(command.main)
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.output


def test_a_selection_runs_alone_and_no_number_makes_it_fail(
    benches: list[Bench], tmp_path: Path
) -> None:
    code, said = bench("door")

    assert code == 0
    assert "does not hold" in said
    assert [one.size for one in benches] == [FULL]
    written = json.loads((tmp_path / "build/bench/benchmark.json").read_text(encoding="utf-8"))
    assert [one["samples"] for one in written["figures"]] == [[0.5]]
    assert {path.name for path in (tmp_path / "build/bench").iterdir()} == {
        "benchmark.json",
        "benchmark.md",
        "benchmark.svg",
    }
    assert not (tmp_path / "docs").exists()


def test_the_short_one_measures_less(benches: list[Bench]) -> None:
    assert bench("--short", "door")[0] == 0
    assert [one.size for one in benches] == [SHORT]


@pytest.mark.usefixtures("benches")
def test_a_benchmark_that_did_not_run_properly_fails_with_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def door(_bench: Bench) -> list[Result]:
        raise NotMeasured("the server closed the connection")

    monkeypatch.setitem(command.MEASURE, Suite.DOOR, door)

    code, said = bench("door")

    assert (code, said) == (1, "benchmarks: the server closed the connection\n")
    assert not (tmp_path / "build").exists()


@pytest.mark.usefixtures("benches")
def test_a_goal_without_a_figure_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(command.MEASURE, Suite.DOOR, lambda _bench: [])
    code, said = bench("door")
    assert code == 1
    assert said.endswith("benchmarks: door gave no figure for rdv-mock: rate / open door\n")


@pytest.mark.parametrize("more", [["--short"], ["door"]])
def test_only_a_whole_run_is_published(more: list[str], benches: list[Bench]) -> None:
    code, said = bench("--publish", *more)
    assert (code, benches) == (2, [])
    assert "--publish wants all" in said


def test_a_whole_run_is_published(
    benches: list[Bench], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for suite in set(Suite) - {Suite.DOOR}:
        monkeypatch.setitem(command.MEASURE, suite, lambda _bench: [])
    monkeypatch.setattr(command, "judge", lambda _results, _suites: [])
    monkeypatch.setattr(command, "ready_or_missing", lambda _peers: {"Prism": "Node.js"})

    code, _ = bench("--publish")

    assert code == 0
    assert benches[0].missing == {"Prism": "Node.js"}
    assert (tmp_path / "docs" / "benchmark.svg").read_text(encoding="utf-8").startswith("<svg")


def test_an_unknown_benchmark_is_refused_with_the_known_ones(benches: list[Bench]) -> None:
    code, said = bench("speed")
    assert (code, benches) == (2, [])
    assert "cold" in said


def test_a_run_that_is_told_to_stop_leaves_no_server_behind() -> None:
    port = any_port()
    command = [sys.executable, "-m", "benchmarks", "door", "--port", str(port)]
    run = subprocess.Popen(command, cwd=ROOT)
    deadline = time.monotonic() + 60
    while not is_answered(port, READY):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    run.send_signal(signal.SIGTERM)

    assert run.wait(30) == 128 + signal.SIGTERM
    assert not is_answered(port, READY)
