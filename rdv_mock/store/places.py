"""Créneaux, each with the examen, panier or virtual école that takes it."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from rdv_mock.facts.creneau import Creneau, Place
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.store.centres import Centres
from rdv_mock.store.concurrence import Prises
from rdv_mock.store.creneaux import Creneaux
from rdv_mock.store.examens import OCCUPIES, Examens
from rdv_mock.store.joins import columns_of, facts_of
from rdv_mock.store.paniers import ElementsDuPanier, Paniers
from rdv_mock.store.table import SqlValue, Table


class Places:
    """All places of a world, each read in one query."""

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
            f"SELECT {columns_of(self._tables, ('t', 'ce', 'ex', 'el', 'pa', 'pr'))}"  # noqa: S608 - ours
            " FROM creneaux t JOIN centres ce ON ce.id = t.centre_id"
            f" LEFT JOIN examens ex ON ex.creneau_id = t.id AND {OCCUPIES}"
            " LEFT JOIN elements_du_panier el ON el.creneau_id = t.id"
            " LEFT JOIN paniers pa ON pa.id = el.panier_id"
            " LEFT JOIN prises pr ON pr.creneau_id = t.id AND pr.est_faite = 1"
        )

    def _where(self, condition: str, *parameters: SqlValue) -> Iterator[Place]:
        for row in self._sql.execute(f"{self._select} WHERE {condition}", parameters):
            creneau, centre, examen, element, panier, prise = facts_of(self._tables, row)
            yield Place(creneau, centre, examen, panier, element, prise)

    def find(self, creneau_id: str) -> Place | None:
        """Find one créneau."""
        return next(self._where("t.id = ?", creneau_id), None)

    def of_panier(self, panier_id: str) -> list[Place]:
        """List what a panier holds, in the order of addition."""
        return list(self._where("el.panier_id = ? ORDER BY el.rowid", panier_id))

    def on_day(self, centre_id: str, groupe: GroupePermis, day: date) -> list[Place]:
        """The places of a centre on a day, by start and inspector."""
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
        """The free places of a centre, from a day on, by start."""
        return self._where(
            "t.centre_id = ? AND t.groupe_permis = ? AND t.date_heure_debut >= ?"
            " AND ex.id IS NULL AND el.id IS NULL AND pr.id IS NULL"
            " ORDER BY t.date_heure_debut",
            centre_id,
            groupe,
            f"{day}T00:00:00",
        )

    def held_for(self, candidat_ids: Sequence[str]) -> list[tuple[str, Creneau]]:
        """List the créneaux that paniers hold for candidats, each after the id of its candidat."""
        creneaux = self._tables[0]
        rows = self._sql.execute(
            f"SELECT el.candidat_id, {columns_of([creneaux], ['t'])}"  # noqa: S608 - ours
            " FROM elements_du_panier el JOIN creneaux t ON t.id = el.creneau_id"
            " WHERE el.candidat_id IN (SELECT value FROM json_each(?)) ORDER BY el.rowid",
            (json.dumps(candidat_ids),),
        )
        return [(row[0], creneaux.read(row[1:])) for row in rows]

    def count_used(self, auto_ecole_id: str, code_departement: str, groupe: str, mois: str) -> int:
        """Count the places of an école in a département and month, those in paniers included."""
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
