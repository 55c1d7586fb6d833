"""The one client of all measurements: raw HTTP/1.1 over kept connections, each call timed.

It parses no more than it must, and yet takes a core of its own: on two cores, server and client
have one each.
"""

import asyncio
import gc
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from typing_extensions import override
from uvicorn.loops.auto import auto_loop_factory

from benchmarks.figures import NotMeasured

HOST = "127.0.0.1"
JSON = "application/json"
SECONDS_TO_ANSWER = 600
"""How long all calls of one measurement may take: a scenario of a million leçons is one call."""

SECONDS_BETWEEN = 0.005
"""Between two looks at the health."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_STATUS = slice(9, 12)


@dataclass(frozen=True, slots=True)
class Sent:
    """A call as it goes over the wire, the status that must come back, whether its time counts."""

    content: bytes
    status: int = 200
    counts: bool = True


@dataclass(slots=True)
class Timing:
    """How long calls took, in seconds: all together, and each that counts; the last answer."""

    seconds: float = 0.0
    calls: int = 0
    latencies: list[float] = field(default_factory=list)
    body: bytes = b""

    def add(self, more: "Timing") -> None:
        """Count the calls of another turn with these."""
        self.seconds += more.seconds
        self.calls += more.calls
        self.latencies += more.latencies
        self.body = more.body

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


def request(
    method: str, path: str, body: object = None, *, token: str = "", media_type: str = JSON
) -> bytes:
    """The bytes of a call; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body is None:
        return "\r\n".join([*lines, "\r\n"]).encode()
    lines += [f"Content-Type: {media_type}", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "\r\n"]).encode() + content


class _Connection(asyncio.Protocol):
    """Sends its calls one after the other, each when the one before has been answered."""

    def __init__(self, calls: Iterator[Sent], timing: Timing, done: asyncio.Future[None]) -> None:
        self._calls = calls
        self._timing = timing
        self._done = done
        self._received = bytearray()

    async def open(self, port: int) -> None:
        """Be connected, and send nothing yet."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self, HOST, port)

    def close(self) -> None:
        """Let go of the connection."""
        self._done.cancel()
        self._transport.close()

    def send_next(self) -> None:
        """Send the next call, or be done."""
        sent = next(self._calls, None)
        if sent is None:
            self._done.set_result(None)
            return
        self._sent = sent
        self._began = perf_counter()
        self._transport.write(sent.content)

    @override
    def data_received(self, data: bytes) -> None:
        self._received += data
        received = self._received
        head_end = received.find(b"\r\n\r\n") + 4
        if head_end < 4 or not _is_whole(received, head_end):
            return
        latency = perf_counter() - self._began
        if self._done.done():
            return
        if int(received[_STATUS]) != self._sent.status:
            self._done.set_exception(_unexpected(self._sent, received))
            return
        timing = self._timing
        timing.calls += 1
        timing.body = bytes(received[head_end:])
        if self._sent.counts:
            timing.latencies.append(latency)
        self._received = bytearray()
        self.send_next()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(NotMeasured("the server closed the connection"))


def _is_whole(received: bytearray, head_end: int) -> bool:
    """Whether an answer has arrived to its end."""
    length = _LENGTH.search(received, 0, head_end)
    if length is not None:
        return len(received) >= head_end + int(length[1])
    return _CHUNKED.search(received, 0, head_end) is None or received.endswith(b"0\r\n\r\n")


def _unexpected(sent: Sent, received: bytearray) -> NotMeasured:
    asked = sent.content.split(b"\r\n", 1)[0].decode()
    answer = received[:1_000].decode(errors="replace")
    return NotMeasured(f"{asked} was to answer {sent.status}, and did:\n{answer}")


async def exchange(
    port: int, calls: Sequence[Iterable[Sent]], *, seconds_to_answer: float = SECONDS_TO_ANSWER
) -> Timing:
    """Make calls over as many connections as there are iterables; they may be one and the same.

    Raises NotMeasured at the first answer with another status than expected, or when none comes.
    """
    loop = asyncio.get_running_loop()
    timing = Timing()
    connections, dones = [], []
    for some in calls:
        done: asyncio.Future[None] = loop.create_future()
        connection = _Connection(iter(some), timing, done)
        await connection.open(port)
        connections.append(connection)
        dones.append(done)
    try:
        began = perf_counter()
        for connection in connections:
            connection.send_next()
        async with asyncio.timeout(seconds_to_answer):
            await asyncio.gather(*dones)
        timing.seconds = perf_counter() - began
    except TimeoutError as error:
        raise NotMeasured(f"no answer came within {seconds_to_answer} s") from error
    finally:
        for connection in connections:
            connection.close()
    return timing


async def wait_during(port: int, sent: Sent | None) -> tuple[Timing, float]:
    """Make one call, or wait a second; and the longest that `/_mock/health` took meanwhile.

    In seconds, each time over a connection of its own.
    """
    over = asyncio.Event()

    async def keep_asking() -> float:
        longest = 0.0
        while not over.is_set():
            longest = max(longest, (await exchange(port, [[HEALTH]])).seconds)
            await asyncio.sleep(SECONDS_BETWEEN)
        return longest

    asking = asyncio.create_task(keep_asking())
    timing = Timing()
    try:
        await asyncio.sleep(0.05 if sent else 1)
        if sent is not None:
            timing = await exchange(port, [[sent]])
            await asyncio.sleep(0.1)  # what a call leaves behind is put away after its answer
    finally:
        over.set()
    return timing, await asking


def drive(port: int, calls: Sequence[Iterable[Sent]]) -> Timing:
    """`exchange`, from outside of a loop, and with the client's garbage left where it is."""
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            return runner.run(exchange(port, calls))
    finally:
        gc.enable()


def ask(port: int, sent: Sent) -> Timing:
    """Make one call."""
    return drive(port, [[sent]])


def answer_to(port: int, sent: Sent) -> Any:  # noqa: ANN401 - JSON
    """What one call answers, read as JSON."""
    return json.loads(ask(port, sent).body)


HEALTH = Sent(request("GET", "/_mock/health"))


def spread(calls: Iterable[Sent], connections: int) -> Sequence[Iterable[Sent]]:
    """The same calls for so many connections: each takes the next one when it is free."""
    shared = iter(calls)
    return [shared] * connections
