"""Snapshots, and the differences between two of them."""

from typing import Any

from pydantic import Field

from rdv_mock.wire.base import Asked, InParis, Instant, Shape, examples
from rdv_mock.wire.names import Name


class SnapshotAsked(Asked):
    """Sous quel nom garder l'état présent."""

    model_config = examples({"name": "avant"}, {"name": "apres"})

    name: Name = Field(description="Le nom.")


class SnapshotOnWire(Shape):
    """Un état gardé, et l'heure qu'il était."""

    name: str = Field(description="Son nom.")
    now: Instant = Field(description="L'heure qu'il était, en UTC.")
    now_paris: InParis = Field(description="La même heure, à Paris.")
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
