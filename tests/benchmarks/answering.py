"""A server that answers what a test tells it, byte by byte."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from time import sleep

from benchmarks.client import HOST


class Answering:
    """Answers each call with the next of some answers, each in so many pieces; then hangs up."""

    def __init__(self, answers: Sequence[Sequence[bytes]]) -> None:
        self.calls: list[bytes] = []
        self._answers = iter(answers)
        self._listener = socket.create_server((HOST, 0))
        self._thread = Thread(target=self._serve)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            while call := connection.recv(65_536):
                self.calls.append(call)
                pieces = next(self._answers, None)
                if pieces is None:
                    break
                for piece in pieces:
                    connection.sendall(piece)
                    sleep(0.01)

    def end(self) -> None:
        """Wait until its client has gone."""
        self._thread.join()
        self._listener.close()


@contextmanager
def answering(*answers: Sequence[bytes]) -> Iterator[Answering]:
    """A server for one connection, until the end of the block."""
    server = Answering(answers)
    try:
        yield server
    finally:
        server.end()
