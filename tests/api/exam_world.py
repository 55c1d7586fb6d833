"""A small world of the exam API: four écoles, four centres, créneaux for A, B and CE.

The clock stands still on Tuesday 10 March 2026, 09:00 in Paris. Everything that is free is so for
everybody: nothing is in a panier yet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support import Vendor

V2 = "/api/v2/auto-ecole"
V1 = "/api/v1/auto-ecole"
UNKNOWN = "99999999-9999-4999-8999-999999999999"

EXAM_WORLD = """\
title: Deux auto-écoles devant les mêmes créneaux
seed: 7
clock: {now: 2026-03-10T09:00:00+01:00}
limits: {oauth.jetonSecondes: 5184000}    # a token lasts for as long as a test may advance
autoEcoles:
  - ref: plesses                 # more places than any test takes
    nom: Auto-École des Plesses
    codeDepartement: "085"
    employes:
      - {ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}
      - {ref: tom, nom: Martin, prenom: Tom, email: tom@plesses.test, role: EMPLOYE}
    etp:
      - {groupePermis: A, mois: 2026-03, valeur: 20.0}
      - {groupePermis: B, mois: 2026-03, valeur: 20.0}
  - ref: autre                   # groupe B: a seuil of 4 and a plafond of 6; one place is used
    nom: Une Autre École
    codeDepartement: "085"
    employes: [{ref: max, nom: Roux, prenom: Max, email: max@autre.test}]
    etp: [{groupePermis: B, mois: 2026-03, valeur: 1.0}]
  - ref: fermee
    nom: École Fermée
    codeDepartement: "085"
    estFermee: true
    employes: [{ref: paul, nom: Blanc, prenom: Paul, email: paul@fermee.test}]
    etp: [{groupePermis: B, mois: 2026-03, valeur: 20.0}]
  - ref: neuve                   # nobody has said who teaches there
    nom: École Neuve
    codeDepartement: "085"
    employes: [{ref: nina, nom: Noir, prenom: Nina, email: nina@neuve.test}]
candidats:
  - {ref: ines, nom: Moreau, prenom: Inès, numeroDossier: "012345678901",
     demandes: [{categoriePermis: B}, {categoriePermis: A2}]}
  - {ref: zoe, nom: L'Hénaff, prenom: Zoé, numeroDossier: "000123456789",
     demandes: [{categoriePermis: B}, {categoriePermis: A2}]}
  - {ref: noe, nom: Petit, prenom: Noé, numeroDossier: "0301200456",
     demandes: [{categoriePermis: B}]}
  - {ref: eva, nom: Seguin, prenom: Eva, numeroDossier: "011075100234",
     demandes: [{categoriePermis: B}]}        # under nobody's mandat
  - {ref: renvoi, nom: Abadie, prenom: Luc, numeroDossier: "0110751002345601",
     demandes: [{categoriePermis: B, statut: REJETEE}]}
  - {ref: penalite, nom: Bénard, prenom: Alix, numeroDossier: "0110751002345602",
     demandes: [{categoriePermis: B}],
     penalites: [{groupePermis: B, typeEpreuvePratique: CIRCULATION, dateExamen: 2026-03-03,
                  dureeEnJour: 20}]}
  - {ref: inscrit, nom: Caron, prenom: Ugo, numeroDossier: "0110751002345603",
     demandes: [{categoriePermis: B}]}
  - {ref: attente, nom: Dumas, prenom: Lou, numeroDossier: "0110751002345604",
     demandes: [{categoriePermis: B}]}
  - {ref: recu, nom: Étienne, prenom: Max, numeroDossier: "0110751002345605",
     demandes: [{categoriePermis: B}],
     resultats: [{categoriePermis: B, derniereDateExamenCirculation: 2026-02-10,
                  statutExamenCirculation: EXAMEN_REUSSI}]}
centres:
  - {ref: sables-b, nom: SABLES B, codeDepartement: "085", groupesPermis: [B, CE]}
  - {ref: sables-a, nom: SABLES A, codeDepartement: "085", groupesPermis: [A]}
  - {ref: aizenay-b, nom: AIZENAY B, codeDepartement: "085", estFerme: true}
  - {ref: gonesse-b, nom: GONESSE B, codeDepartement: "095"}
mandats:
  - {autoEcole: plesses, candidat: ines, groupePermis: B}
  - {autoEcole: plesses, candidat: ines, groupePermis: A}
  - {autoEcole: plesses, candidat: zoe, groupePermis: B}
  - {autoEcole: plesses, candidat: zoe, groupePermis: A}
  - {autoEcole: plesses, candidat: renvoi, groupePermis: B}
  - {autoEcole: plesses, candidat: penalite, groupePermis: B}
  - {autoEcole: plesses, candidat: inscrit, groupePermis: B}
  - {autoEcole: plesses, candidat: attente, groupePermis: B}
  - {autoEcole: plesses, candidat: recu, groupePermis: B}
  - {autoEcole: autre, candidat: noe, groupePermis: B}
creneaux:                        # those of groupe B at SABLES B, 7 April, are fresh until 31 March
  - {ref: b2, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-07T08:32:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b1bis, centre: sables-b, groupePermis: B, numeroInspecteur: "2468",
     dateHeureDebut: 2026-04-07T08:00:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b1, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-07T08:00:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b3, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-07T09:04:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b4, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-07T09:36:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b-inscrit, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-07T10:08:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b-noe, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-07T10:40:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b-attente, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-03-09T10:00:00, dateHeurePublication: 2026-01-26T14:00:00Z}
  - {ref: b-jour, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-03-10T10:00:00, dateHeurePublication: 2026-01-27T14:00:00Z}
  - {ref: b-vieux1, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-08T08:00:00, dateHeurePublication: 2026-01-15T14:00:00Z}
  - {ref: b-vieux2, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-08T08:32:00, dateHeurePublication: 2026-01-15T14:00:00Z}
  - {ref: b-vieux3, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-08T09:04:00, dateHeurePublication: 2026-01-15T14:00:00Z}
  - {ref: b-futur, centre: sables-b, groupePermis: B, numeroInspecteur: "1357",
     dateHeureDebut: 2026-04-09T08:00:00, dateHeurePublication: 2026-03-10T14:00:00Z}
  - {ref: b-ferme, centre: aizenay-b, groupePermis: B, numeroInspecteur: "9753",
     dateHeureDebut: 2026-04-07T08:00:00, dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: b-gonesse, centre: gonesse-b, groupePermis: B, numeroInspecteur: "8642",
     dateHeureDebut: 2026-04-07T07:30:00, dateHeurePublication: 2026-01-15T14:00:00Z}
  - {ref: a-plateau1, centre: sables-a, groupePermis: A, typeEpreuvePratique: PLATEAU,
     numeroInspecteur: "1590", dateHeureDebut: 2026-04-21T08:00:00,
     dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: a-plateau2, centre: sables-a, groupePermis: A, typeEpreuvePratique: PLATEAU,
     numeroInspecteur: "1590", dateHeureDebut: 2026-04-21T08:30:00,
     dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: a-circulation, centre: sables-a, groupePermis: A, typeEpreuvePratique: CIRCULATION,
     numeroInspecteur: "1590", dateHeureDebut: 2026-04-28T08:00:00,
     dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: ce1, centre: sables-b, groupePermis: CE, typeEpreuvePratique: PLATEAU,
     numeroInspecteur: "1357", dateHeureDebut: 2026-04-14T08:00:00,
     dateHeurePublication: 2026-03-01T14:00:00Z}
  - {ref: ce2, centre: sables-b, groupePermis: CE, typeEpreuvePratique: CIRCULATION,
     numeroInspecteur: "1357", dateHeureDebut: 2026-04-21T09:00:00,
     dateHeurePublication: 2026-03-01T14:00:00Z}
examens:
  - {ref: e-inscrit, autoEcole: plesses, creneau: b-inscrit, candidat: inscrit}
  - {ref: e-noe, autoEcole: autre, creneau: b-noe, candidat: noe}
  - {ref: e-attente, autoEcole: plesses, creneau: b-attente, candidat: attente}
"""


def state_of(vendor: Vendor) -> str:
    """The world as it stands, which a frozen clock alone does not change."""
    answer = vendor.get("/_mock/state")
    assert answer.status_code == 200
    return answer.text


@contextmanager
def nothing_written(vendor: Vendor) -> Iterator[None]:
    """What happens inside leaves the world as it was."""
    before = state_of(vendor)
    yield
    assert state_of(vendor) == before


@contextmanager
def selects(vendor: Vendor) -> Iterator[list[str]]:
    """Keep the SELECTs that are made inside."""
    made: list[str] = []
    sql = vendor.world.store.sql
    sql.set_trace_callback(lambda text: made.append(text) if text.startswith("SELECT") else None)
    yield made
    sql.set_trace_callback(None)


def change(vendor: Vendor, **fragment: Any) -> None:
    """Change a few facts of the world."""
    answer = vendor.patch("/_mock/state", json=fragment)
    assert answer.status_code == 200, answer.text


def advance(vendor: Vendor, **how: str) -> list[dict[str, str]]:
    """Let time pass (`by` or `to`), and tell what happened."""
    answer = vendor.post("/_mock/clock/advance", json=how)
    assert answer.status_code == 200, answer.text
    events: list[dict[str, str]] = answer.json()["events"]
    return events
