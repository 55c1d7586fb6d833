"""What a server leaves that is stopped in the middle of something."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rdv_mock.store import Store, folder
from tests.support import (
    Vendor,
    build_store,
)
from tests.worlds.machine import OTHER, YAML, Machine, arm, declare, lecons_of

Act = Callable[[Vendor], object]
ACTS: list[Act] = [
    lambda anyone: anyone.post("/_mock/reset"),
    lambda anyone: anyone.put("/_mock/scenario", content=OTHER, headers=YAML),
    lambda anyone: anyone.put("/_mock/snapshots/ici"),
    lambda anyone: anyone.post("/_mock/snapshots", json={"name": "ici"}),
    lambda anyone: anyone.post("/_mock/worlds", json={"name": "autre"}),
    lambda anyone: anyone.delete("/_mock/worlds/ancien"),
]
STEPS: list[tuple[Any, str]] = [
    (folder, "_appear"),
    (Path, "replace"),
    (Path, "unlink"),
    (folder, "rmtree"),
    (Store, "replace_with"),
    (Store, "save_extras"),
]


def seen(anyone: Vendor) -> str:
    """All that a world says of itself."""
    paths = ("state", "clock", "incidents", "snapshots", "worlds")
    return json.dumps([anyone.get(f"/_mock/{path}").text for path in paths])


@pytest.mark.parametrize("act", range(len(ACTS)))
def test_what_is_broken_off_leaves_the_old_or_the_new(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, act: int
) -> None:
    with machine.running() as anyone:
        declare(anyone.as_("lea"), 8)
        anyone.post("/_mock/worlds", json={"name": "ancien"})
        anyone.post("/_mock/snapshots", json={"name": "ici"})
        anyone.post("/_mock/clock/advance", json={"by": "PT1M"})
        arm(anyone, status=500, times=1)
        old = seen(anyone)
    whole = machine.data
    machine.kill()
    with machine.running() as anyone:
        ACTS[act](anyone)
        new = seen(anyone)

    for place, step in STEPS:
        machine.data = whole
        machine.kill()
        with machine.running() as anyone:
            with monkeypatch.context() as broken:
                broken.setattr(place, step, _break)
                ACTS[act](anyone)
            machine.kill()
            with machine.running() as later:
                assert seen(later) in {old, new}
                if act == 0:
                    later.post("/_mock/reset")
                    assert len(lecons_of(later.as_("lea"))) == 2


def _break(*_: Any, **__: Any) -> Any:
    raise OSError("No space left on device")


def test_a_commit_that_fails_leaves_nothing_for_the_next_one() -> None:
    with closing(build_store()) as store:
        store.sql.execute("PRAGMA foreign_keys = ON")
        store.sql.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        store.sql.execute("CREATE TABLE b (a REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)")

        with pytest.raises(sqlite3.IntegrityError), store.transaction():
            store.sql.execute("INSERT INTO b VALUES (1)")

        assert not store.sql.in_transaction
        assert store.sql.execute("SELECT COUNT(*) FROM b").fetchone() == (0,)


def test_litter_of_a_server_that_was_killed_is_cleared_away(machine: Machine) -> None:
    with machine.running():
        pass
    machine.file("pristine-7.sqlite").write_text("x")
    machine.file("state.new").write_text("x")
    (machine.data / "worlds" / "inacheve").mkdir()
    machine.file("pristine-1.sqlite", "inacheve").write_text("x")
    (machine.data / "worlds.dropped" / "parti").mkdir(parents=True)
    (machine.data / "worlds" / ".DS_Store").touch()

    with machine.running() as anyone:
        assert machine.names() == {"state.sqlite", "pristine-1.sqlite"}
        assert {path.name for path in machine.data.iterdir()} == {"lock", "worlds"}
        assert anyone.post("/_mock/worlds", json={"name": "inacheve"}).status_code == 201
