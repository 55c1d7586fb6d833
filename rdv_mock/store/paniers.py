"""The tables of paniers and of what they hold."""

from datetime import datetime

from rdv_mock.errors import ApiError
from rdv_mock.facts.panier import ElementDuPanier, Panier
from rdv_mock.store.table import Table, write_datetime


class Paniers(Table[Panier]):
    """The living paniers; one that expires or is closed is forgotten."""

    name = "paniers"
    fact = Panier
    indexes = (("auto_ecole_id",), ("employe_id",), ("date_heure_expiration",))
    owners = {"auto_ecole_id": "auto_ecoles", "employe_id": "employes"}
    unknown = ApiError.PANIER_INCONNU

    def of(self, auto_ecole_id: str) -> list[Panier]:
        """The paniers of an école, oldest first."""
        return self.where("auto_ecole_id = ? ORDER BY date_heure_creation, rowid", auto_ecole_id)

    def find_current(self, employe_id: str) -> Panier | None:
        """Find the youngest panier of an employé."""
        youngest_first = "ORDER BY date_heure_creation DESC, rowid DESC"
        return self.first(f"employe_id = ? {youngest_first}", employe_id)

    def next_expiry(self) -> datetime | None:
        """Find the instant when the next panier expires."""
        panier = self.first("TRUE ORDER BY date_heure_expiration")
        return None if panier is None else panier.date_heure_expiration

    def expired(self, at: datetime) -> list[Panier]:
        """The paniers that have expired by an instant."""
        return self.where("date_heure_expiration <= ? ORDER BY id", write_datetime(at))


class ElementsDuPanier(Table[ElementDuPanier]):
    """The créneaux that living paniers hold, in the order of addition."""

    name = "elements_du_panier"
    fact = ElementDuPanier
    indexes = (("panier_id",), ("candidat_id",))
    unique = (("creneau_id",),)
    owners = {"panier_id": "paniers", "creneau_id": "creneaux", "candidat_id": "candidats"}

    def of(self, panier_id: str) -> list[ElementDuPanier]:
        """The éléments of one panier."""
        return self.where("panier_id = ? ORDER BY rowid", panier_id)

    def find_on(self, creneau_id: str) -> ElementDuPanier | None:
        """Find the element that holds a créneau."""
        return self.first("creneau_id = ?", creneau_id)
