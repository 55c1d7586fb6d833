"""The worlds in which the contract is tested: those of the richest scenarios, one école closed."""

from rdv_mock.fixtures import SCENARIOS
from tests.support import SMALL

MORE_CANDIDATS = """\
  - {ref: leo, nom: Faure, prenom: Léo, numeroDossier: "0004512078", email: leo@exemple.test,
     demandes: [{categoriePermis: B}, {categoriePermis: A2}, {categoriePermis: C}]}
  - {ref: nina, nom: Petit, prenom: Nina, numeroDossier: "0908500331", email: nina@exemple.test,
     demandes: [{categoriePermis: B}, {categoriePermis: A2}]}
  - {ref: mia, nom: Roche, prenom: Mia, numeroDossier: "0908500332", email: mia@exemple.test,
     demandes: [{categoriePermis: B}]}
contratsDeFormation:
"""
PLACES = """\
mandats:
  - {autoEcole: plesses, candidat: ines, groupePermis: B}
  - {autoEcole: plesses, candidat: zoe, groupePermis: B}
  - {autoEcole: plesses, candidat: zoe, groupePermis: A}
  - {autoEcole: plesses, candidat: mia, groupePermis: B}
  - {autoEcole: plesses, candidat: leo, groupePermis: B}
  - {autoEcole: plesses, candidat: leo, groupePermis: A}
  - {autoEcole: plesses, candidat: leo, groupePermis: CE}
centres:
  - {ref: sables-x, nom: LES SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}
  - {ref: clos, nom: LE CLOS, codeDepartement: "085", estFerme: true}
creneaux:
  - {ref: b1, centre: sables-x, dateHeureDebut: 2026-04-07T08:00:00}
  - {ref: b2, centre: sables-x, dateHeureDebut: 2026-04-07T08:32:00}
  - {ref: b3, centre: sables-x, dateHeureDebut: 2026-04-07T09:04:00}
  - {ref: b4, centre: sables-x, dateHeureDebut: 2026-04-07T09:36:00}
  - {ref: b5, centre: sables-x, dateHeureDebut: 2026-04-07T10:08:00}
  - {ref: b6, centre: sables-x, dateHeureDebut: 2026-04-07T10:40:00}
  - {ref: b7, centre: clos, dateHeureDebut: 2026-04-07T08:00:00}
  - {ref: b8, centre: sables-x, dateHeureDebut: 2026-04-07T11:12:00,
     dateHeurePublication: 2026-03-12T14:00:00Z}
  - {ref: a1, centre: sables-x, groupePermis: A, dateHeureDebut: 2026-04-07T14:00:00}
  - {ref: a2, centre: sables-x, groupePermis: A, typeEpreuvePratique: PLATEAU,
     dateHeureDebut: 2026-04-07T14:40:00}
  - {ref: ce1, centre: sables-x, groupePermis: CE, dateHeureDebut: 2026-04-07T16:00:00}
  - {ref: ce2, centre: sables-x, groupePermis: CE, dateHeureDebut: 2026-04-07T17:00:00}
  - {ref: over, centre: sables-x, dateHeureDebut: 2026-02-03T08:00:00}
paniers:
  - {ref: full, employe: lea, elements: [{creneau: b3, candidat: zoe}, {creneau: b4}]}
  - {ref: empty, employe: lea}
  - {ref: theirs, employe: max, elements: [{creneau: ce2}]}
examens:
  - {ref: e1, autoEcole: plesses, creneau: b5, candidat: ines}
  - {ref: e2, autoEcole: plesses, creneau: b6, candidat: leo}
  - {ref: e3, autoEcole: plesses, creneau: a1}
  - {ref: e4, autoEcole: plesses, creneau: ce1, candidat: leo}
  - {ref: e5, autoEcole: plesses, creneau: b1, candidat: zoe, statut: ANNULE}
  - {ref: e6, autoEcole: plesses, creneau: over, candidat: nina,
     resultat: {statut: EXAMEN_ECHOUE, points: 18}}
"""


def _bundled(name: str) -> str:
    """A scenario of ours; time stands still, so that limits are off and runs are alike."""
    text = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8")
    return text.replace("frozen: false", "frozen: true")


WORLDS = {
    "demonstration": _bundled("demonstration"),
    "nuit_du_calcul": _bundled("nuit_du_calcul"),
    "every_kind": SMALL.replace("contratsDeFormation:\n", MORE_CANDIDATS) + PLACES,
}
"""The two bundled scenarios with most kinds of objects, and one with an object of each state."""
