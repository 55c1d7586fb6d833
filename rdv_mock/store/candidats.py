"""Candidats and their demandes."""

from rdv_mock.facts.candidat import Candidat, Demande
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
