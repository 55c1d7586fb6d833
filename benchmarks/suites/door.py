"""What the door costs: a small reading with authentication and rate limits, beside one without."""

from benchmarks.bench import Bench
from benchmarks.calls import FORMATEURS, formateurs_request, token_of
from benchmarks.client import Sent, Timing, ask, drive
from benchmarks.figures import Result, Samples
from benchmarks.servers import READY, Server, application, rdv_mock
from benchmarks.worlds import LIMITS, Scenario, demonstration, write

SUITE = "door"
ROW = "rdv-mock"
OPEN = "rdv-mock without a door"
AT_ONCE = 8
CALLS = 400
"""In each turn."""


def measure(bench: Bench) -> list[Result]:
    """Both servers run at once, and are called in turn."""
    world: Scenario = {**demonstration(), "limits": LIMITS}
    file = write(world, bench.folder, "door")
    samples = Samples(SUITE)
    with (
        bench.serve(rdv_mock(file)) as closed,
        bench.serve(application(OPEN, "open_door", READY, str(file))) as opened,
    ):
        tokens = {ROW: token_of(closed), OPEN: token_of(opened)}
        _prove_open(opened, tokens[OPEN])
        for _ in bench.rounds():
            timings = {ROW: Timing(), OPEN: Timing()}
            for _ in range(bench.size.turns):
                for row, server in ((ROW, closed), (OPEN, opened)):
                    calls = FORMATEURS.make(tokens[row], range(CALLS), AT_ONCE)
                    timings[row].add(drive(server.port, calls))
            for row, timing in timings.items():
                samples.add(row, f"rate at {AT_ONCE}", "calls/s", timing.rate)
            samples.add(ROW, "rate / open door", "×", timings[ROW].rate / timings[OPEN].rate)
    return [*samples.figures(warm_up=True)]


def _prove_open(opened: Server, token: str) -> None:
    """Show that the door is off: after its first caller it believes whoever comes."""
    ask(opened.port, Sent(formateurs_request(token)))
    ask(opened.port, Sent(formateurs_request("")))
