"""The prose of both documents, in French: what a vendor reads before he calls anything."""

from collections.abc import Mapping

from rdv_mock.errors import Level

LEVELS: Mapping[Level, str] = {
    "official": "publié par l'État, ou par le système précédent",
    "integrator": "rapporté par un lecteur du Swagger authentifié (OpenAPI 3.1, version 0.0.2)",
    "client": "vu dans un client qui tourne contre la production",
    "press": "presse professionnelle, syndicats, manuels d'éditeurs",
    "inferred": "notre décision, jamais un fait du système réel",
}
"""What each level of certainty means."""

TITLE = "rdv-mock : simulateur de RdvPermis et du Livret Numérique"
SUMMARY = "Les API des places d'examen et des heures de formation, pour développer et tester."

DESCRIPTION = f"""\
**Ceci est un simulateur**, sans lien avec l'État : il ne réserve rien et ne transmet rien.

Il remplace, pour vos développements et vos tests, l'API RdvPermis (places d'examen) et l'API du
Livret Numérique (heures de formation).
Chaque réponse porte `X-Rdv-Mock: 1` et l'heure du monde simulé (`Date`).

- **Se connecter** : « Authorize », `connexion` et un compte du scénario ; ou bien, dans `jeton`, un
  jeton de `POST /_mock/tokens` avec `{{"employe": "lea"}}`.
- **L'horloge, les scénarios, l'état** : le plan de contrôle, sous `/_mock`.

## Ce qui est sûr, et ce qui ne l'est pas

Le document officiel n'est pas public. Chaque opération, chaque champ et chaque code dit donc en
`x-certitude` d'où il vient, et en `x-certitude-note` ce que ce mot ne dit pas ;
`x-certitude-valeurs` le dit valeur par valeur, et `x-certitude-codes` code par code.
`GET /_mock/fidelity` réunit le tout.

| `x-certitude` | d'où cela vient |
| --- | --- |
{chr(10).join(f"| `{level}` | {meaning} |" for level, meaning in LEVELS.items())}

## Conventions

- **Refus** : un seul corps, `Refus`. `code` et `erreur` portent le même code, à moins que le
  scénario n'en garde qu'un. Une adresse inconnue donne 404 `RESSOURCE_INCONNUE`, une méthode
  qu'elle n'a pas 405 `METHODE_NON_AUTORISEE` avec `Allow`, une panne 500 `ERREUR_INTERNE` ou 503
  `SERVICE_INDISPONIBLE`.
- **Ordre des contrôles** : adresse, taille, jeton, nombre d'appels, portée, paramètres (tous les
  problèmes à la fois), droits, ce que le chemin nomme, puis les règles de l'opération.
- **207** est un succès : une partie est faite, le corps dit laquelle.
- **Types** : stricts, un nombre n'est pas une chaîne. Un champ inconnu est refusé, à moins que
  le scénario ne l'ignore ; un paramètre inconnu est ignoré. Un champ facultatif nul vaut un champ
  absent.
- **Dates** : quatre formes, mêlées comme dans l'original. Un jour (`2026-04-07`) ou un mois ; une
  heure de Paris sans fuseau (`2026-04-07T08:00:00`) ; un instant en UTC (`2026-03-10T14:00:00Z`) ;
  l'expiration d'un panier avec son décalage (`2026-03-10T08:15:00+00:00`).
- **Identifiants** : des chaînes opaques. Le NEPH aussi : ses zéros de tête comptent.
"""

TAGS: Mapping[str, str] = {
    "Auto-école": "Qui l'on est, et ce que l'on peut réserver.",
    "Mandats et candidats": "Ceux pour qui l'auto-école peut réserver, et ce qui les en empêche.",
    "Centres d'examen": "Où l'on passe les examens, et les centres favoris.",
    "Planning": "Les créneaux publiés, et ceux qui sont libres.",
    "Paniers": "Tenir des créneaux, y placer des candidats, réserver. Deux formes : par"
    " identifiant, et le panier courant de l'employé.",
    "Examens": "Les places réservées : lire, annuler, remplacer, permuter.",
    "Contrats de formation": "Livret Numérique : le lien entre un élève et une auto-école.",
    "Leçons": "Livret Numérique : les heures de formation déclarées.",
    "ETP, formateurs et simulateurs": "Livret Numérique : ce que les heures rapportent.",
    "Version 1": "Les anciennes adresses, dépréciées : mêmes opérations qu'en version 2.",
}
"""The groups of operations, in the order in which they are read."""

CONJECTURE = (
    "*Conjecture : ni ce chemin ni ces champs ne sont publics. Les messages de refus, eux, sont"
    " officiels.*"
)
LIVRET_NOTE = "messages de refus officiels"
V1_NOTE = "pour le chemin, le reste comme en version 2"

CONTROL_TITLE = "rdv-mock : plan de contrôle"
CONTROL_SUMMARY = "Ce par quoi un test dirige son monde ; pas une partie des API simulées."
CONTROL_DESCRIPTION = """\
Ce par quoi un test dirige son monde : scénario, horloge, état, mondes, incidents, journal.
Ce n'est pas une partie des API simulées.

- **Accès** : ouvert à qui atteint le port, sauf si `RDV_MOCK_ADMIN_TOKEN` est posé : il faut alors
  ce jeton.
- **Mondes** : chaque appel agit sur le monde que nomme l'adresse, `/w/{world}/_mock/…`, ou à défaut
  sur `principal`.
- **Refus** : le même corps que les API simulées, `Refus`.
"""

CONTROL_TAGS: Mapping[str, str] = {
    "Plan de contrôle": "Scénarios, état, horloge, jetons, calculs.",
    "Mondes": "Des mondes à part, et des états que l'on garde.",
    "Incidents et journal": "Ce qui doit mal se passer, et ce qui a été appelé.",
}

CONTROL_LISTS: Mapping[str, str] = {
    "MotifDExclusion": "Pourquoi une leçon ne compte pas : le premier motif qui s'applique, dans"
    " cet ordre.",
    "ResetScope": "Ce qu'une remise à zéro touche : tout, l'état, l'horloge, les incidents, le"
    " journal ou les fenêtres des limites.",
}
"""What the closed lists of the control plane are about."""

AFTER = "*L'exemple nomme ce que crée celui de {} : appelez-le d'abord.*"
"""What an operation says whose examples hold only after those of another one."""

QUERY_BOOLEAN = "`1` et `0` valent `true` et `false`."
"""What a query takes for a boolean, beside the words that clients write."""

SCENARIO_EXAMPLE = """\
title: Une auto-école
clock: {now: 2026-03-10T09:00:00+01:00}
autoEcoles:
  - ref: plesses
    nom: Auto-École des Plesses
    codeDepartement: "085"
    employes: [{ref: lea, nom: Durant, prenom: Léane, email: lea@plesses.test}]
candidats:
  - {ref: ines, nom: Moreau, prenom: Inès, numeroDossier: "012345678901",
     demandes: [{categoriePermis: B}]}
"""
FRAGMENT_EXAMPLE = """\
candidats:
  - {ref: ines, email: ines@exemple.test}
"""

LICENSE: Mapping[str, str] = {"name": "MIT", "identifier": "MIT"}
CONTACT: Mapping[str, str] = {"name": "rdv-mock, simulateur indépendant"}
"""A contact without an address: one of the State must not appear here."""

EXTERNAL_DOCS: Mapping[str, str] = {
    "description": "Le document officiel de la plateforme d'intégration, derrière une connexion.",
    "url": "https://api.integediteurs.rdv-permis.interieur.gouv.fr/swagger-ui/index.html",
}

OUTCOMES: Mapping[int, str] = {
    200: "La réponse.",
    201: "Créé.",
    204: "Fait ; pas de corps.",
    207: "Fait en partie : le corps dit ce qui n'a pu l'être.",
    503: "Pas encore prêt.",
}
