"""The limits that a scenario changes, each typed and bounded as `fixtures/limits.yaml` says."""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from rdv_mock.fixtures import LimitSource, LimitValue, default_limits, limit_sources
from rdv_mock.hints import suggestion
from rdv_mock.patterns import BadPattern, check_pattern
from rdv_mock.rules.seuil import courbe_of
from rdv_mock.wire.base import Problem

_RENAMED = {
    "oauth.reutilisationRevoqueTout": "oauth.rotation (stricte, grace ou aucune) ; stricte met fin"
    " à la session",
}
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"


def _parse_limit(key: str, given: object) -> LimitValue:
    """A limit as its default is typed: number, yes or no, one of some words, pattern."""
    default = default_limits().values.get(key)
    if key in _RENAMED:
        raise PydanticCustomError(
            Problem.UNKNOWN_KEY, "n'existe plus : écrivez {new}", {"new": _RENAMED[key]}
        )
    if default is None:
        hint = suggestion(key, default_limits().values)
        raise PydanticCustomError(
            Problem.UNKNOWN_KEY, "n'est pas une limite connue{hint}", {"hint": hint}
        )
    if not isinstance(given, str | int | float):
        raise _bad_limit("doit être un nombre, un mot ou une heure")
    text = str(given).lower() if isinstance(given, bool) else str(given)
    choices = limit_sources()[key].choices or (
        ("true", "false") if isinstance(default, bool) else ()
    )
    if choices:
        if text not in choices:
            raise _bad_limit(f"doit valoir {' ou '.join(choices)}")
        return text == "true" if isinstance(default, bool) else text
    if isinstance(default, str):
        return _parse_text_limit(key, text)
    return _parse_number_limit(text, limit_sources()[key], whole=isinstance(default, int))


def _parse_text_limit(key: str, text: str) -> str:
    if key.endswith(".motif"):
        try:
            check_pattern(text)
        except BadPattern as error:
            raise _bad_limit(str(error)) from error
    elif key == "plafond.courbe":
        try:
            courbe_of(text)
        except ValueError as error:
            raise _bad_limit(
                "doit être une suite de jour:part du seuil, par jours croissants de 1 à 31, par"
                " exemple 1:0.5 8:0.75 15:1.0"
            ) from error
    elif re.search("heure", key, re.IGNORECASE) and not re.fullmatch(_HOUR, text):
        raise _bad_limit("doit être une heure de la forme HH:MM")
    return text


def _parse_number_limit(text: str, source: LimitSource, *, whole: bool) -> int | float:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _bad_limit("doit être un nombre") from error
    if number.is_nan() or not source.least <= number <= source.most:
        raise _bad_limit(f"doit être entre {source.least} et {source.most}")
    if whole and number != int(number):
        raise _bad_limit("doit être un nombre entier")
    return int(number) if whole else float(number)


def _bad_limit(message: str) -> PydanticCustomError:
    return PydanticCustomError(Problem.LIMIT, "{message}", {"message": message})


def _parse_limits(given: object) -> dict[str, LimitValue]:
    if not isinstance(given, dict):
        raise PydanticCustomError(Problem.LIMIT, "doit être un objet")
    limits: dict[str, LimitValue] = {}
    problems: list[InitErrorDetails] = []
    for key, value in given.items():
        try:
            limits[key] = _parse_limit(key, value)
        except PydanticCustomError as error:
            problems.append({"type": error, "loc": (key,), "input": value})
    if problems:
        raise ValidationError.from_exception_data("limits", problems)
    return limits


Limits = Annotated[
    dict[str, LimitValue],
    PlainValidator(_parse_limits),
    WithJsonSchema(
        {
            "type": "object",
            "description": "N'importe quelle clé de fixtures/limits.yaml.",
            "properties": {key: {} for key in default_limits().values},
            "additionalProperties": False,
        }
    ),
]
