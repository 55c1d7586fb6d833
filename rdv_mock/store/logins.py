"""The logins, codes and tokens of a world, with the baux that they come from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rdv_mock.store.table import Table
from rdv_mock.store.tables import Tables


class Logins:
    """The four tables that the provider writes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._without_baux: Sequence[Table[Any]] = (
            tables.sessions,
            tables.authorization_codes,
            tables.tokens,
        )
        self._all = (tables.baux, *self._without_baux)

    def keep_of(self, other: Tables) -> None:
        """Replace all by those of another state, apart from those of employés unknown here."""
        for mine in self._all:
            theirs = other.table(mine.name)
            mine.remove_where("TRUE")
            kept = [one for one in theirs.all() if self._tables.has_owners(theirs, one)]
            mine.save_all(kept)

    def add_of(self, other: Tables) -> None:
        """Add those of another state that are not known here, of employés who are.

        In another scenario an employé may have another id: he is the one with his ref or e-mail.
        """
        same: dict[str, str | None] = {}
        for mine in self._all:
            added = []
            for fact in other.table(mine.name).all():
                theirs = fact.employe_id
                if theirs not in same:
                    same[theirs] = self._employe_like(theirs, other)
                if same[theirs] is not None and not mine.has(fact.id):
                    added.append(replace(fact, employe_id=same[theirs]))
            mine.save_all(one for one in added if self._tables.has_owners(mine, one))

    def _employe_like(self, id_: str, other: Tables) -> str | None:
        """Find the id that an employé of another state has here, if he is known."""
        employes = self._tables.employes
        if employes.has(id_):
            return id_
        theirs = other.employes.find(id_)
        if theirs is None:
            return None
        ref = other.references.ref_of(id_)
        here = (ref and self._tables.find_employe(ref)) or employes.find_by_email(theirs.email)
        return here.id if here else None

    def forget(self) -> None:
        """End all logins and tokens; the baux stay, as facts of the scenario."""
        for table in self._without_baux:
            table.remove_where("TRUE")

    def exist(self) -> bool:
        """Whether any login or token is not forgotten yet."""
        return any(table.first("TRUE") is not None for table in self._without_baux)

    def purge(self, now: datetime, *, remembered_since: datetime) -> None:
        """Forget the tokens, codes and logins that are over and of which nothing is asked."""
        self._tables.tokens.purge(now, remembered_since)
        self._tables.authorization_codes.purge(now, remembered_since)
        self._tables.sessions.purge(now)
