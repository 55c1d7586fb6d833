"""Tokens without a browser: the request, and the answer of the OpenID provider."""

from pydantic import BaseModel, ConfigDict, Field

from rdv_mock.wire.base import Asked, example

MOST_EXPIRES_IN = 315_360_000
"""Seconds: ten years."""


class TokenRequest(Asked):
    """Pour qui, et pour quoi."""

    model_config = example(employe="lea")

    employe: str = Field(description="Une réf, un identifiant ou une adresse électronique.")
    client_id: str | None = Field(None, description="Par défaut le premier client du scénario.")
    scopes: list[str] | None = Field(None, description="Par défaut toutes celles qui existent.")
    expires_in: int | None = Field(None, ge=1, le=MOST_EXPIRES_IN, description="En secondes.")


class TokenAnswer(BaseModel):
    """La réponse du fournisseur OpenID, clés comprises."""

    model_config = ConfigDict(defer_build=True)

    access_token: str = Field(description="Le jeton d'accès.")
    token_type: str = Field("Bearer", description="Toujours `Bearer`.")
    expires_in: int = Field(description="Ce qu'il vit, en secondes.")
    refresh_token: str = Field(description="Le jeton de rafraîchissement.")
    refresh_expires_in: int = Field(
        description="Ce qu'il vit, en secondes ; 0 avec `offline_access`."
    )
    scope: str = Field(description="Les portées, séparées par des espaces.")
    id_token: str | None = Field(
        None,
        exclude_if=lambda token: token is None,
        description="Le jeton d'identité ; absent sans `openid`.",
    )
    not_before_policy: int = Field(
        0, serialization_alias="not-before-policy", description="Toujours 0."
    )
    session_state: str | None = Field(
        None,
        exclude_if=lambda state: state is None,
        description="La session, comme `sid` dans les jetons ; absent quand la limite"
        " `oauth.parametresDeRetour` vaut `aucun`.",
    )
