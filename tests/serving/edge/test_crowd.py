"""All connections together, and what goes wrong below every call."""

import asyncio
import errno
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from rdv_mock.serving.app import Application
from rdv_mock.serving.edge.crowd import SHARE_THAT_GOES, Crowd
from rdv_mock.serving.edge.limits import MOST_CONNECTIONS
from rdv_mock.testing import running_server
from tests.serving.edge.wire import LAST, exchange


class Connection:
    """One of which it is known how idle it is, and since when."""

    def __init__(self, rank: int | None, since: float) -> None:
        self.rank = rank
        self.since = since
        self.is_gone = False
        self.transport = self.loop = self

    def idleness(self) -> int | None:
        return self.rank

    def abort(self) -> None:
        self.is_gone = True

    def time(self) -> float:
        return 1_000.0


def connections(crowd: Crowd, idleness: list[tuple[int | None, float]]) -> list[Any]:
    """Connections that are open."""
    made: list[Any] = [Connection(rank, since) for rank, since in idleness]
    crowd.connections.update(made)
    return made


def test_nobody_goes_while_there_is_room() -> None:
    crowd = Crowd()
    newcomer, other = connections(crowd, [(0, 2), (0, 1)])

    crowd.make_room(newcomer, descriptor=10)

    assert not other.is_gone


def test_the_silent_go_first_and_of_them_the_oldest() -> None:
    crowd = Crowd()
    newcomer, idle, silent, older, served = connections(
        crowd, [(0, 0), (1, 1), (0, 9), (0, 8), (None, 0)]
    )
    expected = [older, silent, idle, None]

    for goes in expected:
        crowd.make_room(newcomer, descriptor=10**9)
        gone = {id(one) for one in (idle, silent, older, served) if one.is_gone}
        assert gone == {id(one) for one in expected[: expected.index(goes) + 1] if one}
    assert newcomer in crowd.connections
    assert served in crowd.connections


def test_many_connections_are_too_many_whatever_the_descriptors() -> None:
    crowd = Crowd()
    newcomer, *others = connections(crowd, [(0, at) for at in range(MOST_CONNECTIONS + 1)])

    crowd.make_room(newcomer, descriptor=10)

    gone = [one.is_gone for one in others]
    assert gone == sorted(gone, reverse=True)
    assert sum(gone) == 1 + MOST_CONNECTIONS // SHARE_THAT_GOES


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_a_connection_without_a_descriptor_is_one_line(
    number: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def meet() -> None:
        loop = asyncio.get_running_loop()
        Crowd().heed_faults_of(loop)
        for _ in range(3):
            context = {"message": "no luck", "exception": OSError(number, "too many")}
            loop.call_exception_handler(context)

    asyncio.run(meet())

    (record,) = caplog.records
    assert "file descriptors" in record.getMessage()
    assert record.exc_info is None


def test_any_other_fault_is_told_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    async def meet() -> None:
        loop = asyncio.get_running_loop()
        Crowd().heed_faults_of(loop)
        loop.call_exception_handler({"message": "no luck", "exception": OSError(errno.EIO, "")})

    asyncio.run(meet())

    (record,) = caplog.records
    assert record.name == "asyncio"


def test_a_crash_outside_of_every_call_is_answered_as_ours(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(_self: object, _scope: object, _receive: object, _send: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Application, "__call__", crash)
    caplog.set_level(logging.CRITICAL)
    with running_server() as client:
        server: Any = SimpleNamespace(url=client.base_url)
        (answer,) = exchange(server, LAST)

    assert (answer.status, json.loads(answer.body)["code"]) == (500, "ERREUR_INTERNE")
    assert answer.headers["x-rdv-mock"] == "1"
