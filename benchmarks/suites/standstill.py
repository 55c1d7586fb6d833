"""How long others wait while one call of the control plane works on a large world.

`/_mock/health` is asked over and over meanwhile; of each call the longest wait counts. A first
server holds its worlds in memory, a second one in files (`--data`).
"""

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from benchmarks.bench import Bench
from benchmarks.calls import V2, token_of
from benchmarks.client import Sent, drive, request, spread, wait_during
from benchmarks.figures import Result, Samples
from benchmarks.servers import Server, rdv_mock
from benchmarks.worlds import EMPLOYE, MOST_CONNECTIONS, changes, listed, write

SUITE = "standstill"
IN_MEMORY, IN_FILES = "in memory", "in files"
ALL = "any call"
NOTHING = "no call"
ENTRIES = 1_000
LARGE = "é" * 7_000
"""What stands in each of the calls that fill the journal."""
YAML = "application/yaml"


class Step(NamedTuple):
    """A call under the name that it has in the table."""

    label: str
    sent: Sent | None


def measure(bench: Bench) -> list[Result]:
    """The same world twice: all calls on the one in memory, those that write on that in files."""
    samples = Samples(SUITE)
    candidats = bench.size.standstill
    path = write(listed(candidats), bench.folder, "standstill")
    folder = str(bench.folder / "standstill")
    text, change = path.read_bytes(), json.dumps(changes(candidats)).encode()
    for column, program, steps in (
        (IN_MEMORY, rdv_mock(path), [*_steps(text, change), *_last_steps(text, change)]),
        (IN_FILES, rdv_mock(path, "--data", folder), [*_steps(text, change)]),
    ):
        with bench.serve(program) as server:
            _fill_journal(server)
            longest = _measure(server, column, steps, samples)
        samples.add(ALL, column, "ms", longest)
    return [*samples.figures()]


def _measure(server: Server, column: str, steps: Iterable[Step], samples: Samples) -> float:
    """Each call once; the longest wait of all, in milliseconds."""
    longest = 0.0
    for label, sent in steps:
        made, wait = asyncio.run(wait_during(server.port, sent))
        longest = max(longest, wait * 1_000)
        samples.add(label, column, "ms", wait * 1_000)
        samples.add(label, f"{column}, the call itself", "ms", made.seconds * 1_000)
    return longest


def _fill_journal(server: Server) -> None:
    token = token_of(server)
    refused = Sent(request("POST", f"{V2}/mandats", {"nom": LARGE}, token=token), 400)
    drive(server.port, spread([refused] * ENTRIES, MOST_CONNECTIONS))


def _steps(text: bytes, change: bytes) -> Iterator[Step]:
    """Calls that read or write the whole of a world, and leave it as large as it was."""
    yield Step(NOTHING, None)
    yield _get("GET state", "/state")
    yield _get("GET journal", f"/journal?limit={ENTRIES}")
    yield _get("GET journal.har", "/journal.har")
    yield _post("POST worlds", "/worlds", {"name": "fork"})
    yield _post("POST worlds, from", "/worlds", {"name": "like", "from": "principal"})
    yield Step(
        "POST worlds, scenario",
        Sent(request("POST", "/_mock/worlds", b'{"name": "own", "scenario": %b}' % text), 201),
    )
    yield _delete("DELETE worlds", "/worlds/own")
    yield _post("POST snapshots", "/snapshots", {"name": "before"})
    yield Step("PATCH state", Sent(request("PATCH", "/_mock/state", change)))
    yield _post("POST snapshots, changed", "/snapshots", {"name": "after"})
    yield _get("GET snapshots/diff", "/snapshots/before/diff/after")
    yield Step("PUT snapshots", Sent(request("PUT", "/_mock/snapshots/before"), 204))
    yield _delete("DELETE snapshots", "/snapshots/after")
    yield Step("POST advance", Sent(request("POST", "/_mock/clock/advance", {"by": "P90D"})))
    yield Step("POST reset", Sent(request("POST", "/_mock/reset"), 204))
    yield Step("POST reset, state", Sent(request("POST", "/_mock/reset?scope=state"), 204))
    yield Step("PUT scenario, JSON", Sent(request("PUT", "/_mock/scenario", text)))


def _last_steps(text: bytes, change: bytes) -> Iterator[Step]:
    """The others; at the end another scenario has come in the place of the large one."""
    now = {"now": "2026-04-25T03:00:00Z"}
    yield Step("PUT clock", Sent(request("PUT", "/_mock/clock", now)))
    yield _get("GET etp", "/etp?autoEcole=plesses&groupePermis=B&mois=2026-04")
    yield _get("GET connexions", "/connexions")
    yield _get("GET openapi.json", "/openapi.json")
    yield Step("GET /openapi.json", Sent(request("GET", "/openapi.json")))
    yield _get("GET fidelity", "/fidelity")
    yield _get("GET scenarios", "/scenarios")
    yield _get("GET worlds", "/worlds")
    yield Step("POST tokens", Sent(request("POST", "/_mock/tokens", {"employe": EMPLOYE})))
    yield _post("POST incidents", "/incidents", {"operation": "jeton", "status": 500})
    yield Step("PUT scenario, YAML", Sent(request("PUT", "/_mock/scenario", text, media_type=YAML)))
    newcomers = {"candidats": json.loads(text)["candidats"][-len(json.loads(change)["lecons"]) :]}
    state = {"state": "demonstration", "params": newcomers}
    yield Step(
        "PUT scenario, name", Sent(request("PUT", "/_mock/scenario", {"name": "demonstration"}))
    )
    yield Step("POST provider-states", Sent(request("POST", "/_mock/provider-states", state)))


def _get(label: str, path: str) -> Step:
    return Step(label, Sent(request("GET", f"/_mock{path}")))


def _post(label: str, path: str, body: object) -> Step:
    return Step(label, Sent(request("POST", f"/_mock{path}", body), 201))


def _delete(label: str, path: str) -> Step:
    return Step(label, Sent(request("DELETE", f"/_mock{path}"), 204))
