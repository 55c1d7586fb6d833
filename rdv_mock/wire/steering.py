"""Worlds, snapshots, incidents and the journal on the control plane (design.md 7)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from rdv_mock.wire.base import Asked, AskedInQuery, Instant, Shape, is_absent
from rdv_mock.wire.control import ClockSetting

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]

HEADER_NAME = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"
HEADER_VALUE = r"^[\x20-\x7e\x80-\xff]{0,4000}$"
MOST_DELAY_SECONDS = 60


class WorldAsked(Asked):
    """Un monde à créer ; sans rien, comme le monde principal tel qu'il a été chargé."""

    name: Name | None = Field(None, description="Par défaut monde-1, monde-2…")
    scenario: str | dict[str, Any] | None = Field(
        None, description="Le nom d'un scénario, ou un scénario entier."
    )
    from_: str | None = Field(
        None, alias="from", description="Un monde dont copier l'état présent, horloge comprise."
    )
    clock: ClockSetting | None = Field(
        None, description="L'heure à laquelle il commence, à partir de la sienne."
    )


class WorldOnWire(Shape):
    """Un monde."""

    name: str = Field(description="Son nom.")
    base_path: str = Field(description="L'adresse où il commence.")
    scenario: str = Field(description="Le scénario dont il vient.")
    now: Instant = Field(description="L'heure qu'il y est, en UTC.")
    frozen: bool = Field(description="Si son horloge est arrêtée.")


class CreatedWorld(Shape):
    """Un monde qui vient d'être créé."""

    name: str = Field(description="Son nom.")
    base_path: str = Field(description="L'adresse où il commence.")
    refs: dict[str, str] = Field(description="L'identifiant derrière chaque réf.")


class SnapshotAsked(Asked):
    """Sous quel nom garder l'état présent."""

    name: Name = Field(description="Le nom.")


class SnapshotOnWire(Shape):
    """Un état gardé, et l'heure qu'il était."""

    name: str = Field(description="Son nom.")
    now: Instant = Field(description="L'heure qu'il était, en UTC.")
    frozen: bool = Field(description="Si l'horloge était arrêtée.")


class Changed(Shape):
    """Un objet, avant et après."""

    before: dict[str, Any] = Field(description="L'objet d'avant.")
    after: dict[str, Any] = Field(description="L'objet d'après.")


class Difference(Shape):
    """Ce qui distingue deux états, pour un genre d'objets."""

    added: list[dict[str, Any]] = Field(description="Les objets ajoutés.")
    changed: list[Changed] = Field(description="Les objets changés.")
    removed: list[dict[str, Any]] = Field(description="Les objets ôtés.")


class IncidentFields(BaseModel):
    """What an incident is made of, on the control plane and in a scenario."""

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


class IncidentOnWire(BaseModel):
    """Un incident armé."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(description="Identifiant de l'incident.")
    seen: int = Field(description="Appels qu'il a vus passer.")
    struck: int = Field(description="Appels qu'il a frappés.")


class QueryJournal(AskedInQuery):
    """Quels appels."""

    operation: str | None = Field(None, description="Un operationId.")
    method: str | None = Field(None, description="Une méthode HTTP.")
    path: str | None = Field(None, max_length=500, description="`*` vaut n'importe quoi.")
    status: int | None = Field(None, description="Un statut.")
    code: str | None = Field(None, description="Un code de refus.")
    employe: str | None = Field(None, description="Une réf, un identifiant ou une adresse.")
    limit: int = Field(100, ge=1, le=100_000, description="Combien d'appels au plus.")
    wait: float = Field(0, ge=0, le=30, description="Attendre un tel appel, en secondes réelles.")


class JournalMessage(Shape):
    """Un côté d'un appel."""

    query: str | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="La requête, telle qu'elle est dans l'adresse ; absente d'une réponse.",
    )
    headers: dict[str, str] = Field(description="Ses en-têtes, sans les secrets.")
    body: str = Field(description="Ses 16 premiers Kio, sans les secrets.")


class JournalEntry(Shape):
    """Un appel reçu."""

    at: Instant = Field(description="Quand, à l'horloge du monde.")
    real_at: Instant = Field(description="Quand, en vrai.")
    method: str = Field(description="La méthode HTTP.")
    path: str = Field(description="L'adresse, sans `/w/{world}`.")
    operation: str | None = Field(description="L'operationId ; nul si l'adresse est inconnue.")
    employe: str | None = Field(
        description="L'employé à qui est le jeton ; nul sans jeton valable."
    )
    status: int = Field(description="0 quand rien n'a été répondu.")
    code: str | None = Field(description="Le code du refus ; nul si rien n'a été refusé.")
    incident: str | None = Field(description="L'incident qui l'a frappé ; nul sinon.")
    duration_ms: float = Field(description="Ce qu'il a pris, en millisecondes.")
    request: JournalMessage = Field(description="Ce qui a été demandé.")
    response: JournalMessage = Field(description="Ce qui a été répondu.")


class JournalOnWire(Shape):
    """Les appels reçus, du plus récent au plus ancien."""

    total: int = Field(description="Combien d'appels conviennent.")
    entries: list[JournalEntry] = Field(description="Les appels.")


class ProviderState(Asked):
    """Un état de fournisseur, au sens de Pact."""

    state: str | None = Field(
        None,
        description="Le nom ou le titre d'un scénario ; vide, le monde reste tel qu'il est.",
        examples=["panier_plein"],
    )
    params: dict[str, Any] | None = Field(None, description="Un fragment de scénario.")
    action: Literal["setup", "teardown"] = Field(
        "setup", description="`setup` par défaut ; `teardown` ne fait rien."
    )
    consumer: str | None = Field(None, description="Le consommateur, au sens de Pact ; sans effet.")
    states: list[str] | None = Field(
        None, description="Tous les états, comme certains vérificateurs les redisent ; sans effet."
    )
