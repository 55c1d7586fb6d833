"""What rdv-mock weighs after very many calls, the world reset after each thousand of them."""

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.calls import OF_A_VENDOR, go_back, token_of
from benchmarks.client import drive
from benchmarks.figures import Missing, Result, Samples
from benchmarks.servers import LINUX, WEIGHS, Server
from benchmarks.worlds import MOST_CONNECTIONS, busy

SUITE = "memory"
ROW = "rdv-mock"
BETWEEN_RESETS = 1_024
OF_A_KIND = BETWEEN_RESETS // len(OF_A_VENDOR)


def measure(bench: Bench) -> list[Result]:
    """Weigh one server before, halfway and after: one that leaks grows in the second half too."""
    if not WEIGHS:
        return [Missing(SUITE, ROW, LINUX, column) for column in (None, "grown")]
    samples = Samples(SUITE)
    with bench.serve_world(busy(OF_A_KIND), "memory") as server:
        idle = halfway = after = server.resident()
        half = bench.size.memory_calls // 2
        for calls in _make_calls(server, bench.size.memory_calls):
            after = server.resident()
            halfway = after if calls <= half else halfway
    samples.add(ROW, "before", "MiB", idle)
    samples.add(ROW, f"after {calls:,} calls", "MiB", after)
    samples.add(ROW, "grown", "MiB", after - idle)
    samples.add(ROW, "in the second half", "MiB", after - halfway)
    return [*samples.figures()]


def _make_calls(server: Server, count: int) -> Iterator[int]:
    """A quarter of each of the four calls, 16 at a time; how many there have been by each reset."""
    token = token_of(server)
    made = 0
    while made < count:
        for kind in OF_A_VENDOR:
            made += drive(server.port, kind.make(token, range(OF_A_KIND), MOST_CONNECTIONS)).calls
        go_back(server)
        yield made
