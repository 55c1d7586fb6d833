"""Enter the result of an examen, in JSON."""

from typing import Annotated

from fastapi import Path

from rdv_mock.errors import ApiError
from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.http.traits import refuses
from rdv_mock.steering import examens
from rdv_mock.wire.examen import ResultatEntered

router = control_router("Plan de contrôle")


@router.post(
    "/examens/{examenId}/resultat",
    status_code=204,
    summary="Entrer le résultat d'un examen",
    description="Ce que l'inspecteur a constaté. Il n'est visible qu'à l'heure de sa publication"
    " ; d'ici là, un autre peut le remplacer. `EXAMEN_ANNULE` s'entre à tout moment, les autres"
    " une fois l'examen terminé. En B, les points vont de 0 à {resultat.points.B.maximum}, d'une"
    " réussite à partir de {resultat.points.B.reussite} (officiel) ; un échec peut en avoir plus :"
    " une faute éliminatoire. En A et CE ils sont libres. Qui est absent, ou annulé, n'en a pas.",
)
@refuses(
    ApiError.EXAMEN_INCONNU,
    ApiError.RESULTAT_INVALIDE,
    ApiError.EXAMEN_DEJA_ANNULE,
    ApiError.RESULTAT_DEJA_PUBLIE,
    ApiError.EXAMEN_NON_TERMINE,
)
async def enter_resultat(
    examen_id: Annotated[
        str,
        Path(alias="examenId", description="Sa réf, ou son identifiant.", examples=["e_maelle"]),
    ],
    resultat: ResultatEntered,
    call: Call,
) -> None:
    """Enter what the inspector found; an annulment frees the place at once."""
    await examens.enter_resultat(call.world, examen_id, resultat.statut, resultat.points)
