"""From facts to what travels: one function per shape."""

from math import ceil

from rdv_mock import paris
from rdv_mock.facts.access import Bail
from rdv_mock.facts.auto_ecole import Formateur, Simulateur
from rdv_mock.facts.candidat import Candidat
from rdv_mock.facts.livret import ContratDeFormation, Lecon
from rdv_mock.wire.base import Pagination
from rdv_mock.wire.capacite import (
    EtpDuFormateur,
    EtpDuSimulateur,
    FormateurOnWire,
    SimulateurOnWire,
)
from rdv_mock.wire.control import Connexion
from rdv_mock.wire.livret import ContratDeFormationOnWire, LeconOnWire


def contrat_on_wire(contrat: ContratDeFormation, candidat: Candidat) -> ContratDeFormationOnWire:
    """A contrat with its élève as he is registered."""
    return ContratDeFormationOnWire(
        id=contrat.id,
        auto_ecole_id=contrat.auto_ecole_id,
        bureau_id=contrat.bureau_id,
        candidat_id=contrat.candidat_id,
        nom=candidat.nom,
        numero_dossier=candidat.numero_dossier,
        categorie_permis=contrat.categorie_permis,
        type_formation=contrat.type_formation,
        date_heure_creation=contrat.date_heure_creation,
    )


def lecon_on_wire(lecon: Lecon) -> LeconOnWire:
    """A leçon with its end."""
    return LeconOnWire(
        id=lecon.id,
        contrat_id=lecon.contrat_id,
        type=lecon.type,
        activite=lecon.activite,
        date_heure_debut=lecon.date_heure_debut,
        date_heure_fin=paris.end_of(lecon.date_heure_debut, minutes=lecon.duree_en_minutes),
        duree_en_minutes=lecon.duree_en_minutes,
        numero_autorisation=lecon.numero_autorisation,
        date_heure_reception=lecon.date_heure_reception,
    )


def formateur_on_wire(formateur: Formateur) -> FormateurOnWire:
    """A formateur as he is declared."""
    return FormateurOnWire(
        id=formateur.id,
        nom=formateur.nom,
        prenom=formateur.prenom,
        numero_autorisation=formateur.numero_autorisation,
        bureau_principal_id=formateur.bureau_principal_id,
    )


def simulateur_on_wire(simulateur: Simulateur) -> SimulateurOnWire:
    """A simulator as it is declared."""
    return SimulateurOnWire(
        numero_autorisation=simulateur.numero_autorisation, bureau_id=simulateur.bureau_id
    )


def etp_du_formateur(formateur: Formateur) -> EtpDuFormateur:
    """A formateur with what he earns: 0.0, since nothing is calculated (rules.md 4.6)."""
    return EtpDuFormateur(
        id=formateur.id,
        nom=formateur.nom,
        prenom=formateur.prenom,
        numero_autorisation=formateur.numero_autorisation,
        etp=0.0,
    )


def etp_du_simulateur(simulateur: Simulateur) -> EtpDuSimulateur:
    """A simulator with what it earns: 0.0, as above."""
    return EtpDuSimulateur(numero_autorisation=simulateur.numero_autorisation, etp=0.0)


def connexion_on_wire(auto_ecole_id: str, bureau_id: str | None, bail: Bail | None) -> Connexion:
    """A bureau and a bail that covers it, or none."""
    return Connexion(
        auto_ecole=auto_ecole_id,
        bureau=bureau_id,
        employe=bail.employe_id if bail else None,
        client_id=bail.client_id if bail else None,
        debut=bail.debut if bail else None,
        fin=bail.fin if bail else None,
        connecte=bail is not None and not bail.termine,
    )


def pagination(page: int, par_page: int, total: int) -> Pagination:
    """Where a page stands among all."""
    return Pagination(
        page_courante=page,
        par_page=par_page,
        nombre_de_pages=ceil(total / par_page),
        nombre_total=total,
    )
