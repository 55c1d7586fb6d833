"""Exam centres on the wire (contract.md, B.3 and D)."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.fixtures import default_limits
from rdv_mock.wire.base import (
    Asked,
    AskedUuid,
    CodeDepartement,
    Id,
    Problem,
    Shape,
    example,
    limits_of,
    within_limits,
)


class FiltreCentres(Asked):
    """Ce que les centres cherchés ont en commun."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis
    est_ferme: bool | None = Field(None, description="Par défaut, ouverts et fermés.")


class RechercheCentres(Asked):
    """Une recherche de centres."""

    model_config = example(
        filtre={"codeDepartement": "085", "groupePermis": "B"},
    )

    filtre: FiltreCentres


class CentreOnWire(Shape):
    """Un centre d'examen."""

    id: Id
    nom: str = Field(examples=["GONESSE B"])
    code_departement: CodeDepartement
    adresse: str = Field(examples=["12 rue Marat"])
    code_postal: str = Field(examples=["95500"])
    ville: str = Field(examples=["GONESSE"])
    est_ferme: bool


class CentreFavoriOnWire(Shape):
    """Un centre favori de l'auto-école."""

    groupe_permis: GroupePermis
    centre_id: Id
    priorite: int = Field(examples=[0])


class CentreFavoriInput(Asked):
    """Un centre et sa priorité."""

    centre_id: AskedUuid
    priorite: Annotated[
        int,
        Field(ge=0, json_schema_extra={"maximum": default_limits().integer("favoris.prioriteMax")}),
        within_limits("favoris.prioriteMax"),
    ]


def _distinct(given: list[CentreFavoriInput], info: ValidationInfo) -> list[CentreFavoriInput]:
    """No centre and no priorite twice, so never more than there are priorites."""
    most = limits_of(info).integer("favoris.prioriteMax") + 1
    if len(given) > most:
        raise PydanticCustomError(Problem.LIMIT, f"doit compter au plus {most} élément(s)")
    for what in ("centre_id", "priorite"):
        if len({getattr(one, what) for one in given}) < len(given):
            raise PydanticCustomError(
                Problem.LIMIT, "ne peut nommer deux fois un centre, ni une priorité"
            )
    return given


class EnregistrementCentresFavoris(Asked):
    """Les centres favoris d'un groupe ; sans liste, rien ne change."""

    model_config = example(
        groupePermis="B",
    )

    groupe_permis: GroupePermis | None = None
    centres_favoris_input: Annotated[list[CentreFavoriInput], AfterValidator(_distinct)] | None = (
        Field(None, max_length=default_limits().integer("favoris.prioriteMax") + 1)
    )


class FavoriEnregistre(Shape):
    """Un centre favori, sans son groupe."""

    centre_id: Id
    priorite: int


class CentresFavorisEnregistres(Shape):
    """Ce qui vaut désormais."""

    groupe_permis: GroupePermis | None
    centres_favoris_input: list[FavoriEnregistre]
