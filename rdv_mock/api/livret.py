"""The Livret Numérique: contrats de formation, leçons, and the ETP they earn.

See docs/contract/livret.md.
"""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Path, Query

from rdv_mock import paris
from rdv_mock.errors import ApiError
from rdv_mock.facts.access import LIVRET_READ, LIVRET_WRITE
from rdv_mock.facts.auto_ecole import Formateur, Simulateur
from rdv_mock.facts.candidat import Candidat
from rdv_mock.facts.enumerations import Activite, GroupeDuLivret, GroupePermis
from rdv_mock.facts.etp import EtpEnVigueur
from rdv_mock.facts.livret import ContratDeFormation, Lecon, LeconDeclaree
from rdv_mock.http.addresses import LIVRET
from rdv_mock.http.call import VendorCall
from rdv_mock.http.routers import vendor_router
from rdv_mock.http.traits import locates, needs, refuses
from rdv_mock.rules.contrat_de_formation import (
    REFUSALS,
    check_bureau,
    check_creer_contrat_de_formation,
    check_eleve,
    check_son_contrat,
)
from rdv_mock.rules.lecon import check_corriger_lecon, check_declarer_lecon, check_retirer_lecon
from rdv_mock.store.search import CandidatSearch, text_search
from rdv_mock.wire.etp import EtpDuFormateur, EtpDuSimulateur, EtpOnWire, FiltreEtp
from rdv_mock.wire.formateur import FormateurOnWire, SimulateurOnWire
from rdv_mock.wire.livret import (
    ContratDeFormationOnWire,
    ContratsDeFormationTrouves,
    CreationContratDeFormation,
    DeclarationLecon,
    FiltreContratsDeFormation,
    LeconOnWire,
    RechercheContratsDeFormation,
)
from rdv_mock.wire.search import pagination_of
from rdv_mock.worlds.nuit import etp_en_vigueur

router = vendor_router(LIVRET)

ContratId = Annotated[
    str,
    Path(
        alias="contratId",
        description="Identifiant du contrat.",
        examples=["cc000000-0000-4000-8000-000000000001"],
    ),
]
LeconId = Annotated[
    str,
    Path(
        alias="leconId",
        description="Identifiant de la leçon.",
        examples=["1e000000-0000-4000-8000-000000000001"],
    ),
]

CONTRAT_ERRORS = (ApiError.CONTRAT_INCONNU, ApiError.CONTRAT_AUTRE_AUTO_ECOLE)
LECON_ERRORS = (*CONTRAT_ERRORS, ApiError.LECON_INCONNUE)
DECLARATION_ERRORS = (
    ApiError.NUMERO_AUTORISATION_INVALIDE,
    ApiError.DUREE_INVALIDE,
    ApiError.LECON_DANS_LE_FUTUR,
    ApiError.LECON_DEJA_RENSEIGNEE,
)


@router.post(
    "/contrats-de-formation",
    status_code=201,
    tags=["Contrats de formation"],
    summary="Ouvrir un contrat de formation",
    description="Un contrat lie un élève à une auto-école (officiel), pour une catégorie"
    " (inféré). L'élève est retrouvé par son nom de naissance et son NEPH (officiel). Il lui faut"
    " une demande ANTS validée pour exactement cette catégorie (officiel) ; aucun mandat n'est"
    " nécessaire. `typeFormation` décide seul du coefficient de toutes ses heures (officiel), et"
    " ne change plus.",
)
@needs(LIVRET_WRITE)
@locates
@refuses(*REFUSALS)
async def creer_contrat_de_formation(
    creation: CreationContratDeFormation, call: VendorCall
) -> ContratDeFormationOnWire:
    """Tie an élève to the caller's école."""
    check_bureau(creation.bureau_id, call.store.bureaux.of(call.auto_ecole.id))
    candidats = call.store.candidats.with_numero_dossier(creation.numero_dossier)
    candidat = check_eleve(call.auto_ecole, creation.nom, creation.numero_dossier, candidats)
    demandes = call.store.demandes.of(candidat.id)
    contrats = call.store.contrats_de_formation.between(call.auto_ecole.id, candidat.id)

    check_creer_contrat_de_formation(creation.categorie_permis, demandes, contrats, call.limits)

    contrat = ContratDeFormation(
        id=call.new_id(call.store.contrats_de_formation),
        auto_ecole_id=call.auto_ecole.id,
        bureau_id=creation.bureau_id,
        candidat_id=candidat.id,
        categorie_permis=creation.categorie_permis,
        type_formation=creation.type_formation,
        date_heure_creation=call.now,
    )
    call.store.contrats_de_formation.save(contrat)
    call.locate(_livret(call, f"/contrats-de-formation/{contrat.id}"))
    return _contrat_on_wire(contrat, candidat)


@router.post(
    "/contrats-de-formation/recherche",
    tags=["Contrats de formation"],
    summary="Chercher parmi ses contrats de formation",
    description="Ceux de votre auto-école, par nom. Un critère sans `query` n'en est pas un.",
)
@needs(LIVRET_READ)
async def rechercher_contrats_de_formation(
    recherche: RechercheContratsDeFormation, call: VendorCall
) -> ContratsDeFormationTrouves:
    """Look through the contrats of the caller's école."""
    filtre = recherche.filtre or FiltreContratsDeFormation()
    page, par_page = recherche.bounds(call.limits)
    search = CandidatSearch(
        call.auto_ecole.id,
        text_search(filtre.nom),
        text_search(filtre.numero_dossier),
        {"categorie_permis": filtre.categorie_permis} if filtre.categorie_permis else {},
    )
    contrats, total = search.page(
        call.store.contrats_de_formation,
        order="fold(c.nom), t.id",
        page=page,
        par_page=par_page,
    )
    return ContratsDeFormationTrouves(
        data=[
            _contrat_on_wire(contrat, call.store.candidats.get(contrat.candidat_id))
            for contrat in contrats
        ],
        pagination=pagination_of(page, par_page, total),
    )


@router.get(
    "/contrats-de-formation/{contratId}",
    tags=["Contrats de formation"],
    summary="Lire un contrat de formation",
    description="Un contrat de votre auto-école.",
)
@needs(LIVRET_READ)
@refuses(*CONTRAT_ERRORS)
async def lire_contrat_de_formation(
    contrat_id: ContratId, call: VendorCall
) -> ContratDeFormationOnWire:
    """Read one contrat."""
    contrat = _own_contrat(contrat_id, call)
    return _contrat_on_wire(contrat, call.store.candidats.get(contrat.candidat_id))


@router.post(
    "/contrats-de-formation/{contratId}/lecons",
    status_code=201,
    tags=["Leçons"],
    summary="Déclarer une leçon",
    description="La leçon doit être terminée. Sa durée est bornée selon son type : de"
    " {lecon.duree.CIRCULATION.min} à {lecon.duree.CIRCULATION.max} minutes en circulation"
    " (officiel). Un élève n'a pas deux leçons à la même minute, quelle que soit l'auto-école. Du"
    " numéro d'autorisation, seule la forme est vérifiée.\n\n201 veut dire reçue, pas comptée :"
    " ce qui compte se lit dans les ETP du mois d'effet.",
)
@needs(LIVRET_WRITE)
@locates
@refuses(*CONTRAT_ERRORS, ApiError.AUTO_ECOLE_FERMEE, *DECLARATION_ERRORS)
async def declarer_lecon(
    contrat_id: ContratId, declaration: DeclarationLecon, call: VendorCall
) -> LeconOnWire:
    """Receive one leçon."""
    contrat = call.store.contrats_de_formation.get(contrat_id)
    declaree = _declaree(declaration)
    same_start = _at_same_start(contrat, declaree, call)

    check_declarer_lecon(declaree, contrat, call.auto_ecole, same_start, call.limits, now=call.now)

    lecon = declaree.received(call.new_id(call.store.lecons), contrat.id, call.now)
    call.store.lecons.save(lecon)
    call.locate(_livret(call, f"/contrats-de-formation/{contrat.id}/lecons/{lecon.id}"))
    return _lecon_on_wire(lecon)


@router.get(
    "/contrats-de-formation/{contratId}/lecons",
    tags=["Leçons"],
    summary="Lister les leçons d'un contrat",
    description="Par date et heure de début ; comptées ou non.",
)
@needs(LIVRET_READ)
@refuses(*CONTRAT_ERRORS)
async def lister_lecons(contrat_id: ContratId, call: VendorCall) -> list[LeconOnWire]:
    """List the leçons of one contrat."""
    contrat = _own_contrat(contrat_id, call)
    return [_lecon_on_wire(lecon) for lecon in call.store.lecons.of(contrat.id)]


@router.get(
    "/contrats-de-formation/{contratId}/lecons/{leconId}",
    tags=["Leçons"],
    summary="Lire une leçon",
    description="Telle qu'elle a été reçue, ou corrigée.",
)
@needs(LIVRET_READ)
@refuses(*LECON_ERRORS)
async def lire_lecon(contrat_id: ContratId, lecon_id: LeconId, call: VendorCall) -> LeconOnWire:
    """Read one leçon."""
    contrat = _own_contrat(contrat_id, call)
    return _lecon_on_wire(call.store.lecons.get_of(contrat.id, lecon_id))


@router.put(
    "/contrats-de-formation/{contratId}/lecons/{leconId}",
    tags=["Leçons"],
    summary="Corriger une leçon",
    description="Possible jusqu'à la nuit du calcul qui la lit (inféré). Mêmes règles que"
    " `declarerLecon` ; la date de réception reste.",
)
@needs(LIVRET_WRITE)
@refuses(*LECON_ERRORS, ApiError.AUTO_ECOLE_FERMEE, ApiError.LECON_VERROUILLEE, *DECLARATION_ERRORS)
async def corriger_lecon(
    contrat_id: ContratId, lecon_id: LeconId, declaration: DeclarationLecon, call: VendorCall
) -> LeconOnWire:
    """Replace what was declared of one leçon."""
    contrat = _own_contrat(contrat_id, call)
    lecon = call.store.lecons.get_of(contrat.id, lecon_id)
    declaree = _declaree(declaration)
    same_start = _at_same_start(contrat, declaree, call)

    check_corriger_lecon(declaree, lecon, call.auto_ecole, same_start, call.limits, now=call.now)

    corrected = declaree.received(lecon.id, contrat.id, lecon.date_heure_reception)
    call.store.lecons.save(corrected)
    return _lecon_on_wire(corrected)


@router.delete(
    "/contrats-de-formation/{contratId}/lecons/{leconId}",
    status_code=204,
    tags=["Leçons"],
    summary="Retirer une leçon",
    description="Possible jusqu'à la nuit du calcul qui la lit (inféré).",
)
@needs(LIVRET_WRITE)
@refuses(*LECON_ERRORS, ApiError.AUTO_ECOLE_FERMEE, ApiError.LECON_VERROUILLEE)
async def retirer_lecon(contrat_id: ContratId, lecon_id: LeconId, call: VendorCall) -> None:
    """Withdraw one leçon."""
    contrat = _own_contrat(contrat_id, call)
    lecon = call.store.lecons.get_of(contrat.id, lecon_id)

    check_retirer_lecon(lecon, call.auto_ecole, call.limits, now=call.now)

    call.store.lecons.remove(lecon.id)


@router.get(
    "/etp",
    tags=["ETP, formateurs et simulateurs"],
    summary="Lire ses ETP",
    description="Les ETP d'un mois d'effet : les heures comptées de {etp.moisGlissants} mois"
    " (officiel), divisées par ce nombre de mois puis par {etp.baseMensuelle} (presse), calculés"
    " {etp.moisEffet} mois plus tôt (presse), dans la nuit qui mène au {etp.jourDuCalcul}"
    " (officiel) ; ou donnés par le scénario. Sans calcul, ceux du mois précédent, reportés"
    " {etp.reportMois} mois au plus (inféré).",
)
@needs(LIVRET_READ)
async def lire_etp(filtre: Annotated[FiltreEtp, Query()], call: VendorCall) -> EtpOnWire:
    """Read the ETP of the caller's école."""
    etp = etp_en_vigueur(
        call.store,
        call.auto_ecole,
        GroupePermis(filtre.groupe_permis),
        filtre.mois,
        call.limits,
        now=call.now,
    )
    formateurs = call.store.formateurs.of(call.auto_ecole.id)
    simulateurs = call.store.simulateurs.of(call.auto_ecole.id)
    return _etp_on_wire(filtre.mois, filtre.groupe_permis, etp, formateurs, simulateurs)


@router.get(
    "/formateurs",
    tags=["ETP, formateurs et simulateurs"],
    summary="Lister ses formateurs",
    description="Par nom et prénom.",
)
@needs(LIVRET_READ)
async def lister_formateurs(call: VendorCall) -> list[FormateurOnWire]:
    """List the formateurs of the caller's école."""
    return [FormateurOnWire.of(one) for one in call.store.formateurs.of(call.auto_ecole.id)]


@router.get(
    "/simulateurs",
    tags=["ETP, formateurs et simulateurs"],
    summary="Lister ses simulateurs",
    description="Par numéro d'autorisation.",
)
@needs(LIVRET_READ)
async def lister_simulateurs(call: VendorCall) -> list[SimulateurOnWire]:
    """List the simulators of the caller's école."""
    return [SimulateurOnWire.of(one) for one in call.store.simulateurs.of(call.auto_ecole.id)]


def _own_contrat(contrat_id: str, call: VendorCall) -> ContratDeFormation:
    contrat = call.store.contrats_de_formation.get(contrat_id)
    check_son_contrat(contrat, call.auto_ecole)
    return contrat


def _declaree(declaration: DeclarationLecon) -> LeconDeclaree:
    return LeconDeclaree(
        type=declaration.type,
        activite=declaration.activite or Activite.LECON,
        date_heure_debut=declaration.date_heure_debut,
        duree_en_minutes=declaration.duree_en_minutes,
        numero_autorisation=declaration.numero_autorisation,
    )


def _at_same_start(
    contrat: ContratDeFormation, declaree: LeconDeclaree, call: VendorCall
) -> list[Lecon]:
    return call.store.lecons.at_same_start(contrat.candidat_id, declaree.date_heure_debut)


def _livret(call: VendorCall, path: str) -> str:
    return call.server.settings.livret_base_path + path


def _contrat_on_wire(contrat: ContratDeFormation, candidat: Candidat) -> ContratDeFormationOnWire:
    """Show a contrat with its élève as he is registered."""
    return ContratDeFormationOnWire.of(
        contrat, nom=candidat.nom, numero_dossier=candidat.numero_dossier
    )


def _lecon_on_wire(lecon: Lecon) -> LeconOnWire:
    """Show a leçon with its end."""
    end = paris.end_of(lecon.date_heure_debut, minutes=lecon.duree_en_minutes)
    return LeconOnWire.of(lecon, date_heure_fin=end)


def _etp_on_wire(
    mois: str,
    groupe: GroupeDuLivret,
    etp: EtpEnVigueur,
    formateurs: Iterable[Formateur],
    simulateurs: Iterable[Simulateur],
) -> EtpOnWire:
    """Show the ETP of an école in a month, 0.0 for a formateur or simulator without any.

    The generic number of a simulator is among them when it counts.
    """
    by_formateur = etp.by_formateur
    by_number = {
        part.numero_autorisation: part.etp for part in etp.parts if part.formateur_id is None
    }
    declared = dict.fromkeys(simulateur.numero_autorisation for simulateur in simulateurs)
    return EtpOnWire(
        mois=mois,
        groupe_permis=groupe,
        etp=float(etp.total),
        origine=etp.origine,
        formateurs=[
            EtpDuFormateur.of(formateur, etp=float(by_formateur.get(formateur.id, 0)))
            for formateur in formateurs
        ],
        simulateurs=[
            EtpDuSimulateur(numero_autorisation=numero, etp=float(by_number.get(numero, 0)))
            for numero in sorted({**declared, **by_number})
        ],
    )
