"""A world of centres, créneaux, paniers and examens, in a plain and in a rich form."""

from rdv_mock.store import Store

WORLD = """\
title: Des places
seed: 7
clock: {now: 2026-03-10T09:00:00+01:00}
autoEcoles:
  - {ref: plesses, nom: Les Plesses, codeDepartement: "085",
     employes: [{ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}],
     etp: [{groupePermis: B, mois: 2026-03, valeur: 9}]}
  - {ref: autre, nom: Une Autre, codeDepartement: "085",
     employes: [{ref: max, nom: Roux, prenom: Max, email: max@autre.test}]}
centres:
  - {ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}
candidats:
  - {ref: ines, nom: Moreau, prenom: Inès, numeroDossier: 012345678901, toujours: CANDIDAT_INCONNU}
  - {ref: zoe, nom: Petit, prenom: Zoé, numeroDossier: 000123456789}
creneaux:
  - {ref: c1, centre: sables, dateHeureDebut: 2026-04-14T08:00:00}
  - {ref: c2, centre: sables, dateHeureDebut: 2026-04-14T08:32:00}
  - {ref: c3, centre: sables, dateHeureDebut: 2026-04-14T09:04:00}
  - {ref: c4, centre: sables, dateHeureDebut: 2026-04-14T09:36:00}
examens:
  - {ref: e1, autoEcole: plesses, creneau: c1, candidat: zoe}
paniers:
  - {ref: p1, employe: lea, elements: [{creneau: c2, candidat: ines}, {creneau: c3}]}
coefficients:
  - {codeDepartement: "085", groupePermis: B, mois: 2026-04, valeur: 4.0}
"""
"""A créneau of each kind: with an examen, in a panier with and without a name, and free."""

RICH = (
    (
        WORLD
        + """\
  - {codeDepartement: "02A", groupePermis: A, mois: 2026-04, valeur: 0.333333}
responses: {bulkSuccessStatus: 207}
limits: {creneau.dureeMinutes.B: 40}
"""
    )
    .replace(
        "examens:\n",
        """\
  - {ref: past, centre: sables, dateHeureDebut: 2026-01-06T08:00:00,
     dateHeureFin: 2026-01-06T09:00:00, dateHeurePublication: 2025-11-25T14:00:00.25Z,
     numeroInspecteur: "0042", estCandidatObligatoire: false}
  - {id: sans-ref, centre: sables, groupePermis: A, typeEpreuvePratique: PLATEAU,
     dateHeureDebut: 2026-10-25T09:30:00, estCandidatObligatoire: true}
  - {ref: lost, centre: sables, groupePermis: CE, dateHeureDebut: 2026-03-02T08:00:00}
examens:
  - {ref: annule, autoEcole: autre, creneau: c4, candidat: zoe, statut: ANNULE}
  - {ref: late, autoEcole: plesses, creneau: c4, candidat: ines, statut: ANNULE,
     dateHeureAnnulation: 2026-03-10T07:00:00.5Z, nombreDeRemplacements: 2}
  - {ref: failed, autoEcole: plesses, creneau: past, candidat: zoe, statut: TERMINE,
     dateHeureReservation: 2025-11-25T14:00:01.5Z, resultat: {statut: EXAMEN_ECHOUE, points: 18}}
  - {ref: perdu, autoEcole: plesses, creneau: lost, candidat: zoe,
     resultat: {statut: EXAMEN_ANNULE, dateHeureEntree: 2026-03-01T08:00:00Z}}
  - {autoEcole: autre, creneau: sans-ref}
""",
    )
    .replace(
        "coefficients:\n",
        """\
  - {employe: max, dateHeureCreation: 2026-03-10T07:59:00.5Z}
  - {ref: p2, employe: lea, dateHeureExpiration: 2026-03-10T20:00:00Z}
coefficients:
""",
    )
)
"""Every key of these kinds once given and once left out."""


def id_of(store: Store, ref: str) -> str:
    return store.references.by_ref()[ref]
