"""Écoles and what belongs to them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from rdv_mock.facts.auto_ecole import (
    AutoEcole,
    Bureau,
    Declaration,
    Employe,
    EtpDonne,
    Formateur,
    Simulateur,
)
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.store.table import F, Table


class AutoEcoles(Table[AutoEcole]):
    """The écoles."""

    name = "auto_ecoles"
    fact = AutoEcole


class OfAutoEcole(Table[F]):
    """What belongs to an école."""

    indexes: ClassVar[Sequence[Sequence[str]]] = (("auto_ecole_id",),)
    owners = {"auto_ecole_id": "auto_ecoles"}
    order: ClassVar[str] = "rowid"

    def of(self, auto_ecole_id: str) -> list[F]:
        """The rows of one école, in the order of the contract."""
        return self.where(f"auto_ecole_id = ? ORDER BY {self.order}", auto_ecole_id)

    def as_declared(self, auto_ecole_id: str) -> list[F]:
        """The rows of one école, in the order of the scenario."""
        return self.where("auto_ecole_id = ? ORDER BY rowid", auto_ecole_id)


class Bureaux(OfAutoEcole[Bureau]):
    """The bureaux."""

    name = "bureaux"
    fact = Bureau


class Employes(OfAutoEcole[Employe]):
    """The employés, by nom, prenom."""

    name = "employes"
    fact = Employe
    indexes = (("auto_ecole_id",), ("email",))
    order = "fold(nom), fold(prenom), id"

    def first_ones(self, most: int) -> list[Employe]:
        """List the first employés of the scenario."""
        return self.where("TRUE ORDER BY rowid LIMIT ?", most)

    def find_by_email(self, email: str) -> Employe | None:
        """Find the employé who logs in with this address."""
        return self.first("email = ?", email)


class Formateurs(OfAutoEcole[Formateur]):
    """The formateurs, by nom, prenom."""

    name = "formateurs"
    fact = Formateur
    order = "fold(nom), fold(prenom), id"


class Simulateurs(OfAutoEcole[Simulateur]):
    """The simulateurs, by number."""

    name = "simulateurs"
    fact = Simulateur
    order = "numero_autorisation, id"


class EtpDonnes(OfAutoEcole[EtpDonne]):
    """The ETP that a scenario gives."""

    name = "etp_donnes"
    fact = EtpDonne

    def by_mois(self, auto_ecole_id: str, groupe: GroupePermis) -> Mapping[str, Decimal]:
        """Find the given values of an école and groupe, by month of effect."""
        given = self.where("auto_ecole_id = ? AND groupe_permis = ?", auto_ecole_id, groupe)
        return {etp.mois: etp.valeur for etp in given}


class Declarations(OfAutoEcole[Declaration]):
    """What the écoles declare of their formateurs: one number for each département and groupe."""

    name = "declarations"
    fact = Declaration

    def find_for(
        self, auto_ecole_id: str, code_departement: str, groupe: GroupePermis
    ) -> Declaration | None:
        """Find what an école declared for a département and groupe."""
        return self.first(
            "auto_ecole_id = ? AND code_departement = ? AND groupe_permis = ?",
            auto_ecole_id,
            code_departement,
            groupe,
        )
