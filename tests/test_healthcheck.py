import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from typing_extensions import override

import rdv_mock
from rdv_mock.healthcheck import main

READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LOADING = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
UNKNOWN = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
NOT_HTTP = b"SSH-2.0-OpenSSH_9.6\r\n"


class Answering(ThreadingTCPServer):
    """Says the same to whoever connects, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, answer: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[bytes] = []


class _Handler(StreamRequestHandler):
    @override
    def handle(self) -> None:
        assert isinstance(self.server, Answering)
        self.server.asked.append(self.rfile.readline())
        self.wfile.write(self.server.answer)


@contextmanager
def answering(answer: bytes) -> Iterator[Answering]:
    with Answering(answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_server_that_is_ready_is_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(READY) as server:
        monkeypatch.setenv("RDV_MOCK_PORT", str(server.server_address[1]))

        assert main() == 0

    assert server.asked == [b"GET /_mock/ready HTTP/1.1\r\n"]


@pytest.mark.parametrize("answer", [LOADING, UNKNOWN, NOT_HTTP, b""])
def test_any_other_answer_is_not_healthy(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    with answering(answer) as server:
        monkeypatch.setenv("RDV_MOCK_PORT", str(server.server_address[1]))

        assert main() == 1


def test_where_nobody_listens_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering(READY) as server:
        port = str(server.server_address[1])
    monkeypatch.setenv("RDV_MOCK_PORT", port)

    assert main() == 1


@pytest.mark.parametrize("port", ["abc", "", "99999", "-1"])
def test_a_port_that_is_none_is_not_healthy(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("RDV_MOCK_PORT", port)

    assert main() == 1


@pytest.mark.parametrize(
    ("host", "exit_code"),
    [
        ("", 0),
        ("0.0.0.0", 0),
        ("::", 0),
        ("127.0.0.1", 0),
        ("localhost", 0),
        ("127.0.0.2", 1),
        ("::1", 1),
        ("é" * 70, 1),
    ],
)
def test_the_host_that_is_asked_is_the_one_that_is_served(
    monkeypatch: pytest.MonkeyPatch, host: str, exit_code: int
) -> None:
    with answering(READY) as server:
        monkeypatch.setenv("RDV_MOCK_PORT", str(server.server_address[1]))
        monkeypatch.setenv("RDV_MOCK_HOST", host)

        assert main() == exit_code


def test_the_image_runs_it_with_the_standard_library_alone() -> None:
    package = Path(rdv_mock.__file__).parent.parent
    with answering(READY) as server:
        environment = {
            **os.environ,
            "PYTHONPATH": str(package),
            "RDV_MOCK_PORT": str(server.server_address[1]),
        }
        without_packages = [sys.executable, "-S", "-m", "rdv_mock.healthcheck"]

        checked = subprocess.run(
            without_packages, env=environment, capture_output=True, check=False
        )

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
