"""From the start of a process to its first answer, what it weighs then, and how fast it stops."""

import json
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.client import Sent, request
from benchmarks.figures import Missing, NotMeasured, Result, Samples
from benchmarks.servers import (
    LINUX,
    WEIGHS,
    Program,
    Server,
    application,
    open_connection,
    rdv_mock,
)

SUITE = "cold"
DOCS = Path(__file__).parents[2] / "docs"
DOCUMENTS = ("openapi.json", "control-plane.json")
ROUTES_OF_NO_DOCUMENT = 24
"""Those of the provider, ten, and of the documents and pages."""
OURS = "rdv-mock"
EMPTY = "empty FastAPI"
NO_ROUTE = Sent(request("GET", "/_mock/ready"), 404)
SECONDS_TO_SETTLE = 0.5
IDLE_CONNECTIONS = 16
"""Connections that are open, with nothing under way, when a server is told to stop."""


def measure(bench: Bench) -> list[Result]:
    """Start and stop all servers in turn, round after round."""
    answers = bench.answers()
    empty = application(EMPTY, "routes", NO_ROUTE, str(_routes()))
    programs = [rdv_mock(), empty, *bench.peer_programs(answers)]
    samples = Samples(SUITE)
    for _ in bench.rounds():
        seconds = {one.name: _start_and_stop(one, bench, samples) for one in programs}
        for name, others in seconds.items():
            if name != OURS:
                samples.add(OURS, f"ready / {name}", "×", seconds[OURS] / others)
    missing: list[Result] = [] if WEIGHS else [Missing(SUITE, OURS, LINUX, "idle")]
    for name, wants in bench.missing.items():
        missing += [Missing(SUITE, name, wants), Missing(SUITE, OURS, wants, f"ready / {name}")]
    return [*samples.figures(warm_up=True), *missing]


def _routes() -> int:
    """How many routes a server has, whatever its revision calls its modules."""
    documents = [json.loads((DOCS / name).read_text(encoding="utf-8")) for name in DOCUMENTS]
    told = [operation for one in documents for path in one["paths"].values() for operation in path]
    return len(told) + ROUTES_OF_NO_DOCUMENT


def _start_and_stop(program: Program, bench: Bench, samples: Samples) -> float:
    """The seconds that a program took to be ready."""
    with bench.serve(program) as server:
        samples.add(program.name, "ready", "ms", server.seconds_to_ready * 1_000)
        time.sleep(SECONDS_TO_SETTLE)
        if WEIGHS:
            samples.add(program.name, "idle", "MiB", server.resident())
        samples.add(program.name, "stop", "ms", _stop(server) * 1_000)
        return server.seconds_to_ready


def _stop(server: Server) -> float:
    """The seconds that a server takes to end with clients connected to it."""
    with ExitStack() as connections:
        for _ in range(IDLE_CONNECTIONS):
            connection = open_connection(server.port, server.program.probe)
            connections.enter_context(connection).recv(1)
        seconds, code = server.stop()
    if server.program.name == OURS and code != 0:
        raise NotMeasured(f"rdv-mock ended with code {code} when it was told to stop")
    return seconds
