"""Mandats."""

from collections.abc import Sequence

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.facts.mandat import Mandat
from rdv_mock.store.table import Table


class Mandats(Table[Mandat]):
    """Which école may book for whom."""

    name = "mandats"
    fact = Mandat
    indexes = (("candidat_id",), ("auto_ecole_id",))
    owners = {"auto_ecole_id": "auto_ecoles", "candidat_id": "candidats"}

    def of_candidats(self, candidat_ids: Sequence[str], groupe: GroupePermis) -> list[Mandat]:
        """Those of some candidats for a groupe, with whatever école, in the order of arrival."""
        found = self.among("candidat_id", candidat_ids)
        return [mandat for mandat in found if mandat.groupe_permis is groupe]

    def find_for(self, candidat_id: str, groupe: GroupePermis) -> Mandat | None:
        """The mandat of a candidat for a groupe, with whatever école."""
        return self.first("candidat_id = ? AND groupe_permis = ?", candidat_id, groupe)
