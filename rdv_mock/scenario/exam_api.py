"""Centres and mandats in a scenario, from the file to the store and back."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from rdv_mock.facts.centre import Centre
from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.facts.mandat import Mandat
from rdv_mock.facts.reference import UUID_PATTERN, canonical
from rdv_mock.scenario.base import Instant, NamedPart, Parts, RefOf, RefOrId, part_of, text_of
from rdv_mock.scenario.build import Build
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.store import Store
from rdv_mock.wire.base import CodeDepartement
from rdv_mock.wire.centre import CentreOnWire
from rdv_mock.wire.mandat import MandatOnWire


class CentrePart(NamedPart):
    """Un centre d'examen."""

    id: (
        Annotated[str, StringConstraints(pattern=UUID_PATTERN), AfterValidator(canonical)] | None
    ) = Field(None, description="Son identifiant, quand il doit être celui-ci : un UUID.")
    nom: str = Field(description=text_of(CentreOnWire, "nom"))
    code_departement: CodeDepartement
    adresse: str = Field(default="", description=text_of(CentreOnWire, "adresse"))
    code_postal: str = Field(default="", description=text_of(CentreOnWire, "code_postal"))
    ville: str = Field(default="", description=text_of(CentreOnWire, "ville"))
    est_ferme: bool = Field(default=False, description=text_of(CentreOnWire, "est_ferme"))
    groupes_permis: list[GroupePermis] = Field(
        default=[GroupePermis.B],
        min_length=1,
        description="Les groupes que l'on y examine ; par défaut, B.",
    )


class MandatPart(NamedPart):
    """Ce qui permet à une auto-école de réserver pour un candidat ; un seul par groupe."""

    auto_ecole: RefOrId = Field(
        description=f"{text_of(MandatOnWire, 'auto_ecole')} Sa réf ou son identifiant."
    )
    candidat: RefOrId = Field(description="Le candidat : sa réf ou son identifiant.")
    groupe_permis: GroupePermis = Field(description=text_of(MandatOnWire, "groupe_permis"))
    fin: Instant | None = Field(
        None, description="Quand le candidat y mettra fin ; par défaut, jamais."
    )


def save_centres(parts: Parts[CentrePart], build: Build, at: Where) -> None:
    """Put centres into the build."""
    for index, part in parts:
        centre = Centre(
            id=build.id_of(part, build.store.centres, (*at, index)),
            nom=part.nom,
            code_departement=part.code_departement,
            adresse=part.adresse,
            code_postal=part.code_postal,
            ville=part.ville,
            est_ferme=part.est_ferme,
            groupes_permis=tuple(part.groupes_permis),
        )
        build.add(build.store.centres, centre)


def save_mandats(parts: Parts[MandatPart], build: Build, at: Where) -> None:
    """Put mandats into the build."""
    store = build.store
    for index, part in parts:
        where = (*at, index)
        auto_ecole = build.find(store.auto_ecoles, part.auto_ecole, (*where, "autoEcole"))
        candidat = build.find(store.candidats, part.candidat, (*where, "candidat"))
        id_ = build.id_of(part, store.mandats, where)
        if auto_ecole and candidat:
            mandat = Mandat(id_, auto_ecole.id, candidat.id, part.groupe_permis, part.fin)
            build.add(store.mandats, mandat)


def write_centre(centre: Centre, _store: Store, ref: RefOf) -> CentrePart:
    """A centre as a scenario says it."""
    groupes = [GroupePermis(groupe) for groupe in centre.groupes_permis]
    return part_of(centre, CentrePart, ref, groupes_permis=groupes)


def write_mandat(mandat: Mandat, _store: Store, ref: RefOf) -> MandatPart:
    """A mandat as a scenario says it."""
    return part_of(mandat, MandatPart, ref)
