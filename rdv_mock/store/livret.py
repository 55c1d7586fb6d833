"""The tables of contrats de formation and leçons."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rdv_mock.errors import ApiError
from rdv_mock.facts.enumerations import (
    Activite,
    CategorieDuLivret,
    StatutDemande,
    TypeFormation,
    TypeLecon,
)
from rdv_mock.facts.etp import ContratLu, LeconLue
from rdv_mock.facts.livret import ContratDeFormation, Lecon
from rdv_mock.store.table import Table, write_datetime

_READ_BY_NIGHT = f"""
    WITH contrats AS MATERIALIZED (
        SELECT id, candidat_id, bureau_id, categorie_permis, type_formation, EXISTS (
            SELECT 1 FROM demandes d WHERE d.candidat_id = f.candidat_id
            AND d.categorie_permis = f.categorie_permis AND d.statut = '{StatutDemande.VALIDEE}'
        ) FROM contrats_de_formation f WHERE auto_ecole_id = ?
    )
    SELECT t.id, t.type, t.activite, t.date_heure_debut, t.duree_en_minutes,
        t.numero_autorisation, t.date_heure_reception, t.rowid, c.*
    FROM contrats c CROSS JOIN lecons t ON t.contrat_id = c.id
"""  # noqa: S608 - words of our own
"""One pass over the contrats of an école, and for each contrat over the index of its leçons."""

_TO_MINUTES = len("2026-03-09T15:00")

_CATEGORIES = {str(categorie): categorie for categorie in CategorieDuLivret}
_FORMATIONS = {str(formation): formation for formation in TypeFormation}
_TYPES = {str(type_lecon): type_lecon for type_lecon in TypeLecon}
_ACTIVITES = {str(activite): activite for activite in Activite}


class ContratsDeFormation(Table[ContratDeFormation]):
    """The contrats de formation."""

    name = "contrats_de_formation"
    fact = ContratDeFormation
    owners = {"auto_ecole_id": "auto_ecoles", "candidat_id": "candidats"}
    indexes = (("auto_ecole_id",), ("candidat_id",))
    unknown = ApiError.CONTRAT_INCONNU

    def between(self, auto_ecole_id: str, candidat_id: str) -> list[ContratDeFormation]:
        """The contrats of one élève with one école."""
        return self.where("candidat_id = ? AND auto_ecole_id = ?", candidat_id, auto_ecole_id)


class Lecons(Table[Lecon]):
    """The leçons, in the order of their arrival."""

    name = "lecons"
    fact = Lecon
    owners = {"contrat_id": "contrats_de_formation"}
    indexes = (("contrat_id", "date_heure_debut"),)
    unknown = ApiError.LECON_INCONNUE

    def of(self, contrat_id: str) -> list[Lecon]:
        """The leçons of one contrat, by start."""
        return self.where("contrat_id = ? ORDER BY date_heure_debut, rowid", contrat_id)

    def get_of(self, contrat_id: str, lecon_id: str) -> Lecon:
        """Find a leçon of a contrat. Raises LECON_INCONNUE for a leçon of another contrat too."""
        lecon = self.first("id = ? AND contrat_id = ?", lecon_id, contrat_id)
        if lecon is None:
            raise self._absence(lecon_id)
        return lecon

    def months_by_auto_ecole(self) -> Mapping[str, Sequence[str]]:
        """Find the months in which leçons begin, for each école that has any."""
        rows = self.sql.execute(
            "SELECT DISTINCT f.auto_ecole_id, substr(t.date_heure_debut, 1, 7)"
            " FROM lecons t JOIN contrats_de_formation f ON f.id = t.contrat_id ORDER BY 1, 2"
        )
        months: dict[str, list[str]] = defaultdict(list)
        for auto_ecole_id, mois in rows:
            months[auto_ecole_id].append(mois)
        return months

    def at_same_start(self, candidat_id: str, debut: datetime) -> list[Lecon]:
        """The leçons of a candidat's NEPH, with any école, that begin in one minute."""
        minute = write_datetime(debut)[:_TO_MINUTES]
        parameters = (candidat_id, f"{minute}:00", f"{minute}:59")
        rows = self._cursor.execute(_AT_SAME_START, parameters).fetchall()
        return [self.read(row) for row in rows]

    def read_by_night(
        self,
        auto_ecole_id: str,
        debut: datetime,
        fin: datetime,
        *,
        received_after: datetime | None = None,
    ) -> Iterator[LeconLue]:
        """Read the leçons of an école that begin from `debut` until `fin`, for a calculation.

        Both are Paris wall time, `fin` is excluded. With `received_after`, an instant, those that
        arrived later than that too, whenever they begin. Contrat by contrat, in no other order.
        """
        condition = "t.date_heure_debut >= ? AND t.date_heure_debut < ?"
        parameters = [auto_ecole_id, write_datetime(debut), write_datetime(fin)]
        if received_after is not None:
            condition = f"({condition} OR t.date_heure_reception > ?)"
            parameters.append(write_datetime(received_after))
        read_time = datetime.fromisoformat
        contrat = None
        for (
            id_,
            type_lecon,
            activite,
            begin,
            minutes,
            numero,
            reception,
            rang,
            contrat_id,
            *rest,
        ) in self.sql.execute(f"{_READ_BY_NIGHT} WHERE {condition}", parameters):
            if contrat is None or contrat.id != contrat_id:
                contrat = _read_contrat(contrat_id, *rest)
            yield LeconLue(
                id_,
                contrat,
                _TYPES[type_lecon],
                _ACTIVITES[activite],
                read_time(begin),
                minutes,
                numero,
                read_time(reception),
                rang,
            )


def _read_contrat(
    id_: str, candidat_id: str, bureau_id: str | None, categorie: str, formation: str, validee: int
) -> ContratLu:
    return ContratLu(
        id_,
        candidat_id,
        bureau_id,
        _CATEGORIES[categorie],
        _FORMATIONS[formation],
        bool(validee),
    )


_AT_SAME_START = f"""
    SELECT {", ".join(f"t.{column}" for column in Lecons.columns)} FROM candidats c
    JOIN contrats_de_formation f ON f.candidat_id = c.id
    JOIN lecons t ON t.contrat_id = f.id
    WHERE c.numero_dossier = (SELECT numero_dossier FROM candidats WHERE id = ?)
    AND t.date_heure_debut BETWEEN ? AND ?
"""  # noqa: S608 - names of our own
