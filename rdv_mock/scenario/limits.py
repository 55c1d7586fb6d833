"""The limits that a scenario changes, each typed and bounded as `fixtures/limits.yaml` says."""

import json
import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, PlainValidator, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from rdv_mock.fixtures import LimitSource, LimitValue, default_limits, limit_sources
from rdv_mock.patterns import BadPattern, check_pattern
from rdv_mock.rules.seuil import courbe_of
from rdv_mock.scenario.base import hint_of
from rdv_mock.scenario.limit_texts import LIMIT_TEXTS
from rdv_mock.wire.base import Problem

_RENAMED = {
    "oauth.reutilisationRevoqueTout": "oauth.rotation (stricte, grace ou aucune) ; stricte met fin"
    " à la session",
}
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"


def _parse_limit(key: str, given: object, info: ValidationInfo) -> LimitValue:
    """A limit as its default is typed: number, yes or no, one of some words, pattern."""
    default = default_limits().values.get(key)
    if key in _RENAMED:
        raise PydanticCustomError(
            Problem.UNKNOWN_KEY, "n'existe plus : écrivez {new}", {"new": _RENAMED[key]}
        )
    if default is None:
        hint = hint_of(info, key, default_limits().values)
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
    elif _is_hour(key) and not re.fullmatch(_HOUR, text):
        raise _bad_limit("doit être une heure de la forme HH:MM")
    return text


def _is_hour(key: str) -> bool:
    return re.search("heure", key, re.IGNORECASE) is not None


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


def _parse_limits(given: object, info: ValidationInfo) -> dict[str, LimitValue]:
    if not isinstance(given, dict):
        raise PydanticCustomError(Problem.LIMIT, "doit être un objet")
    limits: dict[str, LimitValue] = {}
    problems: list[InitErrorDetails] = []
    for key, value in given.items():
        try:
            limits[key] = _parse_limit(key, value, info)
        except PydanticCustomError as error:
            problems.append({"type": error, "loc": (key,), "input": value})
    if problems:
        raise ValidationError.from_exception_data("limits", problems)
    return limits


@cache
def _limits_schema() -> dict[str, Any]:
    limits = default_limits().values
    return {
        "type": "object",
        "description": "Les nombres et les mots des règles que ce scénario change, par leur clé.",
        "properties": {key: _schema_of(key, default) for key, default in limits.items()},
        "additionalProperties": False,
    }


def _schema_of(key: str, default: LimitValue) -> dict[str, Any]:
    """What one limit takes, and what it is."""
    source = limit_sources()[key]
    said = f"Par défaut : `{json.dumps(default)}`. Certitude : `{source.certainty}`."
    told = {
        "description": f"{LIMIT_TEXTS[key]}\n\n{said}",
        "default": default,
    }
    if source.choices:
        words = [{"true": True, "false": False}.get(word, word) for word in source.choices]
        texts = [word for word in source.choices if word not in words]
        return {**told, "enum": [*words, *texts]}
    if isinstance(default, bool):
        return {**told, "type": "boolean"}
    if isinstance(default, str):
        hour = {"pattern": f"^{_HOUR}$"} if _is_hour(key) else {}
        return {**told, "type": "string", **hour}
    kind = "integer" if isinstance(default, int) else "number"
    return {**told, "type": kind, "minimum": source.least, "maximum": source.most}


class _LimitsSchema:
    """The schema of `limits`, made when it is asked for."""

    def __get_pydantic_json_schema__(
        self, _core_schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """What each key of `fixtures/limits.yaml` takes."""
        return _limits_schema()


Limits = Annotated[dict[str, LimitValue], PlainValidator(_parse_limits), _LimitsSchema()]
