"""Servers that run one after the other on one data folder.

A killed server leaves a copy of its folder, taken between two calls.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from rdv_mock.clock import Now, real_now
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from rdv_mock.store.folder import BadFolder
from tests.support import (
    CONTRATS,
    SMALL,
    Vendor,
    instant,
    lecon,
)

START = "2026-03-10T08:00:00Z"
REAL = instant("2031-07-14T10:00:00.123456Z")
RUNNING = SMALL.replace(
    "{now: 2026-03-10T09:00:00+01:00}", "{now: 2026-03-10T09:00:00+01:00, frozen: false}"
)
OTHER = "title: Autre\nclock: {now: 2027-01-01T00:00:00Z}"
YAML = {"Content-Type": "application/yaml"}


class Watch:
    """Real time, as the test sets it."""

    def __init__(self) -> None:
        self.shows = REAL

    def __call__(self) -> datetime:
        return self.shows


class Machine:
    """Where servers run one after the other, each on what the one before has left."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.data = tmp_path / "data"
        self.scenario = tmp_path / "petit.yaml"
        self.scenario.write_text(SMALL)
        self._copies = count(1)

    @contextmanager
    def running(self, *, real: Now = real_now, **settings: Any) -> Iterator[Vendor]:
        """A server on the folder, and somebody without a token."""
        given = {"data": self.data, "scenario": str(self.scenario), **settings}
        application = create_application(Settings(**given), real=real)
        try:
            application.load()
            yield Vendor(application)
        finally:
            application.close()

    def kill(self) -> None:
        """Go on with the folder as it is at this moment."""
        copy = self.tmp_path / f"data-{next(self._copies)}"
        copytree(self.data, copy)
        self.data = copy

    def file(self, name: str = "state.sqlite", world: str = "principal") -> Path:
        return self.data / "worlds" / world / name

    def names(self, world: str = "principal") -> set[str]:
        """The files of a world, but for what SQLite keeps beside them."""
        names = {path.name for path in self.file().parent.parent.joinpath(world).iterdir()}
        return {name for name in names if not name.endswith(("-wal", "-shm"))}

    def problem(self, **settings: Any) -> str:
        """Why a server does not start."""
        with pytest.raises(BadFolder) as problem, self.running(**settings):
            pass
        return str(problem.value)


def declare(vendor: Vendor, hour: int) -> str:
    """A leçon upon the first contrat; its id."""
    path = f"{CONTRATS}/{vendor.id_of('k1')}/lecons"
    answer = vendor.post(path, json=lecon(dateHeureDebut=f"2026-03-02T{hour:02}:00:00"))
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


def lecons_of(vendor: Vendor) -> list[str]:
    """The ids of the leçons upon the first contrat."""
    path = f"{CONTRATS}/{vendor.id_of('k1')}/lecons"
    return [one["id"] for one in vendor.get(path).json()]


def again(known: Vendor, anyone: Vendor) -> Vendor:
    """The same vendor, with the same token, before another server."""
    vendor = Vendor(anyone.application, known.prefix)
    vendor.headers = known.headers
    return vendor


def arm(vendor: Vendor, **incident: Any) -> str:
    armed = vendor.post("/_mock/incidents", json=incident)
    assert armed.status_code == 201, armed.text
    id_: str = armed.json()["id"]
    return id_


def clock_of(vendor: Vendor) -> tuple[str, bool]:
    clock = vendor.get("/_mock/clock").json()
    return clock["now"], clock["frozen"]
