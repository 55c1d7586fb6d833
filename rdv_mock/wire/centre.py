"""Exam centres on the wire (docs/contract/centres.md)."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.wire.base import (
    BOUND,
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
from rdv_mock.wire.certainty import INTEGRATOR, INTEGRATOR_AND_CLIENT


class FiltreCentres(Asked, certainty=INTEGRATOR_AND_CLIENT):
    """Ce que les centres cherchés ont en commun."""

    code_departement: CodeDepartement
    groupe_permis: GroupePermis = Field(description="Ce pour quoi l'on y examine.")
    est_ferme: bool | None = Field(
        None, description="Ouverts ou fermés ; par défaut, les uns et les autres.", examples=[False]
    )


class RechercheCentres(Asked, certainty=INTEGRATOR_AND_CLIENT):
    """Une recherche de centres."""

    model_config = example(
        filtre={"codeDepartement": "085", "groupePermis": "B"},
    )

    filtre: FiltreCentres = Field(description="Ce que les centres cherchés ont en commun.")


class CentreOnWire(Shape, certainty=INTEGRATOR_AND_CLIENT):
    """Un centre d'examen."""

    id: Id = Field(description="Identifiant du centre.")
    nom: str = Field(description="Nom du centre.", examples=["GONESSE B"])
    code_departement: CodeDepartement
    adresse: str = Field(description="Numéro et rue.", examples=["12 rue Marat"])
    code_postal: str = Field(description="Code postal.", examples=["95500"])
    ville: str = Field(description="Commune.", examples=["GONESSE"])
    est_ferme: bool = Field(
        description="Fermé : ses créneaux libres ne se réservent plus.", examples=[False]
    )


class CentreFavoriOnWire(Shape, certainty=INTEGRATOR):
    """Un centre favori de l'auto-école."""

    groupe_permis: GroupePermis = Field(description="Le groupe pour lequel il l'est.")
    centre_id: Id = Field(description="Identifiant du centre.")
    priorite: int = Field(description="Son rang : 0 avant 1, 1 avant 2.", examples=[0])


class CentreFavoriInput(Asked, certainty=INTEGRATOR):
    """Un centre et sa priorité."""

    centre_id: AskedUuid = Field(description="Identifiant du centre.")
    priorite: Annotated[
        int,
        Field(
            ge=0,
            description="Son rang, qu'aucun autre n'a.",
            examples=[0],
            json_schema_extra={BOUND: {"maximum": "favoris.prioriteMax"}},
        ),
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


class EnregistrementCentresFavoris(Asked, certainty=INTEGRATOR):
    """Les centres favoris d'un groupe ; sans liste, rien ne change."""

    model_config = example(
        groupePermis="B",
    )

    groupe_permis: GroupePermis | None = Field(
        None, description="Le groupe ; obligatoire dès qu'il y a une liste."
    )
    centres_favoris_input: (
        Annotated[
            list[CentreFavoriInput],
            Field(json_schema_extra={BOUND: {"maxItems": "favoris.prioriteMax + 1"}}),
            AfterValidator(_distinct),
        ]
        | None
    ) = Field(None, description="La liste entière : elle remplace la précédente, et `[]` l'efface.")

    @model_validator(mode="after")
    def _for_a_groupe(self) -> Self:
        """Refuse a list that is for no groupe (`inferred`), once it is a good one."""
        if self.groupe_permis is None and self.centres_favoris_input is not None:
            problem = PydanticCustomError(
                Problem.LIMIT, "est obligatoire avec une liste de centres"
            )
            missing = InitErrorDetails(type=problem, loc=("groupePermis",), input=None)
            raise ValidationError.from_exception_data(type(self).__name__, [missing])
        return self


class FavoriEnregistre(Shape):
    """Un centre favori, sans son groupe."""

    centre_id: Id = Field(description="Identifiant du centre.")
    priorite: int = Field(description="Son rang.", examples=[0])


class CentresFavorisEnregistres(Shape):
    """Ce qui vaut désormais."""

    groupe_permis: GroupePermis | None = Field(
        description="Le groupe demandé ; nul quand aucun ne l'était."
    )
    centres_favoris_input: list[FavoriEnregistre] = Field(
        description="Les centres favoris de ce groupe, ou de tous les groupes."
    )
