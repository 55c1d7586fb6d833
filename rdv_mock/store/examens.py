"""The table of examens."""

from rdv_mock.errors import ApiError
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.facts.examen import Examen
from rdv_mock.store.table import Table

OCCUPIES = "(ex.date_heure_annulation IS NULL OR ex.resultat = 'EXAMEN_ANNULE')"
"""`Examen.occupies` in SQL, of a row `ex`."""


class Examens(Table[Examen]):
    """Everything that was ever reserved."""

    name = "examens"
    fact = Examen
    indexes = (("creneau_id",), ("auto_ecole_id",), ("candidat_id",))
    owners = {
        "auto_ecole_id": "auto_ecoles",
        "creneau_id": "creneaux",
        "candidat_id": "candidats",
    }
    unknown = ApiError.EXAMEN_INCONNU

    def find_on(self, creneau_id: str) -> Examen | None:
        """The examen that occupies a créneau, if there is one."""
        return self.first(f"creneau_id = ? AND {OCCUPIES.replace('ex.', '')}", creneau_id)

    def ever_on(self, creneau_id: str) -> list[Examen]:
        """List all examens that ever were on a créneau."""
        return self.where("creneau_id = ?", creneau_id)

    def count_remplacements(self, auto_ecole_id: str, groupe: GroupePermis, mois: str) -> int:
        """Count the candidats whom an école has replaced on its examens of a month and groupe."""
        (count,) = self.sql.execute(
            "SELECT COALESCE(SUM(t.nombre_de_remplacements), 0) FROM examens t"
            " JOIN creneaux cr ON cr.id = t.creneau_id"
            " WHERE t.auto_ecole_id = ? AND cr.groupe_permis = ?"
            " AND substr(cr.date_heure_debut, 1, 7) = ?",
            (auto_ecole_id, groupe, mois),
        ).fetchone()
        return int(count)
