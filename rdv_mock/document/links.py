"""What an answer lets one call next, for clients and tests that go from call to call."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from rdv_mock.api.v1 import V1
from rdv_mock.http.operation import Operation
from rdv_mock.wire.operations import BODY_OF_LINK

_BODY = "$response.body"


class Link(NamedTuple):
    """The next operation, and what of the answer (or of the call) it takes.

    `parameters` are those of its path and query, `body` is what its request body is made of.
    """

    operation: str
    parameters: Mapping[str, str] = {}
    body: Any = None

    def entry(self) -> dict[str, Any]:
        """The Link Object."""
        entry: dict[str, Any] = {"operationId": self.operation}
        if self.parameters:
            entry["parameters"] = dict(self.parameters)
        if self.body is not None:
            entry[BODY_OF_LINK] = self.body
        return entry


def _with_id(parameter: str, pointer: str, *operations: str, **more: str) -> Iterable[Link]:
    """Several operations that take one id of the answer."""
    return [Link(name, {parameter: f"{_BODY}#{pointer}", **more}) for name in operations]


_THIS_PANIER = {"panierId": "$request.path.panierId"}
_THIS_CONTRAT = {"contratId": "$request.path.contratId"}
_FIRST_ELEMENT = f"{_BODY}#/elementsDuPanier/0/creneau/id"
_OF_PANIER = ("lirePanier", "ajouterCreneau", "ajouterCreneauxMultiples", "validerPanier")
_OF_LECON = ("lireLecon", "corrigerLecon", "retirerLecon")

LINKS: Mapping[str, Iterable[Link]] = {
    "listerEmployes": [Link("creerPanier", body={"employeAutoEcoleId": f"{_BODY}#/0/id"})],
    "prendreMandat": [
        Link(
            "rechercherCandidatsMandats",
            body={
                "filtre": {
                    "groupePermis": f"{_BODY}#/groupePermis",
                    "numeroDossier": {"query": "$request.body#/numeroDossier", "match": "EXACT"},
                }
            },
        )
    ],
    "rechercherCentres": _with_id("centreId", "/0/id", "lireCentre"),
    "listerCentresFavoris": _with_id("centreId", "/0/centreId", "lireCentre"),
    "rechercherPlanning": [
        Link("ajouterCreneauPanierCourant", body={"creneauId": f"{_BODY}#/0/creneauDuPlanning/id"}),
        Link(
            "rechercherCandidatsEligibles",
            body={"filtre": {"creneauId": f"{_BODY}#/0/creneauDuPlanning/id"}},
        ),
    ],
    "lireProchaineDateDisponible": [
        Link(
            "listerCreneauxDisponibles",
            {
                "centres-ids": "$request.query.centres-ids",
                "groupe-permis": "$request.query.groupe-permis",
                "date": _BODY,
            },
        )
    ],
    "listerCreneauxDisponibles": [
        Link("ajouterCreneauPanierCourant", body={"creneauId": f"{_BODY}#/0/id"}),
        Link("rechercherCandidatsEligibles", body={"filtre": {"creneauId": f"{_BODY}#/0/id"}}),
    ],
    "listerPaniers": _with_id("panierId", "/0/id", *_OF_PANIER),
    "creerPanier": _with_id("panierId", "/id", *_OF_PANIER, "supprimerPanier"),
    "lirePanier": [
        Link("affecterCandidat", {**_THIS_PANIER, "creneauId": _FIRST_ELEMENT}),
        Link("retirerCreneau", {**_THIS_PANIER, "creneauId": _FIRST_ELEMENT}),
    ],
    "ajouterCreneau": [
        Link("affecterCandidat", {**_THIS_PANIER, "creneauId": _FIRST_ELEMENT}),
        Link("retirerCreneau", {**_THIS_PANIER, "creneauId": _FIRST_ELEMENT}),
        Link("validerPanier", _THIS_PANIER),
    ],
    "ajouterCreneauxMultiples": [Link("validerPanier", _THIS_PANIER)],
    "lirePanierCourant": _with_id("panierId", "/id", *_OF_PANIER),
    "ajouterCreneauPanierCourant": _with_id("panierId", "/id", "validerPanier", "supprimerPanier"),
    "ajouterCreneauxMultiplesPanierCourant": _with_id("panierId", "/panier/id", "validerPanier"),
    "validerPanier": _with_id("examenId", "/data/0/examenId", "lireExamen", "annulerExamen"),
    "listerDatesExamens": [
        Link(
            "listerExamensPagines",  # `listerExamens` knows no CE
            {
                "statut": "$request.query.statut",
                "groupe-permis": "$request.query.groupe-permis",
                "date-debut": f"{_BODY}#/0",
            },
        )
    ],
    "listerExamens": [
        *_with_id("examenId", "/0/id", "lireExamen", "annulerExamen"),
        Link(
            "listerExamensPermutables",
            {"examen-permute-id": f"{_BODY}#/0/id", "date": "$request.query.date"},
        ),
    ],
    "listerExamensPagines": _with_id("examenId", "/data/0/id", "lireExamen", "annulerExamen"),
    "listerExamensPermutables": [
        Link(
            "permuterExamens",
            body={"examenId1": "$request.query.examen-permute-id", "examenId2": f"{_BODY}#/0/id"},
        )
    ],
    "lireExamen": _with_id("examenId", "/id", "annulerExamen"),
    "creerContratDeFormation": _with_id(
        "contratId", "/id", "lireContratDeFormation", "declarerLecon", "listerLecons"
    ),
    "rechercherContratsDeFormation": _with_id(
        "contratId", "/data/0/id", "lireContratDeFormation", "declarerLecon", "listerLecons"
    ),
    "lireContratDeFormation": _with_id("contratId", "/id", "declarerLecon", "listerLecons"),
    "declarerLecon": _with_id("leconId", "/id", *_OF_LECON, **_THIS_CONTRAT),
    "listerLecons": _with_id("leconId", "/0/id", *_OF_LECON, **_THIS_CONTRAT),
}
"""By operationId; they hold of every success that has a body."""


def links_of(route: Operation) -> dict[str, Any]:
    """The links of an answer, by the operation to which they lead; v1 has none."""
    followed = () if route.path.startswith(V1) else LINKS.get(route.operation, ())
    return {link.operation: link.entry() for link in followed}
