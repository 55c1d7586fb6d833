"""How sure each field is, said beside it and shown as `x-certitude` (contract.md, C and D).

A shape says how sure all of its fields are (`class Panier(Shape, certitude=INTEGRATOR)`); a field
that is otherwise says so in its annotation (`groupe_permis: Annotated[GroupePermis, INFERRED]`).
"""

from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, ClassVar

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import override

from rdv_mock.errors import Certainty

LEVEL = "x-certitude"
NOTE = "x-certitude-note"
VALUES = "x-certitude-valeurs"


@dataclass(frozen=True, slots=True)
class Certitude:
    """One level and, in French, what it does not say: « données officielles, noms inférés »."""

    level: Certainty
    note: str | None = None

    def but(self, note: str) -> "Certitude":
        """The same level with a note."""
        return Certitude(self.level, note)

    def keywords(self) -> dict[str, str]:
        """How a schema says it."""
        return {LEVEL: self.level, **({NOTE: self.note} if self.note else {})}


OFFICIAL = Certitude("official")
INTEGRATOR = Certitude("integrator")
CLIENT = Certitude("client")
INFERRED = Certitude("inferred")
INTEGRATOR_AND_CLIENT = INTEGRATOR.but("vu aussi dans un client")


class Stated(BaseModel):
    """A shape whose fields say how sure they are; `inferred` where nothing is said."""

    certitude: ClassVar[Certitude] = INFERRED

    @override
    def __init_subclass__(cls, *, certitude: Certitude | None = None, **options: Any) -> None:
        """Keep what a shape says of itself."""
        super().__init_subclass__(**options)
        if certitude is not None:
            cls.certitude = certitude

    @override
    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """The schema of the shape, each of its fields with its certainty."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, field in cls.model_fields.items():
            properties[field.alias or name].update(certitude_of(cls, name).keywords())
        return schema


def certitude_of(shape: type[BaseModel], name: str) -> Certitude:
    """How sure a field of a shape is: what its annotation says, or else its shape.

    What a shape says of itself holds of the fields that it inherits too.
    """
    for cls in shape.__mro__:
        if name in get_annotations(cls):
            marks = [one for one in shape.model_fields[name].metadata if isinstance(one, Certitude)]
            if marks:
                return marks[-1]
        if "certitude" in vars(cls):
            stated: Certitude = vars(cls)["certitude"]
            return stated
    return INFERRED
