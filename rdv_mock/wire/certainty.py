"""How sure each field is: given beside it, shown as `x-certitude` (docs/rules/certainty.md).

A shape gives the certainty of all its fields (`class Panier(Shape, certainty=INTEGRATOR)`). A
field with another certainty has it in its annotation (`nom: Annotated[str, INFERRED]`). An
inherited field takes the certainty of the nearest class that gives one:

    class Candidat(Shape):                              # nothing given: inferred
        nom: str                                        # inferred
        email: Annotated[str, OFFICIAL]                 # official

    class CandidatMandate(Candidat, certainty=CLIENT):
        mandat: str                                     # client, as are `nom` and `email` here
"""

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, ClassVar

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import override

from rdv_mock.errors import Level

LEVEL = "x-certitude"
NOTE = "x-certitude-note"
VALUES = "x-certitude-valeurs"


@dataclass(frozen=True, slots=True)
class Certainty:
    """A level and a note in French that completes it: « données officielles, noms inférés »."""

    level: Level
    note: str | None = None

    def but(self, note: str) -> "Certainty":
        """Add a note to the level."""
        return Certainty(self.level, note)

    def keywords(self) -> dict[str, str]:
        """The keywords of this certainty in a JSON Schema."""
        return {LEVEL: self.level, **({NOTE: self.note} if self.note else {})}


OFFICIAL = Certainty("official")
INTEGRATOR = Certainty("integrator")
CLIENT = Certainty("client")
INFERRED = Certainty("inferred")
INTEGRATOR_AND_CLIENT = INTEGRATOR.but("vu aussi dans un client")


class Stated(BaseModel):
    """A shape whose fields have a certainty: `inferred` where none is given."""

    stated_certainty: ClassVar[Certainty] = INFERRED

    @override
    def __init_subclass__(cls, *, certainty: Certainty | None = None, **options: Any) -> None:
        """Keep the certainty given to the class."""
        super().__init_subclass__(**options)
        if certainty is not None:
            cls.stated_certainty = certainty

    @override
    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """Return the schema of the shape, with the certainty of each field."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, field in cls.model_fields.items():
            properties[field.alias or name].update(certainty_of(cls, name).keywords())
        return schema


def certainty_of(shape: type[BaseModel], name: str) -> Certainty:
    """Return the certainty of a field: from its annotation, or else from its shape.

    The certainty of a shape holds for inherited fields too.
    """
    return next(said for cls in shape.__mro__ for said in _said_by(cls, shape, name))


def _said_by(cls: type, shape: type[BaseModel], name: str) -> Iterator[Certainty]:
    if name in get_annotations(cls):
        marks = shape.model_fields[name].metadata
        yield from (mark for mark in marks if isinstance(mark, Certainty))
    if "stated_certainty" in vars(cls):
        stated: Certainty = vars(cls)["stated_certainty"]
        yield stated
