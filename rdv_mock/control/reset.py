"""Take a world back to its beginning."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from rdv_mock.http.call import Call
from rdv_mock.http.routers import control_router
from rdv_mock.steering import state
from rdv_mock.wire.base import AskedInQuery
from rdv_mock.worlds.world import ResetScope

router = control_router("Plan de contrôle")


class ResetQuery(AskedInQuery):
    """Ce qu'il faut remettre."""

    scope: ResetScope = Field(ResetScope.ALL, description="Tout, ou une part.")


@router.post(
    "/reset",
    status_code=204,
    summary="Remettre le monde dans l'état de son scénario",
    description="Tout redevient comme le scénario l'a posé : état, horloge, incidents, journal,"
    " fenêtres des limites, jetons ; un monde créé avec `clock` revient à cette heure-là, arrêté"
    " s'il l'était. `scope` n'en choisit qu'une part ; avec `state`, jetons et connexions restent.",
)
async def reset(query: Annotated[ResetQuery, Query()], call: Call) -> None:
    """Take the world back, in all respects or in one."""
    await state.reset(call.world, query.scope)
