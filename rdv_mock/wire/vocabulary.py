"""What the values of the closed lists mean, in French, and how sure each is.

See docs/rules/certainty.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rdv_mock.errors import Level
from rdv_mock.facts import enumerations as facts
from rdv_mock.wire.certainty import (
    CLIENT,
    INFERRED,
    INTEGRATOR,
    INTEGRATOR_AND_CLIENT,
    OFFICIAL,
    VALUES,
    Certainty,
)
from rdv_mock.wire.search import CritereMatch


@dataclass(frozen=True, slots=True)
class Words:
    """One closed list: what it is about, its values, and how sure they are.

    `otherwise` holds the certainty of those values that are not as sure as the list.
    """

    about: str
    certainty: Certainty
    values: Mapping[str, str]
    otherwise: Mapping[str, Level] = field(default_factory=dict)

    def level_of(self, value: str) -> Level:
        """How sure one value is."""
        return self.otherwise.get(value, self.certainty.level)

    def keywords(self) -> dict[str, Any]:
        """What its schema says beside the values."""
        meanings = [f"- `{value}` : {meaning}" for value, meaning in self.values.items()]
        levels = {value: self.level_of(value) for value in self.values}
        return {
            "description": "\n".join([self.about, "", *meanings]),
            **self.certainty.keywords(),
            **({VALUES: levels} if self.otherwise else {}),
        }


VOCABULARY: Mapping[type[StrEnum], Words] = {
    facts.GroupePermis: Words(
        "Ce pour quoi une place d'examen est faite.",
        INTEGRATOR.but(
            "catégories du groupe lourd officielles, leur nom `CE` et le reste du regroupement"
            " inférés"
        ),
        {
            "A": "catégories A1 et A2",
            "B": "catégories B et B1",
            "CE": "groupe lourd : BE, C1, C1E, C, CE, D1, D1E, D et DE",
        },
    ),
    facts.GroupeDuLivret: Words(
        "Un groupe dont les leçons font des ETP ; pour CE, on déclare ses formateurs.",
        INTEGRATOR.but("que CE se déclare encore vient de la presse"),
        {"A": "catégories A1 et A2", "B": "catégories B et B1"},
    ),
    facts.GroupeLourd: Words(
        "Le groupe dont les examens se lisent page par page.",
        INTEGRATOR,
        {"CE": "groupe lourd"},
    ),
    facts.CategorieDuLivret: Words(
        "Une catégorie de permis pour laquelle on déclare des heures.",
        INFERRED,
        {
            "A1": "moto légère ; ses heures vont au groupe A",
            "A2": "moto ; ses heures vont au groupe A",
            "B": "voiture ; ses heures vont au groupe B",
            "B1": "quadricycle lourd ; ses heures vont au groupe B",
        },
    ),
    CritereMatch: Words(
        "Comment un critère de texte se compare.",
        INTEGRATOR,
        {"PARTIAL": "le texte est contenu", "EXACT": "le texte est le même"},
    ),
    facts.TypeEpreuvePratique: Words(
        "L'épreuve pratique. Le groupe B ne connaît que `CIRCULATION`.",
        INTEGRATOR_AND_CLIENT,
        {"PLATEAU": "hors circulation", "CIRCULATION": "en circulation"},
    ),
    facts.StatutDeReservation: Words(
        "Un créneau tel que l'auto-école qui appelle le voit ; le premier qui s'applique, dans"
        " l'ordre : pris, en panier, hors de portée, libre. Les accents font partie de la valeur"
        " (Unicode NFC).",
        INTEGRATOR,
        {
            "DISPONIBLE": "libre",
            "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE": "un examen ou un panier de votre auto-école s'y trouve",
            "RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE": "un examen ou un panier d'une autre s'y trouve",
            "SEUIL_ATTEINT": "libre, mais vous ne pouvez le prendre : seuil, plafond, ou aucun"
            " formateur déclaré",
        },
        {"RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE": "client"},
    ),
    facts.StatutExamen: Words(
        "Où en est un examen.",
        INTEGRATOR,
        {
            "PROGRAMME": "à venir ou en cours",
            "TERMINE": "son heure de fin est passée",
            "ANNULE": "annulé, par l'auto-école, faute de candidat ou par l'administration",
        },
        {"TERMINE": "inferred", "ANNULE": "inferred"},
    ),
    facts.StatutDuResultat: Words(
        "Comment une épreuve s'est terminée ; sans accents.",
        CLIENT,
        {
            "EXAMEN_REUSSI": "réussie",
            "EXAMEN_ECHOUE": "échouée",
            "EXAMEN_ABSENT": "le candidat n'est pas venu",
            "EXAMEN_ANNULE": "annulée par l'administration",
        },
    ),
    facts.StatutDePenalite: Words(
        "Si une pénalité court encore.",
        CLIENT,
        {
            "ACTIVE": "elle court jusqu'à `dateDeFin`",
            "TERMINEE": "`dateDeFin` est venue",
            "LEVEE": "l'administration l'a levée",
        },
        {"TERMINEE": "inferred", "LEVEE": "inferred"},
    ),
    facts.MotifDePenalite: Words(
        "Ce qui a valu une pénalité.",
        CLIENT,
        {
            "ECHEC_EPREUVE_PRATIQUE": "un échec ; la durée dépend des points",
            "ABSENCE_EPREUVE_PRATIQUE": "une absence",
            "ANNULATION_TARDIVE": "une annulation trop proche de l'examen",
        },
        {"ABSENCE_EPREUVE_PRATIQUE": "inferred", "ANNULATION_TARDIVE": "inferred"},
    ),
    facts.OrigineEtp: Words(
        "D'où viennent les ETP d'un mois ; rdv-mock seul le dit.",
        INFERRED,
        {
            "scenario": "le scénario les donne, pour ce mois ou pour un mois antérieur",
            "calcul": "une nuit du calcul les a trouvés",
        },
    ),
    facts.Role: Words(
        "Ce qu'un employé peut faire dans son auto-école.",
        INFERRED.but("mots officiels, valeurs inférées"),
        {"GERANT": "tout", "EMPLOYE": "tout, sauf déclarer le nombre de formateurs"},
    ),
    facts.TypeFormation: Words(
        "Comment un élève est formé ; cela seul décide du coefficient de ses heures.",
        OFFICIAL.but("mots officiels"),
        {
            "TRADITIONNELLE": "une heure compte pour une heure",
            "BOITE_AUTOMATIQUE": "une heure pratique compte davantage",
            "AAC": "apprentissage anticipé ; une heure pratique compte davantage",
            "CONDUITE_SUPERVISEE": "une heure compte pour une heure (inféré)",
        },
    ),
    facts.TypeLecon: Words(
        "Où une leçon a lieu ; sans accents.",
        OFFICIAL.but("mots officiels, sans accent sur le fil"),
        {
            "CIRCULATION": "sur la route",
            "PLATEAU": "hors circulation",
            "SIMULATEUR": "sur simulateur ; pas pour la moto",
            "THEORIQUE": "en salle",
        },
    ),
    facts.Activite: Words(
        "À quoi une leçon sert.",
        OFFICIAL.but("mots officiels"),
        {
            "LECON": "à apprendre",
            "EVALUATION_DE_DEPART": "à évaluer avant de commencer ; compte comme de la théorie",
            "RENDEZ_VOUS_PEDAGOGIQUE": "à suivre un AAC ; compte comme de la théorie",
        },
    ),
}
"""Every closed list that travels."""

BY_NAME: Mapping[str, Words] = {cls.__name__: words for cls, words in VOCABULARY.items()}
"""Every closed list by the name of its schema."""
