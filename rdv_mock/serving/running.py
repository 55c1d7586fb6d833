"""Running the application under uvicorn: start lines, loading, stopping."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from types import FrameType

import uvicorn
from typing_extensions import override
from uvicorn.loops.auto import auto_loop_factory

from rdv_mock import paris
from rdv_mock.api.v1 import V2
from rdv_mock.errors import Refusal
from rdv_mock.hints import nearest
from rdv_mock.http.aside import is_anybody_working
from rdv_mock.memory import finish_start, leave
from rdv_mock.overlay.bad import BadOverlay
from rdv_mock.scenario.library import list_scenarios
from rdv_mock.serving.app import Application, create_application
from rdv_mock.serving.edge.crowd import Crowd
from rdv_mock.serving.edge.limits import KEEP_ALIVE_SECONDS
from rdv_mock.serving.edge.protocol import Protocol
from rdv_mock.serving.logs import configure_logs
from rdv_mock.serving.watching import watch
from rdv_mock.settings import Settings
from rdv_mock.store.folder import BadFolder
from rdv_mock.worlds.world import World

log = logging.getLogger("rdv_mock")

GRACE_SECONDS = 0.5
"""Time for calls under way after a signal to stop: the server ends within a second."""
SECONDS_TO_ONESELF = 0.001
"""How long who works in a thread may keep the interpreter while a call waits for it: each of the
few times in which the loop gives it back for a moment."""
CANNOT_START = 2
TICKS = 5
"""Ticks of uvicorn, of 0.1 s each, from one look at all connections to the next."""


class UvicornServer(uvicorn.Server):
    """A server that ends well on a signal, and whose connections have limits."""

    server_state: Crowd

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state = Crowd()
        self._end_ticking: Callable[[], object] = lambda: None

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; a shortage of descriptors does not end it."""
        self.server_state.heed_faults_of(asyncio.get_running_loop())
        await super().startup(sockets)

    @override
    async def main_loop(self) -> None:
        """Tick until told to stop, and end without the last tick: it takes as long as the rest."""
        ticking = asyncio.create_task(super().main_loop())
        loop = asyncio.get_running_loop()
        self._end_ticking = partial(loop.call_soon_threadsafe, ticking.cancel)
        await asyncio.wait([ticking])
        if not ticking.cancelled():
            ticking.result()

    @override
    async def on_tick(self, counter: int) -> bool:
        """Look at all connections now and then; return whether to end."""
        if counter % TICKS == 0:
            self.server_state.look_after(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, at once if told twice; uvicorn would let the signal kill the process at the end."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._end_ticking()


def run(settings: Settings, listener: socket.socket) -> int:
    """Serve on a listening socket until a signal comes; return the exit code of the process."""
    sys.setswitchinterval(SECONDS_TO_ONESELF)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        exit_code = runner.run(_serve(settings, listener))
    leave()
    return exit_code


def new_server(application: Application, listener: socket.socket) -> UvicornServer:
    """A server for an application on a listening socket."""
    application.server.is_local = is_local(listener)
    return UvicornServer(
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
    server = new_server(application, listener)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    loading = asyncio.create_task(asyncio.to_thread(application.load))
    await asyncio.wait([serving, loading], return_when=asyncio.FIRST_COMPLETED)
    if server.should_exit and not loading.done():
        os._exit(0)  # nobody can stop a thread, and what it has not loaded is no loss
    exit_code = 0
    try:
        world = await loading
        finish_start()
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
    if watching is not None:
        watching.cancel()
    if calls := server.server_state.tasks:
        await asyncio.wait(calls, timeout=GRACE_SECONDS / 2)  # those that are cut off say so
    if is_anybody_working():
        os._exit(exit_code)  # as above: nobody was answered
    application.close()
    return exit_code


_OPEN = (
    "  open           it listens beyond this machine, and whoever reaches it steers it:"
    " RDV_MOCK_ADMIN_TOKEN shuts the control plane",
)


def start_lines(application: Application, world: World, listener: socket.socket) -> list[str]:
    """The lines that say where everything is, once the scenario is loaded."""
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
        *(_OPEN if settings.admin_token is None and not is_local(listener) else ()),
    ]


def is_local(listener: socket.socket) -> bool:
    """Whether only this machine can call."""
    address = ip_address(listener.getsockname()[0].partition("%")[0])
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def shown_host(host: str) -> str:
    """The host of a listening address, in the form that a browser on this machine accepts."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - shown only
        return "localhost"
    return f"[{host}]" if ":" in host else host


def bad_scenario(application: Application, refusal: Refusal) -> str:
    """One line that says what is wrong with the scenario of the settings."""
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
