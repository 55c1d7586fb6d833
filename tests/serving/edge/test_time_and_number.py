"""Connections that say too little, and too many of them."""

import json
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from rdv_mock.serving.edge import limits
from tests.serving.edge.wire import HEALTH, answers_in, connect, read_all, request, send
from tests.story.process import ServerProcess, client_of, server_process

PATIENCE = 25
"""Ten seconds, the half one between two looks, and what a machine takes that tests keep busy."""
JSON = "Content-Type: application/json"


def test_what_says_too_little_is_ended(server: ServerProcess) -> None:
    began = {
        "silent": b"",
        "half a head": b"GET /_mock/health HTTP/1.1\r\nHo",
        "empty lines": b"\r\n\r\n",
        "half a body": request("POST", "/_mock/tokens", JSON, "Content-Length: 9") + b"{}",
        "half a chunk": request("POST", "/_mock/tokens", "Transfer-Encoding: chunked") + b"5\r\n{",
        "half an unread body": request("POST", "/inconnu", "Content-Length: 9") + b"{}",
        "the next half": request("GET", HEALTH) + b"GET ",
    }
    started = time.monotonic()
    with ExitStack() as stack:
        connections = {name: stack.enter_context(connect(server, PATIENCE)) for name in began}
        for name, connection in connections.items():
            send(connection, [began[name]])
        ended = {name: answers_in(read_all(one)) for name, one in connections.items()}
    took = time.monotonic() - started

    assert limits.HEAD_SECONDS - 1 < took < PATIENCE
    assert {name: [one.status for one in answers] for name, answers in ended.items()} == {
        "silent": [],
        "half a head": [408],
        "empty lines": [],
        "half a body": [408],
        "half a chunk": [408],
        "half an unread body": [404],
        "the next half": [200, 408],
    }
    late = json.loads(ended["half a head"][0].body)
    assert late["code"] == "REQUETE_TROP_LENTE"


def test_what_is_slow_or_made_to_wait_is_not_ended(server: ServerProcess) -> None:
    with client_of(server) as control:
        world = control.post("/_mock/worlds", json={}).json()["basePath"]
        late = {"operation": "listerFormateurs", "delaySeconds": 12}
        assert control.post(f"{world}/_mock/incidents", json=late).status_code == 201
        token = control.post(f"{world}/_mock/tokens", json={"employe": "lea"}).json()
    bearer = f"Authorization: Bearer {token['access_token']}"
    asked = b'{"employe": "lea"}'
    close = "Connection: close"
    with ExitStack() as stack:
        slow, late_, waits, continues, kept = (
            stack.enter_context(connect(server, 30)) for _ in range(5)
        )
        path = f"{world}/api/v1/livret-numerique/formateurs"
        send(late_, [request("GET", path, bearer, close)])
        send(waits, [request("GET", f"{world}/_mock/journal?wait=12&path=/rien", close)])
        send(continues, [request("POST", path, bearer, close, "Expect: 100-continue")])
        send(kept, [request("GET", HEALTH)])
        send(slow, [request("POST", "/_mock/tokens", JSON, close, f"Content-Length: {len(asked)}")])
        for at in range(0, len(asked), 6):
            time.sleep(4)
            send(slow, [asked[at : at + 6]])
        send(kept, [request("GET", HEALTH, close)])

        assert [one.status for one in answers_in(read_all(slow))] == [200]
        assert [one.status for one in answers_in(read_all(late_))] == [200]
        assert [one.status for one in answers_in(read_all(waits))] == [200]
        assert [one.status for one in answers_in(read_all(kept))] == [200, 200]


@contextmanager
def few_descriptors(most: int) -> Iterator[ServerProcess]:
    """A server that may have so many descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    try:
        with server_process() as server:
            server.url  # noqa: B018 - it has started, with what it inherited
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            yield server
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_silent_connections_do_not_shut_out_the_health_check() -> None:
    with few_descriptors(128) as server, ExitStack() as stack:
        for _ in range(300):
            connection = stack.enter_context(connect(server))
            send(connection, [b"GET"])
        began = time.monotonic()
        with client_of(server) as someone:
            assert someone.get(HEALTH).status_code == 200
            took = time.monotonic() - began
            told = [line for line in server.log if "file descriptors" in line]
            assert someone.post("/_mock/reset").status_code == 204

    assert took < 2
    assert len(told) == 1
    assert "128 (ulimit -n)" in told[0]
    assert not any("Traceback" in line for line in server.log)


def test_who_is_being_served_does_not_make_room(server: ServerProcess) -> None:
    del server
    with few_descriptors(96) as small, ExitStack() as stack:
        with client_of(small) as control:
            waiting = stack.enter_context(connect(small, 20))
            send(waiting, [request("GET", "/_mock/journal?wait=5", "Connection: close")])
            time.sleep(0.2)
            for _ in range(150):
                stack.enter_context(connect(small))
            assert control.get(HEALTH).status_code == 200
        assert [one.status for one in answers_in(read_all(waiting))] == [200]


@pytest.mark.parametrize(("most", "highest"), [(16, 12), (128, 96), (1024, 992), (65536, 65504)])
def test_some_descriptors_are_left_for_files(most: int, highest: int) -> None:
    assert limits.highest_descriptor(most) == highest


def test_a_client_that_takes_no_answer_is_no_reason_to_wait(server: ServerProcess) -> None:
    with connect(server) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        send(deaf, [request("GET", "/_mock/state") * 20])
        with client_of(server) as someone:
            assert someone.get(HEALTH).status_code == 200
