"""A world of examens, and what may be done with them over HTTP."""

from typing import Any

from tests.support import Vendor, refusal_of

V2 = "/api/v2/auto-ecole"
WORLD = """\
title: Des écoles, des candidats, et pas encore d'examen
seed: 7
clock: {now: 2026-04-01T09:00:00+02:00}
limits: {oauth.jetonSecondes: 7000000}
autoEcoles:
  - ref: plesses
    nom: Auto-École des Plesses
    codeDepartement: "085"
    employes:
      - {ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}
      - {ref: luc, nom: Bel, prenom: Luc, email: luc@plesses.test, role: EMPLOYE}
    etp:
      - {groupePermis: A, mois: 2026-04, valeur: 9.0}
      - {groupePermis: B, mois: 2026-04, valeur: 9.0}
  - ref: autre
    nom: Une Autre École
    codeDepartement: "085"
    employes: [{ref: max, nom: Roux, prenom: Max, email: max@autre.test}]
    etp: [{groupePermis: B, mois: 2026-04, valeur: 9.0}]
  - ref: fermee
    nom: École Fermée
    codeDepartement: "085"
    estFermee: true
    employes: [{ref: paul, nom: Blanc, prenom: Paul, email: paul@fermee.test}]
centres:
  - {ref: sables, nom: SABLES, codeDepartement: "085", groupesPermis: [A, B, CE]}
candidats:
  - &candidat
    {id: ines, nom: Moreau, prenom: Inès, numeroDossier: 012345678901,
     demandes: [{categoriePermis: B}, {categoriePermis: A2}, {categoriePermis: C}]}
  - {<<: *candidat, id: tom, nom: Noël, prenom: Tom, numeroDossier: "0301200456"}
  - {<<: *candidat, id: zoe, nom: Petit, prenom: Zoé, numeroDossier: "0301200457"}
  - {<<: *candidat, id: ana, nom: Royer, prenom: Ana, numeroDossier: "0301200458"}
  - {<<: *candidat, id: eve, nom: Vidal, prenom: Ève, numeroDossier: "0301200459"}
  - {<<: *candidat, id: libre, nom: Libre, prenom: Luz, numeroDossier: "0301200460"}
  - {id: perdu, nom: Perdu, prenom: Guy, numeroDossier: "0301200461",
     demandes: [{categoriePermis: B, statut: EXPIREE}]}
  - {<<: *candidat, id: puni, nom: Puni, prenom: Léo, numeroDossier: "0301200462",
     toujours: CANDIDAT_SOUS_PENALITE}
mandats:
  - {autoEcole: plesses, candidat: ines, groupePermis: B}
  - {autoEcole: plesses, candidat: ines, groupePermis: A}
  - {autoEcole: plesses, candidat: ines, groupePermis: CE}
  - {autoEcole: plesses, candidat: tom, groupePermis: B}
  - {autoEcole: plesses, candidat: tom, groupePermis: A}
  - {autoEcole: plesses, candidat: zoe, groupePermis: B}
  - {autoEcole: plesses, candidat: zoe, groupePermis: A}
  - {autoEcole: plesses, candidat: ana, groupePermis: B}
  - {autoEcole: plesses, candidat: eve, groupePermis: B}
  - {autoEcole: plesses, candidat: perdu, groupePermis: B}
  - {autoEcole: plesses, candidat: puni, groupePermis: B}
"""
TUESDAY = "2026-04-14T08:00:00"
"""When an examen begins; it may be changed until 11 April, the last second included."""
LAST_SECOND = "2026-04-11T23:59:59+02:00"
TOO_LATE = "2026-04-12T00:00:00+02:00"
READS = [
    f"/examens?statut=PROGRAMME&groupe-permis=B&date={TUESDAY[:10]}",
    "/examens/e1",
    f"/examens/permutables?examen-permute-id=e1&date={TUESDAY[:10]}",
    f"/examens/nombre-de-remplacement?groupe-permis=B&date={TUESDAY[:10]}",
    f"/examens/dates?statut=PROGRAMME&groupe-permis=B&date-debut={TUESDAY[:10]}",
    "/examens-pagines?statut=PROGRAMME&groupe-permis=CE",
]
REMPLACEMENT = {"examenId": "e1", "candidatRemplacantId": "tom"}
PERMUTATION = {"examenId1": "e1", "examenId2": "e2"}


def reserve(vendor: Vendor, id_: str, debut: str = TUESDAY, **more: Any) -> None:
    """Let an examen stand, by default of groupe B, on a créneau of its own."""
    kind: dict[str, Any] = {
        key: more.pop(key) for key in ("groupePermis", "typeEpreuvePratique") if key in more
    }
    creneau = {
        "id": f"c-{id_}",
        "centre": "sables",
        "dateHeureDebut": debut,
        "numeroInspecteur": "1357",
        "dateHeurePublication": "2026-03-10T14:00:00Z",
        **kind,
    }
    examen = {"id": id_, "autoEcole": "plesses", "creneau": creneau["id"], **more}
    answer = vendor.patch("/_mock/state", json={"creneaux": [creneau], "examens": [examen]})
    assert answer.status_code == 200, answer.text


def advance(vendor: Vendor, to: str) -> None:
    """Let time pass."""
    assert vendor.post("/_mock/clock/advance", json={"to": to}).status_code == 200


def ids_of(vendor: Vendor, path: str) -> list[str]:
    """The examens that a list holds, in its order."""
    answer = vendor.get(V2 + path)
    assert answer.status_code == 200, answer.text
    return [examen["id"] for examen in answer.json()]


def remplacer(vendor: Vendor, id_: str, candidat: str) -> tuple[int, str]:
    """What comes of putting another candidat on an examen."""
    body = {"examenId": id_, "candidatRemplacantId": candidat}
    answer = vendor.post(f"{V2}/examens/remplacement", json=body)
    return (204, "") if answer.status_code == 204 else refusal_of(answer)


def permuter(vendor: Vendor, one: str, other: str) -> tuple[int, str]:
    """What comes of letting the candidats of two examens change places."""
    body = {"examenId1": one, "examenId2": other}
    answer = vendor.post(f"{V2}/examens/permutation", json=body)
    return (204, "") if answer.status_code == 204 else refusal_of(answer)


def restants(vendor: Vendor, groupe: str = "B", day: str = "2026-04-14") -> int:
    """How many candidats may still be replaced in the month of a day."""
    answer = vendor.get(f"{V2}/examens/nombre-de-remplacement?groupe-permis={groupe}&date={day}")
    left = answer.json()["remplacementsRestants"]
    assert isinstance(left, int)
    return left


def row_of(vendor: Vendor, nom: str, groupe: str = "B") -> dict[str, Any]:
    """What the école reads of one of its candidats."""
    filtre = {"groupePermis": groupe, "nom": {"query": nom}}
    answer = vendor.post(f"{V2}/candidats-mandats/recherche", json={"filtre": filtre})
    (row,) = answer.json()["data"]
    assert isinstance(row, dict)
    return row
