"""A document one can walk: references are looked up, and what is broken is noted."""

import json
from typing import Any

from rdv_mock.pointers import target_of

MOST_VALUES = 200
"""Values of an example or a default that are looked at: YAML can repeat them without end."""


class Document:
    """An OpenAPI document of which nothing is certain. `notes` are its broken places, in order."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self._notes: dict[str, None] = {}
        self._targets: dict[str, Any] = {}

    @property
    def notes(self) -> list[str]:
        """What could not be compared, and why."""
        return list(self._notes)

    def note(self, text: str) -> None:
        """Say once that something could not be compared."""
        self._notes.setdefault(text)

    def mapping(self, value: Any, place: str) -> dict[str, Any]:  # noqa: ANN401 - anything
        """An object; empty, with a note, when it is something else."""
        if isinstance(value, dict):
            return value
        if value is not None:
            self.note(f"{place} is {kind_of(value)}, not an object")
        return {}

    def listing(self, value: Any, place: str) -> list[Any]:  # noqa: ANN401 - anything
        """An array; empty, with a note, when it is something else."""
        if isinstance(value, list):
            return value
        if value is not None:
            self.note(f"{place} is {kind_of(value)}, not an array")
        return []

    def follow(self, value: Any, place: str) -> dict[str, Any]:  # noqa: ANN401 - anything
        """An object that may be elsewhere in the document."""
        return self.mapping(self.resolve(value), place)

    def resolve(self, value: Any) -> Any:  # noqa: ANN401 - anything
        """The value that references lead to; None, with a note, where they lead nowhere."""
        seen = set()
        while isinstance(value, dict) and "$ref" in value:
            if id(value) in seen:
                self.note(f"$ref {value['$ref']} leads to itself")
                return None
            seen.add(id(value))
            value = self.target(value["$ref"])
        return value

    def target(self, reference: Any) -> Any:  # noqa: ANN401 - anything
        """What a reference names; None, with a note, when it is nothing of this document."""
        if not isinstance(reference, str):
            self.note(f"a $ref is {kind_of(reference)}, not a text")
            return None
        if reference not in self._targets:
            self._targets[reference] = self._look_up(reference)
        return self._targets[reference]

    def _look_up(self, reference: str) -> Any:  # noqa: ANN401 - anything
        if not reference.startswith("#"):
            self.note(f"$ref {reference} leads out of the document, and is not followed")
            return None
        value = target_of(self.root, reference)
        if value is self.root or value is None:
            self.note(f"$ref {reference} leads nowhere")
            return None
        return value


def kind_of(value: Any) -> str:  # noqa: ANN401 - anything
    """What a value is, in a word of JSON with its article."""
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "a boolean"}
    return "null" if value is None else kinds.get(type(value), "a number")


def written(value: Any) -> str:  # noqa: ANN401 - anything
    """A value as JSON, so that equal values are written alike; cut where it is endless."""
    left = MOST_VALUES

    def write(value: Any, depth: int) -> str:  # noqa: ANN401 - anything
        nonlocal left
        left -= 1
        if left < 0 or depth > 20:  # noqa: PLR2004 - no example is deeper
            return "…"
        if isinstance(value, dict):
            pairs = sorted(value.items())[:MOST_VALUES]
            inner = ", ".join(f"{write(name, depth)}: {write(v, depth + 1)}" for name, v in pairs)
            return f"{{{inner}}}"
        if isinstance(value, list):
            return f"[{', '.join(write(item, depth + 1) for item in value[:MOST_VALUES])}]"
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return json.dumps(value, ensure_ascii=False)

    return value if isinstance(value, str) else write(value, 0)
