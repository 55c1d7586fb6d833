"""When an école may take a mandat (docs/rules/mandat.md)."""

from collections.abc import Iterable

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.candidat import Candidat, Demande
from rdv_mock.facts.enumerations import GroupePermis, StatutDemande
from rdv_mock.facts.mandat import Mandat
from rdv_mock.rules.parties import check_toujours

REFUSALS = (
    ApiError.CANDIDAT_INCONNU,
    ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE,
    ApiError.CANDIDAT_DEJA_SOUS_MON_MANDAT,
    ApiError.CANDIDAT_DEJA_SOUS_MANDAT,
    ApiError.EMAIL_MANQUANT,
    ApiError.EMAIL_DEJA_ATTRIBUE,
)
"""Every code of a mandat, in the order of the checks."""


def check_prendre_mandat(
    auto_ecole: AutoEcole,
    candidat: Candidat,
    groupe: GroupePermis,
    demandes: Iterable[Demande],
    mandat: Mandat | None,
    email: str | None,
    holder: Candidat | None,
) -> None:
    """Raise the first refusal about a candidat who is known.

    `mandat`: his for this groupe, with any école. `holder`: the candidat whose account has the
    address `email` that was sent.
    """
    check_toujours(candidat, REFUSALS)
    check_demande_du_groupe(groupe, demandes)
    check_sans_mandat(mandat, auto_ecole)
    check_email(candidat, email, holder)


def check_demande_du_groupe(groupe: GroupePermis, demandes: Iterable[Demande]) -> None:
    """Refuse without a demande VALIDEE for a category of the groupe.

    CANDIDAT_SANS_DEMANDE_ACTIVE (`integrator`).
    """
    if not any(
        demande.categorie_permis.groupe is groupe and demande.statut is StatutDemande.VALIDEE
        for demande in demandes
    ):
        raise Refusal(ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE)


def check_sans_mandat(mandat: Mandat | None, auto_ecole: AutoEcole) -> None:
    """Refuse a second école: CANDIDAT_DEJA_SOUS_MON_MANDAT, CANDIDAT_DEJA_SOUS_MANDAT."""
    if mandat is not None:
        mine = mandat.auto_ecole_id == auto_ecole.id
        raise Refusal(
            ApiError.CANDIDAT_DEJA_SOUS_MON_MANDAT if mine else ApiError.CANDIDAT_DEJA_SOUS_MANDAT
        )


def check_email(candidat: Candidat, email: str | None, holder: Candidat | None) -> None:
    """Refuse a new account without an address of its own: EMAIL_MANQUANT, EMAIL_DEJA_ATTRIBUE.

    The address of an existing account never changes, so what is sent for one does not matter.
    """
    if candidat.email is not None:
        return
    if email is None:
        raise Refusal(ApiError.EMAIL_MANQUANT)
    if holder is not None:
        raise Refusal(ApiError.EMAIL_DEJA_ATTRIBUE)
