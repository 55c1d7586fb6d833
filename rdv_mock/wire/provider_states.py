"""The provider states of Pact."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema

from rdv_mock.wire.base import Asked, example, is_absent
from rdv_mock.wire.scenarios import Refs


class StateOptions(BaseModel):
    """What `params` may hold beside a fragment of a scenario."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", defer_build=True)

    employe: Annotated[str, StringConstraints(strict=True)] | None = None
    keep_tokens: bool = False


class StateValues(Refs):
    """Ce qu'un vérificateur de Pact peut mettre dans ses requêtes, chaque réf à part aussi."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", defer_build=True
    )

    token: str | SkipJsonSchema[None] = Field(
        None,
        exclude_if=is_absent,
        description="Un jeton d'accès de `params.employe`, ou du premier employé du scénario ;"
        " absent sans employé ou sans client.",
    )


class ProviderState(Asked):
    """Un état de fournisseur, au sens de Pact."""

    model_config = example(state="demonstration")

    state: str | None = Field(
        None,
        description="Le nom ou le titre d'un scénario ; vide, le monde reste tel qu'il est.",
        examples=["panier_plein"],
    )
    params: dict[str, Any] | None = Field(
        None,
        description="Un fragment de scénario ; et à part `employe` (réf, identifiant ou adresse) :"
        " de qui est `token` ; `keepTokens` : les jetons d'avant valent encore, autant que"
        " l'horloge le permet.",
        examples=[{"employe": "lea"}],
    )
    action: Literal["setup", "teardown"] = Field(
        "setup", description="`setup` par défaut ; `teardown` ne fait rien."
    )
    consumer: str | None = Field(None, description="Le consommateur, au sens de Pact ; sans effet.")
    states: list[str] | None = Field(
        None, description="Tous les états, comme certains vérificateurs les redisent ; sans effet."
    )
