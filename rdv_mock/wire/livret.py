"""Contrats de formation and leçons on the wire (docs/contract/livret.md)."""

from typing import Annotated

from pydantic import Field

from rdv_mock.facts.enumerations import Activite, CategorieDuLivret, TypeFormation, TypeLecon
from rdv_mock.wire.base import Asked, AskedId, Id, Instant, Local, Shape, example
from rdv_mock.wire.search import AskedPage, CritereTexte, Pagination

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
    categorie_permis: CategorieDuLivret = Field(
        description="La catégorie de sa demande ANTS.", examples=["B"]
    )
    type_formation: TypeFormation = Field(
        description="Comment il est formé ; cela seul décide du coefficient de ses heures.",
        examples=["TRADITIONNELLE"],
    )
    bureau_id: AskedId | None = Field(None, description="Un bureau de votre auto-école.")


class ContratDeFormationOnWire(Shape):
    """Le lien entre un élève et une auto-école, pour une catégorie de permis."""

    id: Id = Field(description="Identifiant du contrat.")
    auto_ecole_id: Id = Field(description="Votre auto-école.")
    bureau_id: Id | None = Field(description="Le bureau ; nul si aucun n'a été donné.")
    candidat_id: Id = Field(description="L'élève.")
    nom: str = Field(description="Nom tel qu'il est enregistré.", examples=["Moreau"])
    numero_dossier: NumeroDossier
    categorie_permis: CategorieDuLivret = Field(description="La catégorie de permis.")
    type_formation: TypeFormation = Field(description="Comment l'élève est formé.")
    date_heure_creation: Instant = Field(description="Quand il a été ouvert, en UTC.")


class FiltreContratsDeFormation(Asked):
    """Ce que les contrats cherchés ont en commun."""

    nom: CritereTexte | None = Field(None, description="Le nom de naissance de l'élève.")
    numero_dossier: CritereTexte | None = Field(None, description="Son NEPH.")
    categorie_permis: CategorieDuLivret | None = Field(None, description="La catégorie.")


class RechercheContratsDeFormation(AskedPage):
    """Une recherche parmi les contrats de votre auto-école ; `{}` les donne tous."""

    model_config = example(
        filtre={"nom": {"query": "Perrin"}},
    )

    filtre: FiltreContratsDeFormation | None = Field(None, description="Sans filtre : tous.")


class ContratsDeFormationTrouves(Shape):
    """Une page de contrats."""

    data: list[ContratDeFormationOnWire] = Field(description="Les contrats, par nom.")
    pagination: Pagination = Field(description="Où se trouve cette page.")


class DeclarationLecon(Asked):
    """Une leçon réalisée."""

    model_config = example(
        type="CIRCULATION",
        dateHeureDebut="2026-03-09T15:00:00",
        dureeEnMinutes=60,
        numeroAutorisation="A0850001230",
    )

    type: TypeLecon = Field(description="Où elle a eu lieu.")
    date_heure_debut: Local = Field(description="Début ; heure légale de Paris, sans fuseau.")
    duree_en_minutes: DureeEnMinutes
    numero_autorisation: NumeroAutorisation
    activite: Activite | None = Field(
        None, description="À quoi elle a servi ; `LECON` par défaut.", examples=["LECON"]
    )


class LeconOnWire(Shape):
    """Une leçon telle qu'elle a été reçue ; reçue ne veut pas dire comptée."""

    id: Id = Field(description="Identifiant de la leçon.")
    contrat_id: Id = Field(description="Le contrat auquel elle appartient.")
    type: TypeLecon = Field(description="Où elle a eu lieu.")
    activite: Activite = Field(description="À quoi elle a servi.")
    date_heure_debut: Local = Field(description="Début ; heure légale de Paris, sans fuseau.")
    date_heure_fin: Local = Field(
        description="Début plus durée ; heure légale de Paris, sans fuseau.",
        examples=["2026-03-09T16:00:00"],
    )
    duree_en_minutes: DureeEnMinutes
    numero_autorisation: NumeroAutorisation
    date_heure_reception: Instant = Field(
        description="Quand elle a été reçue, en UTC ; une correction n'y change rien."
    )
