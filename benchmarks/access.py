"""What the door costs: a route with authentication and rate limits, beside the same without.

Both servers run in one process each, the same client calls them in turn, and what counts is the
ratio of their throughputs, the median of five pairs.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATH = "/api/v1/livret-numerique/formateurs"
CONNECTIONS = 8
CALLS = 4_000
ROUNDS = 5
GOAL = 0.8

OPEN_DOOR = """
from rdv_mock.api import operation
known = []
authenticate = operation.authenticate
def believe(call):
    if not known:
        known.append(authenticate(call))
    return known[0]
operation.authenticate = believe
operation.check_limits = lambda call, *, crenodispo: None
"""
"""The same server with the door taken off: who calls is looked up once and believed for ever."""

SERVE = """
import asyncio, sys, uvicorn
from rdv_mock.app import create_application
from rdv_mock.settings import Settings
application = create_application(Settings())
application.load()
config = uvicorn.Config(application, port=int(sys.argv[1]), log_level="critical", lifespan="off")
asyncio.run(uvicorn.Server(config).serve())
"""


async def request(port: int, head: bytes, calls: int) -> None:
    """So many calls one after the other over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(calls):
        writer.write(head)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer.decode())
        length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()


def throughput(port: int, head: bytes) -> float:
    """Calls a second over all connections."""

    async def all_connections() -> None:
        each = CALLS // CONNECTIONS
        await asyncio.gather(*(request(port, head, each) for _ in range(CONNECTIONS)))

    started = time.perf_counter()
    asyncio.run(all_connections())
    return CALLS / (time.perf_counter() - started)


async def control(port: int, method: str, path: str, body: object) -> bytes:
    """One call of the control plane."""
    content = json.dumps(body).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode()
        + content
    )
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer.decode())
    return content


def start(port: int, preamble: str) -> subprocess.Popen[bytes]:
    """A server on a port, once it is ready."""
    server = subprocess.Popen([sys.executable, "-c", preamble + SERVE, str(port)], cwd=ROOT)
    for _ in range(100):
        try:
            asyncio.run(control(port, "GET", "/_mock/ready", {}))
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError("the server did not start")


def head_for(port: int) -> bytes:
    """The bytes of the measured call: with a token, and with limits that are never reached."""
    limits = {"debit.actif": True, "debit.parEmploye": 1_000_000}
    asyncio.run(control(port, "PATCH", "/_mock/state", {"limits": limits}))
    asked = {"employe": "lea", "expiresIn": 86_400}
    tokens = json.loads(asyncio.run(control(port, "POST", "/_mock/tokens", asked)))
    lines = f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tokens['access_token']}"
    return f"{lines}\r\n\r\n".encode()


def main() -> None:
    """Print the ratio, its goal, and whether it holds."""
    servers = {18_501: "", 18_502: OPEN_DOOR}
    running = [start(port, preamble) for port, preamble in servers.items()]
    try:
        heads = {port: head_for(port) for port in servers}
        ratios = []
        for _ in range(ROUNDS + 1):
            closed, opened = (throughput(port, heads[port]) for port in servers)
            ratios.append(closed / opened)
            print(f"with {closed:6.0f} calls/s   without {opened:6.0f}   ratio {ratios[-1]:.2f}")
        ratio = statistics.median(ratios[1:])
        verdict = "holds" if ratio >= GOAL else "does not hold"
        print(f"median of {ROUNDS}, the first round apart: {ratio:.2f}; goal {GOAL}: {verdict}")
    finally:
        for server in running:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
