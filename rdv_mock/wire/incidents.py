"""Incidents, as the control plane and scenarios write them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rdv_mock.wire.base import Asked, example

HEADER_NAME = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"
HEADER_VALUE = r"^[\x20-\x7e\x80-\xff]{0,4000}$"
MOST_DELAY_SECONDS = 60


class IncidentFields(BaseModel):
    """What an incident is made of, on the control plane and in a scenario."""

    model_config = ConfigDict(defer_build=True)

    operation: str | None = Field(None, description="L'operationId des appels visés.")
    method: str | None = Field(None, pattern=r"^[A-Za-z]{1,10}$", description="Leur méthode HTTP.")
    path: str | None = Field(
        None, min_length=1, max_length=500, description="Sans /w/{world} ; `*` vaut n'importe quoi."
    )
    employe: str | None = Field(None, description="Une réf, un identifiant ou une adresse.")
    auto_ecole: str | None = Field(None, description="Une réf ou un identifiant.")
    after: int = Field(0, ge=0, le=1_000_000, description="Après tant d'appels.")
    times: int | None = Field(None, ge=1, le=1_000_000, description="Par défaut, toujours.")
    delay_seconds: float = Field(
        0.0, ge=0, le=MOST_DELAY_SECONDS, description="En secondes réelles."
    )
    error: str | None = Field(None, description="Un code du catalogue.")
    status: int | None = Field(None, ge=200, le=599, description="Le statut à répondre.")
    headers: (
        dict[
            Annotated[str, StringConstraints(pattern=HEADER_NAME)],
            Annotated[str, StringConstraints(pattern=HEADER_VALUE)],
        ]
        | None
    ) = Field(None, description="Les en-têtes à répondre.")
    body: Any = Field(None, description="Tel quel si c'est du texte, sinon en JSON.")
    malformed: bool = Field(default=False, description="Coupe la vraie réponse en deux.")
    omit: list[str] = Field(default=[], description="Clés à ôter de la vraie réponse.")
    drop: Literal["before", "after"] | None = Field(
        None, description="Coupe la connexion, avant ou après l'écriture."
    )


class IncidentAsked(Asked, IncidentFields):
    """Ce qui doit mal se passer, pour quels appels."""

    model_config = example(operation="lireMonAutoEcole", times=1, error="SERVICE_INDISPONIBLE")


class IncidentOnWire(BaseModel):
    """Un incident, armé ou épuisé ; près d'un identifiant, `…Ref` et `…Nom`."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    id: str = Field(description="Identifiant de l'incident.")
    seen: int = Field(description="Appels qu'il a vus passer.")
    struck: int = Field(description="Appels qu'il a frappés.")
    restants: int | None = Field(
        description="Appels qu'il frappera encore ; nul sans `times` : toujours."
    )
    epuise: bool = Field(
        description="S'il a frappé autant de fois que demandé : il ne frappe plus."
    )
