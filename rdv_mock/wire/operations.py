"""The operations that a call can be of, under the names that the contract gives them.

What an incident and a filter of the journal may name, in a scenario file too; the routes bear the
same names.
"""

from typing import Final

BODY_OF_LINK: Final = "x-corps"
"""Where a link of the document says what the body of the next request is made of.

`requestBody` of a Link Object may be a whole body, but widely used parsers take nothing but an
expression there.
"""

EXAM_API: Final = (
    *("lireMonAutoEcole", "listerEmployes", "lireEmployeCourant"),
    *("prendreMandat", "rechercherCandidatsMandats", "rechercherCandidatsEligibles"),
    *("rechercherCentres", "lireCentre", "listerCentresFavoris", "enregistrerCentresFavoris"),
    *("rechercherPlanning", "lireProchaineDateDisponible", "listerCreneauxDisponibles"),
    *("listerPaniers", "creerPanier", "lirePanier", "supprimerPanier"),
    *("ajouterCreneau", "ajouterCreneauxMultiples", "retirerCreneau"),
    *("affecterCandidat", "validerPanier"),
    *("lirePanierCourant", "ajouterCreneauPanierCourant", "ajouterCreneauxMultiplesPanierCourant"),
    *("listerExamens", "lireExamen", "annulerExamen", "listerExamensPermutables"),
    *("lireNombreDeRemplacements", "listerDatesExamens", "listerExamensPagines"),
    *("remplacerCandidat", "permuterExamens"),
    *("lireInformationsSeuilDepartement", "declarerNombreDeFormateurs"),
)
"""RdvPermis (docs/contract/README.md); a v1 alias is the operation of its twin."""

LIVRET: Final = (
    *("creerContratDeFormation", "lireContratDeFormation", "rechercherContratsDeFormation"),
    *("declarerLecon", "listerLecons", "lireLecon", "corrigerLecon", "retirerLecon"),
    *("lireEtp", "listerFormateurs", "listerSimulateurs"),
)
"""The Livret Numérique (docs/contract/livret.md)."""

PROVIDER: Final = (
    *("autoriser", "jeton", "certificats", "utilisateur"),
    *("deconnexion", "introspection", "revocation"),
    *("configuration", "authentifier"),
)
"""The OpenID provider; the last two, discovery and login form, are ours.

See docs/contract/openid.md#names.
"""

OPERATIONS: Final = frozenset((*EXAM_API, *LIVRET, *PROVIDER))
