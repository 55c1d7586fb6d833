"""Pénalités and past results, as they stand on a day (rules.md 8 and 10.7)."""

from collections.abc import Iterable
from datetime import date, timedelta

from rdv_mock.facts.candidat import Demande, Penalite, Resultats
from rdv_mock.facts.enumerations import CategoriePermis, GroupePermis, StatutDePenalite
from rdv_mock.fixtures import Limits


def date_de_fin(penalite: Penalite) -> date:
    """The first day on which the candidat may reserve again: date of the examen plus its days."""
    return penalite.date_examen + timedelta(days=penalite.duree_en_jour)


def statut_on(penalite: Penalite, day: date) -> StatutDePenalite:
    """LEVEE from its day of lifting on, else ACTIVE until `dateDeFin`, then TERMINEE (8.3)."""
    if penalite.date_de_levee is not None and penalite.date_de_levee <= day:
        return StatutDePenalite.LEVEE
    return StatutDePenalite.ACTIVE if day < date_de_fin(penalite) else StatutDePenalite.TERMINEE


def nombre_echecs(resultats: Resultats) -> int:
    """All failures of a candidat in a category; absences are none."""
    return resultats.nombre_echecs_circulation + resultats.nombre_echecs_plateau


def is_seuil_critique_atteint(resultats: Resultats, limits: Limits) -> bool:
    """Whether he has failed so often that his ETG is used up: `examen.echecsCritiques`."""
    return nombre_echecs(resultats) >= limits.integer("examen.echecsCritiques")


def resultats_of(
    candidat_id: str,
    groupe: GroupePermis,
    demandes: Iterable[Demande],
    resultats: Iterable[Resultats],
) -> list[Resultats]:
    """One entry per category of the groupe with a demande, empty where nothing is known."""
    known = {one.categorie_permis: one for one in resultats}
    asked = dict.fromkeys(demande.categorie_permis for demande in demandes)
    return [
        known.get(categorie) or no_resultats(candidat_id, categorie)
        for categorie in asked
        if categorie.groupe is groupe
    ]


def no_resultats(candidat_id: str, categorie: CategoriePermis) -> Resultats:
    """Somebody who has not been to any exam of a category."""
    return Resultats(
        id=f"{candidat_id}/{categorie}",
        candidat_id=candidat_id,
        categorie_permis=categorie,
        derniere_date_examen_theorique=None,
        derniere_date_examen_circulation=None,
        statut_examen_circulation=None,
        derniere_date_examen_plateau=None,
        statut_examen_plateau=None,
        nombre_echecs_circulation=0,
        nombre_echecs_plateau=0,
    )
