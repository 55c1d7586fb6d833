"""Facts that nothing is wrong with; tests change one thing at a time."""

from rdv_mock.facts.auto_ecole import AutoEcole
from rdv_mock.facts.candidat import Candidat, Demande
from rdv_mock.facts.enumerations import (
    CategorieDuLivret,
    CategoriePermis,
    StatutDemande,
    TypeFormation,
)
from rdv_mock.facts.livret import ContratDeFormation
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
CONTRAT = ContratDeFormation(
    id="contrat",
    auto_ecole_id=AUTO_ECOLE.id,
    bureau_id=None,
    candidat_id=CANDIDAT.id,
    categorie_permis=CategorieDuLivret.B,
    type_formation=TypeFormation.TRADITIONNELLE,
    date_heure_creation=instant("2026-01-05T08:00:00Z"),
)
