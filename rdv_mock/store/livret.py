"""Contrats de formation and leçons."""

from datetime import datetime

from rdv_mock.errors import ApiError
from rdv_mock.facts.livret import ContratDeFormation, Lecon
from rdv_mock.store.table import Table, write_datetime


class ContratsDeFormation(Table[ContratDeFormation]):
    """The contrats de formation."""

    name = "contrats_de_formation"
    fact = ContratDeFormation
    owners = {"auto_ecole_id": "auto_ecoles", "candidat_id": "candidats"}
    indexes = (("auto_ecole_id",), ("candidat_id",))
    unknown = ApiError.CONTRAT_INCONNU

    def between(self, auto_ecole_id: str, candidat_id: str) -> list[ContratDeFormation]:
        """Those of one élève with one école."""
        return self.where("candidat_id = ? AND auto_ecole_id = ?", candidat_id, auto_ecole_id)


class Lecons(Table[Lecon]):
    """The leçons, in the order of their arrival."""

    name = "lecons"
    fact = Lecon
    owners = {"contrat_id": "contrats_de_formation"}
    indexes = (("contrat_id", "date_heure_debut"),)
    unknown = ApiError.LECON_INCONNUE

    def of(self, contrat_id: str) -> list[Lecon]:
        """Those of one contrat, by start."""
        return self.where("contrat_id = ? ORDER BY date_heure_debut, rowid", contrat_id)

    def get_of(self, contrat_id: str, lecon_id: str) -> Lecon:
        """One leçon of one contrat; that of another contrat is as good as unknown."""
        lecon = self.first("id = ? AND contrat_id = ?", lecon_id, contrat_id)
        if lecon is None:
            raise self._absence(lecon_id)
        return lecon

    def at_same_start(self, numero_dossier: str, debut: datetime) -> list[Lecon]:
        """Those of one NEPH, with any école, that begin in the same minute."""
        minute = debut.replace(second=0)
        columns = ", ".join(f"t.{column}" for column in self.columns)
        rows = self.sql.execute(
            f"SELECT {columns} FROM candidats c"  # noqa: S608 - names of our own
            " JOIN contrats_de_formation f ON f.candidat_id = c.id"
            f" JOIN {self.name} t ON t.contrat_id = f.id"
            " WHERE c.numero_dossier = ? AND t.date_heure_debut BETWEEN ? AND ?",
            (numero_dossier, write_datetime(minute), write_datetime(minute.replace(second=59))),
        )
        return [self.read(row) for row in rows]
