"""How many calls a second, and how long each takes: ours, the framework's, the other mocks'."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.bench import CONNECTIONS, Bench
from benchmarks.calls import (
    FORMATEURS,
    OF_A_VENDOR,
    POST_LECON,
    Kind,
    go_back,
    lecon,
    prove_limits,
    token_of,
)
from benchmarks.client import Timing, drive
from benchmarks.figures import Missing, Result, Samples, percentile
from benchmarks.peers import ANY_TOKEN, Answers
from benchmarks.servers import Server, application
from benchmarks.worlds import busy

SUITE = "calls"
EMPTY = "empty FastAPI"
BARE = "bare uvicorn"
COMPARED = (EMPTY, BARE)


@dataclass(frozen=True, slots=True)
class Measured:
    """A kind of call to one server, `calls` in each turn; `of`: whose it is, None for our own."""

    server: Server
    kind: Kind
    token: str
    calls: int
    of: str | None = None

    @property
    def row(self) -> str:
        """Where it stands in the table."""
        return self.kind.label if self.of is None else f"{self.kind.label}, {self.of}"

    def call(self, turn: int, connections: int) -> Timing:
        """Make the calls of one turn."""
        numbers = range(turn * self.calls, (turn + 1) * self.calls)
        return drive(self.server.port, self.kind.make(self.token, numbers, connections))


def measure(bench: Bench) -> list[Result]:
    """All servers run at once, and are called in turn; the other mocks apart from the rest.

    Some of them go on working after their last answer (a JVM compiles), and would disturb the next.
    """
    samples = Samples(SUITE)
    with ExitStack() as stack:
        answers = bench.answers()
        world = busy(bench.size.calls * bench.size.turns)
        ours = stack.enter_context(bench.serve_world(world, "busy"))
        token = token_of(ours)
        rows = [*_ours(ours, token, bench), *_beside(answers, bench, stack)]
        peers = _peers(answers, bench, stack)
        for _ in bench.rounds():
            for connections in CONNECTIONS:
                go_back(ours)
                timings = _round(rows, connections, bench.size.turns, samples)
                _compare(timings, connections, samples)
                _round(peers, connections, bench.size.turns, samples)
        prove_limits(ours, token)
    missing = [
        Missing(SUITE, f"{POST_LECON.label}, {name}", wants)
        for name, wants in bench.missing.items()
        if bench.size.peer_calls
    ]
    return [*samples.figures(warm_up=True), *missing]


def _ours(server: Server, token: str, bench: Bench) -> list[Measured]:
    """What rdv-mock is called for."""
    return [Measured(server, kind, token, bench.size.calls) for kind in (*OF_A_VENDOR, FORMATEURS)]


def _beside(answers: Answers, bench: Bench, stack: ExitStack) -> list[Measured]:
    """The same request to what does nothing with it."""
    probe = lecon(ANY_TOKEN, 0)
    programs = [
        application(EMPTY, "lecon", probe),
        application(BARE, "bare", probe, str(len(answers.lecon.encode()))),
    ]
    servers = [stack.enter_context(bench.serve(one)) for one in programs]
    return [
        Measured(one, POST_LECON, ANY_TOKEN, bench.size.calls, one.program.name) for one in servers
    ]


def _peers(answers: Answers, bench: Bench, stack: ExitStack) -> list[Measured]:
    """The same requests to the other mocks, which answer them without any state."""
    if not bench.size.peer_calls:
        return []
    servers = [stack.enter_context(bench.serve(one)) for one in bench.peer_programs(answers)]
    return [
        Measured(one, kind, ANY_TOKEN, bench.size.peer_calls, one.program.name)
        for kind in (POST_LECON, FORMATEURS)
        for one in servers
    ]


def _round(
    rows: Sequence[Measured], connections: int, turns: int, samples: Samples
) -> Mapping[str, Timing]:
    """Call all of them in turn, over so many connections."""
    timings = {one.row: Timing() for one in rows}
    for turn in range(turns):
        for one in rows:
            timings[one.row].add(one.call(turn, connections))
    for row, timing in timings.items():
        p50, p99 = (percentile(timing.latencies, part) * 1_000 for part in (50, 99))
        samples.add(row, f"rate at {connections}", "calls/s", timing.rate)
        samples.add(row, f"p50 at {connections}", "ms", p50)
        samples.add(row, f"p99 at {connections}", "ms", p99)
        if connections > 1:
            samples.add(row, f"p99 / p50 at {connections}", "×", p99 / p50)
    return timings


def _compare(timings: Mapping[str, Timing], connections: int, samples: Samples) -> None:
    """How many calls of ours are answered while others answer one."""
    for name in COMPARED:
        ratio = timings[POST_LECON.label].rate / timings[f"{POST_LECON.label}, {name}"].rate
        samples.add(POST_LECON.label, f"rate at {connections} / {name}", "×", ratio)
