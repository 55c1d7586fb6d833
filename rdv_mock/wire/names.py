"""The names of worlds and snapshots."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from rdv_mock.wire.base import Problem

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
MOST_OF_A_NAME = 63


def name_like(given: str) -> str:
    """Make a name that fits from one that does not: « Mon Monde » becomes `mon-monde`."""
    letters = unicodedata.normalize("NFKD", given[:MOST_OF_A_NAME]).encode("ascii", "ignore")
    fitting = re.sub(r"[^a-z0-9_]+", "-", letters.decode().lower()).strip("-_")
    return fitting[:MOST_OF_A_NAME] or "mon-nom"


def _check_name(given: str) -> str:
    """Refuse a name that does not fit in an address, and show one that does."""
    if re.fullmatch(NAME_PATTERN.strip("^$"), given) is None:
        raise PydanticCustomError(
            Problem.NAME,
            "doit tenir en 63 signes au plus parmi a-z, 0-9, - et _, dont le premier est une lettre"
            " ou un chiffre, par exemple « {example} »",
            {"example": name_like(given)},
        )
    return given


Name = Annotated[
    str, AfterValidator(_check_name), Field(json_schema_extra={"pattern": NAME_PATTERN})
]
