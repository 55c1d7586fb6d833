"""Paniers on the wire (contract.md, B.4, B.5 and D)."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.fixtures import default_limits
from rdv_mock.wire.base import (
    Asked,
    AskedInQuery,
    AskedUuid,
    Id,
    Offset,
    Problem,
    QueryBoolean,
    Shape,
    example,
    is_absent,
    limits_of,
)
from rdv_mock.wire.candidat import CandidatResume
from rdv_mock.wire.creneau import CreneauOnWire


class QueryPanier(AskedInQuery):
    """Ce que la réponse doit dire de plus."""

    inclure_est_candidat_obligatoire: QueryBoolean = Field(
        default=False, alias="inclureEstCandidatObligatoire"
    )


class CreationPanier(Asked):
    """Pour qui ouvrir le panier ; par défaut, pour l'employé à qui est le jeton."""

    model_config = example(employeAutoEcoleId="ee000000-0000-4000-8000-000000000002")

    employe_auto_ecole_id: AskedUuid | None = None


class AjoutCreneau(Asked):
    """Un créneau à mettre au panier."""

    model_config = example(creneauId="c0000000-0000-4000-8000-000000000001")

    creneau_id: Id


def _distinct(given: list[str], info: ValidationInfo) -> list[str]:
    """No more than the limit, none twice."""
    most = limits_of(info).integer("panier.ajoutMultipleMax")
    if len(given) > most:
        raise PydanticCustomError(Problem.LIMIT, f"doit compter au plus {most} élément(s)")
    if len(set(given)) < len(given):
        raise PydanticCustomError(Problem.LIMIT, "ne peut nommer deux fois un créneau")
    return given


class AjoutCreneauxMultiples(Asked):
    """Des créneaux à mettre au panier, l'un après l'autre."""

    model_config = example(
        creneauxId=[
            "c0000000-0000-4000-8000-000000000001",
            "c0000000-0000-4000-8000-000000000002",
        ]
    )

    creneaux_id: Annotated[
        list[Id],
        Field(
            min_length=1,
            json_schema_extra={
                "maxItems": default_limits().integer("panier.ajoutMultipleMax"),
                "uniqueItems": True,
            },
        ),
        AfterValidator(_distinct),
    ]


class Affectation(Asked):
    """Le candidat à placer sur le créneau ; nul pour n'y placer personne."""

    model_config = example(candidatId="ca000000-0000-4000-8000-000000000001")

    candidat_id: Id | None


class ElementDuPanierOnWire(Shape):
    """Un créneau du panier."""

    creneau: CreneauOnWire
    candidat: CandidatResume | None = Field(description="Nul tant que personne n'est placé.")
    est_candidat_obligatoire: bool | SkipJsonSchema[None] = Field(
        None, exclude_if=is_absent, description="Sur demande : `inclureEstCandidatObligatoire`."
    )


class PanierOnWire(Shape):
    """Des créneaux que vous tenez jusqu'à l'expiration."""

    id: Id
    employe_auto_ecole_id: Id
    groupe_permis: GroupePermis | None = Field(description="Nul tant que le panier est vide.")
    date_heure_expiration: Offset
    elements_du_panier: list[ElementDuPanierOnWire]


class AjoutMultiple(Shape):
    """Ce qui est entré au panier, et ce qui n'y est pas entré."""

    crenaux_ids_ajoutes_au_panier_avec_succes: list[Id]  # sic
    crenaux_ids_ajoutes_au_panier_en_echec: list[Id]  # sic
    panier: PanierOnWire


class ElementValide(Shape):
    """Ce qu'un élément du panier est devenu."""

    creneau_id: Id
    est_reserve: bool
    examen_id: Id | SkipJsonSchema[None] = Field(None, exclude_if=is_absent)
    code_message: str | SkipJsonSchema[None] = Field(
        None, exclude_if=is_absent, examples=["CANDIDAT_SOUS_PENALITE"]
    )


class Validation(Shape):
    """Ce que le panier est devenu, élément par élément."""

    panier_id: Id
    contient_au_moins_une_erreur: bool
    data: list[ElementValide]
