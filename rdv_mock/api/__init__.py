"""All operations of the simulated APIs, in the order of the OpenAPI document."""

from collections.abc import Callable, Mapping
from typing import Any

from rdv_mock.api import (
    auto_ecole,
    candidats,
    centres,
    examens,
    livret,
    mandats,
    panier_courant,
    paniers,
    planning,
)
from rdv_mock.api.v1 import V2, aliases_of, unknown_of
from rdv_mock.http.addresses import LIVRET
from rdv_mock.http.routers import listed

_RDVPERMIS: Mapping[str, Callable[..., Any]] = {
    # Auto-école
    "GET    /moi": auto_ecole.lire_mon_auto_ecole,
    "GET    /employes": auto_ecole.lister_employes,
    "GET    /employes/moi": auto_ecole.lire_employe_courant,
    "POST   /nombre-de-formateurs": auto_ecole.declarer_nombre_de_formateurs,
    "GET    /informations-seuil-departement": auto_ecole.lire_informations_seuil_departement,
    # Mandats et candidats
    "POST   /mandats": mandats.prendre_mandat,
    "POST   /candidats-mandats/recherche": candidats.rechercher_candidats_mandats,
    "POST   /candidats/recherche": candidats.rechercher_candidats_eligibles,
    # Centres d'examen
    "POST   /centres/recherche": centres.rechercher_centres,
    "GET    /centres/{centreId}": centres.lire_centre,
    "GET    /centres-favoris": centres.lister_centres_favoris,
    "POST   /centres-favoris": centres.enregistrer_centres_favoris,
    # Planning
    "POST   /planning/recherche": planning.rechercher_planning,
    "GET    /crenodispo/date": planning.lire_prochaine_date_disponible,
    "GET    /crenodispo": planning.lister_creneaux_disponibles,
    # Paniers
    "GET    /paniers": paniers.lister_paniers,
    "POST   /paniers": paniers.creer_panier,
    "GET    /paniers/{panierId}": paniers.lire_panier,
    "DELETE /paniers/{panierId}": paniers.supprimer_panier,
    "POST   /paniers/{panierId}/creneaux": paniers.ajouter_creneau,
    "POST   /paniers/{panierId}/creneaux-multiples": paniers.ajouter_creneaux_multiples,
    "DELETE /paniers/{panierId}/creneaux/{creneauId}": paniers.retirer_creneau,
    "PUT    /paniers/{panierId}/creneaux/{creneauId}/candidat": paniers.affecter_candidat,
    "POST   /paniers/{panierId}/valider": paniers.valider_panier,
    "GET    /panier": panier_courant.lire_panier_courant,
    "POST   /panier/creneaux": panier_courant.ajouter_creneau_panier_courant,
    "POST   /panier/creneaux-multiples": panier_courant.ajouter_creneaux_multiples_panier_courant,
    # Examens
    "GET    /examens": examens.lister_examens,
    "GET    /examens/permutables": examens.lister_examens_permutables,
    "GET    /examens/nombre-de-remplacement": examens.lire_nombre_de_remplacements,
    "GET    /examens/dates": examens.lister_dates_examens,
    "GET    /examens-pagines": examens.lister_examens_pagines,
    "POST   /examens/remplacement": examens.remplacer_candidat,
    "POST   /examens/permutation": examens.permuter_examens,
    "GET    /examens/{examenId}": examens.lire_examen,
    "DELETE /examens/{examenId}": examens.annuler_examen,
}
_LIVRET: Mapping[str, Callable[..., Any]] = {
    # Contrats de formation
    "POST   /contrats-de-formation": livret.creer_contrat_de_formation,
    "POST   /contrats-de-formation/recherche": livret.rechercher_contrats_de_formation,
    "GET    /contrats-de-formation/{contratId}": livret.lire_contrat_de_formation,
    # Leçons
    "POST   /contrats-de-formation/{contratId}/lecons": livret.declarer_lecon,
    "GET    /contrats-de-formation/{contratId}/lecons": livret.lister_lecons,
    "GET    /contrats-de-formation/{contratId}/lecons/{leconId}": livret.lire_lecon,
    "PUT    /contrats-de-formation/{contratId}/lecons/{leconId}": livret.corriger_lecon,
    "DELETE /contrats-de-formation/{contratId}/lecons/{leconId}": livret.retirer_lecon,
    # ETP, formateurs et simulateurs
    "GET    /etp": livret.lire_etp,
    "GET    /formateurs": livret.lister_formateurs,
    "GET    /simulateurs": livret.lister_simulateurs,
}


EXAM_API = listed(
    _RDVPERMIS,
    V2,
    auto_ecole.router,
    mandats.router,
    candidats.router,
    centres.router,
    planning.router,
    paniers.router,
    panier_courant.router,
    examens.router,
)
ROUTES = [*EXAM_API, *aliases_of(EXAM_API), *listed(_LIVRET, LIVRET, livret.router)]
UNKNOWN = frozenset(unknown_of(EXAM_API))
"""Addresses that exist in v2 alone."""
