"""Examens with their créneau and centre."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rdv_mock import paris
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.creneau import Reservation
from rdv_mock.facts.enumerations import GroupePermis, StatutExamen
from rdv_mock.store.centres import Centres
from rdv_mock.store.creneaux import Creneaux
from rdv_mock.store.examens import Examens
from rdv_mock.store.joins import columns_of, facts_of
from rdv_mock.store.search import limit_of
from rdv_mock.store.table import SqlValue, Table, write_datetime

_ORDER = "cr.date_heure_debut, t.id"
_OF_AUTO_ECOLE = (
    "t.auto_ecole_id = :auto_ecole AND cr.groupe_permis = :groupe"
    " AND cr.date_heure_debut BETWEEN :since AND :until"
)
_HAS_STATUT: Mapping[StatutExamen, str] = {
    StatutExamen.ANNULE: "t.date_heure_annulation IS NOT NULL",
    StatutExamen.PROGRAMME: (
        "t.date_heure_annulation IS NULL AND instant(cr.date_heure_fin) > :now"
    ),
    StatutExamen.TERMINE: (
        "t.date_heure_annulation IS NULL AND instant(cr.date_heure_fin) <= :now"
    ),
}
"""`rules.examen.statut_of` in SQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationSearch:
    """The examens of an école for a groupe which have a statut at the instant `now`.

    `since` and `until` are the first and the last day of their créneaux.
    """

    auto_ecole_id: str
    groupe_permis: GroupePermis
    statut: StatutExamen
    now: datetime
    since: date | None = None
    until: date | None = None

    @property
    def condition(self) -> str:
        """The condition in SQL."""
        return f"{_OF_AUTO_ECOLE} AND {_HAS_STATUT[self.statut]}"

    @property
    def parameters(self) -> dict[str, SqlValue]:
        """The parameters of the condition."""
        of = _of_auto_ecole(self.auto_ecole_id, self.groupe_permis, self.since, self.until)
        return {**of, "now": write_datetime(self.now)}


def _of_auto_ecole(
    auto_ecole_id: str, groupe: GroupePermis, since: date | None, until: date | None
) -> dict[str, SqlValue]:
    """Give the parameters of `_OF_AUTO_ECOLE`."""
    return {
        "auto_ecole": auto_ecole_id,
        "groupe": groupe,
        "since": f"{since or date.min}T00:00:00",
        "until": f"{until or date.max}T23:59:59",
    }


class Reservations:
    """Examens with the when and where of their créneau, in one query."""

    def __init__(self, examens: Examens, creneaux: Creneaux, centres: Centres) -> None:
        self._sql = examens.sql
        self._tables: Sequence[Table[Any]] = (examens, creneaux, centres)
        self._joined = (
            "FROM examens t"
            " JOIN creneaux cr ON cr.id = t.creneau_id JOIN centres ce ON ce.id = cr.centre_id"
        )
        columns = columns_of(self._tables, ("t", "cr", "ce"))
        self._select = f"SELECT {columns} {self._joined}"

    def _where(self, condition: str, *parameters: SqlValue, **named: SqlValue) -> list[Reservation]:
        rows = self._sql.execute(f"{self._select} WHERE {condition}", named or parameters)
        return [Reservation(*facts_of(self._tables, row)) for row in rows]

    def get(self, examen_id: str) -> Reservation:
        """Find one examen. Raises EXAMEN_INCONNU."""
        found = self._where("t.id = ?", examen_id)
        if not found:
            raise Refusal(ApiError.EXAMEN_INCONNU)
        return found[0]

    def of_candidats(self, candidat_ids: Sequence[str]) -> list[Reservation]:
        """The réservations of candidats, of any école and groupe, cancelled ones included."""
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
        """The réservations of an école for a groupe, from one day to another, by start and id."""
        return self._where(
            f"{_OF_AUTO_ECOLE} ORDER BY {_ORDER}",
            **_of_auto_ecole(auto_ecole_id, groupe, since, until),
        )

    def search(self, search: ReservationSearch) -> list[Reservation]:
        """Find examens, by start and id."""
        return self._where(f"{search.condition} ORDER BY {_ORDER}", **search.parameters)

    def page(
        self, search: ReservationSearch, *, page: int, par_page: int
    ) -> tuple[list[Reservation], int]:
        """Find one page of examens, by start and id, and how many there are in all."""
        (total,) = self._sql.execute(
            f"SELECT COUNT(*) {self._joined} WHERE {search.condition}",
            search.parameters,
        ).fetchone()
        limit = limit_of(page, par_page, total)
        found = self._where(f"{search.condition} ORDER BY {_ORDER} {limit}", **search.parameters)
        return found, total

    def ending(self, since: datetime, until: datetime) -> list[Reservation]:
        """The réservations that end between two instants or an hour before or after, in order.

        Starts and ends are kept as wall times, which a change of hour moves.
        """
        hour = timedelta(hours=1)
        return self._where(
            "cr.date_heure_fin BETWEEN ? AND ? ORDER BY cr.date_heure_fin, t.id",
            write_datetime(paris.to_local(since).replace(microsecond=0) - hour),
            write_datetime(paris.to_local(until).replace(microsecond=0) + hour),
        )

    def ends_without_resultat(self, since: datetime) -> Iterator[datetime]:
        """Find the wall times at which examens without a result end.

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
        """The réservations that end at a wall time, except cancelled ones."""
        return self._where(
            "cr.date_heure_fin = ? AND t.date_heure_annulation IS NULL ORDER BY t.id",
            write_datetime(local),
        )

    def with_resultat(self) -> list[Reservation]:
        """The réservations for which a result was entered."""
        return self._where("t.resultat IS NOT NULL ORDER BY t.id")

    def first_without_candidat(self) -> Reservation | None:
        """Find the next examen without a candidat."""
        found = self._where(
            "t.candidat_id IS NULL AND t.date_heure_annulation IS NULL"
            " ORDER BY cr.date_heure_debut, t.id LIMIT 1"
        )
        return next(iter(found), None)

    def without_candidat_on(self, day: date) -> list[Reservation]:
        """The réservations of a day without a candidat."""
        return self._where(
            "t.candidat_id IS NULL AND t.date_heure_annulation IS NULL"
            " AND cr.date_heure_debut BETWEEN ? AND ? ORDER BY t.id",
            f"{day}T00:00:00",
            f"{day}T23:59:59",
        )
