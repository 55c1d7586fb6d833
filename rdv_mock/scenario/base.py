"""What all parts of a scenario share: how they are typed, built, and written back."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
)
from pydantic.alias_generators import to_camel

from rdv_mock import paris
from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.facts.reference import canonical
from rdv_mock.hints import Hint, Hints, suggestion
from rdv_mock.scenario.source import Source
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.wire.base import ID_PATTERN, AskedInstant
from rdv_mock.wire.problems import BODY


class Part(BaseModel):
    """A mapping of a scenario file: camelCase keys, none that it does not know."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        defer_build=True,
    )


Ref = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Field(
        description="Un nom court, unique dans le fichier, par lequel d'autres objets le désignent."
    ),
]
RefOrId = Annotated[
    str, StringConstraints(min_length=1), Field(description="Une réf ou un identifiant.")
]


GivenId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    AfterValidator(canonical),
    Field(
        description="Son identifiant, quand il doit être celui-ci ; par défaut, il suit de la réf"
        " et de `seed`."
    ),
]


def hint_of(info: ValidationInfo, word: str, known: Iterable[str]) -> str:
    """A hint in a problem; a validation gives no more than a few."""
    hint: Hint = info.context or suggestion
    return hint(word, known)


def text_of(shape: type[BaseModel], name: str) -> str:
    """The text of a field in the OpenAPI document, which a scenario repeats for its own."""
    return shape.model_fields[name].description or ""


class NamedPart(Part):
    """Un objet qui a un identifiant, et que d'autres peuvent désigner par sa réf."""

    ref: Ref | None = None
    id: GivenId | None = None


def write_instant_in_full(instant: datetime) -> str:
    """An instant with its fractions, if it has any: a state must come back as it was.

    What follows from a date at either end of time may lie beyond: then it is written as that end.
    """
    instant = min(max(instant, paris.FIRST_INSTANT), paris.LAST_INSTANT)
    return instant.isoformat().replace("+00:00", "Z")


Instant = Annotated[AskedInstant, PlainSerializer(write_instant_in_full)]


RefOf = Callable[[str], str | None]
"""The ref of an id; None when it has none."""

P = TypeVar("P", bound=Part)


def named(id_: str, ref: RefOf) -> str:
    """What names an object in a file: its ref, or else its id."""
    return ref(id_) or id_


def part_of(fact: Any, part: type[P], ref: RefOf, **given: Any) -> P:  # noqa: ANN401 - any fact
    """A fact as a scenario says it.

    Its fields go to those of the same names, and `x_id` to `x` as a ref or an id; `given` are the
    fields of the part that say something else.
    """
    copied, by_id, has_ref = _sources_of(fact.__class__, part, *given)
    said = {name: getattr(fact, name) for name in copied}
    for name, attribute in by_id:
        id_ = getattr(fact, attribute)
        said[name] = id_ and (ref(id_) or id_)
    if has_ref:
        said["ref"] = ref(fact.id)
    construct: Callable[..., Any] = part.model_construct
    written: P = construct(**said, **given)
    return written


@cache
def _sources_of(
    kind: type[Any], part: type[Part], *given: str
) -> tuple[list[str], list[tuple[str, str]], bool]:
    """The fields that are copied, those that come from an id, and whether there is a ref."""
    known = {field.name for field in fields(kind)}
    wanted = [name for name in part.model_fields if name not in {"ref", *given}]
    by_id = [(name, f"{name}_id") for name in wanted if name not in known]
    return [name for name in wanted if name in known], by_id, "ref" in part.model_fields


P_co = TypeVar("P_co", covariant=True)
Parts = Iterable[tuple[int, P_co]]
"""The good parts of a list of facts, each with its place in the list."""

MOST_PROBLEMS = 10_000
"""Problems that are told of one scenario; nobody looks for more."""


class Complaints:
    """What is wrong with a scenario, found a problem at a time, and told all at once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._found: list[tuple[Where, str]] = []
        self.hint = Hints()
        self.broken: set[str] = set()
        """Refs and ids of what is described, and not well: nobody complains that it is unknown."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._found)

    def add(self, where: Where, message: str) -> None:
        """Note what is wrong, and go on to find more."""
        if len(self._found) == MOST_PROBLEMS:
            raise self._refusal(f"a plus de {MOST_PROBLEMS} problèmes ; voici les premiers")
        self._found.append((where, message))

    def break_off(self) -> None:
        """Raise SCENARIO_INVALIDE when anything is wrong, from the top of the file down."""
        if self._found:
            raise self._refusal()

    def _refusal(self, first: str | None = None) -> Refusal:
        details = sorted(self._source.details(self._found), key=lambda detail: detail.ligne or 0)
        if first is not None:
            details.insert(0, Detail(BODY, first))
        return Refusal(ApiError.SCENARIO_INVALIDE, details=details)
