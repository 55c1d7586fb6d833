"""Incidents on real connections: what a vendor's HTTP library meets in production."""

import socket
from collections.abc import Iterator, Mapping
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx2 import Client, ReadError, RemoteProtocolError

from tests.story.process import ServerProcess, client_of
from tests.support import CONTRATS, LIVRET, lecon

FORMATEURS = f"{LIVRET}/formateurs"
CERTS = "/realms/formation/protocol/openid-connect/certs"
BUFFER = 65_536
DROPPED = (ReadError, RemoteProtocolError)
"""What httpx makes of a connection that ends without a byte."""


@pytest.fixture
def lea(someone: Client, server: ServerProcess) -> Iterator[Client]:
    """An employée whose calls go over one connection that is kept alive."""
    begin = len(server.log)
    answer = someone.post("/_mock/tokens", json={"employe": "lea"})
    someone.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    yield someone
    lines = server.log[begin:]
    assert not [line for line in lines if not line.startswith(("GET ", "POST ", "PUT "))]
    assert not [line for line in lines if "crashed" in line or "Exception" in line]


@pytest.fixture
def steering(server: ServerProcess) -> Iterator[Client]:
    """Whoever arms the incidents, over a connection of his own; none is left for another test."""
    with client_of(server) as steering:
        yield steering
        steering.post("/_mock/reset", params={"scope": "incidents"})


def arm(steering: Client, **incident: Any) -> None:
    assert steering.post("/_mock/incidents", json=incident).status_code == 201


def starts_of(someone: Client, lecons: str) -> set[str]:
    return {one["dateHeureDebut"] for one in someone.get(lecons).json()}


def connect(server: ServerProcess) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=10)


def request_of(path: str, *, method: str = "GET", body: bytes = b"", announced: int = 0) -> bytes:
    """A call as it goes over the wire, of which perhaps not all is sent."""
    length = announced or len(body)
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode()
        + body
    )


def read_to_the_end(connection: socket.socket) -> bytes:
    """All bytes until the other side is gone, however it goes."""
    received = b""
    try:
        while more := connection.recv(BUFFER):
            received += more
    except ConnectionResetError:
        pass
    return received


def some_of(connection: socket.socket) -> bytes:
    """What comes next, if the other side is still there."""
    more = connection.recv(BUFFER)
    assert more, "the connection has ended"
    return more


def read_answer(connection: socket.socket) -> bytes:
    """The head of one answer, and its whole body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += some_of(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += some_of(connection)
    return head + b"\r\n\r\n" + body


@pytest.mark.parametrize(("drop", "is_written"), [("before", False), ("after", True)])
def test_a_dropped_declaration_is_lost_or_was_written_and_can_be_sent_again(
    lea: Client, steering: Client, refs: Mapping[str, str], drop: str, *, is_written: bool
) -> None:
    lecons = f"{CONTRATS}/{refs['k1']}/lecons"
    start = lecon()["dateHeureDebut"]
    before = starts_of(lea, lecons)
    arm(steering, operation="declarerLecon", drop=drop, times=1)

    with pytest.raises(DROPPED):
        lea.post(lecons, json=lecon())

    assert starts_of(lea, lecons) - before == ({start} if is_written else set())
    again = lea.post(lecons, json=lecon())
    assert again.status_code == (409 if is_written else 201)
    newest, dropped = steering.get(
        "/_mock/journal", params={"operation": "declarerLecon", "limit": 2}
    ).json()["entries"]
    assert newest["status"] == again.status_code
    assert (dropped["status"], dropped["incident"]) == (0, "incident-1")
    assert dropped["request"]["body"] == newest["request"]["body"] != ""
    assert dropped["response"] == {"headers": {}, "body": ""}


def test_a_connection_outlives_a_pause(server: ServerProcess) -> None:
    with connect(server) as connection:
        connection.sendall(request_of(CERTS))
        assert read_answer(connection).startswith(b"HTTP/1.1 200 OK\r\n")

        sleep(6)  # uvicorn by itself would end it after five seconds

        connection.sendall(request_of(CERTS))
        assert read_answer(connection).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_connection_that_was_kept_alive_ends_without_a_byte(
    lea: Client, steering: Client, server: ServerProcess, drop: str
) -> None:
    assert lea.get(FORMATEURS).status_code == 200
    arm(steering, operation="certificats", drop=drop, after=1)

    with connect(server) as connection:
        connection.sendall(request_of(CERTS))
        assert read_answer(connection).startswith(b"HTTP/1.1 200 OK\r\n")
        connection.sendall(request_of(CERTS))

        assert read_to_the_end(connection) == b""


def test_calls_that_wait_behind_a_dropped_one_are_lost_with_it(
    lea: Client, steering: Client, server: ServerProcess
) -> None:
    assert lea.get(FORMATEURS).status_code == 200
    arm(steering, operation="certificats", drop="before", times=1)

    with connect(server) as connection:
        connection.sendall(request_of(CERTS) + request_of(FORMATEURS))

        assert read_to_the_end(connection) == b""


def test_a_call_is_dropped_while_its_body_is_still_on_its_way(
    lea: Client, steering: Client, server: ServerProcess
) -> None:
    assert lea.get(FORMATEURS).status_code == 200
    arm(steering, operation="creerContratDeFormation", drop="before")

    for announced in (500, 5_000_000):
        with connect(server) as connection:
            connection.sendall(request_of(CONTRATS, method="POST", body=b"{", announced=announced))
            assert read_to_the_end(connection) == b""


def test_others_are_served_while_one_waits_to_be_dropped(
    lea: Client, steering: Client, server: ServerProcess
) -> None:
    arm(steering, operation="certificats", drop="before", delaySeconds=0.4)
    began = monotonic()

    with connect(server) as connection:
        connection.sendall(request_of(CERTS))
        assert lea.get(FORMATEURS).status_code == 200
        assert monotonic() - began < 0.4
        assert read_to_the_end(connection) == b""

    assert monotonic() - began >= 0.4


def test_someone_who_does_not_wait_for_a_slow_answer_does_no_harm(
    lea: Client, steering: Client, server: ServerProcess
) -> None:
    arm(steering, operation="certificats", delaySeconds=0.2)

    with connect(server) as connection:
        connection.sendall(request_of(CERTS))

    waited = steering.get("/_mock/journal", params={"operation": "certificats", "wait": 10})
    assert waited.json()["total"] == 1
    assert lea.get(FORMATEURS).status_code == 200


def test_fifty_dropped_calls_leave_a_server_that_answers(lea: Client, steering: Client) -> None:
    arm(steering, operation="listerFormateurs", drop="after", times=50)

    for _ in range(50):
        with pytest.raises(DROPPED):
            lea.get(FORMATEURS)

    assert lea.get(FORMATEURS).status_code == 200
    dropped = steering.get("/_mock/journal", params={"status": 0}).json()
    assert dropped["total"] == 50


def test_a_malformed_answer_is_whole_for_http_and_broken_for_json(
    lea: Client, steering: Client
) -> None:
    whole = lea.get(FORMATEURS).content
    arm(steering, operation="listerFormateurs", malformed=True, times=1)

    assert lea.get(FORMATEURS).content == whole[: len(whole) // 2]
    assert lea.get(FORMATEURS).content == whole


def test_made_up_answers_of_every_kind_leave_the_connection_whole(
    lea: Client, steering: Client
) -> None:
    incidents: list[tuple[dict[str, Any], int, str]] = [
        (
            {"status": 502, "body": "<p>é</p>", "headers": {"Content-Type": "text/html"}},
            502,
            "<p>é</p>",
        ),
        ({"status": 204, "body": "x"}, 204, ""),
        ({"status": 304, "body": {"a": 1}}, 304, ""),
        ({"status": 599}, 599, ""),
        ({"body": ""}, 200, ""),
    ]
    for incident, _, _ in incidents:
        arm(steering, operation="listerFormateurs", times=1, **incident)
    arm(steering, operation="listerFormateurs", times=1, headers={"X-Essai": "é"})

    for _, status, text in incidents:
        answer = lea.get(FORMATEURS)
        assert (answer.status_code, answer.content.decode()) == (status, text)
    raw = dict(lea.get(FORMATEURS).headers.raw)
    assert raw[b"x-essai"] == "é".encode("latin-1")
    assert lea.get(FORMATEURS).status_code == 200
