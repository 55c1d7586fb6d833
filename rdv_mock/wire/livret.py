"""Contrats de formation and leçons on the wire (design.md 5; shapes contract.md, D)."""

from typing import Annotated

from pydantic import Field

from rdv_mock.facts.enumerations import Activite, CategorieDuLivret, TypeFormation, TypeLecon
from rdv_mock.wire.base import (
    Asked,
    AskedPage,
    CritereTexte,
    Id,
    Instant,
    Local,
    Pagination,
    Shape,
    example,
)

Nom = Annotated[str, Field(description="Nom de naissance.", examples=["Moreau"])]
NumeroDossier = Annotated[
    str,
    Field(
        min_length=1,
        description="Le NEPH : une chaîne opaque, zéros de tête compris, jamais un nombre.",
        examples=["012345678901"],
    ),
]
NumeroAutorisation = Annotated[
    str,
    Field(
        description="Numéro d'autorisation : A… enseigner, S… simulateur, E… agrément.",
        examples=["A0850001230"],
    ),
]
DureeEnMinutes = Annotated[
    int, Field(description="Durée réelle, en minutes ; bornée selon le type.", examples=[60])
]


class CreationContratDeFormation(Asked):
    """Un contrat de formation à ouvrir."""

    model_config = example(
        nom="Moreau",
        numeroDossier="012345678901",
        categoriePermis="B",
        typeFormation="TRADITIONNELLE",
    )

    nom: Nom
    numero_dossier: NumeroDossier
    categorie_permis: CategorieDuLivret = Field(examples=["B"])
    type_formation: TypeFormation = Field(examples=["TRADITIONNELLE"])
    bureau_id: Id | None = Field(None, description="Un bureau de votre auto-école.")


class ContratDeFormationOnWire(Shape):
    """Le lien entre un élève et une auto-école, pour une catégorie de permis."""

    id: Id
    auto_ecole_id: Id
    bureau_id: Id | None
    candidat_id: Id
    nom: str = Field(description="Nom tel qu'il est enregistré.", examples=["Moreau"])
    numero_dossier: NumeroDossier
    categorie_permis: CategorieDuLivret
    type_formation: TypeFormation
    date_heure_creation: Instant


class FiltreContratsDeFormation(Asked):
    """Ce que les contrats cherchés ont en commun."""

    nom: CritereTexte | None = None
    numero_dossier: CritereTexte | None = None
    categorie_permis: CategorieDuLivret | None = None


class RechercheContratsDeFormation(AskedPage):
    """Une recherche parmi les contrats de votre auto-école ; `{}` les donne tous."""

    model_config = example(
        filtre={"nom": {"query": "Perrin"}},
    )

    filtre: FiltreContratsDeFormation | None = None


class ContratsDeFormationTrouves(Shape):
    """Une page de contrats."""

    data: list[ContratDeFormationOnWire]
    pagination: Pagination


class DeclarationLecon(Asked):
    """Une leçon réalisée."""

    model_config = example(
        type="CIRCULATION",
        dateHeureDebut="2026-03-09T15:00:00",
        dureeEnMinutes=60,
        numeroAutorisation="A0850001230",
    )

    type: TypeLecon
    date_heure_debut: Local
    duree_en_minutes: DureeEnMinutes
    numero_autorisation: NumeroAutorisation
    activite: Activite | None = Field(None, description="LECON par défaut.")


class LeconOnWire(Shape):
    """Une leçon telle qu'elle a été reçue ; reçue ne veut pas dire comptée."""

    id: Id
    contrat_id: Id
    type: TypeLecon
    activite: Activite
    date_heure_debut: Local
    date_heure_fin: Local
    duree_en_minutes: DureeEnMinutes
    numero_autorisation: NumeroAutorisation
    date_heure_reception: Instant
