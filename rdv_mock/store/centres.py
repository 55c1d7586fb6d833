"""Exam centres and favourites."""

from collections.abc import Sequence

from typing_extensions import override

from rdv_mock.errors import ApiError
from rdv_mock.facts.centre import Centre, CentreFavori
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.store.auto_ecoles import OfAutoEcole
from rdv_mock.store.table import Table


class Centres(Table[Centre]):
    """The exam centres."""

    name = "centres"
    fact = Centre
    indexes = (("code_departement",),)
    unknown = ApiError.CENTRE_INCONNU

    def search(
        self, code_departement: str, groupe: GroupePermis, *, est_ferme: bool | None
    ) -> list[Centre]:
        """The centres of a département that serve a groupe, by nom; open, closed, or both."""
        found = self.where("code_departement = ? ORDER BY fold(nom), id", code_departement)
        return [
            centre
            for centre in found
            if groupe in centre.groupes_permis and est_ferme in {None, centre.est_ferme}
        ]


class CentresFavoris(OfAutoEcole[CentreFavori]):
    """The favourites of écoles, by groupe and priorité."""

    name = "centres_favoris"
    fact = CentreFavori
    owners = {"auto_ecole_id": "auto_ecoles", "centre_id": "centres"}
    order = "groupe_permis, priorite"

    @override
    def of(self, auto_ecole_id: str, groupe: GroupePermis | None = None) -> list[CentreFavori]:
        """The favourite centres of an école, for one groupe or for all."""
        found = super().of(auto_ecole_id)
        return [favori for favori in found if groupe in {None, favori.groupe_permis}]

    def replace(
        self, auto_ecole_id: str, groupe: GroupePermis, favoris: Sequence[CentreFavori]
    ) -> None:
        """Replace the favourites of an école for a groupe."""
        self.remove_where("auto_ecole_id = ? AND groupe_permis = ?", auto_ecole_id, groupe)
        self.save_all(favoris)
