"""`rdv-mock serve` in a process of its own, as its users run it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from httpx2 import Client

from tests.support import CHECKED

SECONDS_TO_START = 30
SECONDS_TO_STOP = 10

_OURS = re.compile("RDV_MOCK_|PYTHONDEVMODE")
"""What the tests set for themselves; in dev mode, asyncio logs what it finds slow."""


class ServerProcess:
    """A server on a free port; `log` grows as it writes to standard error."""

    def __init__(self, *flags: str, env: Mapping[str, str], cwd: Path | None) -> None:
        self.log: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rdv_mock", "serve", "--port", "0", *flags],
            stderr=subprocess.PIPE,
            env=env,
            cwd=cwd,
            encoding="utf-8",
        )
        self._has_started = Event()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr
        with self._process.stderr as lines:
            for line in lines:
                self.log.append(line.rstrip("\n"))
                if " clock " in line:
                    self._has_started.set()
        self._has_started.set()

    @property
    def url(self) -> str:
        """Where it says that it can be reached."""
        assert self._has_started.wait(SECONDS_TO_START)
        found = re.search(r"http://127\.0\.0\.1:\d+", "\n".join(self.log))
        assert found, self.log
        return found[0]

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; its exit code."""
        self._process.send_signal(how)
        return self.wait()

    def wait(self, seconds: int = SECONDS_TO_STOP) -> int:
        """Wait until it has ended by itself; its exit code."""
        code = self._process.wait(seconds)
        self._reader.join()
        return code

    def end(self) -> None:
        """Make sure that nothing of it is left."""
        self._process.kill()
        self.wait()


@contextmanager
def server_process(
    *flags: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[ServerProcess]:
    """A server that ends with the block; of the settings, it sees only those of `env` and ours."""
    inherited = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
    server = ServerProcess(*flags, env={**inherited, **CHECKED, **(env or {})}, cwd=cwd)
    try:
        yield server
    finally:
        server.end()


def client_of(server: ServerProcess) -> Client:
    """A browser, a `curl`, a vendor's program."""
    return Client(base_url=server.url, trust_env=False)


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A port that somebody else has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener
