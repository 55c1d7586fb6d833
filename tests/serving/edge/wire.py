"""A client that sends any bytes in any pieces, and reads what comes back."""

import re
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from urllib.parse import urlsplit

from tests.story.process import ServerProcess

BUFFER = 1 << 16
HEALTH = "/_mock/health"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, its headers as they came, its body."""

    status: int
    headers: dict[str, str]
    body: bytes


def connect(server: ServerProcess, seconds: float = 20) -> socket.socket:
    """A connection to the server on which nothing is awaited for longer than that."""
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=seconds)


def exchange(
    server: ServerProcess, *pieces: bytes, pause: float = 0, seconds: float = 20
) -> list[Answer]:
    """The answers to bytes that are sent in pieces; the last of them asks to be closed after."""
    with connect(server, seconds) as connection:
        send(connection, pieces, pause)
        return answers_in(read_all(connection))


def send(connection: socket.socket, pieces: Iterable[bytes], pause: float = 0) -> None:
    """Send piece after piece, as long as the server listens."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces:
        try:
            connection.sendall(piece)
        except OSError:
            return
        if pause:
            time.sleep(pause)


def read_all(connection: socket.socket) -> bytes:
    """All that comes until the server is gone. Raises TimeoutError when it stays."""
    received = bytearray()
    try:
        while more := connection.recv(BUFFER):
            received += more
    except ConnectionError:
        pass
    return bytes(received)


def answers_in(received: bytes, heads: Iterable[bool] = ()) -> list[Answer]:
    """The answers of a stream, each of which says how long it is; which of them are to HEAD."""
    return list(_answers_in(received, chain(heads, repeat(False))))  # noqa: FBT003


def _answers_in(received: bytes, heads: Iterator[bool]) -> Iterator[Answer]:
    while received:
        head, end, rest = received.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        found = re.fullmatch(r"HTTP/1\.1 (\d{3}) [^\r\n]*", line)
        assert found, received
        assert end, received
        headers = dict(one.lower().split(": ", 1) for one in lines)
        assert "transfer-encoding" not in headers
        length = 0 if next(heads) else int(headers.get("content-length", 0))
        yield Answer(int(found[1]), headers, rest[:length])
        assert len(rest) >= length, received
        received = rest[length:]


def request(method: str, path: str, *headers: str, body: bytes = b"", framed: bool = True) -> bytes:
    """A call as it goes over the wire."""
    length = [f"Content-Length: {len(body)}"] if body and framed else []
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, *length, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


LAST = request("GET", HEALTH, "Connection: close")
"""A call after which the server closes the connection."""
