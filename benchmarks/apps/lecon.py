"""A FastAPI route with the request and the answer of POST leçon: no token, no rule, no state."""

import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import FastAPI
from pydantic import ConfigDict

from benchmarks.apps.under_uvicorn import serve
from rdv_mock.facts.enumerations import Activite
from rdv_mock.wire.livret import DeclarationLecon, LeconOnWire

LECON_ID = str(UUID(int=1))
RECEIVED = datetime(2026, 3, 10, 8, tzinfo=UTC)


class Declaration(DeclarationLecon):
    """The same fields; FastAPI reads the JSON first, and a strict enum would take no text."""

    model_config = ConfigDict(strict=False, defer_build=False)


application = FastAPI(openapi_url=None)


@application.post(
    "/api/v1/livret-numerique/contrats-de-formation/{contrat_id}/lecons", status_code=201
)
async def declarer_lecon(contrat_id: str, declaration: Declaration) -> LeconOnWire:
    """Answer what was sent."""
    duration = timedelta(minutes=declaration.duree_en_minutes)
    return LeconOnWire(
        id=LECON_ID,
        contrat_id=contrat_id,
        type=declaration.type,
        activite=declaration.activite or Activite.LECON,
        date_heure_debut=declaration.date_heure_debut,
        date_heure_fin=declaration.date_heure_debut + duration,
        duree_en_minutes=declaration.duree_en_minutes,
        numero_autorisation=declaration.numero_autorisation,
        date_heure_reception=RECEIVED,
    )


if __name__ == "__main__":
    serve(application, int(sys.argv[1]))
