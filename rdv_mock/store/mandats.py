"""The table of mandats."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.facts.mandat import Mandat
from rdv_mock.store.table import Table, write_datetime


class Mandats(Table[Mandat]):
    """Which école may book for whom."""

    name = "mandats"
    fact = Mandat
    indexes = (("candidat_id",), ("auto_ecole_id",), ("fin",))
    owners = {"auto_ecole_id": "auto_ecoles", "candidat_id": "candidats"}

    def __init__(self, sql: sqlite3.Connection) -> None:
        super().__init__(sql)
        self._without_end = 0

    @override
    def save(self, fact: Mandat) -> None:
        """Add a mandat, or replace the one that has its id."""
        self._without_end += fact.fin is None
        super().save(fact)

    @property
    def end_writes(self) -> int:
        """Count the writes that may bring an end nearer; no call of an école does."""
        return self.writes - self._without_end

    def of_candidats(self, candidat_ids: Sequence[str], groupe: GroupePermis) -> list[Mandat]:
        """The mandats of candidats for a groupe, with any école, in the order of arrival."""
        found = self.among("candidat_id", candidat_ids)
        return [mandat for mandat in found if mandat.groupe_permis is groupe]

    def next_end(self) -> datetime | None:
        """Find the instant when the next mandat ends."""
        mandat = self.first("fin IS NOT NULL ORDER BY fin")
        return None if mandat is None else mandat.fin

    def ended(self, at: datetime) -> list[Mandat]:
        """The mandats that must end by now."""
        return self.where("fin <= ? ORDER BY id", write_datetime(at))

    def find_for(self, candidat_id: str, groupe: GroupePermis) -> Mandat | None:
        """The mandat of a candidat for a groupe, with any école."""
        return self.first("candidat_id = ? AND groupe_permis = ?", candidat_id, groupe)
