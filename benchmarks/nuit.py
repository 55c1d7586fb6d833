"""What a calculation night costs: from ten thousand leçons to a million, one server each.

Each world is invented, served by a process of its own, and lives through one night while
`/_mock/health` is asked over and over. What counts is the time per leçon beside that of the
smallest world (no worse than linear), the slowest of those answers, and the memory.
"""

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

LECONS_PER_CANDIDAT = 17
SIZES = ((3, 600), (30, 6_000), (300, 60_000))
"""How many écoles, with how many candidats; ten formateurs each, 200 élèves, 17 leçons a head."""
MOST_MINUTES_TO_LOAD = 10
PORT = 18_503

SCENARIO = """\
title: Une nuit
seed: 3
clock: {{now: 2026-03-24T23:59:00+01:00}}
invent: {{autoEcoles: {ecoles}, formateursParAutoEcole: 10, candidats: {candidats},
  contratsParCandidat: 1, leconsParContrat: {lecons}}}
"""


def ask(port: int, path: str, body: Any = None) -> tuple[Any, float]:  # noqa: ANN401 - JSON
    """One call, and how many seconds its answer took."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        content = json.load(answer)
    return content, time.perf_counter() - started


def wait_until_ready(port: int) -> None:
    """Until the scenario is loaded."""
    for _ in range(MOST_MINUTES_TO_LOAD * 60 * 10):
        try:
            ask(port, "/_mock/ready")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def live_through_a_night(port: int) -> tuple[float, float]:
    """Seconds of the night, and of the slowest answer meanwhile."""
    waits = [0.0]
    over = threading.Event()

    def keep_asking() -> None:
        while not over.is_set():
            waits.append(ask(port, "/_mock/health")[1])
            time.sleep(0.01)

    someone = threading.Thread(target=keep_asking)
    someone.start()
    advanced, seconds = ask(port, "/_mock/clock/advance", {"by": "PT2M"})
    over.set()
    someone.join()
    if not advanced["total"]:
        raise RuntimeError("no night has passed")
    return seconds, max(waits)


def measure(ecoles: int, candidats: int) -> tuple[float, float]:
    """Seconds of the night of a world of this size, and of the slowest answer meanwhile."""
    port = PORT
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "nuit.yaml"
        text = SCENARIO.format(ecoles=ecoles, candidats=candidats, lecons=LECONS_PER_CANDIDAT)
        scenario.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "rdv_mock", "serve", "--port", str(port)]
        server = subprocess.Popen(
            [*command, "--scenario", str(scenario)], stderr=subprocess.DEVNULL
        )
        try:
            wait_until_ready(port)
            return live_through_a_night(port)
        finally:
            server.terminate()
            server.wait()


def main() -> None:
    """Measure every size, and print a line for each."""
    smallest = None
    print("   leçons    night  µs/leçon  ratio  slowest answer  peak memory so far")
    for ecoles, candidats in SIZES:
        lecons = candidats * LECONS_PER_CANDIDAT
        seconds, slowest = measure(ecoles, candidats)
        each = seconds / lecons * 1e6
        smallest = smallest or each
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{lecons:9,} {seconds:7.2f}s {each:9.1f} {each / smallest:6.2f}"
            f" {slowest * 1000:11.0f} ms {peak:11.0f} MiB"
        )


if __name__ == "__main__":
    main()
