"""Candidats, their demandes, pénalités and results."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from rdv_mock.errors import ApiError
from rdv_mock.facts.candidat import Candidat, Demande, EtapeDeDemande, Penalite, Resultats
from rdv_mock.store.table import F, Table, write_datetime


class Candidats(Table[Candidat]):
    """The candidats of all écoles."""

    name = "candidats"
    fact = Candidat
    indexes = (("numero_dossier",), ("email",))
    unknown = ApiError.CANDIDAT_INCONNU

    def find_by_email(self, email: str) -> Candidat | None:
        """Find the candidat whose account has this address."""
        return self.first("email = ?", email)

    def with_numero_dossier(self, numero_dossier: str) -> list[Candidat]:
        """The candidats with this NEPH, compared character by character."""
        return self.where("numero_dossier = ? ORDER BY rowid", numero_dossier)


class _OfCandidat(Table[F]):
    """What belongs to a candidat, in the order `order`."""

    indexes: ClassVar[Sequence[Sequence[str]]] = (("candidat_id",),)
    owners = {"candidat_id": "candidats"}
    order: ClassVar[str] = "rowid"

    def of(self, candidat_id: str) -> list[F]:
        """List what belongs to a candidat."""
        return self.where(f"candidat_id = ? ORDER BY {self.order}", candidat_id)

    def of_all(self, candidat_ids: Sequence[str]) -> Mapping[str, Sequence[F]]:
        """Find what belongs to each of many candidats."""
        found: dict[str, list[F]] = defaultdict(list)
        for fact in self.among("candidat_id", candidat_ids, self.order):
            found[fact.candidat_id].append(fact)  # type: ignore[attr-defined] # of every subclass
        return found


class Demandes(_OfCandidat[Demande]):
    """The demandes that candidats made to the ANTS."""

    name = "demandes"
    fact = Demande


class EtapesDeDemande(_OfCandidat[EtapeDeDemande]):
    """The statuts that demandes will have, each from an instant on."""

    name = "etapes_de_demande"
    fact = EtapeDeDemande
    indexes = (("candidat_id",), ("date_heure",))
    owners = {"candidat_id": "candidats", "demande_id": "demandes"}
    order = "date_heure, rowid"

    def next_at(self) -> datetime | None:
        """Find the instant of the next étape."""
        etape = self.first("TRUE ORDER BY date_heure")
        return None if etape is None else etape.date_heure

    def due(self, at: datetime) -> list[EtapeDeDemande]:
        """The étapes that are due, by candidat."""
        return self.where(
            "date_heure <= ? ORDER BY candidat_id, demande_id, date_heure, rowid",
            write_datetime(at),
        )


class Penalites(_OfCandidat[Penalite]):
    """The pénalités of candidats that a scenario gives, newest first."""

    name = "penalites"
    fact = Penalite
    order = "date_examen DESC, rowid DESC"


class ResultatsTable(_OfCandidat[Resultats]):
    """The results of candidats that a scenario gives, category by category."""

    name = "resultats"
    fact = Resultats
