"""What may grow with a world and what must not: load, copy, reset, search."""

from collections.abc import Mapping, Sequence

from benchmarks.bench import Bench
from benchmarks.calls import go_back, planning, token_of
from benchmarks.client import Sent, answer_to, ask, drive, request
from benchmarks.figures import NotMeasured, Result, Samples, percentile
from benchmarks.servers import Server, rdv_mock
from benchmarks.worlds import LIMITS, Scenario, crowded, demonstration

SUITE = "sizes"
SMALL = "demonstration"
LARGE = "large world"
COPIES = 5
"""Worlds made, and resets, in each round; the middle one counts."""
SEARCHES = 40
"""In each turn."""


def measure(bench: Bench) -> list[Result]:
    """Two servers, loaded with the two worlds over the control plane, then asked in turn."""
    loads, samples = Samples(SUITE), Samples(SUITE)
    with bench.serve(rdv_mock()) as small, bench.serve(rdv_mock()) as large:
        worlds = ((SMALL, small), (LARGE, large))
        for _ in range(bench.size.rounds):
            _load(small, SMALL, {**demonstration(), "limits": LIMITS}, loads)
        for _ in range(bench.size.loads):
            _load(large, LARGE, crowded(bench.size.crowd), loads)
        loads.add(SMALL, "candidats", "", len(demonstration()["candidats"]))
        loads.add(LARGE, "candidats", "", bench.size.crowd)
        tokens = {row: token_of(server) for row, server in worlds}
        _prove_same(*(_find(server, tokens[row]) for row, server in worlds))
        for number in bench.rounds():
            for row, server in worlds:
                _copy(server, row, f"mesure-{number}", samples)
            searches = _search(worlds, tokens, bench.size.turns)
            for row, p50 in searches.items():
                samples.add(row, "planning", "ms", p50)
            ratio = searches[LARGE] / searches[SMALL]
            samples.add(LARGE, "planning / demonstration", "×", ratio)
    return [*loads.figures(), *samples.figures(warm_up=True)]


def _find(server: Server, token: str) -> int:
    """How many créneaux the planning search finds."""
    (search,) = planning(token, range(1), 1)
    return len(answer_to(server.port, next(iter(search))))


def _prove_same(small: int, large: int) -> None:
    """Show that the search finds as many créneaux among many as among few."""
    if not small == large > 1:
        raise NotMeasured(f"the search finds {small} créneaux, and {large} in a large world")


def _load(server: Server, row: str, scenario: Scenario, loads: Samples) -> None:
    """Put a scenario as text, which is kept nowhere, in the place of the present one."""
    sent = Sent(request("PUT", "/_mock/scenario", scenario, media_type="application/yaml"))
    loads.add(row, "load", "ms", ask(server.port, sent).seconds * 1_000)


def _copy(server: Server, row: str, name: str, samples: Samples) -> None:
    """Make a world and reset the principal one, a few times; drop what was made."""
    created, reset = [], []
    for number in range(COPIES):
        world = f"{name}-{number}"
        asked = Sent(request("POST", "/_mock/worlds", {"name": world}), 201)
        created.append(ask(server.port, asked).seconds * 1_000)
        ask(server.port, Sent(request("DELETE", f"/_mock/worlds/{world}"), 204))
        reset.append(go_back(server) * 1_000)
    samples.add(row, "create a world", "ms", percentile(created, 50))
    samples.add(row, "reset", "ms", percentile(reset, 50))


def _search(
    worlds: Sequence[tuple[str, Server]], tokens: Mapping[str, str], turns: int
) -> dict[str, float]:
    """The middle of the milliseconds that a planning search takes in each world.

    They take turns after every few, so that both see the same of a noisy machine.
    """
    latencies: dict[str, list[float]] = {row: [] for row in tokens}
    for _ in range(turns):
        for row, server in worlds:
            searches = planning(tokens[row], range(SEARCHES), 1)
            latencies[row] += drive(server.port, searches).latencies
    return {row: percentile(some, 50) * 1_000 for row, some in latencies.items()}
