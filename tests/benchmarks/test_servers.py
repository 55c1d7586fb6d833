import socket
import sys

import pytest

from benchmarks.client import HOST, Sent, request
from benchmarks.figures import NotMeasured
from benchmarks.servers import Program, application, free_port, serving
from tests.benchmarks.ports import any_port

PROBE = Sent(request("GET", "/"), 201)
BARE = application("bare", "bare", PROBE, "10")


def program(code: str, seconds_to_start: float = 10) -> Program:
    return Program("something", (sys.executable, "-c", code), PROBE, seconds_to_start)


def test_a_server_is_ready_once_it_answers_as_expected_and_can_be_weighed_and_stopped() -> None:
    with serving(BARE, any_port()) as server:
        assert server.seconds_to_ready > 0
        assert 5 < server.resident() <= server.peak() < 500
        seconds, _ = server.stop()
    assert 0 < seconds < 10


def test_a_server_ends_with_the_block_whatever_happens_in_it() -> None:
    with pytest.raises(ZeroDivisionError), serving(BARE, any_port()) as server:
        raise ZeroDivisionError
    assert server.process.returncode is not None


def test_a_server_that_ends_at_once_is_reported_with_what_it_said() -> None:
    with (
        pytest.raises(NotMeasured, match="something ended with code 3; it said:\nno luck"),
        serving(program("print('no luck'); raise SystemExit(3)"), any_port()),
    ):
        pass


def test_a_server_that_is_never_ready_is_reported() -> None:
    sleeps = program("import time; time.sleep(60)", seconds_to_start=0.5)
    with (
        pytest.raises(NotMeasured, match="something was not ready in time"),
        serving(sleeps, any_port()),
    ):
        pass


def test_a_server_that_answers_otherwise_than_expected_is_not_ready() -> None:
    teapot = Program("bare", BARE.command, Sent(request("GET", "/"), 418), 1)
    with pytest.raises(NotMeasured, match="not ready in time"), serving(teapot, any_port()):
        pass


def test_a_server_that_does_not_stop_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.servers.SECONDS_TO_STOP", 0.2)
    deaf = (
        "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "from benchmarks.apps.bare import Constant;"
        "import asyncio, uvicorn;"
        "config = uvicorn.Config(Constant(1), port={port}, lifespan='off');"
        "server = uvicorn.Server(config); server.handle_exit = lambda *_: None;"
        "asyncio.run(server.serve())"
    )
    with (
        serving(program(deaf), any_port()) as server,
        pytest.raises(NotMeasured, match=r"something did not stop within 0\.2 s"),
    ):
        server.stop()


def test_settings_of_the_shell_do_not_reach_a_measured_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RDV_MOCK_SCENARIO", "panier_plein")
    monkeypatch.setenv("PYTHONDEVMODE", "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    shows = "import os, sys; print([n for n in os.environ if 'RDV_' in n], sys.flags)"
    plain = r"\[\] .*dont_write_bytecode=0.*dev_mode=False"
    with pytest.raises(NotMeasured, match=plain), serving(program(shows), any_port()):
        pass


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server((HOST, 0)) as listener:
        taken = listener.getsockname()[1]
        assert taken < free_port(taken) < taken + 100
