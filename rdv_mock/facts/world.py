"""What a scenario settles once for its whole world."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rdv_mock.facts.concurrence import Concurrence
from rdv_mock.facts.incident import Incident

ErrorKeys = Literal["both", "code", "erreur"]


@dataclass(frozen=True, slots=True)
class Responses:
    """How answers are formed where the contract is ambiguous (docs/contract/conventions.md).

    Without `error_keys` the setting of the server holds.
    """

    error_keys: ErrorKeys | None = None
    retry_after: Literal["seconds", "date", "absent"] = "seconds"
    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    bulk_success_status: Literal[200, 201, 207] = 201


@dataclass(frozen=True, slots=True)
class ErrorOverride:
    """What a scenario says of a code instead of the catalogue."""

    status: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """The head of a scenario. Without `clock_now` the clock shows real time."""

    scenario: str
    title: str
    description: str
    seed: int
    clock_now: datetime | None
    clock_frozen: bool
    limits: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    responses: Responses = Responses()
    errors: Mapping[str, ErrorOverride] = field(default_factory=dict)
    concurrence: Concurrence | None = None
    resultats_automatiques: float | None = None
    incidents: tuple[Incident, ...] = ()
