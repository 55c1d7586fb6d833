"""The state of a world: one SQLite database, its tables in one file a noun."""

from rdv_mock.store.store import Store

__all__ = ["Store"]
