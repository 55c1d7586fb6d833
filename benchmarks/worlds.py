"""The worlds that are measured: the demonstration, and what is added to it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from benchmarks.servers import ROOT

DEMONSTRATION = ROOT / "scenarios" / "demonstration.yaml"

Scenario = Mapping[str, Any]

CENTRE = "ce000000-0000-4000-8000-000000000001"
"""The centre of the demonstration in which everything is booked and searched."""
EMPLOYE = "lea"
MOST_CONNECTIONS = 16
CONTRATS = 200
"""So many élèves take turns in having a leçon."""
LIMITS = {"debit.actif": True, "debit.parEmploye": 1_000_000_000}
"""Calls are counted, as in any world whose clock runs, and no limit is ever reached."""


def demonstration() -> dict[str, Any]:
    """The demonstration as its file says it, every scalar a text."""
    with DEMONSTRATION.open(encoding="utf-8") as file:
        scenario: dict[str, Any] = yaml.load(file, yaml.CBaseLoader)  # noqa: S506 - texts alone
    return scenario


def busy(candidats: int) -> Scenario:
    """The demonstration with rate limits that are never reached, and enough to call it for long.

    Candidats without mandat, élèves with a contrat, a panier and a free créneau per connection,
    and an ETP that allows as many places.
    """
    scenario = demonstration()
    plesses = next(ecole for ecole in scenario["autoEcoles"] if ecole["ref"] == "plesses")
    for etp in plesses["etp"]:
        etp["valeur"] = 50
    scenario["limits"] = LIMITS
    scenario["candidats"] += [_candidat(number) for number in range(max(candidats, CONTRATS))]
    scenario["contratsDeFormation"] += [_contrat(number) for number in range(CONTRATS)]
    scenario["creneaux"] += [_creneau(number) for number in range(MOST_CONNECTIONS)]
    scenario["paniers"] += [_panier(number) for number in range(MOST_CONNECTIONS)]
    return scenario


def crowded(candidats: int) -> Scenario:
    """The demonstration among so many candidats, and a third as many créneaux."""
    return {
        **demonstration(),
        "limits": LIMITS,
        "invent": {
            "autoEcoles": max(1, candidats // 200),
            "candidats": candidats,
            "contratsParCandidat": 0.8,
            "centres": candidats // 667,
            "creneauxParJour": 12,
            "jours": 24,
        },
    }


def listed(candidats: int) -> Scenario:
    """The demonstration, and in one école of it so many candidats, told one by one.

    Four in five have a contrat there, and five leçons in the last ninety days; the centres are
    those of `crowded`.
    """
    scenario = demonstration()
    contrats = range(candidats * 4 // 5)
    for key, of_one, numbers in (
        ("candidats", _candidat, range(candidats)),
        ("contratsDeFormation", _contrat, contrats),
        ("lecons", _lecon, range(len(contrats) * 5)),
    ):
        scenario[key] = [*scenario.get(key, []), *map(of_one, numbers)]
    scenario["limits"] = LIMITS
    centres = min(30, candidats // 667)
    scenario["invent"] = {"centres": centres, "creneauxParJour": 12, "jours": 24}
    return scenario


def changes(candidats: int) -> Scenario:
    """A fragment that changes every tenth candidat of `listed`, and adds as many leçons again."""
    changed = range(0, candidats, 10)
    return {
        "candidats": [{"ref": f"mesure_{number}", "prenom": "Changé"} for number in changed],
        "lecons": [_lecon(number) for number in range(len(changed))],
    }


def night(ecoles: int, lecons_per_candidat: int) -> Scenario:
    """A minute before a calculation night: ten formateurs and 200 élèves an école."""
    return {
        "title": "Une nuit",
        "seed": 3,
        "clock": {"now": "2026-03-24T23:59:00+01:00"},
        "invent": {
            "autoEcoles": ecoles,
            "formateursParAutoEcole": 10,
            "candidats": ecoles * 200,
            "contratsParCandidat": 1,
            "leconsParContrat": lecons_per_candidat,
        },
    }


def write(scenario: Scenario, folder: Path, name: str) -> Path:
    """The file of a scenario, for a server to start with."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(scenario, ensure_ascii=False), encoding="utf-8")
    return path


def contrat_id(number: int) -> str:
    """The id of one of the contrats of `busy`."""
    return _id(1, number)


def panier_id(number: int) -> str:
    """The id of one of the paniers of `busy`."""
    return _id(2, number)


def creneau_id(number: int) -> str:
    """The id of one of the créneaux of `busy`."""
    return _id(3, number)


def numero_dossier(number: int) -> str:
    """The NEPH of one of the candidats of `busy`; his nom is `NOM`."""
    return f"99{number:010}"


NOM = "Mesure"
LAST_LECON = datetime(2026, 3, 9, 15)  # noqa: DTZ001 - a wall time of Paris has no zone


def _id(kind: int, number: int) -> str:
    return str(UUID(fields=(kind, 0, 0x4000, 0x80, 0, number + 1)))


def _candidat(number: int) -> Scenario:
    return {
        "ref": f"mesure_{number}",
        "nom": NOM,
        "prenom": "Élève",
        "dateDeNaissance": "2006-05-04",
        "numeroDossier": numero_dossier(number),
        "email": f"mesure-{number}@exemple.test",
        "demandes": [{"categoriePermis": "B"}],
    }


def _contrat(number: int) -> Scenario:
    return {
        "id": contrat_id(number),
        "autoEcole": "plesses",
        "bureau": "sables",
        "candidat": f"mesure_{number}",
        "categoriePermis": "B",
        "typeFormation": "TRADITIONNELLE",
        "dateHeureCreation": "2026-01-05T08:00:00Z",
    }


def _lecon(number: int) -> Scenario:
    day, hour = divmod(number // 5, 720)
    debut = LAST_LECON - timedelta(days=day % 90, minutes=hour)
    return {
        "contrat": contrat_id(number // 5),
        "dateHeureDebut": debut.isoformat(),
        "numeroAutorisation": "A0850001230",
    }


def _creneau(number: int) -> Scenario:
    return {
        "id": creneau_id(number),
        "centre": "sables-b",
        "groupePermis": "B",
        "dateHeureDebut": f"2026-04-{9 + number // 8:02}T{8 + number % 8:02}:00:00",
        "dateHeurePublication": "2026-02-24T14:00:00Z",
    }


def _panier(number: int) -> Scenario:
    return {
        "id": panier_id(number),
        "employe": EMPLOYE,
        "dateHeureExpiration": "2026-12-31T23:00:00Z",
    }
