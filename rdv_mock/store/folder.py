"""Where worlds outlive the process: a folder, and in it one for each world.

    lock  signing-key.pem  worlds/{world}/state.sqlite  pristine-1.sqlite  snapshot-1.sqlite …

`state.sqlite` is the world: it changes a transaction at a time, and names the other files, which
never change. Every file appears whole, under its name, or not at all; a folder without a state is
a world that was not finished, or is being dropped, and a file that no state names is litter.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Protocol

from typing_extensions import override

from rdv_mock.store.store import Store
from rdv_mock.store.trouble import Trouble, trouble_of

STATE = "state.sqlite"
PRIVATE = 0o600
MOST_FILES = 65_536

_AS_A_STATE = ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536")
"""An answered write survives the process; 64 MiB of what was read stay in memory."""


class BadFolder(Exception):  # noqa: N818 - said in one line, as settings that do not do
    """The folder of the settings cannot be used: why, in one line."""


class SavedState(Protocol):
    """A state that does not change, to go back to."""

    def open(self) -> Store:
        """The state, to be closed by who asks."""

    def close(self) -> None:
        """Give its memory back."""

    def delete(self) -> None:
        """Nobody will go back to it any more."""


@dataclass(frozen=True, slots=True)
class InMemory(SavedState):
    """A state that ends with the process."""

    store: Store

    @override
    def open(self) -> Store:
        return self.store.share()

    @override
    def close(self) -> None:
        self.store.close()

    @override
    def delete(self) -> None:
        self.store.close()


@dataclass(frozen=True, slots=True)
class InFile(SavedState):
    """A state in a file of its own, which is open only while it is read."""

    path: Path

    @override
    def open(self) -> Store:
        return Store(self.path)

    @override
    def close(self) -> None:
        """Nothing is held."""

    @override
    def delete(self) -> None:
        self.path.unlink()


@dataclass(frozen=True, slots=True)
class WorldFolder:
    """The files of one world."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the world."""
        return self.path.name

    @property
    def state(self) -> Path:
        """Where the world is."""
        return self.path / STATE

    def sibling(self, name: str) -> "WorldFolder":
        """The folder of another world."""
        return WorldFolder(self.path.parent / name)

    def begin(self, state: Store) -> Store:
        """Let a state, which is closed, be the world from now on; the same, as it lasts."""
        with closing(state):
            _write_store(state, self.state)
        return self._lasting(Store(self.state))

    def restore(self) -> Store:
        """The world as it was left. Raises BadFolder when it cannot be read."""
        return self._lasting(open_sound(self.state))

    @staticmethod
    def _lasting(store: Store) -> Store:
        try:
            for pragma in _AS_A_STATE:
                store.sql.execute(f"PRAGMA {pragma}")
        except BaseException:
            store.close()
            raise
        return store

    def save(self, state: Store, kind: str) -> InFile:
        """Keep a state in a file of its own."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        number = 1
        while (path := self.path / f"{kind}-{number}.sqlite").exists():
            number += 1
        _write_store(state, path)
        return InFile(path)

    def saved(self, file: str) -> InFile:
        """What was kept in a file. Raises BadFolder when it cannot be read."""
        open_sound(self.path / file).close()
        return InFile(self.path / file)

    def tidy(self, named: Iterable[str]) -> None:
        """Remove the files that the state does not name."""
        for path in self.path.iterdir():
            if path.name not in named and not path.name.startswith(STATE):
                path.unlink()

    def remove(self) -> None:
        """Forget the world, whose state is closed; one that was not finished too."""
        self.state.unlink(missing_ok=True)
        rmtree(self.path, ignore_errors=not self.path.exists())


class DataFolder:
    """The folder of the settings, which nobody else uses as long as it is open."""

    def __init__(self, path: Path) -> None:
        """Make the folder where it is missing. Raises BadFolder when it cannot be used."""
        self.path = path
        self._worlds, self._dropped = path / "worlds", path / "worlds.dropped"
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._worlds.mkdir(mode=0o700, exist_ok=True)
            self._lock = _lock(path / "lock")
        except OSError as error:
            trouble = trouble_of(error)
            why = trouble.value.english if trouble else error.strerror
            raise BadFolder(f"cannot write to {path} ({why})") from error
        rmtree(self._dropped, ignore_errors=True)
        _allow_many_files()

    @property
    def signing_key(self) -> Path:
        """Where the key is that signs the tokens."""
        return self.path / "signing-key.pem"

    def world(self, name: str) -> WorldFolder:
        """The folder of a world, which need not be there yet."""
        return WorldFolder(self._worlds / name)

    def worlds(self) -> Iterator[WorldFolder]:
        """The folders of the worlds that are there, by name; what was not finished goes."""
        for path in sorted(path for path in self._worlds.iterdir() if path.is_dir()):
            folder = WorldFolder(path)
            if folder.state.is_file():
                yield folder
            else:
                rmtree(path)

    def clear(self) -> None:
        """Forget all worlds at once, and the key."""
        self._worlds.rename(self._dropped)
        self._worlds.mkdir(mode=0o700)
        self.signing_key.unlink(missing_ok=True)
        rmtree(self._dropped)

    def close(self) -> None:
        """Let others use the folder."""
        self._lock.close()


def _lock(path: Path) -> sqlite3.Connection:
    """A lock that ends with the process: SQLite's own, which every platform has."""
    path.touch(PRIVATE)
    lock = sqlite3.connect(path, timeout=0, check_same_thread=False)
    try:
        lock.execute("PRAGMA journal_mode=OFF")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        trouble = trouble_of(error)
        why = (
            f": {trouble.value.english}" if trouble else f" ({error}); does another server use it?"
        )
        raise BadFolder(f"cannot lock {path}{why}") from error
    return lock


def _allow_many_files() -> None:
    """Let the process open as many files as it may: a world has three."""
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def open_sound(path: Path) -> Store:
    """The state in a file. Raises BadFolder when it is damaged, or not of this version."""
    if not path.is_file():
        raise BadFolder(f"{path} is missing")
    store = Store(path)
    problem = _problem_of(store)
    if problem is not None:
        store.close()
        raise BadFolder(f"{path} {problem}")
    return store


def _problem_of(store: Store) -> str | None:
    """What is wrong with a database that was found."""
    try:
        (verdict,) = store.sql.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            return f"is damaged ({' '.join(verdict.split())})"
        if store.schema() != _schema():
            return "was written by another version of rdv-mock; `--reset` starts anew"
        store.settings()
    except (sqlite3.Error, ValueError) as error:
        trouble = trouble_of(error) or Trouble.DAMAGED
        if trouble is not Trouble.DAMAGED:
            return f"cannot be read: {trouble.value.english}"
        return f"is damaged ({' '.join(str(error).split())})"
    return None


@cache
def _schema() -> list[str]:
    with closing(Store()) as store:
        store.create()
        return store.schema()


def _write_store(state: Store, path: Path) -> None:
    """Write a state to a file that appears whole."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(PRIVATE)
    try:
        with closing(sqlite3.connect(new)) as file:
            file.execute("PRAGMA synchronous=OFF")  # synced once, below
            state.sql.backup(file)
            file.execute("PRAGMA journal_mode=DELETE")
        _appear(new, path)
    except BaseException:
        new.unlink(missing_ok=True)  # a disk that is full needs the place
        raise


def write_private(content: bytes, path: Path) -> None:
    """Write what nobody else may read to a file that appears whole."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(PRIVATE)
    new.write_bytes(content)
    _appear(new, path)


def _appear(new: Path, path: Path) -> None:
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    new.replace(path)
