"""When a contrat de formation may be opened or seen (docs/rules/contrat_de_formation.md)."""

from collections.abc import Iterable

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.auto_ecole import AutoEcole, Bureau
from rdv_mock.facts.candidat import Candidat, Demande
from rdv_mock.facts.enumerations import CategorieDuLivret
from rdv_mock.facts.livret import ContratDeFormation
from rdv_mock.fixtures import Limits
from rdv_mock.rules.parties import (
    check_demande_active,
    check_ouverte,
    check_toujours,
    find_candidat,
)

REFUSALS = (
    ApiError.AUTO_ECOLE_FERMEE,
    ApiError.CANDIDAT_INCONNU,
    ApiError.CANDIDAT_SANS_DEMANDE_ACTIVE,
    ApiError.CONTRAT_DEJA_CONNU,
)
"""Every code of a contrat to open, in the order of the checks."""


def check_bureau(bureau_id: str | None, bureaux: Iterable[Bureau]) -> None:
    """Refuse a bureau that is not one of the école's: PARAMETRE_INVALIDE (`inferred`)."""
    if bureau_id is not None and all(bureau.id != bureau_id for bureau in bureaux):
        raise Refusal(
            ApiError.PARAMETRE_INVALIDE,
            details=[Detail("bureauId", "n'est pas un bureau de votre auto-école")],
        )


def check_eleve(
    auto_ecole: AutoEcole, nom: str, numero_dossier: str, candidats: Iterable[Candidat]
) -> Candidat:
    """The élève of a contrat to open, once it is sure that the école may open any."""
    check_ouverte(auto_ecole)
    eleve = find_candidat(nom, numero_dossier, candidats)
    check_toujours(eleve, REFUSALS)
    return eleve


def check_creer_contrat_de_formation(
    categorie: CategorieDuLivret,
    demandes: Iterable[Demande],
    contrats: Iterable[ContratDeFormation],
    limits: Limits,
) -> None:
    """Raise the first refusal about an élève who is known; `contrats` are his with this école."""
    check_demande_active(categorie, demandes)
    check_nouveau(categorie, contrats, limits)


def check_nouveau(
    categorie: CategorieDuLivret, contrats: Iterable[ContratDeFormation], limits: Limits
) -> None:
    """Refuse a second contrat for the same category: CONTRAT_DEJA_CONNU.

    With `contrat.unParCategorie: false` any second contrat of the élève with the école.

    See docs/rules/contrat_de_formation.md#unique.
    """
    per_categorie = limits.flag("contrat.unParCategorie")
    if any(not per_categorie or contrat.categorie_permis is categorie for contrat in contrats):
        raise Refusal(ApiError.CONTRAT_DEJA_CONNU)


def check_son_contrat(contrat: ContratDeFormation, auto_ecole: AutoEcole) -> None:
    """Refuse the contrat of another école: CONTRAT_AUTRE_AUTO_ECOLE (`official` wording)."""
    if contrat.auto_ecole_id != auto_ecole.id:
        raise Refusal(ApiError.CONTRAT_AUTRE_AUTO_ECOLE)
