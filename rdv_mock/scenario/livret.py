"""Contrats de formation and leçons in a scenario, from the file to the store and back."""

from datetime import timedelta

from pydantic import Field

from rdv_mock import paris
from rdv_mock.facts.enumerations import Activite, CategorieDuLivret, TypeFormation, TypeLecon
from rdv_mock.facts.livret import ContratDeFormation, Lecon
from rdv_mock.fixtures import LARGEST_LIMIT
from rdv_mock.scenario.auto_ecoles import find_bureau
from rdv_mock.scenario.base import Instant, NamedPart, Parts, RefOf, RefOrId, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.base import Local
from rdv_mock.wire.livret import ContratDeFormationOnWire, CreationContratDeFormation, LeconOnWire


class ContratPart(NamedPart):
    """Un contrat de formation."""

    auto_ecole: RefOrId = Field(description="L'auto-école : sa réf ou son identifiant.")
    bureau: RefOrId | None = Field(None, description=text_of(ContratDeFormationOnWire, "bureau_id"))
    candidat: RefOrId = Field(description="L'élève : sa réf ou son identifiant.")
    categorie_permis: CategorieDuLivret = Field(
        description=text_of(ContratDeFormationOnWire, "categorie_permis")
    )
    type_formation: TypeFormation = Field(
        TypeFormation.TRADITIONNELLE,
        description=text_of(CreationContratDeFormation, "type_formation"),
    )
    date_heure_creation: Instant | None = Field(
        None, description="Quand il a été ouvert ; par défaut, maintenant."
    )


class LeconPart(NamedPart):
    """Une leçon."""

    contrat: RefOrId = Field(
        description=f"{text_of(LeconOnWire, 'contrat_id')} Sa réf ou son identifiant."
    )
    type: TypeLecon = Field(TypeLecon.CIRCULATION, description=text_of(LeconOnWire, "type"))
    activite: Activite = Field(Activite.LECON, description=text_of(LeconOnWire, "activite"))
    date_heure_debut: Local = Field(description=text_of(LeconOnWire, "date_heure_debut"))
    duree_en_minutes: int = Field(
        default=60,
        ge=1,
        le=LARGEST_LIMIT,
        description="Durée réelle, en minutes ; ici, même celle que l'API refuserait.",
    )
    numero_autorisation: str = Field(description=text_of(LeconOnWire, "numero_autorisation"))
    date_heure_reception: Instant | None = Field(
        None, description="Quand elle a été reçue ; par défaut, à sa fin."
    )


def save_contrats(parts: Parts[ContratPart], build: Build, at: Where) -> None:
    """Put contrats into the build."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        auto_ecole = build.find(store.auto_ecoles, part.auto_ecole, (*where, "autoEcole"))
        candidat = build.find(store.candidats, part.candidat, (*where, "candidat"))
        id_ = build.id_of(part, store.contrats_de_formation, where)
        if auto_ecole and candidat:
            contrat = ContratDeFormation(
                id=id_,
                auto_ecole_id=auto_ecole.id,
                bureau_id=find_bureau(part.bureau, auto_ecole.id, build, (*where, "bureau")),
                candidat_id=candidat.id,
                categorie_permis=part.categorie_permis,
                type_formation=part.type_formation,
                date_heure_creation=part.date_heure_creation or build.now,
            )
            build.add(store.contrats_de_formation, contrat)


def save_lecons(parts: Parts[LeconPart], build: Build, at: Where) -> None:
    """Put leçons into the build."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        contrat = build.find(store.contrats_de_formation, part.contrat, (*where, "contrat"))
        id_ = build.id_of(part, store.lecons, where)
        if contrat:
            end = paris.to_instant(part.date_heure_debut) + timedelta(minutes=part.duree_en_minutes)
            lecon = Lecon(
                id=id_,
                contrat_id=contrat.id,
                type=part.type,
                activite=part.activite,
                date_heure_debut=part.date_heure_debut,
                duree_en_minutes=part.duree_en_minutes,
                numero_autorisation=part.numero_autorisation,
                date_heure_reception=part.date_heure_reception or end,
            )
            build.add(store.lecons, lecon)


def write_contrat(contrat: ContratDeFormation, _store: Store, ref: RefOf) -> ContratPart:
    """A contrat as a scenario says it."""
    return part_of(contrat, ContratPart, ref)


def write_lecon(lecon: Lecon, _store: Store, ref: RefOf) -> LeconPart:
    """A leçon as a scenario says it."""
    return part_of(lecon, LeconPart, ref)
