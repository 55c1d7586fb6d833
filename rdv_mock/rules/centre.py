"""What an école may say of the centres that it prefers (contract.md, operation 10)."""

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.enumerations import GroupePermis


def check_groupe_of_favoris(groupe: GroupePermis | None) -> GroupePermis:
    """The groupe that a list of favourites is for: PARAMETRE_INVALIDE without one (`inferred`)."""
    if groupe is None:
        raise Refusal(
            ApiError.PARAMETRE_INVALIDE,
            details=[Detail("groupePermis", "est obligatoire avec une liste de centres")],
        )
    return groupe
