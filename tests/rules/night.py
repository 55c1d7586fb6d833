"""A night of calculation, and leçons for it that nothing is wrong with."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from rdv_mock import paris
from rdv_mock.facts.access import Bail
from rdv_mock.facts.auto_ecole import Bureau, Employe, Formateur, Simulateur
from rdv_mock.facts.enumerations import (
    Activite,
    CategorieDuLivret,
    Role,
    TypeFormation,
    TypeLecon,
)
from rdv_mock.facts.etp import AutoEcoleLue, BailLu, ContratLu, LeconLue, Verdict
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.heures import judge
from rdv_mock.rules.nuit_du_calcul import periode_of
from tests.support import instant

LIMITS = default_limits()
PERIODE = periode_of("2026-03", LIMITS)
"""The night of 25 March 2026, which looks at December, January and February."""

HUGO, MAUD, SIMULATOR, GENERIQUE = "A0850001230", "A0850004560", "S0850000010", "A0000000000"
ECOLE = AutoEcoleLue(
    code_departement="085",
    bureaux=(Bureau("sables", "plesses", "", "085"), Bureau("nantes", "plesses", "", "044")),
    formateurs=(
        Formateur("hugo", "plesses", "Petit", "Hugo", HUGO, "sables", ("sables", "nantes")),
        Formateur("maud", "plesses", "Roy", "Maud", MAUD, "nantes", ("nantes",)),
        Formateur("nino", "plesses", "Bel", "Nino", "A0850007890", None, ("sables",)),
        Formateur("agree", "plesses", "Sy", "Awa", "E0850000010", "sables", ("sables",)),
    ),
    simulateurs=(Simulateur("simulateur", "plesses", SIMULATOR, "nantes"),),
    baux=(),
)


FAULTLESS = {
    "eleve": "zoe",
    "bureau": None,
    "categorie": "B",
    "formation": "TRADITIONNELLE",
    "demande_validee": True,
    "type_lecon": "CIRCULATION",
    "activite": "LECON",
    "numero": HUGO,
    "rang": 0,
}


def lecon(debut: str = "2026-01-12T08:00", minutes: int = 60, **changes: Any) -> LeconLue:
    """A leçon that nothing is wrong with, but for the changes.

    Its `id_` tells élève and start, its `reception` is its start, unless said otherwise.
    """
    local = datetime.fromisoformat(debut)
    said = {**FAULTLESS, **changes}
    eleve, categorie, formation = said["eleve"], said["categorie"], said["formation"]
    return LeconLue(
        id=said.get("id_", f"{eleve} {debut}"),
        contrat=ContratLu(
            id=f"{eleve} {categorie} {formation}",
            candidat_id=eleve,
            bureau_id=said["bureau"],
            categorie_permis=CategorieDuLivret(categorie),
            type_formation=TypeFormation(formation),
            demande_validee=said["demande_validee"],
        ),
        type=TypeLecon(said["type_lecon"]),
        activite=Activite(said["activite"]),
        date_heure_debut=local,
        duree_en_minutes=minutes,
        numero_autorisation=said["numero"],
        date_heure_reception=(
            instant(said["reception"]) if "reception" in said else paris.to_instant(local)
        ),
        rang=said["rang"],
    )


def together(
    count: int, debut: str, minutes: int, type_lecon: str, **changes: Any
) -> list[LeconLue]:
    """One leçon of several élèves, on motos unless said otherwise, in the order of arrival."""
    said = {"categorie": "A2", "type_lecon": type_lecon, **changes}
    return [lecon(debut, minutes, eleve=f"e{one}", rang=one, **said) for one in range(1, count + 1)]


def bail(debut: str, fin: str, *bureaux: str) -> BailLu:
    """A bail of an employé who connects these bureaux, all when none is named."""
    employe = Employe("e", "plesses", "Durant", "Léane", "", "", Role.GERANT, bureaux)
    return BailLu(Bail("b", "e", "c", instant(debut), instant(fin), termine=True), employe)


def alone(debut: str = "2026-01-12T08:00", minutes: int = 60, **changes: Any) -> LeconLue:
    """A leçon of an élève alone on a simulator."""
    return lecon(debut, minutes, **{"numero": SIMULATOR, "type_lecon": "SIMULATEUR", **changes})


def verdicts_on(*lecons: LeconLue) -> list[Verdict]:
    """What the night makes of leçons."""
    return judge(lecons, ECOLE, PERIODE, LIMITS)


def hours_of(verdicts: Iterable[Verdict]) -> Decimal:
    """The hours counted, all together."""
    return sum((verdict.heures for verdict in verdicts), Decimal(0))


def motifs_of(verdicts: Iterable[Verdict]) -> list[str | None]:
    """Why they do not count, or None where they do."""
    return [verdict.motif for verdict in verdicts]


def minutes_of(verdicts: Iterable[Verdict]) -> list[int]:
    """The real minutes that count."""
    return [verdict.minutes for verdict in verdicts]
