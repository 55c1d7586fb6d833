"""What ships beside the code: limits, départements, centres, public holidays, scenarios."""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rdv_mock.limit_keys import DecimalKey, FlagKey, IntegerKey, TextKey

_PACKAGE = Path(__file__).parent
_BUNDLED = _PACKAGE / "bundled"
ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent
"""In a wheel both folders lie inside the package; in a checkout beside it."""

FIXTURES = ROOT / "fixtures"
SCENARIOS = ROOT / "scenarios"
JOURS_FERIES = FIXTURES / "jours_feries.csv"

_LIMIT_LINE = re.compile(r"^(?P<key>[\w.]+):.*?\s# (?P<source>.+)$", re.MULTILINE)

_SPAN = re.compile(r"(?P<least>\d+) to (?P<most>\d+)")
LARGEST_LIMIT = 100_000

LimitValue = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Limits:
    """Every number of the rules by its dotted key, as `fixtures/limits.yaml` and a scenario say.

    A key that is misspelt, or of another kind, fails in mypy (`limit_keys.py`).
    """

    values: Mapping[str, LimitValue]

    def integer(self, key: IntegerKey) -> int:
        """A whole number."""
        return int(self.values[key])

    def decimal(self, key: DecimalKey) -> Decimal:
        """A number exactly as it is written."""
        return Decimal(str(self.values[key]))

    def text(self, key: TextKey) -> str:
        """A word, a pattern, an hour of the day."""
        return str(self.values[key])

    def flag(self, key: FlagKey) -> bool:
        """Yes or no."""
        return self.values[key] is True

    def overridden(self, changes: Mapping[str, LimitValue]) -> "Limits":
        """These limits with some of them changed."""
        return Limits({**self.values, **changes}) if changes else self


@dataclass(frozen=True, slots=True)
class LimitSource:
    """How sure a limit is, and which words or numbers it takes."""

    certainty: str
    remark: str
    choices: tuple[str, ...]
    least: int
    most: int


@cache
def default_limits() -> Limits:
    """The limits of `fixtures/limits.yaml`."""
    return Limits(load("limits"))


@cache
def limit_sources() -> Mapping[str, LimitSource]:
    """What the comments of `fixtures/limits.yaml` say of each key."""
    text = (FIXTURES / "limits.yaml").read_text(encoding="utf-8")
    return {line["key"]: _limit_source(line["source"]) for line in _LIMIT_LINE.finditer(text)}


def _limit_source(comment: str) -> LimitSource:
    source, _, bounds = comment.partition(";")
    certainty, _, remark = source.strip().partition(" ")
    span = _SPAN.fullmatch(bounds.strip())
    return LimitSource(
        certainty=certainty.rstrip(","),
        remark=remark.removeprefix("(").removesuffix(")"),
        choices=tuple(word.strip() for word in bounds.split("|")) if "|" in bounds else (),
        least=int(span["least"]) if span else 0,
        most=int(span["most"]) if span else LARGEST_LIMIT,
    )


@cache
def recorded_answers() -> Mapping[str, Mapping[str, Any]]:
    """What the demonstration answers to the examples, by operationId and status."""
    answers: Mapping[str, Mapping[str, Any]] = json.loads(
        (FIXTURES / "answers.json").read_text(encoding="utf-8")
    )
    return answers


@cache
def jours_feries() -> frozenset[date]:
    """The public holidays of metropolitan France from 1900 to 2100 (Code du travail, L3133-1)."""
    with JOURS_FERIES.open(encoding="utf-8") as file:
        return frozenset(date.fromisoformat(row["date"]) for row in csv.DictReader(file))


def load(name: str) -> Any:  # noqa: ANN401 - a YAML file holds what it holds
    """The content of `fixtures/<name>.yaml`."""
    with (FIXTURES / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)
