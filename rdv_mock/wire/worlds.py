"""Worlds: what to make, and which there are."""

from typing import Any

from pydantic import Field

from rdv_mock.wire.base import Asked, InParis, Instant, Shape, example
from rdv_mock.wire.clock import ClockSetting
from rdv_mock.wire.names import Name


class WorldAsked(Asked):
    """Un monde à créer ; sans rien, comme le monde principal tel qu'il a été chargé."""

    model_config = example(name="essai")

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
    now_paris: InParis = Field(description="La même heure, à Paris.")
    frozen: bool = Field(description="Si son horloge est arrêtée.")


class CreatedWorld(Shape):
    """Un monde qui vient d'être créé."""

    name: str = Field(description="Son nom.")
    base_path: str = Field(description="L'adresse où il commence.")
    refs: dict[str, str] = Field(description="L'identifiant derrière chaque réf.")
