"""The state of a world: one SQLite database, one file per table."""

from rdv_mock.store.store import Store

__all__ = ["Store"]
