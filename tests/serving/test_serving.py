"""How answers leave: what belongs together is sent at once; and how a server ends."""

import asyncio
import signal
from collections.abc import Callable

import pytest
import uvicorn
from typing_extensions import override

from rdv_mock.serving.running import UvicornServer
from rdv_mock.serving.transport import Bytes, Gathering


class Wire(asyncio.Transport):
    """A connection that notes what is done with it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 4_000)})
        self.seen: list[Bytes | str] = []
        self.is_lost = False

    @override
    def write(self, data: Bytes) -> None:
        self.seen.append(data)

    @override
    def close(self) -> None:
        self.seen.append("close")

    @override
    def abort(self) -> None:
        self.seen.append("abort")

    @override
    def is_closing(self) -> bool:
        return self.is_lost

    @override
    def pause_reading(self) -> None:
        self.seen.append("pause")

    @override
    def resume_reading(self) -> None:
        self.seen.append("resume")


def on_a_wire(act: Callable[[Gathering, Wire], None]) -> list[Bytes | str]:
    """What a connection sees when this is done within one turn of the loop, and one turn later."""

    async def turn() -> list[Bytes | str]:
        wire = Wire()
        act(Gathering(wire, asyncio.get_running_loop()), wire)
        at_once = len(wire.seen)
        await asyncio.sleep(0)
        return [*wire.seen[:at_once], "later", *wire.seen[at_once:]]

    return asyncio.run(turn())


def write_twice(transport: Gathering) -> None:
    transport.write(b"head")
    transport.write(b"body")


def test_head_and_body_of_an_answer_are_sent_at_once() -> None:
    def answer(transport: Gathering, _: Wire) -> None:
        write_twice(transport)
        transport.send()

    assert on_a_wire(answer) == [b"headbody", "later"]


def test_what_nobody_sends_goes_with_the_next_turn() -> None:
    assert on_a_wire(lambda transport, _: write_twice(transport)) == ["later", b"headbody"]


def test_a_connection_is_closed_once_all_has_been_sent() -> None:
    def end(transport: Gathering, _: Wire) -> None:
        write_twice(transport)
        transport.close()

    assert on_a_wire(end) == [b"headbody", "close", "later"]


def test_a_connection_that_is_dropped_sends_nothing() -> None:
    def drop(transport: Gathering, _: Wire) -> None:
        write_twice(transport)
        transport.abort()

    assert on_a_wire(drop) == ["abort", "later"]


def test_nothing_is_sent_over_a_connection_that_is_lost() -> None:
    def lose(transport: Gathering, wire: Wire) -> None:
        write_twice(transport)
        wire.is_lost = True
        assert transport.is_closing()

    assert on_a_wire(lose) == ["later"]


@pytest.mark.parametrize(
    ("act", "seen"), [("pause_reading", "pause"), ("resume_reading", "resume")]
)
def test_a_client_may_be_made_to_wait(act: str, seen: str) -> None:
    assert on_a_wire(lambda transport, _: getattr(transport, act)()) == [seen, "later"]


def test_it_is_known_who_is_at_the_other_end() -> None:
    def ask(transport: Gathering, _: Wire) -> None:
        assert transport.get_extra_info("peername") == ("192.0.2.1", 4_000)

    assert on_a_wire(ask) == ["later"]


class Ticking(UvicornServer):
    """A server that notes its ticks, which may fail."""

    fault: Exception | None = None

    def __init__(self) -> None:
        super().__init__(uvicorn.Config("unused"))
        self.ticks: list[int] = []

    @override
    async def on_tick(self, counter: int) -> bool:
        self.ticks.append(counter)
        if self.fault is not None:
            raise self.fault
        return await super().on_tick(counter)


def test_a_server_that_is_told_to_stop_does_not_wait_for_its_next_tick() -> None:
    server = Ticking()

    async def serve() -> None:
        asyncio.get_running_loop().call_later(0.01, server.handle_exit, signal.SIGTERM, None)
        await server.main_loop()

    asyncio.run(serve())
    assert server.should_exit
    assert not server.force_exit
    assert server.ticks == [0]


def test_a_server_that_was_told_to_stop_while_it_started_does_not_begin_to_tick() -> None:
    server = Ticking()
    server.handle_exit(signal.SIGTERM, None)

    asyncio.run(server.main_loop())
    assert server.ticks == [0]


def test_a_tick_that_fails_is_a_fault_of_the_server() -> None:
    server = Ticking()
    server.fault = OSError("no clock")

    with pytest.raises(OSError, match="no clock"):
        asyncio.run(server.main_loop())
