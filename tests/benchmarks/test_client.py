import asyncio
import json
from itertools import repeat

import pytest

from benchmarks.client import Sent, Timing, answer_to, ask, drive, exchange, request, spread
from benchmarks.figures import NotMeasured
from tests.benchmarks.answering import answering

GET = Sent(request("GET", "/x"))
EMPTY = [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]


def test_a_call_without_a_body_says_nothing_of_one() -> None:
    assert request("GET", "/x") == b"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_a_call_bears_its_token_and_the_length_of_its_body_in_bytes() -> None:
    content = request("POST", "/x", {"nom": "Hénaff"}, token="secret")

    head, _, body = content.partition(b"\r\n\r\n")

    assert b"\r\nAuthorization: Bearer secret\r\n" in head
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert head.endswith(b"\r\nContent-Length: %d" % len(body))
    assert json.loads(body) == {"nom": "Hénaff"}


def test_bytes_are_sent_as_they_are() -> None:
    content = request("PUT", "/x", b"title: x", media_type="application/yaml")
    assert content.endswith(b"Content-Type: application/yaml\r\nContent-Length: 8\r\n\r\ntitle: x")


@pytest.mark.parametrize(
    ("pieces", "body"),
    [
        ([b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab"], b"ab"),
        ([b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 4\r\n\r\nab", b"cd"], b"abcd"),
        ([b"HTTP/1.1 200 OK\r\n\r\n"], b""),
        (
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", b"0\r\n\r\n"],
            b"2\r\nab\r\n0\r\n\r\n",
        ),
    ],
)
def test_an_answer_is_waited_for_to_its_end(pieces: list[bytes], body: bytes) -> None:
    with answering(pieces, EMPTY) as server:
        timing = drive(server.port, [[GET]])
    assert (timing.body, timing.calls, len(timing.latencies)) == (body, 1, 1)


def test_calls_follow_one_another_over_one_connection() -> None:
    with answering(EMPTY, EMPTY, EMPTY) as server:
        timing = drive(server.port, [[GET, Sent(request("GET", "/y")), GET]])
    assert [call.split()[1] for call in server.calls] == [b"/x", b"/y", b"/x"]
    assert timing.calls == 3
    assert 0 < sum(timing.latencies) <= timing.seconds
    assert timing.rate == 3 / timing.seconds


def test_a_call_that_does_not_count_is_made_and_not_timed() -> None:
    with answering(EMPTY, EMPTY) as server:
        timing = drive(server.port, [[GET, Sent(request("DELETE", "/x"), counts=False)]])
    assert (timing.calls, len(timing.latencies)) == (2, 1)


def test_another_status_than_expected_ends_the_measurement() -> None:
    refused = [b"HTTP/1.1 429 No\r\nContent-Length: 4\r\n\r\nslow"]
    with answering(refused) as server, pytest.raises(NotMeasured) as problem:
        drive(server.port, [[GET]])
    assert str(problem.value).startswith(
        "GET /x HTTP/1.1 was to answer 200, and did:\nHTTP/1.1 429"
    )
    assert str(problem.value).endswith("slow")


def test_a_server_that_hangs_up_ends_the_measurement() -> None:
    with answering() as server, pytest.raises(NotMeasured, match="closed the connection"):
        ask(server.port, GET)


def test_a_server_that_does_not_answer_ends_the_measurement() -> None:
    half = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"]
    with answering(half) as server, pytest.raises(NotMeasured, match=r"within 0\.1 s"):
        asyncio.run(exchange(server.port, [[GET]], seconds_to_answer=0.1))


def test_an_answer_is_read_as_json() -> None:
    with answering([b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n", b'{"a": 1}']) as server:
        assert answer_to(server.port, GET) == {"a": 1}


def test_connections_share_the_calls_that_are_spread_over_them() -> None:
    first, second = spread(repeat(GET, 3), 2)
    assert [next(iter(first)), next(iter(second)), *first] == [GET, GET, GET]
    assert list(second) == []


def test_the_turns_of_a_round_are_counted_together() -> None:
    timing = Timing()
    timing.add(Timing(1.0, 2, [0.5, 0.5], b"one"))
    timing.add(Timing(3.0, 2, [1.5], b"two"))
    assert timing == Timing(4.0, 4, [0.5, 0.5, 1.5], b"two")
    assert timing.rate == 1.0
