"""Créneaux, and all that stands on them: paniers, examens, centres."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.creneau import Creneau, Place, Reservation
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.store.centres import Centres
from rdv_mock.store.concurrence import Prises
from rdv_mock.store.examens import OCCUPIES, Examens
from rdv_mock.store.paniers import ElementsDuPanier, Paniers
from rdv_mock.store.table import SqlValue, Table, write_datetime


class Creneaux(Table[Creneau]):
    """Every place that was ever offered."""

    name = "creneaux"
    fact = Creneau
    indexes = (("centre_id", "date_heure_debut"), ("date_heure_publication",), ("date_heure_fin",))
    owners = {"centre_id": "centres"}
    unknown = ApiError.CRENEAU_INCONNU

    def next_publication(self, since: datetime) -> datetime | None:
        """When the next créneaux appear after an instant."""
        creneau = self.first(
            "date_heure_publication > ? ORDER BY date_heure_publication", write_datetime(since)
        )
        return None if creneau is None else creneau.date_heure_publication

    def published_at(self, at: datetime) -> list[Creneau]:
        """Those that appear at one instant."""
        return self.where("date_heure_publication = ? ORDER BY id", write_datetime(at))

    def published_between(self, since: datetime, until: datetime) -> list[Creneau]:
        """Those that appear after an instant and until another, that one included."""
        return self.where(
            "date_heure_publication > ? AND date_heure_publication <= ?"
            " ORDER BY date_heure_publication, id",
            write_datetime(since),
            write_datetime(until),
        )


class Places:
    """Créneaux with their centre, examen and panier, in one query."""

    def __init__(
        self,
        creneaux: Creneaux,
        centres: Centres,
        examens: Examens,
        elements: ElementsDuPanier,
        paniers: Paniers,
        prises: Prises,
    ) -> None:
        self._sql = creneaux.sql
        self._tables: Sequence[Table[Any]] = (
            creneaux,
            centres,
            examens,
            elements,
            paniers,
            prises,
        )
        self._select = (
            f"SELECT {_columns(self._tables, ('t', 'ce', 'ex', 'el', 'pa', 'pr'))}"  # noqa: S608 - ours
            " FROM creneaux t JOIN centres ce ON ce.id = t.centre_id"
            f" LEFT JOIN examens ex ON ex.creneau_id = t.id AND {OCCUPIES}"
            " LEFT JOIN elements_du_panier el ON el.creneau_id = t.id"
            " LEFT JOIN paniers pa ON pa.id = el.panier_id"
            " LEFT JOIN prises pr ON pr.creneau_id = t.id AND pr.est_faite = 1"
        )

    def _where(self, condition: str, *parameters: SqlValue) -> Iterator[Place]:
        for row in self._sql.execute(f"{self._select} WHERE {condition}", parameters):
            creneau, centre, examen, element, panier, prise = _facts(self._tables, row)
            yield Place(creneau, centre, examen, panier, element, prise)

    def find(self, creneau_id: str) -> Place | None:
        """One créneau."""
        return next(self._where("t.id = ?", creneau_id), None)

    def of_panier(self, panier_id: str) -> list[Place]:
        """What a panier holds, in the order of addition."""
        return list(self._where("el.panier_id = ? ORDER BY el.rowid", panier_id))

    def on_day(self, centre_id: str, groupe: GroupePermis, day: date) -> list[Place]:
        """Those of a centre on a day, by start and inspector."""
        return list(
            self._where(
                "t.centre_id = ? AND t.groupe_permis = ? AND t.date_heure_debut BETWEEN ? AND ?"
                " ORDER BY t.date_heure_debut, t.numero_inspecteur, t.id",
                centre_id,
                groupe,
                f"{day}T00:00:00",
                f"{day}T23:59:59",
            )
        )

    def free_from(self, centre_id: str, groupe: GroupePermis, day: date) -> Iterator[Place]:
        """Those of a centre that nobody has, from a day on, by start."""
        return self._where(
            "t.centre_id = ? AND t.groupe_permis = ? AND t.date_heure_debut >= ?"
            " AND ex.id IS NULL AND el.id IS NULL AND pr.id IS NULL"
            " ORDER BY t.date_heure_debut",
            centre_id,
            groupe,
            f"{day}T00:00:00",
        )

    def held_for(self, candidat_ids: Sequence[str]) -> list[tuple[str, Creneau]]:
        """The créneaux that living paniers hold for some candidats."""
        creneaux = self._tables[0]
        rows = self._sql.execute(
            f"SELECT el.candidat_id, {_columns([creneaux], ['t'])}"  # noqa: S608 - ours
            " FROM elements_du_panier el JOIN creneaux t ON t.id = el.creneau_id"
            " WHERE el.candidat_id IN (SELECT value FROM json_each(?)) ORDER BY el.rowid",
            (json.dumps(candidat_ids),),
        )
        return [(row[0], creneaux.read(row[1:])) for row in rows]

    def count_used(self, auto_ecole_id: str, code_departement: str, groupe: str, mois: str) -> int:
        """How many places an école has in a département and month: examens, and in paniers."""
        (count,) = self._sql.execute(
            "SELECT COUNT(*) FROM ("
            " SELECT creneau_id FROM examens"
            "  WHERE auto_ecole_id = :auto_ecole AND date_heure_annulation IS NULL"
            " UNION ALL SELECT el.creneau_id FROM elements_du_panier el"
            "  JOIN paniers pa ON pa.id = el.panier_id WHERE pa.auto_ecole_id = :auto_ecole"
            ") used JOIN creneaux t ON t.id = used.creneau_id"
            " JOIN centres ce ON ce.id = t.centre_id"
            " WHERE ce.code_departement = :departement AND t.groupe_permis = :groupe"
            " AND substr(t.date_heure_debut, 1, 7) = :mois",
            {
                "auto_ecole": auto_ecole_id,
                "departement": code_departement,
                "groupe": groupe,
                "mois": mois,
            },
        ).fetchone()
        return int(count)


class Reservations:
    """Examens with the when and where of their créneau, in one query."""

    def __init__(self, examens: Examens, creneaux: Creneaux, centres: Centres) -> None:
        self._sql = examens.sql
        self._tables: Sequence[Table[Any]] = (examens, creneaux, centres)
        self._select = (
            f"SELECT {_columns(self._tables, ('t', 'cr', 'ce'))} FROM examens t"  # noqa: S608 - ours
            " JOIN creneaux cr ON cr.id = t.creneau_id JOIN centres ce ON ce.id = cr.centre_id"
        )

    def _where(self, condition: str, *parameters: SqlValue) -> list[Reservation]:
        rows = self._sql.execute(f"{self._select} WHERE {condition}", parameters)
        return [Reservation(*_facts(self._tables, row)) for row in rows]

    def get(self, examen_id: str) -> Reservation:
        """One examen; EXAMEN_INCONNU when there is none."""
        found = self._where("t.id = ?", examen_id)
        if not found:
            raise Refusal(ApiError.EXAMEN_INCONNU)
        return found[0]

    def of_candidats(self, candidat_ids: Sequence[str]) -> list[Reservation]:
        """Those of some candidats, of any école and groupe, cancelled ones included."""
        return self._where(
            "t.candidat_id IN (SELECT value FROM json_each(?)) ORDER BY cr.date_heure_debut, t.id",
            json.dumps(candidat_ids),
        )

    def of_auto_ecole(
        self,
        auto_ecole_id: str,
        groupe: GroupePermis,
        *,
        since: date | None = None,
        until: date | None = None,
    ) -> list[Reservation]:
        """Those of an école for a groupe, from the one day to the other, by start and id."""
        return self._where(
            "t.auto_ecole_id = ? AND cr.groupe_permis = ? AND cr.date_heure_debut BETWEEN ? AND ?"
            " ORDER BY cr.date_heure_debut, t.id",
            auto_ecole_id,
            groupe,
            f"{since or date.min}T00:00:00",
            f"{until or date.max}T23:59:59",
        )

    def ending(self, since: datetime, until: datetime) -> list[Reservation]:
        """Those that end between two instants, an hour more on both sides, first ones first.

        Starts and ends are kept as a clock on the wall shows them, which a change of hour moves.
        """
        hour = timedelta(hours=1)
        return self._where(
            "cr.date_heure_fin BETWEEN ? AND ? ORDER BY cr.date_heure_fin, t.id",
            write_datetime(paris.to_local(since).replace(microsecond=0) - hour),
            write_datetime(paris.to_local(until).replace(microsecond=0) + hour),
        )

    def ends_without_resultat(self, since: datetime) -> Iterator[datetime]:
        """When those end that wait for a result, as the clock on the wall shows it.

        First ones first, after an instant; in the night in which clocks go back, perhaps before.
        """
        rows = self._sql.execute(
            "SELECT cr.date_heure_fin FROM creneaux cr"
            " CROSS JOIN examens t ON t.creneau_id = cr.id WHERE cr.date_heure_fin > ?"
            " AND t.candidat_id IS NOT NULL AND t.resultat IS NULL"
            " AND t.date_heure_annulation IS NULL ORDER BY cr.date_heure_fin",
            (write_datetime(paris.to_local(since).replace(microsecond=0)),),
        )
        return (datetime.fromisoformat(fin) for (fin,) in rows)

    def ending_on(self, local: datetime) -> list[Reservation]:
        """Those that end when the clock on the wall shows this, cancelled ones apart."""
        return self._where(
            "cr.date_heure_fin = ? AND t.date_heure_annulation IS NULL ORDER BY t.id",
            write_datetime(local),
        )

    def with_resultat(self) -> list[Reservation]:
        """Those for which a result was entered."""
        return self._where("t.resultat IS NOT NULL ORDER BY t.id")

    def first_without_candidat(self) -> Reservation | None:
        """The next one to take place among those that nobody is named for."""
        found = self._where(
            "t.candidat_id IS NULL AND t.date_heure_annulation IS NULL"
            " ORDER BY cr.date_heure_debut, t.id LIMIT 1"
        )
        return next(iter(found), None)

    def without_candidat_on(self, day: date) -> list[Reservation]:
        """Those of a day that nobody is named for."""
        return self._where(
            "t.candidat_id IS NULL AND t.date_heure_annulation IS NULL"
            " AND cr.date_heure_debut BETWEEN ? AND ? ORDER BY t.id",
            f"{day}T00:00:00",
            f"{day}T23:59:59",
        )


def _columns(tables: Sequence[Table[Any]], aliases: Sequence[str]) -> str:
    """The columns of several tables, one after the other."""
    return ", ".join(
        f"{alias}.{column}"
        for table, alias in zip(tables, aliases, strict=True)
        for column in table.columns
    )


def _facts(tables: Sequence[Table[Any]], row: Sequence[Any]) -> Iterator[Any]:
    """The facts of a row; None where an outer join found nothing."""
    start = 0
    for table in tables:
        end = start + len(table.columns)
        yield None if row[start] is None else table.read(row[start:end])
        start = end
