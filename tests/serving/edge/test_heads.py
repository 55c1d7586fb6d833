"""Heads that are too large, too slow, or no HTTP/1.1."""

import json
import time
from pathlib import Path

import pytest

from tests.serving.edge.wire import HEALTH, LAST, connect, exchange, read_all, request, send
from tests.story.process import ServerProcess, client_of, server_process

LIMIT = 64 * 1024
MIB = 1024 * 1024


def head_of(size: int) -> bytes:
    """A call whose head has so many bytes."""
    plain = request("GET", HEALTH, "Connection: close", "X: ")
    return request("GET", HEALTH, "Connection: close", "X: " + "a" * (size - len(plain)))


def test_a_head_of_64_kib_is_taken_and_one_byte_more_is_not(server: ServerProcess) -> None:
    most, more = head_of(LIMIT), head_of(LIMIT + 1)
    assert (len(most), len(more)) == (LIMIT, LIMIT + 1)

    assert [answer.status for answer in exchange(server, most)] == [200]
    assert [answer.status for answer in exchange(server, more)] == [431]
    halves = most[: LIMIT // 2], most[LIMIT // 2 :]
    assert [answer.status for answer in exchange(server, *halves, pause=0.05)] == [200]


def test_a_head_is_measured_wherever_it_begins(server: ServerProcess) -> None:
    body = b'{"employe": "lea"}'
    first = request("POST", "/_mock/tokens", "Content-Type: application/json", body=body)
    for size, statuses in ((LIMIT, [200, 200]), (LIMIT + 1, [200, 431])):
        stream = first + head_of(size)
        for cut in (len(first) - 5, len(first) + 5, len(first) + LIMIT - 5):
            answers = exchange(server, stream[:cut], stream[cut:], pause=0.02)
            assert [answer.status for answer in answers] == statuses, (size, cut)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET /" + b"a" * 70_000, 414, "ADRESSE_TROP_LONGUE"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414, "ADRESSE_TROP_LONGUE"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000, 431, "EN_TETES_TROP_VOLUMINEUX"),
        (b"GET / HTTP/1.1\r\n" + b"a" * 70_000, 431, "EN_TETES_TROP_VOLUMINEUX"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000, 431, "EN_TETES_TROP_VOLUMINEUX"),
        (
            b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
            431,
            "EN_TETES_TROP_VOLUMINEUX",
        ),
    ],
    ids=["address", "whole address", "value", "name", "headers", "whole headers"],
)
def test_what_is_too_large_of_a_head_is_said(
    server: ServerProcess, sent: bytes, status: int, code: str
) -> None:
    (answer,) = exchange(server, sent)

    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    assert json.loads(answer.body)["erreur"] == code
    assert answer.headers["x-rdv-mock"] == "1"
    assert answer.headers["connection"] == "close"
    assert "date" in answer.headers


@pytest.mark.parametrize(
    "endless",
    [
        (b"1;" + b"x" * 40_000, b"y" * 40_000, b"z" * 40_000),
        (b"0\r\nX: " + b"x" * 40_000, b"y" * 40_000, b"z" * 40_000),
        (b"0\r\n", *[b"X: y\r\n" * 5_000] * 4),
    ],
    ids=["extension", "trailer", "trailers"],
)
def test_a_chunk_has_no_endless_extension_and_no_endless_trailers(
    server: ServerProcess, endless: tuple[bytes, ...]
) -> None:
    head = request("POST", "/_mock/tokens", "Transfer-Encoding: chunked")

    answers = exchange(server, head, *endless, pause=0.05)

    assert [answer.status for answer in answers] == [431]


TAKES_A_BODY = "/_mock/tokens", "Content-Type: application/json", "Connection: close"


@pytest.mark.parametrize("pause", [None, 0.05])
@pytest.mark.parametrize("name", [b"X: ", b"X: y\r\n" * 1_000 + b"X: "])
def test_trailers_of_64_kib_are_taken_and_more_is_not(
    server: ServerProcess, name: bytes, pause: float | None
) -> None:
    head = request("POST", *TAKES_A_BODY, "Transfer-Encoding: chunked")
    body = b'11\r\n{"employe":"lea"}\r\n0\r\n'
    most = name + b"a" * (LIMIT - len(name) - len("\r\n")) + b"\r\n"

    def statuses(trailers: bytes) -> list[int]:
        calls = [head, body, trailers, b"\r\n"] if pause else [head + body + trailers + b"\r\n"]
        return [answer.status for answer in exchange(server, *calls, pause=pause or 0)]

    assert statuses(most) == [200]
    assert statuses(name[:-2] + b": " + most) == [431]


def test_trailers_are_no_headers(server: ServerProcess) -> None:
    with client_of(server) as someone:
        token = someone.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
    call = request(
        "GET", "/api/v2/auto-ecole/moi", "Transfer-Encoding: chunked", "Connection: close"
    )

    (answer,) = exchange(server, call + f"0\r\nAuthorization: Bearer {token}\r\n\r\n".encode())

    assert answer.status == 401


@pytest.mark.parametrize("announced", [100 * MIB, 16 * MIB])
def test_a_flood_of_headers_keeps_nobody_waiting_and_costs_nothing(announced: int) -> None:
    with server_process() as server, client_of(server) as someone:
        someone.get(HEALTH)
        before = resident(server)
        piece = b"X: " + b"y" * (MIB - 5) + b"\r\n"
        with connect(server) as flood:
            slowest = 0.0
            send(flood, [b"GET / HTTP/1.1\r\n"])
            for _ in range(announced // MIB):
                send(flood, [piece])
                began = time.perf_counter()
                assert someone.get(HEALTH).status_code == 200
                slowest = max(slowest, time.perf_counter() - began)
            assert read_all(flood).startswith(b"HTTP/1.1 431 ")
        assert resident(server) - before < 5 * MIB
        assert slowest < 0.5  # fifty milliseconds on a machine that has nothing else to do


def resident(server: ServerProcess) -> int:
    """The most that a server has held in memory, in bytes."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /_mock/health\r\n\r\n",
        b"GET /_mock/health HTTP/0.9\r\n\r\n",
        b"GET /_mock/health HTTP/2.0\r\n\r\n",
        b"GET /_mock/health HTTP/1.7\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /_mock/health HTTP/1.1\nHost: localhost\n\n",
        b"GET /_mock/health HTTP/1.1\r\n\r\n",
        b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n",
        b"GET /_mock/health HTTP/1.0\r\nHost: localhost\r\nHost: a.test\r\n\r\n",
        b"GET http://localhost/_mock/health HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
        b"GET\r\n\r\n",
        b"get /_mock/health HTTP/1.1\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nx",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\nx",
        b"GET / HTTP/1.1\r\nX : y\r\n\r\n",
    ],
)
def test_what_is_no_http_1_1_is_refused_as_ours(server: ServerProcess, sent: bytes) -> None:
    (answer,) = exchange(server, sent + LAST)

    assert (answer.status, json.loads(answer.body)["code"]) == (400, "REQUETE_ILLISIBLE")
    assert answer.headers["x-rdv-mock"] == "1"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["connection"] == "close"


def test_what_came_before_is_answered_first(server: ServerProcess) -> None:
    good = request("GET", HEALTH)

    assert [one.status for one in exchange(server, good + good + b"nonsense\r\n" + LAST)] == [
        200,
        200,
        400,
    ]


def test_a_body_that_cannot_be_read_has_one_answer(server: ServerProcess) -> None:
    head = request("POST", "/_mock/tokens", "Transfer-Encoding: chunked")

    assert [one.status for one in exchange(server, head + b"zz\r\n" + LAST)] == [400]
    assert [one.status for one in exchange(server, head, b"zz\r\n" + LAST, pause=0.05)] == [400]
    behind = exchange(server, request("GET", HEALTH) + head + b"zz\r\n" + LAST)
    assert [one.status for one in behind] == [200, 400]


def test_nobody_is_told_to_go_on_with_a_body_that_was_refused() -> None:
    expects = request("POST", "/_mock/tokens", "Expect: 100-continue", "Transfer-Encoding: chunked")
    with server_process() as server:
        (answer,) = exchange(server, expects + b"zz\r\n")
        exchange(server, LAST)

        assert answer.status == 400
        assert not any("Traceback" in line for line in server.log)


def test_a_body_that_cannot_be_read_after_its_answer_has_no_second_one(
    server: ServerProcess,
) -> None:
    head = request("POST", "/inconnu", "Transfer-Encoding: chunked")

    assert [one.status for one in exchange(server, head, b"zz\r\n" + LAST, pause=0.2)] == [404]


def test_the_plainest_target_of_all_is_the_root(server: ServerProcess) -> None:
    call = b"GET http://localhost HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    (answer,) = exchange(server, call)

    assert (answer.status, answer.headers["location"]) == (307, "/docs")
