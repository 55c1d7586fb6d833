"""What a calculation night costs: from ten thousand leçons to a million, one server each.

Each world lives through one night while `/_mock/health` is asked over and over. What counts is the
time per leçon beside that of the smallest world (no worse than linear), the slowest of those
answers, and the memory. A night is no short call: each is measured once.
"""

import asyncio
import json

from benchmarks.bench import Bench
from benchmarks.client import Sent, request, wait_during
from benchmarks.figures import Missing, NotMeasured, Result, Samples
from benchmarks.servers import LINUX, WEIGHS
from benchmarks.worlds import night

SUITE = "night"
LARGEST = "largest world"
ADVANCE = Sent(request("POST", "/_mock/clock/advance", {"by": "PT2M"}))


def measure(bench: Bench) -> list[Result]:
    """One world after the other, from the smallest to the largest."""
    samples = Samples(SUITE)
    smallest = 0.0
    for one in bench.size.nights:
        row = LARGEST if one == bench.size.nights[-1] else f"{one.lecons:,} leçons"
        world = night(one.ecoles, one.lecons_per_candidat)
        with bench.serve_world(world, f"night-{one.lecons}") as server:
            seconds, slowest = _live_through(server.port)
            each = seconds / one.lecons * 1_000_000
            smallest = smallest or each
            samples.add(row, "leçons", "", one.lecons)
            samples.add(row, "night", "s", seconds)
            samples.add(row, "a leçon", "µs", each)
            samples.add(row, "a leçon / smallest", "×", each / smallest)
            samples.add(row, "slowest answer", "ms", slowest * 1_000)
            if WEIGHS:
                samples.add(row, "peak", "MiB", server.peak())
    missing: list[Result] = [] if WEIGHS else [Missing(SUITE, LARGEST, LINUX, "peak")]
    return [*samples.figures(), *missing]


def _live_through(port: int) -> tuple[float, float]:
    """Seconds of the night, and of the slowest answer meanwhile."""
    advanced, slowest = asyncio.run(wait_during(port, ADVANCE))
    if not json.loads(advanced.body)["total"]:
        raise NotMeasured("no night has passed")
    return advanced.seconds, slowest
