"""Reading a scenario as it is written: scalars stay text, and every place has its line."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rdv_mock.errors import Detail
from rdv_mock.scenario import json_text, yaml_text
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.wire.problems import path_of


def _no_lines(_places: Collection[Where]) -> Mapping[Where, int]:
    return {}


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario as it was written: its content, and how to find the lines of places in it.

    Lines are looked for in the text once more, when something is wrong: few texts are, and the
    lines of all places would take several times the memory of the text.
    """

    content: Any
    find_lines: Callable[[Collection[Where]], Mapping[Where, int]] = field(
        default=_no_lines, compare=False
    )

    def line_of(self, where: Where) -> int | None:
        """The line of a value, or of the nearest value around it that the file has."""
        return self.detail(where, "").ligne

    def detail(self, where: Where, message: str) -> Detail:
        """One problem, with its line."""
        (detail,) = self.details([(where, message)])
        return detail

    def details(self, problems: Iterable[tuple[Where, str]]) -> list[Detail]:
        """Many problems, with their lines."""
        around = {
            where: [where[:length] for length in range(len(where), -1, -1)] for where, _ in problems
        }
        lines = self.find_lines({where for places in around.values() for where in places})
        return [
            Detail(
                path_of(where),
                message,
                next((lines[one] for one in around[where] if one in lines), None),
            )
            for where, message in problems
        ]


def read_yaml(text: str | bytes) -> Source:
    """A scenario written in YAML; SCENARIO_INVALIDE when it is none, with the line."""
    written = text.encode() if isinstance(text, str) else text
    return Source(yaml_text.read(written), partial(yaml_text.lines_of, written))


def read_json(text: bytes) -> Source:
    """A scenario written in JSON."""
    return Source(json_text.read(text))
