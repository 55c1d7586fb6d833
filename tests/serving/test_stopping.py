import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.story.process import client_of, server_process
from tests.support import LIVRET, refusal_of


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_ends_well(how: signal.Signals) -> None:
    with server_process() as server, client_of(server) as someone:
        assert someone.get("/docs").status_code == 200

        assert server.stop(how) == 0

    assert server.log[-1].rstrip() == "GET /docs 200"


def test_a_call_under_way_is_answered_before_the_server_ends() -> None:
    with server_process() as server, client_of(server) as someone, ThreadPoolExecutor() as threads:
        slow = {"operation": "listerFormateurs", "delaySeconds": 0.4}
        assert someone.post("/_mock/incidents", json=slow).status_code == 201
        under_way = threads.submit(someone.get, f"{LIVRET}/formateurs")
        time.sleep(0.2)

        assert server.stop() == 0
        assert under_way.result().status_code == 401


def test_a_call_that_takes_too_long_is_told_so_when_the_server_ends() -> None:
    with server_process() as server, client_of(server) as someone, ThreadPoolExecutor() as threads:
        slow = {"operation": "listerFormateurs", "delaySeconds": 60}
        assert someone.post("/_mock/incidents", json=slow).status_code == 201
        under_way = threads.submit(someone.get, f"{LIVRET}/formateurs")
        time.sleep(0.5)

        assert server.stop() == 0
        answer = under_way.result()

    assert refusal_of(answer) == (503, "SERVICE_INDISPONIBLE")
    assert answer.headers["X-Rdv-Mock"] == "1"
    assert server.log[-1] == f"GET {LIVRET}/formateurs 503 SERVICE_INDISPONIBLE"


def test_a_call_that_never_ends_does_not_keep_the_server() -> None:
    with server_process() as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as someone:
            someone.sendall(
                b"POST /_mock/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                b"Expect: 100-continue\r\n\r\n"
            )
            assert someone.recv(100).startswith(b"HTTP/1.1 100 ")

            assert server.stop() == 0


def test_a_body_that_never_comes_does_not_keep_the_server_for_long() -> None:
    with server_process() as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as someone:
            someone.sendall(
                b"POST /_mock/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n"
            )
            time.sleep(0.2)
            assert server.stop() == 0
            answer = someone.recv(1_000)

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert server.log[-1] == "POST /_mock/tokens 503 SERVICE_INDISPONIBLE"


def test_a_server_that_works_on_something_long_does_not_wait_for_it_to_end() -> None:
    long = {"title": "x", "invent": {"autoEcoles": 20, "candidats": 60_000}}
    with server_process() as server, client_of(server) as someone, ThreadPoolExecutor() as threads:
        under_way = threads.submit(someone.put, "/_mock/scenario", json=long)
        time.sleep(1)

        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 3
        assert under_way.exception() is not None or under_way.result().status_code == 503


def test_a_server_may_be_stopped_while_its_scenario_is_loaded(tmp_path: Path) -> None:
    scenario = tmp_path / "lent.yaml"
    os.mkfifo(scenario)

    with server_process("--scenario", str(scenario)) as server, scenario.open("w"):
        assert server.stop() == 0  # it has opened the file, and waits for what is in it
