"""What rdv-mock weighs after very many calls, logins and worlds, reset after each thousand calls.

All of it is measured against what it weighs after the first thousand: by then it has made what it
makes once.
"""

import time
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.calls import OF_A_VENDOR, log_in, token_of
from benchmarks.client import Sent, ask, drive, request, spread
from benchmarks.figures import Missing, Result, Samples
from benchmarks.servers import LINUX, WEIGHS, Server
from benchmarks.worlds import MOST_CONNECTIONS, busy

SUITE = "memory"
ROW = "rdv-mock"
BETWEEN_RESETS = 1_024
OF_A_KIND = BETWEEN_RESETS // len(OF_A_VENDOR)
MOST_WORLDS = 900
"""Made before they are dropped."""
SECONDS_TO_SETTLE = 1
RESET = Sent(request("POST", "/_mock/reset"), 204)


def measure(bench: Bench) -> list[Result]:
    """Weigh one server before, after the first calls, halfway and after all of them."""
    if not WEIGHS:
        return [Missing(SUITE, ROW, LINUX, column) for column in (None, "grown")]
    samples, size = Samples(SUITE), bench.size
    with bench.serve_world(busy(OF_A_KIND), "memory") as server:
        samples.add(ROW, "before", "MiB", server.resident())
        weights = []
        made = logins = worlds = 0
        for made in _make_calls(server, size.memory_calls):
            part = made / max(size.memory_calls, made)
            logins += _log_in(server, int(size.logins * part) - logins)
            worlds += _make_worlds(server, int(size.worlds * part) - worlds, last=part == 1)
            ask(server.port, RESET)
            weights.append(server.resident())
        time.sleep(SECONDS_TO_SETTLE)
        after, first = server.resident(), weights[0]
    samples.add(ROW, "after the first thousand", "MiB", first)
    samples.add(ROW, "at most", "MiB", max(weights))
    samples.add(ROW, "after all", "MiB", after)
    samples.add(ROW, "grown", "MiB", after - first)
    samples.add(ROW, "in the second half", "MiB", after - weights[len(weights) // 2])
    for column, count in (("calls", made), ("logins", logins), ("worlds", worlds)):
        samples.add(ROW, column, "", count)
    return [*samples.figures()]


def _make_calls(server: Server, count: int) -> Iterator[int]:
    """A quarter of each of the four calls, 16 at a time; how many there were by each thousand."""
    made = 0
    while made < count:
        token = token_of(server)
        for kind in OF_A_VENDOR:
            made += drive(server.port, kind.make(token, range(OF_A_KIND), MOST_CONNECTIONS)).calls
        yield made


def _log_in(server: Server, count: int) -> int:
    """So many logins by the form, each of which comes to tokens."""
    log_in(server.port, count)
    return max(count, 0)


def _make_worlds(server: Server, due: int, *, last: bool) -> int:
    """Make and drop the worlds that are due, once there are as many as may be made at once."""
    count = 0
    while due - count >= MOST_WORLDS or (last and due > count):
        some = range(min(MOST_WORLDS, due - count))
        made = [Sent(request("POST", "/_mock/worlds", {"name": f"w{n}"}), 201) for n in some]
        drive(server.port, spread(made, MOST_CONNECTIONS))
        dropped = [Sent(request("DELETE", f"/_mock/worlds/w{n}"), 204) for n in some]
        drive(server.port, spread(dropped, MOST_CONNECTIONS))
        count += len(some)
    return count
