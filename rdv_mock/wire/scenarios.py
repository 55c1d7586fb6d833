"""Scenarios that can be loaded, and the refs of a loaded one."""

from pydantic import Field

from rdv_mock.wire.base import Id, Shape


class ScenarioSummary(Shape):
    """Un scénario que l'on peut charger par son nom."""

    name: str = Field(description="Son nom, que prend `PUT /_mock/scenario`.")
    title: str = Field(description="Son titre.")
    description: str = Field(description="Ce qui s'y trouve.")
    source: str = Field(description="D'où il vient.")


class Refs(Shape):
    """Les identifiants derrière les réfs."""

    refs: dict[str, Id] = Field(description="L'identifiant derrière chaque réf.")


class LoadedScenario(Refs):
    """Ce qui vient d'être chargé."""

    title: str = Field(description="Le titre du scénario.")
