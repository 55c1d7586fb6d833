"""Running the application under uvicorn: start lines, log form, loading, stopping."""

import asyncio
import contextlib
import json
import logging
import socket
from datetime import UTC, datetime

import uvicorn
from typing_extensions import override

from rdv_mock import paris
from rdv_mock.app import Application, create_application
from rdv_mock.errors import Refusal
from rdv_mock.settings import Settings
from rdv_mock.world import World

log = logging.getLogger("rdv_mock")

GRACE_SECONDS = 1
"""How long calls under way may take once the server was told to stop."""
BAD_SCENARIO = 2


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
    if settings.log_format == "json":
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)


async def serve(settings: Settings, listener: socket.socket) -> int:
    """Serve on a bound socket until told to stop; the exit code of the process."""
    configure_logs(settings)
    application = create_application(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            lifespan="off",
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    exit_code = 0
    try:
        world = await asyncio.to_thread(application.load)
        for line in start_lines(application, world, listener):
            log.info(line)
    except Refusal as refusal:
        log.error("rdv-mock: %s", bad_scenario(settings.scenario, refusal))  # noqa: TRY400
        server.should_exit = True
        exit_code = BAD_SCENARIO
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    application.close()
    return exit_code


def start_lines(application: Application, world: World, listener: socket.socket) -> list[str]:
    """Where everything is, once the scenario is loaded."""
    settings = application.server.settings
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104 - shown only
    base = (settings.public_url or f"http://{shown}:{port}").rstrip("/")
    local = paris.to_local(world.clock.now()).strftime("%Y-%m-%d %H:%M:%S")
    state = "stands still" if world.clock.frozen else "runs"
    return [
        "rdv-mock: a simulator of the Livret Numérique, not affiliated with the State",
        f"  API            {base}{settings.livret_base_path}",
        f"  Swagger UI     {base}/docs",
        f"  control plane  {base}/_mock",
        f"  scenario       {world.settings.scenario}: {world.settings.title}",
        f"  clock          {local} (Paris), {state}",
    ]


def bad_scenario(scenario: str, refusal: Refusal) -> str:
    """What is wrong with the scenario of the settings, in one line."""
    if not refusal.details:
        return f"there is no scenario {scenario!r}; see `rdv-mock scenarios list`, or give a path"
    first = refusal.details[0]
    line = "" if first.ligne is None else f":{first.ligne}"
    more = len(refusal.details) - 1
    rest = f" (and {more} more: `rdv-mock scenarios check {scenario}`)" if more else ""
    return f"scenario {scenario}{line}: {first.champ} {first.message}{rest}"
