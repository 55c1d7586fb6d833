"""Loading the scenario again when its file changes; a typo keeps the last good version."""

import asyncio
import logging
from pathlib import Path

from rdv_mock.app import Application
from rdv_mock.errors import Refusal
from rdv_mock.scenario.library import read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.world import PRINCIPAL

log = logging.getLogger("rdv_mock")

SECONDS_BETWEEN_LOOKS = 0.5


async def watch(application: Application, *, every: float = SECONDS_BETWEEN_LOOKS) -> None:
    """Look at the file of the scenario for ever, and load it again whenever it changes."""
    path = application.scenario_path()
    seen = _version(path)
    while True:
        await asyncio.sleep(every)
        now = _version(path)
        if now not in {seen, None}:
            seen = now
            await reload(application, path)


def _version(path: Path) -> tuple[int, int] | None:
    """What tells one version of a file from another; None while it is being replaced."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


async def reload(application: Application, path: Path) -> None:
    """Become the world of the file as it is now, unless something is wrong with it.

    A world that was told meanwhile to be another scenario's stays so.
    """
    server = application.server
    world = server.worlds[PRINCIPAL]
    if world.settings.scenario != path.stem:
        return
    try:
        pristine = await asyncio.to_thread(
            lambda: load_scenario(read_file(path), name=path.stem, now=server.real())
        )
    except Refusal as refusal:
        first = refusal.details[0]
        line = "" if first.ligne is None else f":{first.ligne}"
        log.warning("%s%s: %s %s; the last good version stays", path, line, *first[:2])
        return
    async with world.lock:
        world.load(pristine)
    log.info("%s has changed: loaded again, tokens are new", path)
