"""The data folder itself: who may use it, and what is wrong with it."""

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import rmtree
from stat import S_IMODE

import pytest
from typer.testing import CliRunner

from rdv_mock.cli import app
from tests.support import (
    CONTRATS,
    contrat,
    refusal_of,
)
from tests.worlds.machine import Machine, declare


def test_nobody_else_reads_what_is_in_the_folder(machine: Machine) -> None:
    machine.data /= "deep/er"
    before = os.umask(0)
    try:
        with machine.running() as anyone:
            declare(anyone.as_("lea"), 8)
            anyone.post("/_mock/snapshots", json={"name": "ici"})
            found = [machine.data, *machine.data.rglob("*")]
            files = {path.name: S_IMODE(path.stat().st_mode) for path in found if path.is_file()}
            folders = {path.name: S_IMODE(path.stat().st_mode) for path in found if path.is_dir()}
    finally:
        os.umask(before)

    assert {"lock", "signing-key.pem", "state.sqlite", "state.sqlite-wal"} <= set(files)
    assert set(files.values()) == {0o600}
    assert folders == {"er": 0o700, "worlds": 0o700, "principal": 0o700}


def test_a_world_is_one_sqlite_file_that_others_may_look_at(machine: Machine) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        with closing(sqlite3.connect(machine.file())) as looking:
            (before,) = looking.execute("SELECT COUNT(*) FROM lecons").fetchone()
            declare(lea, 8)
            (after,) = looking.execute("SELECT COUNT(*) FROM lecons").fetchone()
            (mode,) = looking.execute("PRAGMA journal_mode").fetchone()

    assert (after - before, mode) == (1, "wal")


@pytest.mark.parametrize("below", ["petit.yaml", "petit.yaml/below"])
def test_a_folder_that_cannot_be_written_is_refused(machine: Machine, below: str) -> None:
    machine.data = machine.tmp_path / below

    assert machine.problem().startswith(f"cannot write to {machine.data} (")


def test_a_folder_is_used_by_one_server_at_a_time(machine: Machine) -> None:
    with machine.running():
        assert machine.problem() == (
            f"cannot lock {machine.data / 'lock'} (database is locked); does another server use it?"
        )
    with machine.running():
        pass


def test_the_openapi_document_can_be_exported_while_a_server_runs(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RDV_MOCK_DATA", str(machine.data))
    monkeypatch.setenv("RDV_MOCK_SCENARIO", str(machine.scenario))
    with machine.running():
        exported = CliRunner().invoke(app, ["openapi", "export"])

    assert exported.exit_code == 0, exported.output


def _scribble(path: Path) -> None:
    path.write_bytes(b"not a database, not a key\n" * 100)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _sql(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as sql, sql:
            sql.execute(statement)

    return change


@pytest.mark.parametrize(
    ("name", "spoil", "says"),
    [
        ("worlds/principal/state.sqlite", _scribble, "is damaged"),
        ("worlds/principal/state.sqlite", _truncate, "is damaged"),
        ("worlds/principal/state.sqlite", _empty, "was written by another version"),
        ("worlds/principal/state.sqlite", _sql("DROP TABLE lecons"), "by another version"),
        ("worlds/principal/state.sqlite", _sql("UPDATE settings SET settings = ''"), "validation"),
        ("worlds/principal/state.sqlite", _sql("UPDATE standing SET standing = ''"), "unknown"),
        ("worlds/principal/state.sqlite", Path.unlink, "is missing"),
        ("worlds/principal/pristine-1.sqlite", _scribble, "is damaged"),
        ("worlds/principal/pristine-1.sqlite", Path.unlink, "is missing"),
        ("worlds/principal/snapshot-1.sqlite", _truncate, "is damaged"),
        ("worlds/autre/state.sqlite", _scribble, "is damaged"),
        ("signing-key.pem", _scribble, "is damaged"),
        ("signing-key.pem", _empty, "is damaged"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(
    machine: Machine, name: str, spoil: Callable[[Path], None], says: str
) -> None:
    with machine.running() as anyone:
        anyone.as_("lea")
        anyone.post("/_mock/snapshots", json={"name": "ici"})
        anyone.post("/_mock/worlds", json={"name": "autre"})
    spoil(machine.data / name)

    problem = machine.problem()

    assert problem.startswith(f"{machine.data / name} ")
    assert says in problem
    assert "\n" not in problem
    with machine.running(reset=True):
        pass


def test_an_empty_folder_that_is_there_already_will_do(machine: Machine) -> None:
    machine.data.mkdir()
    (machine.data / "lost+found").mkdir()

    with machine.running() as anyone:
        anyone.as_("lea").post(CONTRATS, json=contrat())
    rmtree(machine.data / "lost+found")
    with machine.running() as anyone:
        assert anyone.world.store.contrats_de_formation.count() == 4


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """A disk on which no file grows further than so many bytes: as good as a full one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 4_096, 65_536])
def test_a_full_disk_is_told_in_one_line_at_start_and_at_a_restart(
    machine: Machine, size: int
) -> None:
    with no_file_beyond(size):
        problem = machine.problem()
    assert "disk" in problem
    assert "\n" not in problem

    with machine.running():
        pass
    with no_file_beyond(0):
        problem = machine.problem()
    assert "disk" in problem
    assert "\n" not in problem
    with machine.running():
        pass


def test_a_disk_that_fills_up_refuses_what_is_written_and_nothing_else(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    many = [
        {"ref": f"n{i}", "nom": "N", "prenom": "p" * 900, "numeroDossier": str(i)}
        for i in range(900)
    ]
    with machine.running() as anyone:
        before = anyone.get("/_mock/state").text
        anyone.world.store.sql.execute("PRAGMA max_page_count = 1")  # as many as it has

        refused = anyone.patch("/_mock/state", json={"candidats": many})

        assert refusal_of(refused) == (503, "STOCKAGE_INDISPONIBLE")
        assert refused.json()["details"] == [
            {"champ": "serveur", "message": "le disque du serveur est plein"}
        ]
        (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert "PATCH /_mock/state: the disk is full" in line.getMessage()
        assert line.exc_info is None
        assert anyone.get("/_mock/state").text == before
        anyone.world.store.sql.execute("PRAGMA max_page_count = 100000")
        assert anyone.patch("/_mock/state", json={"candidats": many}).status_code == 200


def test_a_world_that_the_disk_has_no_place_for_leaves_nothing(machine: Machine) -> None:
    with machine.running() as anyone:
        with no_file_beyond(65_536):
            refused = anyone.post("/_mock/worlds", json={"name": "autre"})
            kept = anyone.post("/_mock/snapshots", json={"name": "avant"})
            loaded = anyone.put("/_mock/scenario", json={"name": "demonstration"})

        for answer in (refused, kept, loaded):
            assert refusal_of(answer) == (503, "STOCKAGE_INDISPONIBLE")
            assert "disque" in answer.json()["details"][0]["message"]
        assert not machine.file(world="autre").parent.exists()
        assert machine.names() == {"state.sqlite", "pristine-1.sqlite"}
        assert anyone.post("/_mock/worlds", json={"name": "autre"}).status_code == 201
        assert anyone.get("/_mock/health").json()["scenario"] == "petit"


def test_a_fact_that_is_damaged_is_told_so_in_one_line(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        anyone.world.store.sql.execute("UPDATE lecons SET date_heure_debut = '2026-03-:7'")
        anyone.world.store.sql.commit()

        refused = lea.get(f"{CONTRATS}/{lea.id_of('k1')}/lecons/{lea.id_of('l1')}")

    assert refusal_of(refused) == (503, "STOCKAGE_INDISPONIBLE")
    assert refused.json()["details"] == [
        {"champ": "serveur", "message": "l'état de ce monde est endommagé sur le disque"}
    ]
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "the state is damaged" in line.getMessage()
    assert line.exc_info is None


@pytest.mark.parametrize("table", ["standing", "settings"])
def test_a_state_whose_standing_cannot_be_read_is_told_so_at_start(
    machine: Machine, table: str
) -> None:
    with machine.running():
        pass
    with closing(sqlite3.connect(machine.file())) as sql:
        sql.execute(f"UPDATE {table} SET {table} = CAST(x'7bff' AS TEXT)")
        sql.commit()

    assert "damaged" in machine.problem()
