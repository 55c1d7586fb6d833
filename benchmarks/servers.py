"""Every server that is measured: started, waited for, weighed and stopped in one way."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.client import HOST, Sent, request
from benchmarks.figures import NotMeasured

ROOT = Path(__file__).parent.parent
SECONDS_TO_STOP = 10
SECONDS_BETWEEN_PROBES = 0.002
WEIGHS = Path("/proc/self/status").exists()
"""Whether this machine says what a process weighs; Linux does."""
LINUX = "Linux: memory is read from /proc"

_OURS = re.compile("RDV_MOCK_|PYTHONDEVMODE|PYTHONDONTWRITEBYTECODE")
"""What would make a measured server another one than a user's: compiled anew at each start."""


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a server; `{port}` in its command stands for the port.

    `probe` is the call that it answers as expected once it is ready.
    """

    name: str
    command: tuple[str, ...]
    probe: Sent
    seconds_to_start: float = 120


@dataclass(slots=True)
class Server:
    """A server that runs; `seconds_to_ready` from the start of its process to its first answer."""

    program: Program
    port: int
    process: subprocess.Popen[bytes]
    seconds_to_ready: float

    def resident(self) -> float:
        """What it holds in memory now, in MiB."""
        return self._memory("VmRSS")

    def peak(self) -> float:
        """The most it has held in memory, in MiB."""
        return self._memory("VmHWM")

    def _memory(self, key: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        for line in status.splitlines():
            name, _, value = line.partition(":")
            if name == key:
                return int(value.split()[0]) / 1024
        raise KeyError(key)

    def stop(self) -> tuple[float, int]:
        """Tell it to stop; the seconds until it has ended, and its exit code."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired as error:
            what = f"{self.program.name} did not stop within {SECONDS_TO_STOP} s"
            raise NotMeasured(what) from error
        return time.perf_counter() - began, code


def free_port(first: int) -> int:
    """The first free port from `first` on."""
    for port in range(first, first + 100):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((HOST, port))
            except OSError:
                continue
            return port
    raise OSError(f"no port is free from {first} to {first + 99}")


@contextmanager
def serving(program: Program, first_port: int) -> Iterator[Server]:
    """A server that is ready, until the end of the block. Raises NotMeasured when there is none."""
    port = free_port(first_port)
    command = [part.replace("{port}", str(port)) for part in program.command]
    env = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            _wait_until_ready(program, process, port, log)
            yield Server(program, port, process, time.perf_counter() - began)
        finally:
            process.kill()
            process.wait()


def _wait_until_ready(
    program: Program, process: subprocess.Popen[bytes], port: int, log: IO[bytes]
) -> None:
    deadline = time.perf_counter() + program.seconds_to_start
    while not is_answered(port, program.probe):
        code = process.poll()
        if code is not None or time.perf_counter() > deadline:
            log.seek(0)
            said = log.read()[-2_000:].decode(errors="replace")
            what = "was not ready in time" if code is None else f"ended with code {code}"
            raise NotMeasured(f"{program.name} {what}; it said:\n{said}")
        time.sleep(SECONDS_BETWEEN_PROBES)


def is_answered(port: int, probe: Sent) -> bool:
    """Whether a call is answered as expected, as far as its first line tells."""
    try:
        with open_connection(port, probe) as connection:
            return connection.recv(12).endswith(b" %d" % probe.status)
    except OSError:
        return False


def open_connection(port: int, sent: Sent) -> socket.socket:
    """A connection over which a call was sent."""
    connection = socket.create_connection((HOST, port), timeout=30)
    connection.sendall(sent.content)
    return connection


READY = Sent(request("GET", "/_mock/ready"))


def rdv_mock(scenario: str | Path = "demonstration", *arguments: str) -> Program:
    """rdv-mock as its users start it, logs included, with a scenario and perhaps more."""
    command = (sys.executable, "-m", "rdv_mock", "serve", "--port", "{port}")
    return Program("rdv-mock", (*command, "--scenario", str(scenario), *arguments), READY, 600)


def application(name: str, module: str, probe: Sent, *arguments: str) -> Program:
    """One of the applications in `benchmarks/apps`."""
    command = (sys.executable, "-m", f"benchmarks.apps.{module}", "{port}", *arguments)
    return Program(name, command, probe)
