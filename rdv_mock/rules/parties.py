"""What concerns the two parties of any act: the école that asks, the candidat it asks for."""

from collections.abc import Container, Iterable

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.facts.candidat import Candidat, Demande, fold
from rdv_mock.facts.enumerations import Role, StatutDemande


def check_ouverte(auto_ecole: AutoEcole) -> None:
    """Refuse the writes of a closed école: AUTO_ECOLE_FERMEE (`official`, docs/rules/roles.md)."""
    if auto_ecole.est_fermee:
        raise Refusal(ApiError.AUTO_ECOLE_FERMEE)


def check_peut_agir(auto_ecole: AutoEcole) -> None:
    """Refuse the writes of a closed école on the exam API: ACTION_INTERDITE.

    See docs/rules/roles.md.
    """
    if auto_ecole.est_fermee:
        raise Refusal(ApiError.ACTION_INTERDITE)


def check_gerant(employe: Employe) -> None:
    """Refuse what only a GERANT may do: ACTION_INTERDITE (`inferred`, docs/rules/roles.md)."""
    if employe.role is not Role.GERANT:
        raise Refusal(ApiError.ACTION_INTERDITE)


def check_own(auto_ecole_id: str, auto_ecole: AutoEcole) -> None:
    """Refuse what belongs to another école: ACTION_INTERDITE.

    See docs/contract/conventions.md#order.
    """
    if auto_ecole_id != auto_ecole.id:
        raise Refusal(ApiError.ACTION_INTERDITE)


def check_toujours(candidat: Candidat, among: Container[ApiError]) -> None:
    """Refuse with the code that a scenario has put upon this candidat.

    If it is `among` the codes that the rule gives at all: magic data never makes an operation
    answer what its document does not know.

    See docs/contract/scenarios.md#toujours.
    """
    if candidat.toujours is not None and ApiError[candidat.toujours] in among:
        raise Refusal(ApiError[candidat.toujours])


def find_candidat(nom: str, numero_dossier: str, candidats: Iterable[Candidat]) -> Candidat:
    """The candidat whom the pair nom and NEPH names (`official`, docs/rules/identifiants.md).

    The NEPH is compared character by character, the name after folding; a known NEPH under another
    name is as good as unknown: CANDIDAT_INCONNU.
    """
    for candidat in candidats:
        if candidat.numero_dossier == numero_dossier and fold(candidat.nom) == fold(nom):
            return candidat
    raise Refusal(ApiError.CANDIDAT_INCONNU)


def check_demande_active(categorie: str, demandes: Iterable[Demande]) -> None:
    """Refuse without a demande VALIDEE for exactly this category (`official`).

    CANDIDAT_SANS_DEMANDE_ACTIVE, also for one that is deposited, rejected or expired.

    See docs/rules/contrat_de_formation.md#demande.
    """
    if not any(
        demande.categorie_permis == categorie and demande.statut is StatutDemande.VALIDEE
        for demande in demandes
    ):
        raise Refusal(ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE)
