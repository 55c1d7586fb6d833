"""The dossiers of candidats: what several tables hold about them, gathered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rdv_mock.facts.candidat import Candidat
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.store.tables import Tables


class Dossiers:
    """The dossiers of a world."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, candidat_id: str, groupe: GroupePermis) -> Dossier:
        """Gather all that decides whether a candidat may have a créneau of a groupe.

        Raises CANDIDAT_INCONNU.
        """
        candidat = self._tables.candidats.get(candidat_id)
        return self._of([candidat], groupe)[candidat_id]

    def among(self, candidat_ids: Sequence[str], groupe: GroupePermis) -> Mapping[str, Dossier]:
        """Gather the dossiers of the candidats who are known, in as few queries as one takes."""
        return self._of(self._tables.candidats.among("id", candidat_ids), groupe)

    def _of(self, candidats: Sequence[Candidat], groupe: GroupePermis) -> Mapping[str, Dossier]:
        candidat_ids = [candidat.id for candidat in candidats]
        demandes = self._tables.demandes.of_all(candidat_ids)
        penalites = self._tables.penalites.of_all(candidat_ids)
        resultats = self._tables.resultats.of_all(candidat_ids)
        reservations, held = defaultdict(list), defaultdict(list)
        for reservation in self._tables.reservations.of_candidats(candidat_ids):
            reservations[reservation.examen.candidat_id].append(reservation)
        for candidat_id, creneau in self._tables.places.held_for(candidat_ids):
            held[candidat_id].append(creneau)
        mandats = {
            mandat.candidat_id: mandat
            for mandat in reversed(self._tables.mandats.of_candidats(candidat_ids, groupe))
        }
        return {
            candidat.id: Dossier(
                candidat=candidat,
                mandat=mandats.get(candidat.id),
                demandes=tuple(demandes[candidat.id]),
                penalites=tuple(penalites[candidat.id]),
                resultats=tuple(resultats[candidat.id]),
                reservations=tuple(reservations[candidat.id]),
                en_panier=tuple(held[candidat.id]),
            )
            for candidat in candidats
        }

    def with_penalites(self) -> Mapping[GroupePermis, Sequence[str]]:
        """Find who has pénalités of each groupe, given or following from examens, by id."""
        rows = self._tables.sql.execute(
            "SELECT candidat_id, groupe_permis FROM penalites"
            " UNION SELECT ex.candidat_id, cr.groupe_permis FROM examens ex"
            " JOIN creneaux cr ON cr.id = ex.creneau_id WHERE ex.candidat_id IS NOT NULL"
            " AND (ex.resultat IS NOT NULL OR ex.date_heure_annulation IS NOT NULL)"
            " ORDER BY 1, 2"
        )
        by_groupe: dict[GroupePermis, list[str]] = defaultdict(list)
        for candidat_id, groupe in rows:
            by_groupe[GroupePermis(groupe)].append(candidat_id)
        return by_groupe
