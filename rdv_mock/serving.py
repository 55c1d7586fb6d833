"""Running the application under uvicorn: start lines, log form, loading, stopping."""

import asyncio
import gc
import json
import logging
import os
import socket
from datetime import UTC, datetime
from types import FrameType

import uvicorn
from typing_extensions import override
from uvicorn.loops.auto import auto_loop_factory
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rdv_mock import paris
from rdv_mock.api.striking import TRANSPORT_KEY
from rdv_mock.api.v1 import V2
from rdv_mock.app import Application, create_application
from rdv_mock.errors import Refusal
from rdv_mock.hints import nearest
from rdv_mock.overlay.bad import BadOverlay
from rdv_mock.scenario.library import list_scenarios
from rdv_mock.settings import Settings
from rdv_mock.store.folder import BadFolder
from rdv_mock.watching import watch
from rdv_mock.world import World

log = logging.getLogger("rdv_mock")

LOOK_FOR_GARBAGE_AFTER = 10_000
"""New objects that are kept: a call keeps some ten, in the journal, and hardly ever a cycle."""
KEEP_ALIVE_SECONDS = 75
"""How long a connection may be idle: who pauses should not find it closed under his next call."""
GRACE_SECONDS = 0.5
"""How long calls under way may take once the server was told to stop: it ends within a second."""
CANNOT_START = 2

Bytes = bytes | bytearray | memoryview


_CONTROLS = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160))}


class ConsoleLines(logging.Formatter):
    """The message alone, on one line: no caller writes lines of his own by what he asks for."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, and the trace of a fault."""
        line = record.getMessage()
        shown = line if line.isprintable() else line.translate(_CONTROLS)
        return f"{shown}\n{self.formatException(record.exc_info)}" if record.exc_info else shown


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if hasattr(record, "milliseconds"):
            line["milliseconds"] = record.milliseconds
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure_logs(settings: Settings) -> None:
    """Log to standard error, in the form that the settings ask for."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else ConsoleLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # not in a line
    log.setLevel(logging.INFO)


class Server(uvicorn.Server):
    """A server for which a signal to stop is a good end."""

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, at once if told twice; uvicorn would let the signal kill the process at the end."""
        self.force_exit = self.should_exit
        self.should_exit = True


class Gathering(asyncio.Transport):
    """A transport that sends at once what belongs together: the head and the body of an answer.

    Each by itself would cost a system call and wake the client. What nobody sends explicitly goes
    with the next turn of the loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._call_soon = loop.call_soon
        self._written: list[Bytes] = []

    @override
    def write(self, data: Bytes) -> None:
        """Send this with what is written next."""
        if not self._written:
            self._call_soon(self.send)
        self._written.append(data)

    def send(self) -> None:
        """Send what was written, unless the connection is lost."""
        if self._written and not self._transport.is_closing():
            self._transport.write(b"".join(self._written))
        self._written.clear()

    @override
    def close(self) -> None:
        """Close the connection once all has been sent."""
        self.send()
        self._transport.close()

    @override
    def abort(self) -> None:
        """Close the connection without a byte."""
        self._written.clear()
        self._transport.abort()

    @override
    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""
        return self._transport.is_closing()

    @override
    def get_extra_info(self, name: str, default: object = None) -> object:
        """What is known of the connection."""
        return self._transport.get_extra_info(name, default)

    @override
    def pause_reading(self) -> None:
        """Let the client wait."""
        self._transport.pause_reading()

    @override
    def resume_reading(self) -> None:
        """Go on reading."""
        self._transport.resume_reading()


class Protocol(HttpToolsProtocol):
    """uvicorn's own, which hands out its transport: an incident may drop the connection."""

    transport: Gathering

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """A client is there."""
        super().connection_made(Gathering(transport, self.loop))

    @override
    def on_response_complete(self) -> None:
        """A call has been answered."""
        self.transport.send()
        super().on_response_complete()

    @override
    def on_message_begin(self) -> None:
        """A call comes in."""
        super().on_message_begin()
        self.scope[TRANSPORT_KEY] = self.transport  # type: ignore[literal-required] # a key of ours


def run(settings: Settings, listener: socket.socket) -> int:
    """Serve on a listening socket until told to stop; the exit code of the process."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        exit_code = runner.run(_serve(settings, listener))
    # An interpreter that ends looks through all objects for a last time, unless they are frozen;
    # it would take longer than all the rest of stopping.
    gc.freeze()
    return exit_code


def new_server(application: Application) -> Server:
    """A server for an application, whatever it then listens on."""
    return Server(
        uvicorn.Config(
            application,
            http=Protocol,
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,  # type: ignore[arg-type] # asyncio takes parts
        )
    )


async def _serve(settings: Settings, listener: socket.socket) -> int:
    configure_logs(settings)
    try:
        application = create_application(settings)
    except BadOverlay as problem:
        for line in problem.lines():
            log.error("rdv-mock: %s", line)  # noqa: TRY400
        listener.close()
        return CANNOT_START
    server = new_server(application)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    loading = asyncio.create_task(asyncio.to_thread(application.load))
    await asyncio.wait([serving, loading], return_when=asyncio.FIRST_COMPLETED)
    if server.should_exit and not loading.done():
        os._exit(0)  # nobody can stop a thread, and what it has not loaded is no loss
    exit_code = 0
    try:
        world = await loading
        settle_memory()
        for line in start_lines(application, world, listener):
            log.info(line)
    except BadFolder as problem:
        log.error("rdv-mock: %s", problem)  # noqa: TRY400
        server.should_exit = True
        exit_code = CANNOT_START
    except Refusal as refusal:
        log.error("rdv-mock: %s", bad_scenario(application, refusal))  # noqa: TRY400
        server.should_exit = True
        exit_code = CANNOT_START
    watching = asyncio.create_task(watch(application)) if settings.watch and not exit_code else None
    await serving
    await asyncio.gather(*server.server_state.tasks)  # calls that are cut off say so
    if watching is not None:
        watching.cancel()
    application.close()
    return exit_code


def settle_memory() -> None:
    """Look for garbage from now on, but never again through what the server stands on.

    That is some hundred thousand objects, and every call would wait while they are walked through.
    """
    gc.freeze()
    gc.set_threshold(LOOK_FOR_GARBAGE_AFTER)
    gc.enable()


def start_lines(application: Application, world: World, listener: socket.socket) -> list[str]:
    """Where everything is, once the scenario is loaded."""
    settings = application.server.settings
    host, port = listener.getsockname()[:2]
    base = (settings.public_url or f"http://{shown_host(host)}:{port}").rstrip("/")
    local = paris.to_local(world.clock.now()).strftime("%Y-%m-%d %H:%M:%S")
    state = "stands still" if world.clock.frozen else "runs"
    return [
        "rdv-mock: simulates RdvPermis and the Livret Numérique, not affiliated with the State",
        f"  RdvPermis      {base}{V2}",
        f"  Livret         {base}{settings.livret_base_path}",
        f"  Swagger UI     {base}/docs",
        f"  control plane  {base}/_mock",
        *([f"  overlay        {settings.overlay}"] if settings.overlay else []),
        f"  scenario       {world.settings.scenario}: {world.settings.title}",
        f"  clock          {local} (Paris), {state}",
    ]


def shown_host(host: str) -> str:
    """An address to listen on, as a browser on this machine takes it."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - shown only
        return "localhost"
    return f"[{host}]" if ":" in host else host


def bad_scenario(application: Application, refusal: Refusal) -> str:
    """What is wrong with the scenario of the settings, in one line."""
    scenario = application.server.settings.scenario
    if not refusal.details:
        names = [one.name for one in list_scenarios(application.server.settings.scenarios)]
        near = nearest(scenario, names)
        hint = f" did you mean {near!r}?" if near else ""
        known = "see `rdv-mock scenarios list`, or give the path of a .yaml or .json file"
        return f"there is no scenario {scenario!r};{hint} {known}"
    first = refusal.details[0]
    line = "" if first.ligne is None else f":{first.ligne}"
    more = len(refusal.details) - 1
    check = f"rdv-mock scenarios check {application.file_of(application.given_name)}"
    rest = f" (and {more} more: `{check}`)" if more else ""
    return " ".join(f"scenario {scenario}{line}: {first.champ} {first.message}{rest}".split())
