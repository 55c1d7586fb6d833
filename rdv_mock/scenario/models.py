"""A whole scenario file, and a fragment of one (design.md 6)."""

import difflib
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from rdv_mock.errors import ApiError
from rdv_mock.fixtures import LimitValue, default_limits, limit_sources
from rdv_mock.scenario.access import DEFAULT_CLIENT, BailPart, ClientPart
from rdv_mock.scenario.auto_ecoles import AutoEcolePart
from rdv_mock.scenario.base import Instant, Part, RefOrId
from rdv_mock.scenario.candidats import CandidatPart
from rdv_mock.scenario.livret import ContratPart, LeconPart
from rdv_mock.wire.base import Problem

LARGEST_LIMIT = 1_000_000_000
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint at the word that was probably meant, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else ""


def _parse_limit(key: str, given: object) -> LimitValue:
    """A limit as its default is typed: number, yes or no, one of some words, pattern."""
    default = default_limits().values.get(key)
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
    return _parse_number_limit(text, whole=isinstance(default, int))


def _parse_text_limit(key: str, text: str) -> str:
    if key.endswith(".motif"):
        try:
            re.compile(text)
        except (re.error, OverflowError, RecursionError) as error:
            raise _bad_limit("n'est pas une expression régulière") from error
    elif re.search("heure", key, re.IGNORECASE) and not re.fullmatch(_HOUR, text):
        raise _bad_limit("doit être une heure de la forme HH:MM")
    return text


def _parse_number_limit(text: str, *, whole: bool) -> int | float:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _bad_limit("doit être un nombre") from error
    if number.is_nan() or not 0 <= number <= LARGEST_LIMIT:
        raise _bad_limit(f"doit être entre 0 et {LARGEST_LIMIT}")
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


def _known_code(code: str) -> str:
    if code not in ApiError.__members__:
        hint = suggestion(code, ApiError.__members__)
        raise PydanticCustomError(
            Problem.UNKNOWN_KEY, "n'est pas un code connu{hint}", {"hint": hint}
        )
    return code


class ClockPart(Part):
    """Where the clock starts; given `now`, it stands still unless `frozen: false`."""

    now: Instant | None = None
    frozen: bool | None = None


class ResponsesPart(Part):
    """How answers are formed where the contract is ambiguous."""

    error_keys: Literal["both", "code", "erreur"] = "both"
    retry_after: Literal["seconds", "date", "absent"] = "seconds"
    unknown_fields: Literal["refuse", "ignore"] = "refuse"


class ErrorPart(Part):
    """What a code answers instead of the catalogue's status and message."""

    status: int | None = Field(None, ge=400, le=599)
    message: str | None = Field(None, min_length=1)


class InventPart(Part):
    """Plausible écoles, candidats, contrats and leçons, drawn from the seed."""

    auto_ecoles: int = Field(default=0, ge=0, le=1_000)
    formateurs_par_auto_ecole: int = Field(default=3, ge=0, le=100)
    candidats: int = Field(default=0, ge=0, le=200_000)
    contrats_par_candidat: float = Field(default=0.8, ge=0, le=4)
    lecons_par_contrat: int = Field(default=0, ge=0, le=200)


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
Errors = dict[Annotated[str, AfterValidator(_known_code)], ErrorPart]


class Fragment(Part):
    """What may change in the middle of a test: any part of a scenario but its clock."""

    title: str | None = Field(None, min_length=1)
    description: str | None = None
    limits: Limits = {}
    responses: ResponsesPart | None = None
    errors: Errors = {}
    clients: list[ClientPart] = []
    auto_ecoles: list[AutoEcolePart] = []
    candidats: list[CandidatPart] = []
    contrats_de_formation: list[ContratPart] = []
    lecons: list[LeconPart] = []
    baux: list[BailPart] = []
    supprimer: list[RefOrId] = []


class Scenario(Part):
    """One file, one situation."""

    title: str = Field(min_length=1)
    description: str = ""
    seed: int = Field(default=0, ge=0, le=2**53)
    clock: ClockPart = ClockPart()
    limits: Limits = {}
    responses: ResponsesPart = ResponsesPart()
    errors: Errors = {}
    clients: list[ClientPart] = [DEFAULT_CLIENT]
    auto_ecoles: list[AutoEcolePart] = []
    candidats: list[CandidatPart] = []
    contrats_de_formation: list[ContratPart] = []
    lecons: list[LeconPart] = []
    baux: list[BailPart] = []
    invent: InventPart | None = None
