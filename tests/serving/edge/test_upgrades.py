"""An upgrade that is offered and not taken changes nothing of a call (RFC 9110, 7.8)."""

import json

import pytest

from tests.serving.edge.wire import LAST, exchange, request
from tests.story.process import ServerProcess

ASKED = b'{"employe": "lea"}'
JSON = "Content-Type: application/json"
CHUNKED = b"7;x=1\r\n%b\r\n%x\r\n%b\r\n0\r\nUpgrade: h2c\r\n\r\n" % (
    ASKED[:7],
    len(ASKED) - 7,
    ASKED[7:],
)
H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAA")
OFFERS = {
    "h2c": H2C,
    "websocket": ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
    "in odd case": ("cONNECTION:upGRADE", "uPGRADE:\tTLS/1.0, h2c"),
    "after others": ("Connection: keep-alive, Upgrade, HTTP2-Settings", "Upgrade: h2c"),
    "in two headers": ("Connection: keep-alive", "Upgrade: h2c", "Connection: Upgrade"),
    "twice": ("Upgrade: h2c", "Connection: upgrade", "Upgrade: websocket"),
}


def tokens(*offer: str, chunked: bool = False) -> bytes:
    """A call that offers an upgrade, and has a body."""
    if chunked:
        return request(
            "POST", "/_mock/tokens", *offer, JSON, "Transfer-Encoding: chunked", body=CHUNKED,
            framed=False,
        )  # fmt: skip
    return request("POST", "/_mock/tokens", *offer, JSON, body=ASKED)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_the_body_is_read_and_so_is_the_next_call(
    server: ServerProcess, offer: tuple[str, ...], *, chunked: bool
) -> None:
    call = tokens(*offer, chunked=chunked)

    answers = exchange(server, call + call + LAST)

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert "access_token" in json.loads(answers[1].body)
    assert answers[2].headers["connection"] == "close"


@pytest.mark.parametrize("chunked", [False, True])
def test_wherever_it_is_cut_it_is_one_call_and_one_answer(
    server: ServerProcess, *, chunked: bool
) -> None:
    call = tokens(*H2C, chunked=chunked)

    for cut in range(1, len(call), 3):
        answers = exchange(server, call[:cut], call[cut:] + LAST, pause=0.002)
        assert [answer.status for answer in answers] == [200, 200], cut


def test_byte_by_byte_as_well(server: ServerProcess) -> None:
    whole = tokens(*H2C, chunked=True) + tokens(*H2C) + LAST

    answers = exchange(server, *(whole[at : at + 1] for at in range(len(whole))))

    assert [answer.status for answer in answers] == [200, 200, 200]


def test_a_body_that_looks_like_a_call_is_a_body(server: ServerProcess) -> None:
    inner = request("DELETE", "/_mock/journal")
    head = request("POST", "/_mock/tokens", *H2C, JSON, f"Content-Length: {len(inner)}")

    answers = exchange(server, head, inner, LAST, pause=0.05)

    assert [answer.status for answer in answers] == [400, 200]


def test_a_get_that_offers_is_answered(server: ServerProcess) -> None:
    answers = exchange(server, request("GET", "/_mock/health", *H2C) + LAST)

    assert [answer.status for answer in answers] == [200, 200]


@pytest.mark.parametrize("folded", ["Connection: up\r\n grade", "Connection:\r\n\tUpgrade"])
def test_a_folded_header_is_refused(server: ServerProcess, folded: str) -> None:
    answers = exchange(server, tokens(folded, "Upgrade: h2c") + LAST)

    assert [answer.status for answer in answers] == [400]


def test_nobody_gets_a_tunnel(server: ServerProcess) -> None:
    for target in ("localhost:443", "/_mock/health"):
        answers = exchange(server, request("CONNECT", target) + LAST)
        assert [answer.status for answer in answers] == [400]


def test_nothing_is_logged_of_it(server: ServerProcess) -> None:
    exchange(server, tokens(*OFFERS["websocket"]) + LAST)

    assert not any("WebSocket" in line or "pgrade" in line for line in server.log)


def test_the_journal_tells_the_offer(server: ServerProcess) -> None:
    path = "/api/v2/auto-ecole/paniers"
    *_, told = exchange(
        server,
        request("POST", path, *H2C, JSON, body=b"{}"),
        request("GET", "/_mock/journal?limit=1", "Connection: close"),
        pause=0.05,
    )

    (entry,) = json.loads(told.body)["entries"]
    assert entry["request"]["headers"]["upgrade"] == "h2c"
    assert entry["request"]["body"] == "{}"
