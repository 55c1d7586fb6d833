"""An empty FastAPI application with so many routes, each with models of its own."""

import sys
from datetime import datetime

from fastapi import FastAPI
from pydantic import BaseModel, create_model

from benchmarks.apps.under_uvicorn import serve


class Asked(BaseModel):
    """As much as a leçon asks."""

    type: str
    date_heure_debut: datetime
    duree_en_minutes: int
    numero_autorisation: str
    activite: str | None = None


class Answered(BaseModel):
    """As much as a leçon answers."""

    id: str
    contrat_id: str
    type: str
    activite: str
    date_heure_debut: datetime
    date_heure_fin: datetime
    duree_en_minutes: int
    numero_autorisation: str
    date_heure_reception: datetime


def with_routes(count: int) -> FastAPI:
    """The application; the first of its routes is `POST /0/{id}`."""
    application = FastAPI()
    for number in range(count):
        asked = create_model(f"Asked{number}", __base__=Asked)
        answered = create_model(f"Answered{number}", __base__=Answered)

        async def endpoint(id: str, body: BaseModel) -> dict[str, str]:  # noqa: A002 - as in paths
            return {**body.model_dump(), "id": id}

        endpoint.__annotations__["body"] = asked
        application.post(f"/{number}/{{id}}", response_model=answered)(endpoint)
    return application


if __name__ == "__main__":
    serve(with_routes(int(sys.argv[2])), int(sys.argv[1]))
