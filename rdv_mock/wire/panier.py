"""Paniers on the wire (docs/contract/paniers.md)."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from rdv_mock.facts.enumerations import GroupePermis
from rdv_mock.wire.base import (
    BOUND,
    Asked,
    AskedId,
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
from rdv_mock.wire.certainty import CLIENT, INFERRED, INTEGRATOR, INTEGRATOR_AND_CLIENT
from rdv_mock.wire.creneau import CreneauOnWire


class QueryPanier(AskedInQuery, certainty=CLIENT):
    """Ce que la réponse doit dire de plus."""

    inclure_est_candidat_obligatoire: QueryBoolean = Field(
        default=False,
        alias="inclureEstCandidatObligatoire",
        description="true : chaque élément dit s'il lui faut un candidat"
        " (`estCandidatObligatoire`).",
        examples=[True],
    )


class CreationPanier(Asked, certainty=INTEGRATOR):
    """Pour qui ouvrir le panier ; par défaut, pour l'employé à qui est le jeton."""

    model_config = example(employeAutoEcoleId="ee000000-0000-4000-8000-000000000002")

    employe_auto_ecole_id: AskedUuid | None = Field(
        None, description="Un employé de votre auto-école ; par défaut, celui du jeton."
    )


class AjoutCreneau(Asked, certainty=INTEGRATOR):
    """Un créneau à mettre au panier."""

    model_config = example(creneauId="c0000000-0000-4000-8000-000000000001")

    creneau_id: AskedId = Field(description="Le créneau.")


def _distinct(given: list[str], info: ValidationInfo) -> list[str]:
    """No more than the limit, none twice."""
    most = limits_of(info).integer("panier.ajoutMultipleMax")
    if len(given) > most:
        raise PydanticCustomError(Problem.LIMIT, f"doit compter au plus {most} élément(s)")
    if len(set(given)) < len(given):
        raise PydanticCustomError(Problem.LIMIT, "ne peut nommer deux fois un créneau")
    return given


class AjoutCreneauxMultiples(Asked, certainty=INTEGRATOR):
    """Des créneaux à mettre au panier, l'un après l'autre."""

    model_config = example(
        creneauxId=[
            "c0000000-0000-4000-8000-000000000001",
            "c0000000-0000-4000-8000-000000000002",
        ]
    )

    creneaux_id: Annotated[
        list[AskedId],
        Field(
            min_length=1,
            description="Les créneaux, dans l'ordre où les prendre ; aucun deux fois.",
            json_schema_extra={
                BOUND: {"maxItems": "panier.ajoutMultipleMax"},
                "uniqueItems": True,
            },
        ),
        AfterValidator(_distinct),
    ]


class Affectation(Asked, certainty=INTEGRATOR):
    """Le candidat à placer sur le créneau ; nul pour n'y placer personne."""

    model_config = example(candidatId="ca000000-0000-4000-8000-000000000001")

    candidat_id: AskedId | None = Field(
        description="Un candidat sous votre mandat. La clé est obligatoire, même nulle."
    )


class ElementDuPanierOnWire(Shape):
    """Un créneau du panier, et pour qui."""

    creneau: CreneauOnWire = Field(description="Le créneau.")
    candidat: CandidatResume | None = Field(
        description="Qui y est placé ; nul tant que personne ne l'est."
    )
    est_candidat_obligatoire: Annotated[
        bool | SkipJsonSchema[None], INFERRED.but("d'après le nom du paramètre qui le demande")
    ] = Field(
        None,
        exclude_if=is_absent,
        description="S'il faut un candidat pour le réserver. Sur demande"
        " (`inclureEstCandidatObligatoire`) ; absent sinon.",
        examples=[True],
    )


class PanierOnWire(Shape):
    """Des créneaux que vous tenez jusqu'à l'expiration."""

    id: Annotated[Id, INTEGRATOR] = Field(description="Identifiant du panier.")
    employe_auto_ecole_id: Id = Field(description="L'employé pour qui il est ouvert.")
    groupe_permis: GroupePermis | None = Field(
        description="Le groupe de ses créneaux ; nul tant qu'il est vide."
    )
    date_heure_expiration: Annotated[Offset, INTEGRATOR] = Field(
        description="Quand il disparaît et rend ses créneaux ; en UTC, avec son décalage."
    )
    elements_du_panier: Annotated[list[ElementDuPanierOnWire], INTEGRATOR_AND_CLIENT] = Field(
        description="Ses créneaux, dans l'ordre où ils y sont entrés."
    )


class AjoutMultiple(Shape, certainty=INTEGRATOR):
    """Ce qui est entré au panier, et ce qui n'y est pas entré."""

    crenaux_ids_ajoutes_au_panier_avec_succes: list[Id] = Field(  # sic
        description="Les créneaux entrés, dans l'ordre demandé. La faute est dans l'original."
    )
    crenaux_ids_ajoutes_au_panier_en_echec: list[Id] = Field(  # sic
        description="Les créneaux refusés, dans l'ordre demandé, sans que rien ne dise pourquoi :"
        " `ajouterCreneau` le dit de chacun. La faute est dans l'original."
    )
    panier: PanierOnWire = Field(description="Le panier tel qu'il est devenu.")


class ElementValide(Shape, certainty=INTEGRATOR):
    """Ce qu'un élément du panier est devenu."""

    creneau_id: Id = Field(description="Son créneau.")
    est_reserve: bool = Field(description="S'il est réservé.", examples=[False])
    examen_id: Id | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="L'examen qu'il est devenu ; absent s'il est refusé.",
    )
    code_message: str | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="Le code de son refus ; absent s'il est réservé.",
        examples=["CANDIDAT_SOUS_PENALITE"],
    )


class Validation(Shape, certainty=INTEGRATOR):
    """Ce que le panier est devenu, élément par élément."""

    panier_id: Id = Field(description="Le panier ; il n'existe plus si tout est réservé.")
    contient_au_moins_une_erreur: bool = Field(
        description="Si un élément au moins est refusé ; le statut est alors 207.", examples=[True]
    )
    data: list[ElementValide] = Field(description="Ses éléments, dans l'ordre du panier.")
