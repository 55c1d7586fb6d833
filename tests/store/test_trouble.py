import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.store.trouble import Damaged, Trouble, trouble_of


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
        yield connection


def test_a_disk_without_place_is_full(sql: sqlite3.Connection) -> None:
    sql.execute("PRAGMA max_page_count = 4")

    with pytest.raises(sqlite3.OperationalError) as problem:
        sql.executemany("INSERT INTO t VALUES (?)", [(str(i) * 900,) for i in range(99)])

    assert trouble_of(problem.value) is Trouble.FULL


def test_a_file_that_cannot_be_opened_is_the_disks_trouble(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as problem:
        sqlite3.connect(tmp_path / "nobody" / "a.sqlite")

    assert trouble_of(problem.value) is Trouble.DISK


def test_where_no_file_can_be_opened_descriptors_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    with pytest.raises(sqlite3.OperationalError) as problem:
        sqlite3.connect(tmp_path / "nobody" / "a.sqlite")
    monkeypatch.setattr(os, "open", refuse)

    assert trouble_of(problem.value) is Trouble.DESCRIPTORS


def test_a_file_that_is_none_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"x" * 9_000)

    with (
        closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection,
        pytest.raises(sqlite3.DatabaseError) as problem,
    ):
        connection.execute("SELECT * FROM t")

    assert trouble_of(problem.value) is Trouble.DAMAGED


def test_a_text_that_is_none_is_damaged(sql: sqlite3.Connection) -> None:
    sql.execute("INSERT INTO t VALUES (CAST(x'ff' AS TEXT))")

    with pytest.raises(sqlite3.OperationalError) as problem:
        sql.execute("SELECT id FROM t").fetchall()

    assert trouble_of(problem.value) is Trouble.DAMAGED


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (errno.ENOSPC, Trouble.FULL),
        (errno.EDQUOT, Trouble.FULL),
        (errno.EFBIG, Trouble.FULL),
        (errno.EIO, Trouble.DISK),
        (errno.EROFS, Trouble.DISK),
        (errno.EMFILE, Trouble.DESCRIPTORS),
        (errno.ENFILE, Trouble.DESCRIPTORS),
        (errno.ECONNRESET, None),
    ],
)
def test_the_operating_system_says_what_it_lacks(code: int, trouble: Trouble | None) -> None:
    assert trouble_of(OSError(code, os.strerror(code))) is trouble


def test_a_fault_of_ours_is_none(sql: sqlite3.Connection) -> None:
    sql.execute("INSERT INTO t VALUES ('a')")
    with pytest.raises(sqlite3.IntegrityError) as twice:
        sql.execute("INSERT INTO t VALUES ('a')")
    with pytest.raises(sqlite3.OperationalError) as no_table:
        sql.execute("SELECT * FROM u")

    assert trouble_of(Damaged("x")) is Trouble.DAMAGED
    for problem in (
        twice.value,
        no_table.value,
        sqlite3.ProgrammingError("Recursive use of cursors not allowed."),
        ValueError("x"),
        Refusal(ApiError.CRENEAU_INCONNU),
    ):
        assert trouble_of(problem) is None
