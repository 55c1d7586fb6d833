"""Facts that nothing is wrong with; tests change one thing at a time."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.candidat import Candidat, Demande
from rdv_mock.facts.capacite import Capacite
from rdv_mock.facts.centre import Centre
from rdv_mock.facts.creneau import Creneau, Place, Reservation
from rdv_mock.facts.dossier import Dossier
from rdv_mock.facts.enumerations import (
    CategorieDuLivret,
    CategoriePermis,
    GroupePermis,
    StatutDemande,
    TypeEpreuvePratique,
    TypeFormation,
)
from rdv_mock.facts.examen import Examen
from rdv_mock.facts.livret import ContratDeFormation
from rdv_mock.facts.mandat import Mandat
from rdv_mock.facts.panier import Panier
from tests.support import instant

AUTO_ECOLE = AutoEcole(
    id="plesses",
    nom="Auto-École des Plesses",
    aurige_id="0850000010",
    code_departement="085",
    en_ligne=False,
    est_fermee=False,
    email="contact@plesses.test",
    adresse="4 rue des Halles",
    code_postal="85100",
    ville="LES SABLES-D'OLONNE",
)
CANDIDAT = Candidat(
    id="zoe",
    nom="L'Hénaff-Œuvray",
    prenom="Zoé",
    date_de_naissance=None,
    numero_dossier="000123456789",
    email=None,
)
DEMANDE = Demande("demande", CANDIDAT.id, CategoriePermis.B, StatutDemande.VALIDEE)
MANDAT = Mandat("mandat", AUTO_ECOLE.id, CANDIDAT.id, GroupePermis.B)
DOSSIER = Dossier(
    candidat=CANDIDAT,
    mandat=MANDAT,
    demandes=(DEMANDE,),
    penalites=(),
    resultats=(),
    reservations=(),
    en_panier=(),
)
CENTRE = Centre(
    id="centre",
    nom="LES SABLES B",
    code_departement="085",
    adresse="",
    code_postal="85100",
    ville="LES SABLES",
    est_ferme=False,
    groupes_permis=("B",),
)
CRENEAU = Creneau(
    id="creneau",
    centre_id=CENTRE.id,
    groupe_permis=GroupePermis.B,
    type_epreuve_pratique=TypeEpreuvePratique.CIRCULATION,
    date_heure_debut=datetime.fromisoformat("2026-04-14T08:00:00"),
    date_heure_fin=datetime.fromisoformat("2026-04-14T08:32:00"),
    date_heure_publication=instant("2026-03-03T14:00:00Z"),
    numero_inspecteur="1357",
    est_candidat_obligatoire=None,
)
EXAMEN = Examen(
    id="examen",
    auto_ecole_id=AUTO_ECOLE.id,
    creneau_id=CRENEAU.id,
    candidat_id=CANDIDAT.id,
    date_heure_reservation=instant("2026-03-05T08:00:00Z"),
    date_heure_annulation=None,
    resultat=None,
    points=None,
    date_heure_resultat=None,
    nombre_de_remplacements=0,
)
RESERVATION = Reservation(EXAMEN, CRENEAU, CENTRE)
PANIER = Panier(
    id="panier",
    auto_ecole_id=AUTO_ECOLE.id,
    employe_id="lea",
    date_heure_creation=instant("2026-03-10T08:00:00Z"),
    date_heure_expiration=instant("2026-03-10T08:15:00Z"),
)
PLACE = Place(CRENEAU, CENTRE, examen=None, panier=None, element=None)
CONTRAT = ContratDeFormation(
    id="contrat",
    auto_ecole_id=AUTO_ECOLE.id,
    bureau_id=None,
    candidat_id=CANDIDAT.id,
    categorie_permis=CategorieDuLivret.B,
    type_formation=TypeFormation.TRADITIONNELLE,
    date_heure_creation=instant("2026-01-05T08:00:00Z"),
)
CAPACITE = Capacite(
    code_departement="085",
    groupe_permis=GroupePermis.B,
    mois="2026-04",
    etp=Decimal("2.0"),
    etp_total=Decimal("2.0"),
    coefficient=Decimal("4.5"),
    utilisees=0,
    est_declaree=True,
)


def creneau_of(day: str, **changes: Any) -> Creneau:
    """Another créneau, of a day at eight in the morning."""
    elsewhere = replace(
        CRENEAU,
        id=f"creneau-{day}",
        date_heure_debut=datetime.fromisoformat(f"{day}T08:00:00"),
        date_heure_fin=datetime.fromisoformat(f"{day}T08:32:00"),
    )
    return replace(elsewhere, **changes)


def reservation_of(creneau: Creneau = CRENEAU, **changes: Any) -> Reservation:
    """An examen on a créneau; `changes` are those of the examen."""
    examen = replace(EXAMEN, id=f"examen-{creneau.id}", creneau_id=creneau.id)
    return Reservation(replace(examen, **changes), creneau, CENTRE)
