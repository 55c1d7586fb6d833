"""The database of a world: its tables, its settings, and the counters of its ids."""

import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import TypeAdapter

from rdv_mock.chance import seeded_id
from rdv_mock.facts.access import SWAGGER_UI
from rdv_mock.facts.candidat import fold
from rdv_mock.facts.world import WorldSettings
from rdv_mock.store.dossiers import Dossiers
from rdv_mock.store.forgetting import forget
from rdv_mock.store.logins import Logins
from rdv_mock.store.table import Table, write_datetime, write_instant_of
from rdv_mock.store.tables import Tables

_SETTINGS = TypeAdapter(WorldSettings)

_EXTRAS, _SPENT = 1, 2
"""The rows of what is written beside the tables: extras, and spent incidents."""
_MUCH = 1_000
"""Pages that were written, after which the next commit would bring all to their place, and keep
everybody waiting: SQLite's own `wal_autocheckpoint`."""


class Store(Tables):
    """One world's database. Use `Store.new(…)`, or `copy()` of one that exists.

    It is in memory, or in the file at `path`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._holders = 1
        self._holding = Lock()
        self._catch_up_writes = 0
        self.sql = sqlite3.connect(path or ":memory:", check_same_thread=False)
        self._cursor = self.sql.cursor()
        self.sql.create_function("fold", 1, fold, deterministic=True)
        self.sql.create_function("instant", 1, write_instant_of, deterministic=True)
        super().__init__(self.sql)

    @classmethod
    def new(cls, settings: WorldSettings, *, now: datetime) -> "Store":
        """Make an empty world with these settings, where nothing is due by now."""
        store = cls()
        store.create()
        store.save_settings(settings)
        store.save_caught_up_until(now)
        store.clients.save(SWAGGER_UI)
        return store

    def create(self) -> None:
        """Make all tables."""
        from sqlite_utils import Database  # noqa: PLC0415 - a server that goes on has them already

        db = Database(self.sql, recursive_triggers=False)
        for table in self.tables:
            table.create(db)
        self.sql.execute("CREATE TABLE counters (kind TEXT PRIMARY KEY, count INTEGER NOT NULL)")
        self.sql.execute("CREATE TABLE settings (settings TEXT NOT NULL)")
        self.sql.execute("INSERT INTO settings VALUES ('')")
        self.sql.execute("CREATE TABLE lived (until TEXT NOT NULL)")
        self.sql.execute("CREATE TABLE standing (standing TEXT NOT NULL)")
        self.sql.execute("INSERT INTO standing (rowid, standing) VALUES (?, '')", (_EXTRAS,))

    def copy(self) -> "Store":
        """Copy into a database in memory. Raises RuntimeError in the middle of a transaction."""
        if self.sql.in_transaction:
            raise RuntimeError("a store can only be copied between transactions")
        store = Store()
        self.sql.backup(store.sql)
        return store

    def sync(self) -> None:
        """Bring what was committed to the disk itself, so that a power cut leaves it there."""
        self.sql.execute("PRAGMA wal_checkpoint").fetchone()

    def replace_with(self, other: "Store") -> None:
        """Replace all content by that of another store, in one transaction, on disk too."""
        other.sql.backup(self.sql)
        (pages,) = self.sql.execute("PRAGMA page_count").fetchone()
        if pages > _MUCH:
            self.sync()
        for table in self.tables:
            table.writes += 1
        self._catch_up_writes += 1

    def share(self) -> "Store":
        """Give the store to one more holder; the last one to close it frees its memory."""
        with self._holding:
            self._holders += 1
        return self

    def close(self) -> None:
        """Free the memory, unless another holder is left."""
        with self._holding:
            self._holders -= 1
            if not self._holders:
                self.sql.close()

    @property
    def dossiers(self) -> Dossiers:
        """What is known of candidats."""
        return Dossiers(self)

    @property
    def logins(self) -> Logins:
        """Who has logged in, and what he was given."""
        return Logins(self)

    def transaction(self) -> AbstractContextManager[object]:
        """Commit all that is written inside, or nothing if an exception leaves it."""
        return self.sql

    @property
    def access_writes(self) -> int:
        """Count the writes that decide who a caller is."""
        return (
            self.tokens.writes + self.baux.writes + self.employes.writes + self.auto_ecoles.writes
        )

    @property
    def event_writes(self) -> int:
        """Count the writes that decide what happens next by itself."""
        return (
            self._catch_up_writes
            + self.tokens.writes
            + self.sessions.writes
            + self.authorization_codes.writes
            + self.baux.writes
            + self.paniers.writes
            + self.etapes_de_demande.writes
            + self.mandats.end_writes
            + self.examens.writes
            + self.creneaux.writes
            + self.centres.writes
            + self.prises.writes
        )

    def settings(self) -> WorldSettings:
        """Read the settings of the world."""
        row = self.sql.execute("SELECT settings FROM settings").fetchone()
        return _SETTINGS.validate_json(row[0])

    def save_settings(self, settings: WorldSettings) -> None:
        """Write the settings of the world."""
        written = _SETTINGS.dump_json(settings).decode()
        self.sql.execute("UPDATE settings SET settings = ?", (written,))

    def caught_up_until(self) -> datetime:
        """Read the instant up to which everything due has happened."""
        (until,) = self.sql.execute("SELECT until FROM lived").fetchone()
        return datetime.fromisoformat(until)

    def save_caught_up_until(self, until: datetime) -> None:
        """Write the instant up to which everything due has happened."""
        self._catch_up_writes += 1
        self.sql.execute("DELETE FROM lived")
        self.sql.execute("INSERT INTO lived VALUES (?)", (write_datetime(until),))

    def extras(self) -> str:
        """What of the world the tables do not hold, as it was written."""
        return self._written(_EXTRAS) or ""

    def spent_incidents(self) -> str | None:
        """Read the spent incidents, as text, if they were ever written."""
        return self._written(_SPENT)

    def save_extras(self, extras: str, spent: str | None = None) -> None:
        """Write what the tables do not hold, at once or with the transaction that is under way.

        Without `spent` the spent incidents stay as written, as a struck call wants it.
        """
        under_way = self.sql.in_transaction
        self._write(_EXTRAS, extras)
        if spent is not None:
            self._write(_SPENT, spent)
        if not under_way:
            self.sql.commit()

    def _written(self, row: int) -> str | None:
        found = self.sql.execute("SELECT standing FROM standing WHERE rowid = ?", (row,)).fetchone()
        return None if found is None else str(found[0])

    def _write(self, row: int, text: str) -> None:
        """Write a row beside the tables, unless its text is the same."""
        self.sql.execute(
            "INSERT INTO standing (rowid, standing) VALUES (?1, ?2) ON CONFLICT (rowid)"
            " DO UPDATE SET standing = excluded.standing WHERE standing <> excluded.standing",
            (row, text),
        )

    def new_id(self, table: Table[Any], *, seed: int) -> str:
        """Make the next id of a kind; an id that is taken is skipped."""
        while True:
            count = self._next_count(table.name)
            id_ = seeded_id(seed, table.name, f"#{count}")
            if not table.has(id_):
                return id_

    def _next_count(self, kind: str) -> int:
        """Count one more, in two plain statements: they take less time than one with RETURNING."""
        find = "SELECT count FROM counters WHERE kind = ?"
        counted: tuple[int] | None = self._cursor.execute(find, (kind,)).fetchone()
        count = 1 if counted is None else counted[0] + 1
        self._cursor.execute("REPLACE INTO counters VALUES (?, ?)", (kind, count))
        return count

    def counters(self) -> dict[str, int]:
        """Count the ids of each kind that were handed out."""
        return dict(self.sql.execute("SELECT kind, count FROM counters ORDER BY kind").fetchall())

    def save_counters(self, counters: Mapping[str, int]) -> None:
        """Write the counters of another state of this world."""
        self.sql.executemany("REPLACE INTO counters VALUES (?, ?)", counters.items())

    def forget(self, table: Table[Any], id_: str) -> None:
        """Remove a fact with its ref and all that it owns."""
        forget(self, table, id_)
