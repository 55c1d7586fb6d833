"""What the machine may run out of, or lose: told in one line, wherever it shows.

Only errors that the operating system or SQLite name so; anything else is a fault of ours.
"""

import errno
import os
import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from typing import Final

FILES_OF_A_DATABASE: Final = 4
"""The file, its journal, what it is shared by, and its folder."""
_RESULT: Final = 0xFF
"""The bits of an SQLite result that say what kind it is; the others say more of it."""


class Damaged(Exception):  # noqa: N818 - it names what a state is
    """A state holds what nobody has written there: a disk, or somebody's hand, has changed it."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A trouble in English for the log, and in French for an answer."""

    english: str
    french: str


class Trouble(Enum):
    """What kind of trouble it is."""

    FULL = _Told("the disk is full", "le disque du serveur est plein")
    DISK = _Told(
        "the disk cannot be read or written", "le disque du serveur ne peut être lu ou écrit"
    )
    DESCRIPTORS = _Told(
        "the process may not open more files: it has too few descriptors (ulimit -n)",
        "le serveur ne peut ouvrir plus de fichiers : trop peu de descripteurs (ulimit -n)",
    )
    DAMAGED = _Told("the state is damaged", "l'état de ce monde est endommagé sur le disque")


_OF_SYSTEM: Final = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EFBIG: Trouble.FULL,
    errno.EIO: Trouble.DISK,
    errno.EROFS: Trouble.DISK,
    errno.EMFILE: Trouble.DESCRIPTORS,
    errno.ENFILE: Trouble.DESCRIPTORS,
}
_OF_SQLITE: Final = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.DISK,
    sqlite3.SQLITE_READONLY: Trouble.DISK,
    sqlite3.SQLITE_CANTOPEN: Trouble.DISK,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
}


def trouble_of(problem: BaseException) -> Trouble | None:
    """The trouble that a problem comes from, if it comes from one."""
    if isinstance(problem, Damaged):
        return Trouble.DAMAGED
    if isinstance(problem, OSError):
        return _OF_SYSTEM.get(problem.errno or 0)
    if not isinstance(problem, sqlite3.Error):
        return None
    code: int | None = getattr(problem, "sqlite_errorcode", None)
    if code is None:  # what Python itself says of a text that it has read
        return Trouble.DAMAGED if "Could not decode" in str(problem) else None
    if code & _RESULT == sqlite3.SQLITE_CANTOPEN and not _can_open():
        return Trouble.DESCRIPTORS
    return _OF_SQLITE.get(code & _RESULT)


def _can_open() -> bool:
    """Whether as many files may be opened as a database takes: SQLite does not tell."""
    with ExitStack() as opened:
        try:
            for _ in range(FILES_OF_A_DATABASE):
                opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return False
    return True
