"""What is known of the real system and how surely, as the control plane tells it."""

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from rdv_mock.errors import Level
from rdv_mock.wire.base import Shape, is_absent

DescribedLevel = Annotated[Level, Field(description="D'où cela vient.")]
Note = Annotated[
    str | SkipJsonSchema[None],
    Field(exclude_if=is_absent, description="Ce que ce mot ne dit pas ; absent sinon."),
]


class LevelOnWire(Shape):
    """Un degré de certitude."""

    name: Level = Field(description="Ce que disent `certainty` et `x-certitude`.")
    meaning: str = Field(description="D'où vient ce qui en est.")


class FieldTold(Shape):
    """Un champ, ou un paramètre."""

    name: str = Field(description="Son nom.")
    certainty: DescribedLevel
    note: Note = None


class OperationTold(Shape):
    """Une opération des API simulées."""

    operation: str = Field(description="Son operationId.")
    method: str = Field(description="Sa méthode HTTP.")
    path: str = Field(description="Son adresse.")
    certainty: DescribedLevel
    note: Note = None
    parameters: list[FieldTold] = Field(description="Ses paramètres de requête.")
    codes: list[str] = Field(description="Les refus de ses règles, dans leur ordre.")


class ShapeTold(Shape):
    """Une forme, et chacun de ses champs."""

    name: str = Field(description="Son nom dans le document OpenAPI.")
    about: str = Field(description="Ce qu'elle est.")
    fields: list[FieldTold] = Field(description="Ses champs.")


class ValueTold(Shape):
    """Une valeur d'une liste fermée."""

    value: str = Field(description="La valeur, au caractère près.")
    meaning: str = Field(description="Ce qu'elle veut dire.")
    certainty: DescribedLevel


class EnumerationTold(Shape):
    """Une liste fermée de valeurs."""

    name: str = Field(description="Son nom dans le document OpenAPI.")
    about: str = Field(description="Ce qu'elle est.")
    certainty: DescribedLevel
    note: Note = None
    values: list[ValueTold] = Field(description="Ses valeurs.")


class CertaintyOfCode(Shape):
    """D'où viennent un code, son statut et son message."""

    code: Level = Field(description="Le code lui-même.")
    status: Level = Field(description="Son statut HTTP.")
    message: Level = Field(description="Son message.")


class CodeTold(Shape):
    """Un refus."""

    code: str = Field(description="Le code.")
    status: int = Field(description="Son statut HTTP.")
    status_on: dict[str, int] = Field(description="Les opérations où il est autre.")
    message: str = Field(description="Sa phrase.")
    message_on: dict[str, str] = Field(description="Les opérations où elle est autre.")
    certainty: CertaintyOfCode = Field(description="D'où viennent les trois.")
    source: str | SkipJsonSchema[None] = Field(
        None, exclude_if=is_absent, description="Où le message est publié ; absent sinon."
    )


class LimitTold(Shape):
    """Un nombre des règles."""

    key: str = Field(description="Sa clé sous `limits` d'un scénario.")
    value: Any = Field(description="Sa valeur par défaut.")
    certainty: DescribedLevel
    note: Note = None


class ChoiceTold(Shape):
    """Une question à laquelle les sources ne répondent pas, en anglais."""

    question: str = Field(description="La question.")
    choice: str = Field(description="Ce que nous avons choisi.")
    switch: str = Field(description="Comment choisir autrement.")


class Fidelity(Shape):
    """Ce que l'on sait du système réel, et à quel point."""

    levels: list[LevelOnWire] = Field(description="Les degrés de certitude.")
    operations: list[OperationTold] = Field(description="Chaque opération.")
    shapes: list[ShapeTold] = Field(description="Chaque champ, par forme.")
    enumerations: list[EnumerationTold] = Field(description="Les listes fermées.")
    codes: list[CodeTold] = Field(description="Chaque refus.")
    limits: list[LimitTold] = Field(description="Chaque nombre des règles.")
    choices: list[ChoiceTold] = Field(description="Ce que nous avons choisi.")
