"""Scenarios are loaded again when their files change; a typo keeps the last good version."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path

from rdv_mock.errors import Refusal
from rdv_mock.http.aside import aside
from rdv_mock.scenario.library import files_of, read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.serving.app import Application

log = logging.getLogger("rdv_mock")

SECONDS_BETWEEN_LOOKS = 0.5

Versions = Mapping[Path, tuple[int, int]]
"""For each file, the time of its last change and its size."""


async def watch(application: Application, *, every: float = SECONDS_BETWEEN_LOOKS) -> None:
    """Watch the folder of scenarios and the file with which the server began, without end."""
    own = application.file_of(application.principal.begun_as)
    folder = application.server.settings.scenarios
    seen = _look(folder, own)
    while True:
        await asyncio.sleep(every)
        now = _look(folder, own)
        for path in now:
            if now[path] == seen.get(path):
                continue
            try:
                await reload(application, path)
            except Exception:
                log.exception("%s cannot be loaded; the last good version stays", path)
        seen = {**seen, **now}


def _look(folder: Path | None, own: Path | None) -> Versions:
    """The versions of the watched files now; a file that is being replaced is left out."""
    versions = {}
    for path in {path.resolve() for path in (*files_of(folder), *filter(None, [own]))}:
        with contextlib.suppress(OSError):
            status = path.stat()
            versions[path] = status.st_mtime_ns, status.st_size
    return versions


async def reload(application: Application, path: Path) -> None:
    """Read a file again, and load it into the principal world if that world is of this scenario.

    Worlds under `/w/…` stay as they are, since a test may be running in them. A wrong file changes
    nothing.
    """
    server = application.server
    try:
        pristine = await aside(
            lambda: load_scenario(read_file(path), name=path.stem, now=server.real())
        )
    except Refusal as refusal:
        first = refusal.details[0]
        line = "" if first.ligne is None else f":{first.ligne}"
        log.warning("%s%s: %s %s (the last good version stays)", path, line, *first[:2])
        return
    world = application.principal
    async with world.lock:
        its_file = application.file_of(world.settings.scenario)
        if its_file is None or its_file.resolve() != path.resolve():
            pristine.close()
            log.info("%s has changed: good, and the world is of another one", path)
            return
        await aside(world.load, pristine)
    log.info("%s has changed: loaded again, tokens are new", path)
