"""The table of coefficients: how many places an ETP is worth."""

from rdv_mock.facts.capacite import Coefficient
from rdv_mock.store.table import Table


class Coefficients(Table[Coefficient]):
    """The coefficients that a scenario gives; without one the limits hold."""

    name = "coefficients"
    fact = Coefficient
    indexes = (("code_departement",),)

    def find_for(self, code_departement: str, groupe: str, mois: str) -> Coefficient | None:
        """The coefficient of a département for a groupe and month, if there is one."""
        return self.first(
            "code_departement = ? AND groupe_permis = ? AND mois = ?",
            code_departement,
            groupe,
            mois,
        )
