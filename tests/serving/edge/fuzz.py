"""`make fuzz-edge CASES=50000`: bytes that are HTTP, nearly HTTP or nothing, in any pieces.

Never a 500, never a standstill, never a second answer to one call; as many answers as there are
calls where all of them are well formed.
"""

import re
import sys
import time
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.serving.edge.wire import (
    HEALTH,
    LAST,
    Answer,
    answers_in,
    connect,
    read_all,
    request,
    send,
)
from tests.story.process import ServerProcess, server_process

ROUND = 1_000
"""Cases between two looks at the server's own log, each round with a seed of its own."""
STARTED = 5
"""Lines of the log that say where the server is."""
MOST_SECONDS = 5
"""How long a connection may take that has been sent all that it could wait for."""
SECONDS_OF_SILENCE = 1
"""After how long a connection is taken for one that waits for more."""
CODA = b"\r\n" * 300 + b"!\r\n\r\n"
"""More than any body that is announced here, and then no call: nothing is left to wait for."""

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
HEADERS = (
    "Connection: Upgrade, HTTP2-Settings",
    "Connection: keep-alive",
    "cOnNeCtIoN:\tkeep-alive, UPGRADE",
    "Upgrade: h2c",
    "Upgrade: websocket",
    "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    "Expect: 100-continue",
    "Content-Type: application/json",
    "Origin: http://localhost",
    "X-Empty:",
    "X-Long: " + "a" * 9_000,
)
PATHS = (
    HEALTH,
    "/_mock/clock",
    "/_mock/tokens",
    "/docs",
    "/%00",
    "/w/inconnu/x",
    "/?" + "q" * 4_000,
)
FRAGMENTS = (
    *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b"\x00", b"\xff", b"\r\n "),
    *(b"GET / HTTP/1.1\r\n", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"CONNECT ", b"PRI * "),
    *(b"Content-Length: 7\r\n", b"Transfer-Encoding: chunked\r\n", b"Upgrade: h2c\r\n"),
    *(b"Connection: upgrade\r\n", b"0\r\n\r\n", b"5;x=y\r\n", b"ffffffffff\r\n", b"a" * 70_000),
)


def chunked(body: bytes, cuts: list[int]) -> bytes:
    """A body in chunks."""
    edges = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    chunks = [body[begin:end] for begin, end in pairwise(edges)]
    return b"".join(b"%x;e=1\r\n%b\r\n" % (len(one), one) for one in chunks) + b"0\r\nT: u\r\n\r\n"


@st.composite
def calls(draw: st.DrawFn) -> bytes:
    """One call that is well formed."""
    headers = draw(st.lists(st.sampled_from(HEADERS), max_size=5))
    method = draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]))
    path = draw(st.sampled_from(PATHS))
    body = draw(st.one_of(st.just(b""), st.just(b'{"employe":"lea"}'), st.binary(max_size=200)))
    if not draw(st.booleans()):
        return request(method, path, *headers, body=body)
    cuts = draw(st.lists(st.integers(0, 200), max_size=3))
    content = chunked(body, cuts)
    return request(method, path, *headers, "Transfer-Encoding: chunked", body=content, framed=False)


@st.composite
def in_pieces(draw: st.DrawFn, whole: bytes) -> list[bytes]:
    """The same bytes, cut anywhere."""
    cuts = draw(st.lists(st.integers(0, len(whole)), max_size=4))
    edges = sorted({0, len(whole), *cuts})
    return [whole[begin:end] for begin, end in pairwise(edges)]


@st.composite
def good_streams(draw: st.DrawFn) -> tuple[list[bytes], list[bool]]:
    """Calls that are all well formed, in pieces, and which of them are HEAD."""
    some = draw(st.lists(calls(), min_size=1, max_size=4))
    return draw(in_pieces(b"".join(some) + LAST)), [one.startswith(b"HEAD") for one in some]


@st.composite
def bad_streams(draw: st.DrawFn) -> list[bytes]:
    """Calls in which something was put, replaced or left out; or bytes of any kind."""
    stream = b"".join(draw(st.lists(calls(), max_size=2))) or draw(st.binary(max_size=60))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(stream)))
        gone = draw(st.integers(0, 6))
        put = draw(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=4)))
        stream = stream[:at] + put + stream[at + gone :]
    return draw(in_pieces(stream + CODA))


def received_from(server: ServerProcess, pieces: list[bytes]) -> tuple[bytes, bool]:
    """What comes back, and whether the server has ended the connection."""
    with connect(server, MOST_SECONDS) as connection:
        send(connection, pieces, pause=0.000_2 if len(pieces) > 1 else 0)
        connection.settimeout(SECONDS_OF_SILENCE)
        try:
            return read_all(connection), True
        except TimeoutError:
            return b"", False


def without_interim(received: bytes) -> bytes:
    """The answers alone, without « go on »."""
    return received.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")


def check_each(answers: list[Answer]) -> None:
    """What holds of any answer."""
    for answer in answers:
        assert answer.status < 500, answer
        assert answer.headers["x-rdv-mock"] == "1", answer


def check_good(server: ServerProcess, case: tuple[list[bytes], list[bool]]) -> None:
    """As many answers as calls; what stands in no answer to HEAD is not looked for."""
    pieces, heads = case
    received, is_over = received_from(server, pieces)
    assert is_over, "standstill"
    answers = answers_in(without_interim(received), heads)
    check_each(answers)
    assert len(answers) == len(heads) + 1, answers
    assert answers[-1].status == 200, answers


def check_bad(server: ServerProcess, pieces: list[bytes]) -> None:
    """At most one answer to each call that there could be, and one refusal."""
    stream = b"".join(pieces)
    received, is_over = received_from(server, pieces)
    if not is_over:  # a length was made larger than all that follows
        assert_alive(server)
        return
    is_well_known = b"HEAD" not in stream
    starts = STATUS.findall(without_interim(received))
    assert len(starts) <= stream.count(b"HTTP/1.") + 1, received
    assert not any(status.startswith(b"5") for status in starts), received
    if is_well_known:
        check_each(answers_in(without_interim(received)))


def assert_alive(server: ServerProcess) -> None:
    """Somebody else is answered at once."""
    began = time.monotonic()
    received, _ = received_from(server, [LAST])
    took = time.monotonic() - began
    assert received.startswith(b"HTTP/1.1 200 "), f"no health after {took:.2f} s: {received!r}"
    assert took < MOST_SECONDS, f"standstill of {took:.2f} s"


def run_round(server: ServerProcess, number: int, cases: int) -> None:
    """Half of the cases well formed, half not. Raises AssertionError with the smallest finding."""
    held = settings(
        max_examples=max(1, cases // 2),
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    @seed(number)
    @held
    @given(good_streams())
    def good(case: tuple[list[bytes], list[bool]]) -> None:
        check_good(server, case)

    @seed(number)
    @held
    @given(bad_streams())
    def bad(pieces: list[bytes]) -> None:
        check_bad(server, pieces)

    good()
    bad()
    assert_alive(server)
    faults = [line for line in server.log if "Traceback" in line or "crashed" in line]
    assert not faults, faults


def main(cases: int) -> int:
    """Send so many; 1 when anything was found."""
    done = 0
    with server_process() as server:
        while done < cases:
            try:
                run_round(server, done, min(ROUND, cases - done))
            except AssertionError as finding:
                notes = "\n".join(getattr(finding, "__notes__", ()))
                sys.stdout.write(f"after {done} cases: {finding}\n{notes}\n")
                return 1
            done += ROUND
            del server.log[STARTED:]
    sys.stdout.write(f"{min(done, cases)} cases: no 500, no standstill, no second answer\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
