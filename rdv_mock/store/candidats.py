"""Candidats, their demandes, pénalités and results."""

from rdv_mock.facts.candidat import Candidat, Demande, Penalite, Resultats
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.store.table import Table


class Candidats(Table[Candidat]):
    """Everybody who learns to drive."""

    name = "candidats"
    fact = Candidat
    indexes = (("numero_dossier",), ("email",))

    def find_by_email(self, email: str) -> Candidat | None:
        """The candidat whose account has this address."""
        return self.first("email = ?", email)

    def with_numero_dossier(self, numero_dossier: str) -> list[Candidat]:
        """Those who bear this NEPH, character by character."""
        return self.where("numero_dossier = ? ORDER BY rowid", numero_dossier)


class Demandes(Table[Demande]):
    """What they asked of the ANTS."""

    name = "demandes"
    fact = Demande
    owners = {"candidat_id": "candidats"}
    indexes = (("candidat_id",),)

    def of(self, candidat_id: str) -> list[Demande]:
        """The demandes of one candidat."""
        return self.where("candidat_id = ? ORDER BY rowid", candidat_id)


class Penalites(Table[Penalite]):
    """The times during which they may not reserve."""

    name = "penalites"
    fact = Penalite
    indexes = (("candidat_id",),)
    owners = {"candidat_id": "candidats"}

    def of(self, candidat_id: str, groupe: GroupePermis | None = None) -> list[Penalite]:
        """Those of a candidat, of one groupe or of all, newest first."""
        found = self.where("candidat_id = ? ORDER BY date_examen DESC, rowid DESC", candidat_id)
        return [penalite for penalite in found if groupe in {None, penalite.groupe_permis}]


class ResultatsTable(Table[Resultats]):
    """How their last exams ended."""

    name = "resultats"
    fact = Resultats
    indexes = (("candidat_id",),)
    owners = {"candidat_id": "candidats"}

    def of(self, candidat_id: str) -> list[Resultats]:
        """Those of one candidat, category by category."""
        return self.where("candidat_id = ? ORDER BY rowid", candidat_id)
