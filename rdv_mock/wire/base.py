"""What all shapes share: camelCase outside, the mixed date forms of the contract, text criteria.

What a model means to pydantic is worked out when it is first used (`defer_build`): a server is
ready before that.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from rdv_mock import paris
from rdv_mock.facts.reference import UUID_PATTERN, canonical
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.limit_keys import IntegerKey
from rdv_mock.wire.certainty import Stated

_YEAR: Final = r"(19|20|21)[0-9]{2}"
_DAY: Final = rf"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"

_TO_SECONDS: Final = len("2026-03-10T14:00:00")

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL_PATTERN: Final = rf"^{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+$"
"""A dot-atom before the @, a domain of several labels after it (RFC 5321)."""
ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$"
_DATED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")
MOIS_PATTERN: Final = r"^(19|20|21|22)[0-9]{2}-(0[1-9]|1[0-2])$"
"""A century more than a day may have: the ETP of a night hold in months to come."""
DATE_PATTERN: Final = rf"^{_DAY}$"
LOCAL_PATTERN: Final = rf"^{_DAY}T{_TIME}$"
_IS_LOCAL: Final = re.compile(LOCAL_PATTERN, re.ASCII).fullmatch
DEPARTEMENT_PATTERN: Final = r"^([0-9]{3}|02[AB])$"


class Problem(StrEnum):
    """The kinds of problem that our own validators find; their message is French already."""

    ADDRESS = "rdv_address"
    DATE = "rdv_date"
    LIMIT = "rdv_limit"
    UNKNOWN_KEY = "rdv_unknown_key"
    NAME = "rdv_name"


class Shape(Stated):
    """What the API answers."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, defer_build=True
    )

    @classmethod
    def of(cls, fact: object, **others: object) -> Self:
        """Copy a fact field by field, apart from the fields given in `others`.

        A field has the same name in the fact. Raises AttributeError if the fact lacks one,
        TypeError if the shape has no field of a name in `others`.
        """
        names, read = _copied(cls, tuple(others))
        others.update(zip(names, read(fact), strict=False))
        shape: Self = cls.__pydantic_validator__.validate_python(others)
        return shape


@cache
def _copied(
    shape: type[Shape], others: Sequence[str]
) -> tuple[Sequence[str], Callable[[object], Iterable[object]]]:
    """Work out once which fields are copied, and how they are read of a fact."""
    if unknown := set(others) - set(shape.model_fields):
        raise TypeError(f"{shape.__name__} has no field {', '.join(sorted(unknown))}")
    copied = [name for name in shape.model_fields if name not in others]
    return copied, attrgetter(*copied) if len(copied) > 1 else _read_each(copied)


def _read_each(names: Sequence[str]) -> Callable[[object], Iterable[object]]:
    """Read fewer than two attributes: `attrgetter` gives no tuple then."""
    return lambda fact: [getattr(fact, name) for name in names]


class Asked(Stated):
    """What the API is asked in a body: types are strict, a number is not a string."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=False,
        frozen=True,
        strict=True,
        extra="forbid",
        defer_build=True,
    )


def to_kebab(name: str) -> str:
    """A query name: `groupe_permis` travels as `groupe-permis`."""
    return name.replace("_", "-")


def example(**body: Any) -> ConfigDict:  # noqa: ANN401 - JSON
    """Give a body that the demonstration accepts, to try out in Swagger UI."""
    return examples(body)


def examples(*bodies: Mapping[str, Any]) -> ConfigDict:
    """Give several bodies to choose from; the first one is proposed."""
    return ConfigDict(json_schema_extra={"examples": [dict(body) for body in bodies]})


class AskedInQuery(Stated):
    """What the API is asked in a query; parameters that it does not know are ignored."""

    model_config = ConfigDict(
        alias_generator=to_kebab, populate_by_name=False, frozen=True, defer_build=True
    )


def parse_date(given: object) -> date:
    """A day as the contract writes it; `07/04/2026` is none."""
    if isinstance(given, date):
        return given
    if isinstance(given, str) and re.fullmatch(DATE_PATTERN, given, re.ASCII):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise PydanticCustomError(
        Problem.DATE, "doit être une date réelle de la forme AAAA-MM-JJ, par exemple 2026-04-07"
    )


def parse_local(given: object) -> datetime:
    """A Paris wall time; refused in the hour that spring skips.

    See docs/contract/conventions.md#dates.
    """
    if isinstance(given, datetime):
        return given
    if isinstance(given, str) and _IS_LOCAL(given):
        try:
            local = datetime.fromisoformat(given)
        except ValueError:
            pass
        else:
            if paris.exists(local):
                return local
            raise PydanticCustomError(
                Problem.DATE, "n'existe pas : à cette heure on passe à l'heure d'été"
            )
    raise PydanticCustomError(
        Problem.DATE,
        "doit être une date et une heure réelles de Paris, sans fuseau, de la forme"
        " AAAA-MM-JJTHH:MM:SS, par exemple 2026-03-09T15:00:00",
    )


def within_years(instant: datetime) -> datetime:
    """An instant in UTC, refused when it lies outside the years that a date may have."""
    first, last = paris.FIRST_YEAR, paris.LAST_INSTANT_YEAR
    # Near the ends of what a datetime can be, its time in UTC cannot be.
    if first - 1 <= instant.year <= last + 1 and first <= instant.astimezone(UTC).year <= last:
        return instant.astimezone(UTC)
    raise PydanticCustomError(Problem.DATE, f"doit être entre {first} et {last}")


def _no_timestamp(given: object) -> object:
    """`2026` and `20260310` are slips of the pen, not seconds since 1970."""
    if isinstance(given, datetime) or (isinstance(given, str) and _DATED.match(given)):
        return given
    raise PydanticCustomError(Problem.DATE, "doit être une date et une heure ISO 8601 avec fuseau")


def write_instant(instant: datetime) -> str:
    """Write an instant as the contract does: UTC, seconds, no fractions."""
    return instant.astimezone(UTC).isoformat()[:_TO_SECONDS] + "Z"


def _schema(**keywords: Any) -> WithJsonSchema:  # noqa: ANN401 - JSON Schema
    return WithJsonSchema({"type": "string", **keywords})


Day = Annotated[
    date,
    PlainValidator(parse_date),
    PlainSerializer(date.isoformat, return_type=str),
    _schema(format="date", examples=["2026-04-07"]),
]
Local = Annotated[
    datetime,
    PlainValidator(parse_local),
    PlainSerializer(datetime.isoformat, return_type=str),
    _schema(
        pattern=LOCAL_PATTERN,
        description="Heure légale de Paris, sans fuseau.",
        examples=["2026-03-09T15:00:00"],
    ),
]
Instant = Annotated[
    datetime,
    PlainSerializer(write_instant),
    _schema(format="date-time", examples=["2026-03-10T14:00:00Z"]),
]
AskedInstant = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_no_timestamp),
    AfterValidator(within_years),
]


def write_offset(instant: datetime) -> str:
    """Write an instant as the contract does the expiry of a panier: UTC, with its offset."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


Offset = Annotated[
    datetime,
    PlainSerializer(write_offset),
    _schema(format="date-time", examples=["2026-03-10T08:15:00+00:00"]),
]
InParis = Annotated[
    datetime,
    PlainSerializer(paris.write),
    _schema(format="date-time", examples=["2026-03-10T15:00:00+01:00"]),
]
"""An instant as wall time of Paris with its offset, beside a field that tells it in UTC."""
ShownRef = Annotated[
    str | None, Field(description="Sa réf dans le scénario ; nulle s'il n'en a pas.")
]
ShownNom = Annotated[str | None, Field(description="Son nom, à montrer ; nul s'il n'est plus là.")]
Mois = Annotated[str, StringConstraints(pattern=MOIS_PATTERN), Field(examples=["2026-04"])]
CodeDepartement = Annotated[
    str,
    StringConstraints(pattern=DEPARTEMENT_PATTERN),
    Field(
        description="Département, sur trois caractères : `085`, `02A`, `971` ; jamais `85`.",
        examples=["085"],
    ),
]
Id = Annotated[str, Field(examples=["3f8b1c52-7d0e-4a6b-9c1f-2b5e8d907a14"])]
"""Opaque: a scenario may give others than UUIDs, so that no `format` says that it is one."""
AskedId = Annotated[Id, AfterValidator(canonical)]
AskedUuid = Annotated[Id, StringConstraints(pattern=UUID_PATTERN), AfterValidator(canonical)]
"""An id that the API looks at before it knows it; a string all the same, as in its answers."""


def is_absent(value: object) -> bool:
    """Whether a field that the contract marks *absent* is left out."""
    return value is None


def limits_of(info: ValidationInfo) -> Limits:
    """The limits of the call, which come as `context`; elsewhere those of the fixtures."""
    context: dict[str, Limits] = info.context or {"limits": default_limits()}
    return context["limits"]


def within_limits(key: IntegerKey) -> AfterValidator:
    """A number that a limit bounds from above; the call's limits come as `context`."""

    def check(given: int, info: ValidationInfo) -> int:
        most = limits_of(info).integer(key)
        if given > most:
            raise PydanticCustomError(Problem.LIMIT, f"doit être au plus {most}")
        return given

    return AfterValidator(check)


def _parse_query_boolean(given: object) -> bool:
    """As clients write it: `true`, `false`, `1`, `0` (docs/contract/conventions.md#requests)."""
    if given not in _BOOLEANS:
        raise PydanticCustomError(Problem.LIMIT, "doit être true, false, 1 ou 0")
    return _BOOLEANS[str(given)]


_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}

QueryBoolean = Annotated[
    bool,
    PlainValidator(_parse_query_boolean),
    WithJsonSchema({"type": "boolean"}),
]
"""A boolean for generated clients; the document says beside it which other values are taken."""


BOUND: Final = "x-limite"
"""In a schema, the keywords whose numbers are limits of the world: `{maximum: a.limit + 1}`."""
