"""Containers of the image under test, as locked down as a CI can have them.

`make test-image` runs these tests as the hook of container-check.sh, while a container of the image
is up: podman's settings and the name of that container come from there.
"""

import json
import os
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from httpx2 import Client, TransportError

SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
LOCKED = (
    "--read-only",
    "--read-only-tmpfs=false",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
)


def podman(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """One command of podman's."""
    done = subprocess.run(["podman", *words], capture_output=True, encoding="utf-8", check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


@cache
def image() -> str:
    """The id of the image under test."""
    assert "CC_NAME" in os.environ, "run these tests with `make test-image`"
    return podman("inspect", "--format", "{{.Image}}", os.environ["CC_NAME"]).stdout.strip()


def inspect_image(name: str) -> dict[str, Any]:
    """What the engine knows of an image."""
    [known] = json.loads(podman("image", "inspect", name).stdout)
    return dict(known)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass(frozen=True)
class Ended:
    """How a container has ended."""

    exit_code: int
    seconds: float


class Container:
    """A container of the image, on a free port of this machine."""

    def __init__(self, *options: str, **settings: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        given = {"HOST": "127.0.0.1", "PORT": str(port), **settings}
        environment = [f"--env=RDV_MOCK_{name.upper()}={value}" for name, value in given.items()]
        words = ["run", "--detach", "--network=host", *LOCKED, *environment, *options, image()]
        self.name = podman(*words).stdout.strip()

    @property
    def pid(self) -> int:
        """The process of the server, as this machine counts."""
        return int(podman("inspect", "--format", "{{.State.Pid}}", self.name).stdout)

    def log(self) -> str:
        """All that it has said."""
        said = podman("logs", self.name)
        return said.stdout + said.stderr

    def client(self) -> Client:
        """A vendor's program."""
        return Client(base_url=self.url, trust_env=False, timeout=SECONDS_TO_START)

    def wait_until_ready(self) -> None:
        """Wait for `/_mock/ready`, as whoever uses the image does."""
        latest = time.monotonic() + SECONDS_TO_START
        with self.client() as someone:
            while not self._is_ready(someone):
                assert time.monotonic() < latest, self.log()
                time.sleep(0.05)

    def _is_ready(self, someone: Client) -> bool:
        try:
            return someone.get("/_mock/ready").status_code == 200
        except TransportError:
            return False

    def wait_until_it_hears(self, what: signal.Signals) -> None:
        """Wait for a handler of a signal: the kernel keeps any other from process 1 of a container.

        Python sets one as its very first deed, a moment after the container has begun.
        """
        latest = time.monotonic() + SECONDS_TO_START
        status = Path(f"/proc/{self.pid}/status")
        caught = re.compile(r"^SigCgt:\t([0-9a-f]+)$", re.MULTILINE)
        while not any(
            int(mask, 16) >> (what - 1) & 1 for mask in caught.findall(status.read_text())
        ):
            assert time.monotonic() < latest, self.log()
            time.sleep(0.005)

    def is_healthy(self) -> bool:
        """What the image's own HEALTHCHECK says."""
        return podman("healthcheck", "run", self.name, check=False).returncode == 0

    def end(self, how: signal.Signals = signal.SIGTERM) -> Ended:
        """Send its process a signal; how long that takes, without the engine's own time."""
        pid = self.pid
        process = os.pidfd_open(pid)
        try:
            started = time.perf_counter()
            os.kill(pid, how)
            [ended, _, _] = select.select([process], [], [], SECONDS_TO_STOP)
            seconds = time.perf_counter() - started
        finally:
            os.close(process)
        assert ended, f"still there after {SECONDS_TO_STOP} s"
        return Ended(self.exit_code(), seconds)

    def exit_code(self) -> int:
        """Its exit code, once it has ended."""
        return int(podman("wait", self.name).stdout)

    def remove(self) -> None:
        """Leave nothing of it."""
        podman("rm", "--force", "--time=0", self.name)


@contextmanager
def started(*options: str, **settings: str) -> Iterator[Container]:
    """A container that may not be ready yet."""
    container = Container(*options, **settings)
    try:
        yield container
    finally:
        container.remove()


@contextmanager
def container(*options: str, **settings: str) -> Iterator[Container]:
    """A container that is ready; `settings` are those of the server."""
    with started(*options, **settings) as ready:
        ready.wait_until_ready()
        yield ready


@contextmanager
def volume() -> Iterator[str]:
    """A fresh volume."""
    name = podman("volume", "create").stdout.strip()
    try:
        yield name
    finally:
        podman("volume", "rm", "--force", name)
