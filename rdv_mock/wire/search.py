"""Text criteria and pages, as all searches take and answer them.

See docs/contract/conventions.md#pages.
"""

import re
from enum import StrEnum
from math import ceil
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from rdv_mock.fixtures import Limits
from rdv_mock.wire.base import BOUND, Asked, AskedInQuery, Problem, Shape, within_limits
from rdv_mock.wire.certainty import INTEGRATOR


class CritereMatch(StrEnum):
    """How a text criterion compares (`integrator`)."""

    PARTIAL = "PARTIAL"
    EXACT = "EXACT"


class CritereTexte(Asked, certainty=INTEGRATOR):
    """Un texte à chercher ; sans `query`, ou avec un `query` vide, ce n'est pas un critère."""

    query: str | None = Field(
        None,
        description="Le texte. Les accents, la casse et la ponctuation d'un nom ne comptent pas ;"
        " d'un NEPH, tout compte.",
        examples=["Perrin"],
    )
    match: CritereMatch | None = Field(
        None, description="`PARTIAL` par défaut.", examples=["PARTIAL"]
    )

    @property
    def exact(self) -> bool:
        """Whether the whole text must agree."""
        return self.match is CritereMatch.EXACT


def _parse_query_integer(given: object) -> object:
    """Digits, and nothing that only comes to a whole number."""
    if isinstance(given, str) and not re.fullmatch(r"-?[0-9]{1,18}", given, re.ASCII):
        raise PydanticCustomError(Problem.LIMIT, "doit être un nombre entier")
    return given


_PAGE: Final = "La page voulue ; 1 par défaut."
_PAR_PAGE: Final = "Combien de lignes par page ; {pagination.parDefaut} par défaut."
Page = Annotated[int, Field(ge=1)]
ParPage = Annotated[
    int,
    Field(
        ge=1,
        json_schema_extra={BOUND: {"maximum": "pagination.maximum"}},
    ),
    within_limits("pagination.maximum"),
]


class AskedPage(Asked):
    """Une page parmi d'autres."""

    page: Page | None = Field(None, description=_PAGE, examples=[1])
    par_page: ParPage | None = Field(None, description=_PAR_PAGE, examples=[25])

    def bounds(self, limits: Limits) -> tuple[int, int]:
        """Which page, and how many rows on each (docs/contract/conventions.md#pages)."""
        return page_bounds(self.page, self.par_page, limits)


class AskedPageInQuery(AskedInQuery):
    """Une page parmi d'autres."""

    page: Annotated[Page, BeforeValidator(_parse_query_integer)] | None = Field(
        None, description=_PAGE, examples=[1]
    )
    par_page: Annotated[ParPage, BeforeValidator(_parse_query_integer)] | None = Field(
        None, description=_PAR_PAGE, examples=[25]
    )

    def bounds(self, limits: Limits) -> tuple[int, int]:
        """Which page, and how many rows on each (docs/contract/conventions.md#pages)."""
        return page_bounds(self.page, self.par_page, limits)


def page_bounds(page: int | None, par_page: int | None, limits: Limits) -> tuple[int, int]:
    """Give the page and its size, with the defaults of the limits."""
    return page or 1, par_page or limits.integer("pagination.parDefaut")


def pagination_of(page: int, par_page: int, total: int) -> "Pagination":
    """Tell where a page is among all."""
    return Pagination(
        page_courante=page,
        par_page=par_page,
        nombre_de_pages=ceil(total / par_page),
        nombre_total=total,
    )


class Pagination(Shape):
    """Où se trouve cette page parmi toutes."""

    page_courante: Annotated[int, INTEGRATOR] = Field(
        description="La page demandée, même au-delà de la dernière.", examples=[1]
    )
    par_page: int = Field(description="Combien de lignes par page.", examples=[25])
    nombre_de_pages: int = Field(
        description="Combien de pages en tout ; 0 si rien ne correspond.", examples=[1]
    )
    nombre_total: int = Field(description="Combien de lignes en tout.", examples=[2])
